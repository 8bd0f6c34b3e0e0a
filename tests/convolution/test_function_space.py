"""Facts of function spaces, against the vectors, literal layers, brute force and Groebner bases."""

from __future__ import annotations

from itertools import combinations, product
from math import factorial

import numpy as np
import pytest

from convolution.literal import end_to_end, random_architecture
from equivariety.convolution import Architecture, FunctionSpace
from oracles.read import vectors

LCN = vectors("lcn")


def named(kind):
    return pytest.mark.parametrize("vector", [pytest.param(v, id=v["id"]) for v in LCN if v["kind"] == kind])


def space(sizes, strides):
    return FunctionSpace(Architecture(sizes, strides))


@named("architecture")
def test_facts_of_the_vectors(vector):
    F, wanted = space(vector["input"]["k"], vector["input"]["s"]), vector["expected"]
    assert F.ambient_dim == wanted["e2e_size"] == wanted["ambient_dim"]
    assert F.architecture.end_to_end_stride == wanted["e2e_stride"]
    assert list(F.architecture.scales) == wanted["cum_strides"]
    assert F.dim == wanted["dim"]
    assert F.is_thick is wanted["thick"]
    assert F.fills_ambient is wanted["fills_ambient"]
    assert F.fiber_count == wanted["generic_complex_fibre_mod_scaling"]
    assert F.degree == wanted["degree"]
    assert F.num_critical_points == wanted["critical_points_complex_mod_scaling_nonzero"]
    assert F.num_regular_critical_points == wanted["of_which_regular"]
    assert list(F.architecture.merged_filter_sizes) == wanted["merged_filter_sizes"]
    assert F.is_euclidean_closed is True
    assert F.codim == wanted["ambient_dim"] - wanted["dim"]


@named("real_fibre_count")
def test_real_fiber_counts_of_the_vectors(vector):
    given = vector["input"]
    F = space(given["filter_sizes"], [1] * len(given["filter_sizes"]))
    found = F.real_fiber_count(given["n_real_simple_roots"], given["n_complex_pairs"])
    assert found == vector["expected"]["real_factorizations_mod_scaling"]


def closed_assignments(degrees, roots):
    """Ways to hand out different roots such that each factor has the conjugates of its roots: all, and real ones."""
    if not degrees:
        return 1, 1
    complex_count = real_count = 0
    for chosen in combinations(range(len(roots)), degrees[0]):
        rest = [root for i, root in enumerate(roots) if i not in chosen]
        every, real = closed_assignments(degrees[1:], rest)
        complex_count += every
        kept = {roots[i] for i in chosen}
        if {root.conjugate() for root in kept} == kept:
            real_count += real
    return complex_count, real_count


@pytest.mark.parametrize("sizes", [(2, 2), (3, 2), (3, 3), (4, 2, 1), (2, 3, 2), (2, 2, 2), (4, 3), (4, 4)])
def test_fiber_counts_by_handing_out_roots(sizes):
    degrees = [k - 1 for k in sizes]
    F = space(sizes, (1,) * len(sizes))
    for pairs in range(sum(degrees) // 2 + 1):
        real = sum(degrees) - 2 * pairs
        roots = [complex(i) for i in range(real)] + [complex(j, s) for j in range(pairs) for s in (1, -1)]
        assert (F.fiber_count, F.real_fiber_count(real, pairs)) == closed_assignments(degrees, roots)


def test_real_fibers_of_several_scales():
    F = space((3, 2, 2, 2), (1, 3, 1, 1))
    assert F.real_fiber_count([1, 2], [1, 0]) == 1 * 2
    assert F.real_fiber_count([3, 2], [0, 0]) == 3 * 2
    assert F.real_fiber_count([3, 0], [0, 1]) == 0
    assert space((1, 1), (1, 1)).real_fiber_count(0, 0) == 1
    with pytest.raises(ValueError, match="one per scale"):
        F.real_fiber_count(3, 1)
    with pytest.raises(ValueError, match="degree"):
        F.real_fiber_count([3, 2], [1, 0])
    with pytest.raises(TypeError, match="integers"):
        space((2, 2), (1, 1)).real_fiber_count(0.5, 1)


@pytest.mark.parametrize("seed", range(20))
def test_dimension_is_the_rank_of_differences(seed, rng):
    sizes, strides = random_architecture(rng)
    F = space(sizes, strides)
    filters = [rng.standard_normal(k) for k in sizes]
    rows = []
    for i, k in enumerate(sizes):
        for unit in np.eye(k):  # exact: the product is linear in each filter
            rows.append(end_to_end([*filters[:i], unit, *filters[i + 1 :]], strides))
    assert F.dim == np.linalg.matrix_rank(np.array(rows), tol=1e-9)
    assert F.ambient_dim == len(rows[0])
    assert F.is_thick is (F.dim == F.ambient_dim)
    assert F.fiber_dim + F.dim == sum(sizes)


def test_spaces_that_fill_the_ambient(rng):
    """Random filters of a thick space have roots that layers of odd degree can share out, or not."""
    for sizes in product((1, 2, 3, 4), repeat=3):
        odd = sum(k % 2 == 0 for k in sizes)
        degree = sum(sizes) - 3
        few = degree % 2  # real roots that a form of this degree has at least
        assert space(sizes, (1, 1, 1)).fills_ambient is (odd <= few)
    assert space((1, 1), (3, 1)).fills_ambient
    assert not space((1, 2), (2, 1)).fills_ambient


@pytest.mark.parametrize(("sizes", "strides"), [((2, 2), (2, 1)), ((3, 2), (2, 1)), ((2, 2, 2), (1, 2, 1))])
def test_degree_and_dimension_by_groebner_bases(sizes, strides):
    F = space(sizes, strides)
    V = F.equations().variety()
    assert (V.dim, V.degree) == (F.dim, F.degree)


@pytest.mark.parametrize(
    ("sizes", "strides", "weights"),
    [((2, 2), (2, 1), [1, 2, 5, 7]), ((3, 2), (2, 1), [1, 2, 5, 7, 3]), ((2, 2), (3, 1), [3, 1, 4, 1, 7])],
)
def test_generic_ed_degree_by_groebner_bases(sizes, strides, weights):
    F = space(sizes, strides)
    assert F.equations().variety().ed_degree_with(weights) == F.generic_ed_degree


def test_degree_by_a_complex_line(rng):
    """The cubic of (3, 2) with stride 2, a resultant, restricted to a line."""
    line = rng.standard_normal((2, 5)) + 1j * rng.standard_normal((2, 5))
    a, b, c, d, e = [np.polynomial.Polynomial([x, y]) for x, y in line.T]
    cubic = a * d**2 - b * c * d + e * b**2  # common root of a + c z + e z^2 and b + d z
    roots = cubic.roots()
    assert len(roots) == space((3, 2), (2, 1)).degree == 3
    F = space((3, 2), (2, 1))
    for z in roots:
        assert F.equations().contains(line[0] + z * line[1])


# --------------------------------------------------------------------------------------------------------------- points


@pytest.mark.parametrize("seed", range(6))
def test_samples_and_their_tangent_spaces(seed, rng):
    sizes, strides = random_architecture(rng, depth=3, size=3)
    F = space(sizes, strides)
    filters = [rng.standard_normal(k) for k in sizes]
    v = end_to_end(filters, strides)
    T, N = F.tangent_space(v), F.normal_space(v)
    assert T.shape == (F.dim, F.ambient_dim)
    assert N.shape == (F.codim, F.ambient_dim)
    frame = np.concatenate([T, N])
    assert np.allclose(frame @ frame.T, np.eye(F.ambient_dim), atol=1e-9)
    for i, k in enumerate(sizes):
        for unit in np.eye(k):
            derivative = np.array(end_to_end([*filters[:i], unit, *filters[i + 1 :]], strides))
            assert np.linalg.norm(N @ derivative) < 1e-8 * (1 + np.linalg.norm(derivative))
    assert not F.is_singular_at(v)
    assert F.contains(v)
    assert F.contains(F.sample(rng))


def test_tangent_spaces_of_exact_filters(rng):
    F = space((3, 2, 2), (2, 2, 1))
    v = end_to_end([[1, 2, -1], [1, 3], [2, -1]], (2, 2, 1))
    exact, floats = F.tangent_space(v), F.tangent_space([float(x) for x in v])
    assert np.allclose(exact.T @ exact, floats.T @ floats, atol=1e-9)
    with pytest.raises(ValueError, match="smooth point"):
        F.tangent_space([0] * F.ambient_dim)
    with pytest.raises(ValueError, match="smooth point"):
        space((3, 2), (2, 1)).tangent_space([1, 0, 3, 0, 2])
    with pytest.raises(ValueError, match="closure"):
        space((3, 2), (2, 1)).tangent_space([1, 0, 0, 1, 0])


def test_tangent_space_at_a_point_that_is_not_in_the_space():
    """Smooth on V with real forms of the blocks, one of which has too few real roots."""
    F = space((2, 2, 2), (1, 3, 1))
    v = F.closure_only_filter()
    assert not F.is_singular_at(v)
    T = F.tangent_space(v)
    assert np.allclose(F.equations().jacobian(v) @ T.T, 0, atol=1e-9)


def test_tangent_spaces_of_floats_outside_the_space():
    """Smooth on V, but the two layers of the later scale have a product without real roots."""
    F = space((2, 2, 2), (2, 1, 1))
    v = np.convolve([1, 2], [1, 0, 0, 0, 1])
    assert F.membership(v).status == "not_member"
    exact, floats = F.tangent_space(v), F.tangent_space(v.astype(float))
    assert floats.shape == (4, 6)
    assert F.normal_space(v.astype(float)).shape == (2, 6)
    assert np.allclose(exact.T @ exact, floats.T @ floats, atol=1e-12)
    columns = [np.convolve(np.eye(2)[i], [1, 0, 0, 0, 1]) for i in range(2)]
    columns += [np.convolve([1, 2], np.kron(np.eye(3)[i], [1, 0])[:5]) for i in range(3)]
    assert np.allclose(floats.T @ floats @ np.array(columns).T, np.array(columns).T)
    with pytest.raises(TypeError, match="real"):
        F.tangent_space(v * 1j)


def test_linear_closures():
    F = space((1, 2, 3), (2, 1, 1))
    assert F.is_linear
    assert not F.has_singular_filters
    assert (np.abs(F.tangent_space([0] * F.ambient_dim)).sum(axis=0) == [1, 0, 1, 0, 1, 0, 1]).all()
    assert (np.abs(F.normal_space([0] * F.ambient_dim)).sum(axis=0) == [0, 1, 0, 1, 0, 1, 0]).all()


@pytest.mark.parametrize("sizes", list(product((2, 3), (2, 3), (1, 2))))
def test_membership_agrees_on_the_real_closure(sizes):
    """The witness is on V(R) and not in F: decided by a different method."""
    for strides in product((1, 2), (1, 2)):
        F = space(sizes, (*strides, 1))
        v = F.closure_only_filter()
        assert F.is_zariski_closed is (v is None)
        if v is not None:
            found = F.membership(v)
            assert found.status == "not_member"
            assert found.in_closure is True


def test_structured_points_of_closed_spaces_are_members(rng):
    """Points with many common factors of spaces with F = V(R): always members."""
    factors = [[1, 1], [-1, 1], [1, 0, 1], [1, 1, 1], [2, 0, 1], [1, 0], [0, 1]]
    for sizes, strides in [((3, 3), (2, 1)), ((4, 3), (2, 1)), ((2, 3, 3), (2, 2, 1)), ((2, 3, 2), (2, 4, 1))]:
        F = space(sizes, strides)
        assert F.is_zariski_closed
        equations = F.equations()
        scales, degree, hits = F.architecture.scales, F.ambient_dim - 1, 0
        for _ in range(30):
            v = [1]
            while len(v) <= degree:
                scale, factor = int(rng.choice(scales)), factors[rng.integers(0, len(factors))]
                wide = [0] * (scale * (len(factor) - 1) + 1)
                wide[::scale] = factor
                if len(v) + len(wide) - 1 <= degree + 1:
                    v = [int(c) for c in np.convolve(v, wide)]
            found = F.membership(v)
            assert found.in_closure is (found.status == "member")
            assert found.in_closure is bool(equations.contains(v))
            hits += found.in_closure
        assert hits > 3


def test_text():
    text = space((3, 2, 2), (2, 2, 1)).describe()
    assert "dimension: 5, the whole space has 9: thin" in text
    assert "degree 12" in text
    assert "not all real points" in text
    assert "all of these are regular" in text
    assert "is the whole space" in str(space((3, 3), (1, 1)))
    assert repr(space((3, 2), (2, 1))) == "FunctionSpace(filter_sizes=(3, 2), strides=(2, 1), dim=4 of 5)"
    for sizes, strides in [((1,), (1,)), ((1, 1), (2, 3)), ((1, 4), (2, 1)), ((5, 5, 5), (2, 3, 4))]:
        assert space(sizes, strides).describe().count("\n") >= 6


def test_counts_of_large_networks_are_exact():
    F = space((8,) * 12, (2,) * 12)
    assert F.dim == 1 + 12 * 7
    assert F.degree == factorial(84) // factorial(7) ** 12
    assert isinstance(F.num_critical_points, int)
    assert F.num_regular_critical_points == F.num_critical_points


def test_errors():
    with pytest.raises(TypeError, match="Architecture"):
        FunctionSpace((2, 2))
    with pytest.raises(TypeError, match="Generator"):
        space((2, 2), (1, 1)).sample(0)


@pytest.mark.parametrize(
    ("sizes", "strides"),
    [((2, 2), (2, 1)), ((3, 2), (2, 1)), ((3, 2), (3, 1)), ((2, 3, 2), (2, 2, 1)), ((4, 2), (1, 1))],
)
def test_singular_filters_exist_where_they_are_announced(sizes, strides):
    """Among all products of filters with entries -1, 0, 1."""
    F = space(sizes, strides)
    weights = [[w for w in product((-1, 0, 1), repeat=k) if any(w)] for k in sizes]
    points = {tuple(end_to_end([list(w) for w in chosen], strides)) for chosen in product(*weights)}
    singular = any(F.is_singular_at(list(v)) for v in sorted(points))
    assert F.has_singular_filters is singular
