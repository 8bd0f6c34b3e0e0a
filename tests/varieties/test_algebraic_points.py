"""Points of general varieties: membership, tangent spaces, samples, critical points of the distance."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
import sympy

import equivariety as ev
from equivariety.errors import NonGenericDataError

V = ev.AlgebraicVariety
EXAMPLES = {
    "circle": V("x^2 + y^2 = 1"),
    "ellipse": V("x^2/4 + y^2 = 1"),
    "node": V("y^2 = x^2(x+1)"),
    "cone over a cubic": V("x^2 y - y^3 - z^3"),
    "coin": V(["p0*p2 = (p0+p1)*p1", "p0 + p1 + p2 = 1"]),
    "twisted cubic": V(["x*z - y^2", "y - x^2", "z - x*y"]),
    "2x3 matrices of rank 1": V(["a*e - b*d", "a*f - c*d", "b*f - c*e"], list("abcdef")),
    "3x3 matrices of rank 1": V(
        [f"x{i}{j}*x{k}{l} - x{i}{l}*x{k}{j}" for i, k in ((0, 1), (0, 2), (1, 2)) for j, l in ((0, 1), (0, 2), (1, 2))]
    ),
    "space": V("0", ["x", "y"]),
    "points": V(["x^2 = 2", "y = x"]),
}


def test_rational_points_are_decided_exactly():
    circle = EXAMPLES["circle"]
    big = 10**40
    assert circle.contains([Fraction(3, 5), Fraction(4, 5)])
    off = circle.contains([Fraction(3, 5) + Fraction(1, big), Fraction(4, 5)])
    assert not off
    assert off.value == Fraction(6, 5 * big) + Fraction(1, big**2)
    assert off.polynomial == "x^2 + y^2 - 1"
    assert circle.contains([Fraction(3, 5) + Fraction(1, big), Fraction(4, 5)], tolerance=1e-9)


def test_floating_points_are_compared_with_the_size_of_the_terms():
    circle = EXAMPLES["circle"]
    angle = 0.7
    point = np.array([np.cos(angle), np.sin(angle)])
    assert circle.contains(point) == True  # noqa: E712
    assert circle.contains(point.astype(np.float32))
    assert not circle.contains(point.astype(np.float32).astype(float) + 1e-7)
    assert circle.contains([1j, 2**0.5])
    found = V(["x - 1", "y - 1"]).contains([1.0, 3.0])
    assert str(found) == "no: y - 1 is 2 there"
    # Large and tiny points of a cone.
    cone = EXAMPLES["cone over a cubic"]
    point = cone.sample(np.random.default_rng(0))
    assert cone.contains(1e6 * point)
    assert not cone.contains(1e6 * point + np.array([0.0, 0.0, 1e3]))


def test_points_beyond_the_largest_float_are_decided_exactly():
    circle, hyperbola, cone = EXAMPLES["circle"], V("x*y - 1"), V("x*y - z^2")
    for point in ([1e200, 0], [1e160, 0], [1e200, 1e200], [10**400, 0], [1e308 + 1e308j, 0]):
        assert not circle.contains(point)
        assert not hyperbola.contains(point)
    assert str(circle.contains([1e200, 0])) == "no: x^2 + y^2 - 1 is about 1.00e+400 there"
    assert circle.contains([1e300j, 1e300])
    assert V("x - y").contains([1e308, 1e308])
    assert cone.contains([1e200] * 3)
    assert not cone.contains([1e200, 1e200, 1.1e200])
    assert not cone.is_singular_at([10**400] * 3)
    with pytest.raises(ValueError, match="all coordinates as ints or fractions"):
        circle.contains([10**400, 0.5])
    with pytest.raises(ValueError, match="nearer to 0"):
        cone.tangent_space([10**400] * 3)


def test_coefficients_beyond_the_largest_float(rng):
    small = V(f"({'9' * 59})^9 * x - 1")
    assert not small.contains([0.5])
    assert small.contains([0.5]).value == Fraction(int("9" * 59) ** 9 - 2, 2)
    assert abs(small.sample(rng)).max() < 1e-300
    assert [p.tolist() for p in small.points()] == [[0.0]]
    assert small.critical_points([0.5])[0].squared_distance == 0.25
    with pytest.raises(ValueError, match="scale the variables"):
        V(f"x - ({'9' * 59})^9").points()


def test_the_tolerance_is_absolute_near_zero_and_that_of_the_floats_given():
    assert V("x*y").contains([1e-5, 1e-5])
    assert not V("x*y").contains([1e-4, 1e-4])
    narrow = [np.float32(0.6), np.float32(0.8)]
    assert EXAMPLES["circle"].contains(narrow)
    assert EXAMPLES["circle"].contains(np.array(narrow))
    assert EXAMPLES["circle"].contains([np.float32(0.6), Fraction(4, 5)])
    assert not EXAMPLES["circle"].contains([np.float32(0.6), 0.8])


def test_far_points_of_a_plane_are_smooth():
    assert not V("x - y").is_singular_at([1e6, 1e6])
    assert not V("x - y").is_singular_at([1e200, 1e200])


def test_critical_points_of_far_data_keep_their_order():
    for size in (1e100, 1e200, 1e300):
        near, far = EXAMPLES["circle"].critical_points([size, 0.0])
        assert (near.point.tolist(), near.index, far.point.tolist(), far.index) == ([1.0, 0.0], 0, [-1.0, 0.0], 1)
    (foot,) = V("x - y").critical_points([1e200, 0.0])
    assert foot.point == pytest.approx([5e199, 5e199])
    for u in ([1e301, 0.0], [10**400, 0]):
        with pytest.raises(ValueError, match="u must be of size"):
            EXAMPLES["circle"].critical_points(u)


def test_singular_points():
    node = EXAMPLES["node"]
    assert node.is_singular_at([0, 0]) == True  # noqa: E712
    assert node.is_singular_at([1e-12, -1e-12])
    assert not node.is_singular_at([-1, 0])
    assert not node.is_singular_at([3.0, 6.0])
    found = EXAMPLES["2x3 matrices of rank 1"].is_singular_at([0] * 6)
    assert (found.jacobian_rank, found.codimension) == (0, 2)
    assert node.tangent_space([0, 0]).shape == (2, 2)
    assert node.normal_space([0, 0]).shape == (0, 2)


@pytest.mark.parametrize("name", EXAMPLES)
def test_samples_are_smooth_points_with_a_tangent_space(name, rng):
    variety = EXAMPLES[name]
    seen = []
    for _ in range(5):
        point = variety.sample(rng)
        seen.append(point)
        assert variety.contains(point), variety.contains(point).reason
        assert not variety.is_singular_at(point)
        tangent, normal = variety.tangent_space(point), variety.normal_space(point)
        both = np.vstack([tangent, normal])
        assert tangent.shape == (variety.dim, variety.ambient_dim)
        assert both @ both.T == pytest.approx(np.eye(variety.ambient_dim), abs=1e-9)
        for step in tangent:  # leaving along the tangent space, the equations grow with the square
            values = [_residual(variety, point + h * step) for h in (1e-3, 5e-4)]
            assert values[0] <= 1e-12 or values[1] < 0.3 * values[0]
    if variety.dim:
        assert np.linalg.norm(seen[0] - seen[1]) > 1e-3


def _residual(variety, point):
    equations = sympy.lambdify(variety.variables, [p.as_expr() for p in variety.polynomials])
    return max(map(abs, equations(*point)))


def test_isolated_real_points_are_found():
    point = V("x^2 + y^2").sample(np.random.default_rng(1))
    assert abs(point).max() < 1e-6


@pytest.mark.parametrize("name", ["circle", "ellipse", "node", "coin", "cone over a cubic", "twisted cubic", "points"])
@pytest.mark.parametrize("weights", [None, [1, 3, 2]])
def test_critical_points_are_critical(name, weights, rng):
    variety = EXAMPLES[name]
    n = variety.ambient_dim
    own = None if weights is None else weights[:n]
    scale = np.ones(n) if own is None else np.array(own, dtype=float)
    u = rng.standard_normal(n)
    found = variety.critical_points(u, own)
    jacobian = sympy.lambdify(variety.variables, [[p.diff(v).as_expr() for v in p.gens] for p in variety.polynomials])
    assert len(found) == variety.ed_degree_with(own)
    distances = []
    for one in found:
        assert variety.contains(one.point)
        assert one.squared_distance == pytest.approx((scale * (one.point - u) ** 2).sum())
        gradients = np.array(jacobian(*one.point))
        residual = scale * (one.point - u)
        rest = residual - gradients.T @ np.linalg.lstsq(gradients.T, residual, rcond=1e-9)[0]
        assert abs(rest).max() < 1e-7 * max(1, abs(residual).max())
        assert (one.index is not None) == one.is_real == (one.point.dtype == np.float64)
        if one.is_real:
            distances.append(one.squared_distance)
    assert [p.is_real for p in found] == sorted((p.is_real for p in found), reverse=True)
    assert distances == sorted(distances)
    # No sampled point is nearer, and the nearest point is a minimum.
    samples = [variety.sample(rng) for _ in range(20)]
    assert min((scale * (s - u) ** 2).sum() for s in samples) >= distances[0] - 1e-9
    assert found[0].index == 0


def test_morse_indices_of_matrices_count_inversions():
    found = V("a*d - b*c").critical_points([3, 0, 0, 1])
    assert [(p.squared_distance, p.index) for p in found] == [(1.0, 0), (9.0, 1)]
    u, s, v = np.linalg.svd([[1.0, 2.0], [-0.5, 4.0]])
    found = V("a*d - b*c").critical_points([1, 2, Fraction(-1, 2), 4])
    for k, one in enumerate(found):
        assert one.point.reshape(2, 2) == pytest.approx(s[k] * np.outer(u[:, k], v[k]), abs=1e-12)


def test_euler_characteristic_of_a_circle():
    assert sum((-1) ** p.index for p in EXAMPLES["ellipse"].critical_points([0.1, 0.05]) if p.is_real) == 0
    assert [p.is_real for p in EXAMPLES["ellipse"].critical_points([0.1, 0.05])] == [True] * 4  # within the evolute


def test_special_data():
    with pytest.raises(NonGenericDataError, match="infinitely many, a set of complex dimension 1") as caught:
        EXAMPLES["circle"].critical_points([0, 0])
    assert caught.value.dimension == 1
    # The node itself is no critical point, since it is singular: what is left is found without it.
    found = EXAMPLES["node"].critical_points([0, 0])
    assert [p.point.tolist() for p in found if p.is_real] == [[-1.0, 0.0]]
    assert len(found) == 3


def test_results_cannot_be_changed():
    one = EXAMPLES["circle"].critical_points([2, 0])[0]
    with pytest.raises(ValueError, match="read-only"):
        one.point[0] = 1.0
    for point in EXAMPLES["points"].points():
        assert not point.flags.writeable
