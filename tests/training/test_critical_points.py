"""Critical points of the squared error: computer algebra, finite-difference Hessians, fits, and non-generic data."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

import equivariety as ev
from equivariety.linalg import algebra
from equivariety.representations import MapBlock
from equivariety.varieties.points.genericity import BlockData
from laws.registry import every_space, known, twice
from laws.second_order import hessian_spectrum, signature_of
from oracles.matching import group_of, match
from oracles.read import vectors

CYCLES = ev.PermutationGroup.from_cycles("(1 2 3)(4 5 6)", degree=6)
SMALL = {
    "R": lambda: ev.linear_maps(3, 4).stratum([2]),
    "R and C": lambda: ev.equivariant_maps(CYCLES).stratum([1, 1]),
    "C": lambda: ev.equivariant_maps(twice(known("F21_on_7"))).stratum([0, 1]),
    "H": lambda: ev.equivariant_maps(twice(known("Q8_regular"))).stratum([0, 0, 0, 0, 1]),
    "invariant": lambda: ev.invariant_maps(CYCLES, outputs=3).stratum([1]),
    "two actions": lambda: ev.equivariant_maps(
        ev.PermutationGroup.from_cycles("(1 2 3)(4 5 6)(7 8 9)", degree=9), CYCLES
    ).stratum([0, 1]),
}


def data(space, rng, count=40):
    m, n = space.shape
    return rng.standard_normal((count, n)), rng.standard_normal((count, m))


@pytest.mark.parametrize(
    "vector", [pytest.param(v, id=v["id"]) for v in vectors("critical_points") if "squared_error" in v["kind"]]
)
def test_all_critical_points_by_groebner_bases(vector):
    space = ev.equivariant_maps(group_of(vector))
    component = space.stratum(match(space, vector["component_order"], vector["rvec"], vector["isotypic_projectors"]))
    x, y = (np.array(vector[name], dtype=float).T for name in "XY")
    found = ev.critical_points(component, x, y)
    points = list(found)
    assert found.count == len(points) == vector["num_critical"] == vector["num_real"]
    exact = [p["dist2"] for p in vector["critical_points"]]
    np.testing.assert_allclose([p.loss * y.size for p in points], exact, rtol=1e-10)
    for mine, given in zip(points, vector["critical_points"], strict=True):
        np.testing.assert_allclose(mine.point, given["M"], atol=1e-8)
        assert ev.mean_squared_error(mine.map, x, y) == pytest.approx(mine.loss)


@pytest.mark.parametrize(
    ("name", "options"), [*((name, "all") for name in SMALL), ("R and C", "plain"), ("R and C", "ridge")]
)
def test_morse_index_by_finite_differences(name, options, rng):
    component = SMALL[name]()
    x, y = data(component, rng)
    given = {} if options == "plain" else {"alpha": 3.0}
    weights = np.ones(len(x))
    if options == "all":
        weights = rng.uniform(0.5, 2.0, len(x))
        given |= {"sample_weight": weights, "intercept": True}
    average = component.space.hom.target.group_average

    def objective(matrix):
        gap = y - x @ matrix.T
        if options == "all":
            gap = gap - average(np.average(gap, axis=0, weights=weights))
        return weights @ (gap**2).sum(axis=1) + given.get("alpha", 0.0) * np.linalg.norm(matrix) ** 2

    size = weights.sum() * y.shape[1]
    seen = []
    for critical in ev.critical_points(component, x, y, **given):
        assert critical.objective * size == pytest.approx(objective(critical.point), rel=1e-10)
        penalty = given.get("alpha", 0.0) * np.linalg.norm(critical.point) ** 2
        assert critical.loss * size == pytest.approx(objective(critical.point) - penalty, rel=1e-10)
        if options == "all":
            predicted = x @ critical.point.T + critical.intercept
            assert weights @ ((y - predicted) ** 2).sum(axis=1) == pytest.approx(critical.loss * size, rel=1e-10)
        else:
            assert critical.intercept is None
        spectrum = hessian_spectrum(objective, component, critical.point)
        assert signature_of(spectrum) == (critical.index, 0)
        tangent = np.asarray(component.tangent_space(critical.point))
        step = 1e-5
        slopes = [
            (objective(critical.point + step * t) - objective(critical.point - step * t)) / 2 / step for t in tangent
        ]
        assert np.abs(slopes).max() <= 1e-6 * objective(0 * critical.point)
        assert component.contains(critical.point)
        seen.append(critical.index)
    assert len(set(seen)) > 1


@every_space
def test_critical_points_of_every_space(space, rng):
    x, y = data(space, rng)
    fitted = ev.fit(space, x, y)
    found = ev.critical_points(space, x, y)
    assert found.count == space.ed_degree
    losses = [p.loss for p in islice(found, 20)]
    assert losses == sorted(losses)
    assert losses[0] == pytest.approx(fitted.loss, rel=1e-10)
    first = next(iter(found))
    np.testing.assert_allclose(first.point, np.asarray(fitted.map), atol=1e-9)
    for p in islice(found, 5):
        assert ev.mean_squared_error(p.map, x, y) == pytest.approx(p.loss, rel=1e-10)
        assert space.component(p.ranks).contains(p.point, 1e-9)
    for component in islice(space.components(), 2):
        best = ev.fit(component, x, y)
        one = ev.critical_points(component, x, y)
        assert one.count == component.ed_degree
        assert next(iter(one)).loss == pytest.approx(best.loss, rel=1e-10)
        assert next(iter(one)).index == 0
        if one.count <= 30:
            assert len({tuple(p.kept.items()) for p in one}) == one.count
            assert all(p.index > 0 for p in islice(one, 1, None))
    if found.count <= 100:
        each = sorted(p.loss for c in space.components() for p in ev.critical_points(c, x, y))
        np.testing.assert_allclose([p.loss for p in found], each, rtol=1e-10)


def test_autoencoders(rng):
    space = ev.equivariant_maps(ev.groups.rotation(3), rank=3)
    x = rng.standard_normal((30, 9))
    for options in ({}, {"alpha": 2.0}, {"intercept": True}):
        found = list(ev.critical_points(space, x, **options))
        regression = list(ev.critical_points(space, x, x, **options))
        fitted = ev.fit(space, x, **options)
        assert found[0].loss == pytest.approx(fitted.loss)
        np.testing.assert_allclose([p.loss for p in found], [p.loss for p in regression])
        assert [p.index for p in found] == [p.index for p in regression]
        for a, b in zip(found, regression, strict=True):
            np.testing.assert_allclose(a.point, b.point, atol=1e-9)
        if not options:  # then they are orthogonal projectors
            np.testing.assert_allclose(found[3].point @ found[3].point, found[3].point, atol=1e-10)


def test_large_ones_are_lazy(rng):
    space = ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=99)
    x = rng.standard_normal((100, 784))
    found = ev.critical_points(space, x)
    first = list(islice(found, 5))
    assert first[0].loss == pytest.approx(ev.fit(space, x).loss)
    assert found.count == space.ed_degree
    assert first[4].map(np.zeros(784)).shape == (784,)
    assert "independent" in found.hypothesis


def test_float32_and_repetition(rng):
    space = ev.linear_maps(3, 4, rank=1)
    x, y = data(space, rng)
    found = ev.critical_points(space, x.astype(np.float32), y.astype(np.float32))
    assert {p.point.dtype for p in found} == {np.dtype(np.float32)}
    assert [p.loss for p in found] == [p.loss for p in found]
    assert not next(iter(found)).point.flags.writeable
    assert repr(next(iter(found))).startswith("CriticalMap(loss=")


class TestNonGeneric:
    def dimension(self, space, x, y=None, **options):
        with pytest.raises(ev.NonGenericDataError) as error:
            ev.critical_points(space, x, y, **options)
        return error.value.dimension

    def test_dependent_inputs(self, rng):
        component = ev.linear_maps(2, 4).stratum([1])
        x, y = rng.standard_normal((3, 4)), rng.standard_normal((3, 2))
        assert self.dimension(component, x, y) == 1
        assert self.dimension(ev.linear_maps(2, 4).stratum([2]), x, y) == 2
        assert ev.critical_points(component, x, y, alpha=0.1).count == 2
        assert ev.critical_points(ev.linear_maps(2, 4).stratum([0]), x, y).count == 1
        # Enough samples after all: every copy of an irreducible is one.
        space = ev.equivariant_maps(ev.groups.cyclic(3))
        assert ev.critical_points(space, rng.standard_normal((1, 3)), rng.standard_normal((1, 3))).count == 1

    def test_many_dependent_inputs(self, rng):
        """The same from block moments as from the samples."""
        x = rng.standard_normal((60, 3)) @ rng.standard_normal((3, 4))
        y = rng.standard_normal((60, 2))
        component = ev.linear_maps(2, 4).stratum([1])
        assert self.dimension(component, x, y) == 1
        wide = ev.linear_maps(2, 400).stratum([1])
        x = np.concatenate([rng.standard_normal((6000, 399)), np.zeros((6000, 1))], axis=1)
        assert self.dimension(wide, x, rng.standard_normal((6000, 2))) == 1

    def test_autoencoders_of_few_samples(self, rng):
        x = rng.standard_normal((2, 3))
        component = ev.linear_maps(3, 3).stratum([1])
        # One value kept: 1 free column entry each; none kept: rank 1 between two free lines.
        assert self.dimension(component, x) == BlockData(MapBlock("a", "R", 1, 3, 3), (1, 1), 1).dimension(1) == 1
        assert ev.critical_points(component, rng.standard_normal((3, 3))).count == 3

    def test_equal_and_vanishing_singular_values(self):
        component = ev.linear_maps(3, 3).stratum([1])
        assert self.dimension(component, np.eye(3)) == 2
        assert self.dimension(component, np.eye(3), np.diag([2.0, 1.0, 1.0])) == 1
        assert self.dimension(component, np.eye(3), np.diag([2.0, 1.0, 0.0])) == 0
        assert self.dimension(component, np.eye(3), np.zeros((3, 3))) == -1
        assert self.dimension(ev.linear_maps(3, 3, rank=1), np.eye(3)) == 2

    def test_over_other_fields(self):
        space = ev.equivariant_maps(twice(known("Q8_regular")))
        assert self.dimension(space.stratum([1, 0, 0, 0, 1]), np.eye(16)) == 1 + 4
        assert self.dimension(ev.equivariant_maps(CYCLES).stratum([1, 1]), np.eye(6)) == 1 + 2

    @pytest.mark.parametrize("field", ["R", "C", "H"])
    @pytest.mark.parametrize(
        ("rows", "cols", "free", "rank"), [(3, 4, 1, 1), (3, 4, 2, 2), (4, 3, 2, 1), (4, 3, 1, 2), (3, 3, 2, 2)]
    )
    def test_dimension_by_hessians(self, field, rows, cols, free, rank, rng):
        """|B_1 - W|^2 on matrices B = (B_1, B_2): at each kind of critical point the null space is the family."""
        over = algebra(field)
        if field == "H" and rows * cols > 9:
            rows, cols = min(rows, 3), min(cols, 3)
        reached = cols - free
        u = over.qr(over.gaussian(rng, rows, rows))[0]
        v = over.qr(over.gaussian(rng, reached, reached))[0]
        w = min(rows, reached)
        values = np.arange(w, 0, -1.0)
        left, right = over.columns(u, 0, w), over.columns(v, 0, w)
        given = (left * over.spread(values)) @ right.conj().T
        data_of_block = BlockData(MapBlock("b", field, 1, rows, cols), (1,) * w, free)
        largest = -1
        for j in range(min(rank, w) + 1):
            more = rank - j
            if more > min(rows - w, free):
                continue
            kept = over.columns(left, 0, j)
            first = (kept * over.spread(values[:j])) @ over.columns(right, 0, j).conj().T
            span = np.concatenate([kept, over.columns(u, w, w + more)], axis=1)
            second = span @ over.gaussian(rng, rank, free)
            point = np.concatenate([first, second], axis=1)
            largest = max(largest, nullity(over, point, given, rank))
        assert data_of_block.dimension(rank) == largest


def nullity(over, point, given, rank):
    """Of the Hessian of |B_1 - W|^2 at a critical point of the matrices of its rank, from its second-order terms."""
    u, s, vh = over.svd(point)
    u, v = over.columns(u, 0, rank), over.columns(vh.conj().T, 0, rank)
    inverse = (v / over.spread(s[:rank])) @ u.conj().T
    reached = given.shape[1]
    gradient = np.zeros_like(point)
    gradient[:, :reached] = point[:, :reached] - given
    assert np.abs(gradient @ v).max() < 1e-10
    assert np.abs(u.conj().T @ gradient).max() < 1e-10
    units = []
    parts = over.to_real(point)
    for entry in np.ndindex(parts.shape):
        unit = np.zeros(parts.shape)
        unit[entry] = 1.0
        one = over.from_real(unit)
        rest = one - u @ (u.conj().T @ one)
        units.append((one - (rest - (rest @ v) @ v.conj().T)).ravel())
    flat = np.array([np.concatenate([x.real, x.imag]) for x in units])
    _, sizes, basis = np.linalg.svd(flat, full_matrices=False)
    tangents = [t[: t.size // 2] + 1j * t[t.size // 2 :] for t in basis[sizes > 1e-9]]
    tangents = [
        t.reshape(point.shape) if over.order == 2 or over.dim == 2 else t.real.reshape(point.shape) for t in tangents
    ]

    def inner(a, b):
        return np.vdot(a, b).real

    # f(M + t T + t^2 T M^+ T) = f + t^2 (|T_1|^2 + 2 <G, T M^+ T>), polarized.
    hessian = [
        [inner(a[:, :reached], b[:, :reached]) + inner(gradient, a @ inverse @ b + b @ inverse @ a) for b in tangents]
        for a in tangents
    ]
    spectrum = np.linalg.eigvalsh(np.array(hessian))
    assert len(tangents) == over.dim * rank * (sum(point.shape) // over.order - rank)
    return int((np.abs(spectrum) < 1e-8).sum())


@pytest.mark.parametrize(
    ("argument", "kind", "call"),
    [
        ("space", TypeError, lambda: ev.critical_points(None, np.eye(2))),
        ("X", ValueError, lambda: ev.critical_points(ev.linear_maps(2, 2), np.eye(3))),
        ("X", ValueError, lambda: ev.critical_points(ev.linear_maps(2, 2), np.full((2, 2), np.nan))),
        ("Y", ValueError, lambda: ev.critical_points(ev.linear_maps(2, 2), np.eye(2), np.eye(3))),
        ("alpha", ValueError, lambda: ev.critical_points(ev.linear_maps(2, 2), np.eye(2), alpha=-1.0)),
        ("intercept", TypeError, lambda: ev.critical_points(ev.linear_maps(2, 2), np.eye(2), intercept="yes")),
        ("space", ValueError, lambda: ev.critical_points(ev.linear_maps(2, 3), np.eye(3))),
    ],
)
def test_bad_input(argument, kind, call):
    with pytest.raises(kind, match=f"^{argument} must be"):
        call()
