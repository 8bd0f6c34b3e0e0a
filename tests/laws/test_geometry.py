"""Laws of the geometry of every function space, on the registered instances and on random ones.

A law takes a rank-bounded space and a source of randomness, and looks at some of its components and smaller strata.
Tangent vectors are made without tangent spaces: derivatives of (A + t A')(B + t B') at t = 0, from dense decoders and
encoders.  That ``dim`` is the rank of the Jacobian matrix of (A, B) -> A B, that samples are contained and that
projections are nearest points are laws of test_varieties.py; here they meet random spaces.
"""

from __future__ import annotations

from itertools import combinations, islice, pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import pdist

from equivariety.linalg import FIELD_DIM
from laws import test_varieties
from laws.random_spaces import spaces
from laws.registry import every_space

#: Critical points are all listed up to so many.
MOST_LISTED = 300
#: Components are all asked up to so many.
MOST_COMPONENTS = 40


def some_strata(space, rng):
    """Two components and two smaller strata, or as many as there are; each once."""
    components = list(islice(space.components(), MOST_COMPONENTS))
    chosen = rng.permutation(len(components))[:2]
    smaller = islice(test_varieties.some_strata(space, rng, 0), 2)
    return list(dict.fromkeys([*(components[i] for i in chosen), *smaller]))


def directions(component, rng, count=2):
    """Pairs (A', B') with the weight sharing of the component, generic ones."""
    for _ in range(count):
        factors = component.factorize(component.sample(rng)).moved_at_random(rng)
        yield factors.decoder, factors.encoder


def velocities(component, point, ways):
    """Derivatives of the curves (A + t A')(B + t B') through the point A B."""
    factors = component.factorize(point)
    return [a @ factors.encoder + factors.decoder @ b for a, b in ways]


def through(space, point):
    """The components that contain a point, each asked by itself."""
    return [c for c in space.components() if c.contains(point)]


def by_index(component):
    """How many critical points have each Morse index: inversions of subsets, so products of Gaussian binomials."""
    counts = np.ones(1, dtype=np.int64)
    for factor in component.factors:
        e, n, r = FIELD_DIM[factor.field], factor.max_rank, factor.rank
        # row[k] counts the k-subsets of the first m values by inversions: a new one is kept, or all kept ones before it
        # stay, and then it inverts nothing; if kept, each of the m - k before it that are not kept is an inversion.
        row = {0: np.ones(1, dtype=np.int64)}
        for m in range(n):
            fresh = dict(row)
            for k, c in row.items():
                kept = np.concatenate([np.zeros(e * (m - k), dtype=np.int64), c])
                fresh[k + 1] = added(row.get(k + 1, np.zeros(1, dtype=np.int64)), kept)
            row = fresh
        counts = np.convolve(counts, row[r])
    return np.trim_zeros(counts, "b").tolist()


def added(a, b):
    size = max(len(a), len(b))
    return np.pad(a, (0, size - len(a))) + np.pad(b, (0, size - len(b)))


# --------------------------------------------------------------------------------------------------------------- laws


def the_product_of_moved_factors_is_a_curve_in_the_component(space, rng):
    """The tangent vectors below are what they are said to be."""
    for component in some_strata(space, rng):
        point = component.sample(rng)
        factors, [(a, b)] = component.factorize(point), directions(component, rng, 1)
        ends = [(factors.decoder + t * a) @ (factors.encoder + t * b) for t in (1.0, -1.0)]
        for moved in ends:
            assert component.contains(moved)
            assert space.contains(moved)
        # The curve is a parabola.
        [v] = velocities(component, point, [(a, b)])
        np.testing.assert_allclose((ends[0] - ends[1]) / 2, v, atol=1e-12 * (1 + np.linalg.norm(v)))


def a_smooth_point_has_the_tangent_space_of_the_dimension(space, rng):
    for component in some_strata(space, rng):
        point = component.sample(rng)
        tangent, normal = component.tangent_space(point), component.normal_space(point)
        assert tangent.dim == component.dim
        assert tangent.dim + normal.dim == point.size
        assert not component.is_singular_at(point)
        assert tangent.contains(point)  # a cone
        for v in velocities(component, point, directions(component, rng)):
            assert tangent.contains(v)
            assert np.linalg.norm(normal.project(v)) <= 1e-9 * (1 + np.linalg.norm(v))
        # Moving along any tangent vector leaves the component to second order only.
        v = tangent.project(rng.standard_normal(space.shape))
        size = np.linalg.norm(point)
        if np.linalg.norm(v):
            v *= size / np.linalg.norm(v)
            far, near = (component.project(point + t * v).distance for t in (1e-4, 1e-5))
            assert near <= 0.02 * far + 1e-11 * size


def a_singular_point_has_a_larger_tangent_space(space, rng):
    for component in some_strata(space, rng):
        locus, ways = component.singular_locus(), list(directions(component, rng))
        origin = np.zeros(space.shape)
        assert component.is_smooth == locus.is_empty == (component.tangent_space(origin).dim == component.dim)
        for piece in locus:
            point = piece.sample(rng)
            tangent = component.tangent_space(point)
            assert component.contains(point)
            assert locus.contains(point)
            assert tangent.dim > component.dim > piece.dim
            verdict = component.is_singular_at(point)
            assert verdict
            dropped = zip(component.ranks.labels, piece.ranks, component.ranks, strict=True)
            assert verdict.blocks == tuple(label for label, k, r in dropped if k < r)
            for v in velocities(component, point, ways):
                assert tangent.contains(v)
        # At points of smaller rank, wherever they lie: all three say the same.
        for other in some_strata(space, rng):
            point = (component & other).sample(rng)
            singular = component.tangent_space(point).dim > component.dim
            assert component.is_singular_at(point) == locus.contains(point) == singular


def a_point_of_the_union_is_singular_where_it_should_be(space, rng):
    components = list(islice(space.components(), MOST_COMPONENTS + 1))
    if len(components) > MOST_COMPONENTS:
        return
    for component in components[:3]:
        point = component.sample(rng)
        assert through(space, point) == [component]
        verdict = space.is_singular_at(point)
        assert not verdict
        assert verdict.num_components == 1
        assert space.tangent_space(point).dim == component.dim
    for first, second in combinations(components[:3], 2):
        point = (first & second).sample(rng)
        meeting = through(space, point)
        assert first in meeting
        assert second in meeting
        verdict = space.is_singular_at(point)
        assert verdict
        assert verdict.num_components == len(meeting)
        tangent = space.tangent_space(point)
        # A regular local ring is a domain: where components meet, the tangent space is too large for each of them.
        assert tangent.dim > max(c.dim for c in meeting)
        for component in meeting[:2]:
            for v in velocities(component, point, directions(component, rng)):
                assert tangent.contains(v)


def the_singular_locus_of_the_union_holds_the_singular_points(space, rng):
    components = list(islice(space.components(), MOST_COMPONENTS + 1))
    if len(components) > MOST_COMPONENTS:
        return
    locus = space.singular_locus()
    for piece in islice(locus, 10):
        point = piece.sample(rng)
        assert space.is_singular_at(point)
        assert space.tangent_space(point).dim > max(c.dim for c in through(space, point))
    for stratum in some_strata(space, rng):
        point = stratum.sample(rng)
        assert locus.contains(point) == space.is_singular_at(point)
    # Components are singular where they are by themselves, and where they meet; these points are all.
    for component in components[:4]:
        for piece in component.singular_locus():
            assert any(piece <= other for other in locus)


def residuals_at_critical_points_are_normal(space, rng):
    for component in some_strata(space, rng):
        given, ways = rng.standard_normal(space.shape), list(directions(component, rng))
        for critical in islice(component.critical_points(given), 8):
            point, rest = critical.point, given - critical.point
            assert not component.is_singular_at(point)
            np.testing.assert_allclose(component.normal_space(point).project(rest), rest, atol=1e-11)
            for v in velocities(component, point, ways):
                assert abs(np.vdot(rest, v)) <= 1e-9 * np.linalg.norm(given) * np.linalg.norm(v)


def there_are_as_many_critical_points_as_the_ed_degree(space, rng):
    given = rng.standard_normal(space.shape)
    for component in some_strata(space, rng):
        found = component.critical_points(given)
        assert found.count == component.ed_degree
        if found.count > MOST_LISTED:
            continue
        listed = list(found)
        assert len(listed) == component.ed_degree
        distances = [c.squared_distance for c in listed]
        assert all(a <= b for a, b in pairwise(distances))
        direct = [np.linalg.norm(given - c.point) ** 2 for c in listed]
        np.testing.assert_allclose(distances, direct, rtol=1e-10, atol=1e-12)
        points = np.array([c.point.ravel() for c in listed])
        assert pdist(points).min(initial=np.inf) > 1e-7
        np.testing.assert_allclose(listed[0].point, component.project(given).point, atol=1e-11)
        # The first is the only local minimum, and all indices are those of a perfect Morse function.
        indices = [c.index for c in listed]
        assert indices[0] == 0
        assert indices.count(0) == 1
        assert np.bincount(indices).tolist() == by_index(component)
        assert max(indices) <= component.dim


def critical_points_of_the_union_are_those_of_its_components(space, rng):
    given = rng.standard_normal(space.shape)
    found = space.critical_points(given)
    assert found.count == space.ed_degree
    if found.count <= MOST_LISTED:
        listed = list(found)
        assert len(listed) == space.ed_degree == sum(c.ed_degree for c in space.components())
        distances = [c.squared_distance for c in listed]
        assert all(a <= b for a, b in pairwise(distances))
        each = sorted(p.squared_distance for c in space.components() for p in c.critical_points(given))
        np.testing.assert_allclose(distances, each, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(listed[0].point, space.project(given).point, atol=1e-11)


def factors_move_along_the_fiber(space, rng):
    for component in some_strata(space, rng):
        point = component.sample(rng)
        size = 1 + np.linalg.norm(point)
        factors = component.factorize(point)
        fiber = component.fiber(point)
        assert fiber.dim == component.fiber_dim == component.num_parameters - component.dim
        for other in (factors, factors.moved_at_random(rng), fiber.sample(rng)):
            np.testing.assert_allclose(other.decoder @ other.encoder, point, atol=1e-10 * size)
            assert fiber.contains(other)
            assert fiber.tangent_dim(other) == fiber.dim
        if component.rank:
            moved = factors.moved_at_random(rng)
            assert np.linalg.norm(moved.decoder - factors.decoder) > 1e-3
            elsewhere = component.factorize(component.sample(rng))
            assert not fiber.contains(elsewhere)


def fibers_over_singular_points_are_larger(space, rng):
    for component in some_strata(space, rng):
        for piece in component.singular_locus():
            point = piece.sample(rng)
            fiber = component.fiber(point)
            assert fiber.dim > component.fiber_dim
            found = fiber.sample(rng)
            np.testing.assert_allclose(found.decoder @ found.encoder, point, atol=1e-10 * (1 + np.linalg.norm(point)))


LAWS = (
    the_product_of_moved_factors_is_a_curve_in_the_component,
    a_smooth_point_has_the_tangent_space_of_the_dimension,
    a_singular_point_has_a_larger_tangent_space,
    a_point_of_the_union_is_singular_where_it_should_be,
    the_singular_locus_of_the_union_holds_the_singular_points,
    residuals_at_critical_points_are_normal,
    there_are_as_many_critical_points_as_the_ed_degree,
    critical_points_of_the_union_are_those_of_its_components,
    factors_move_along_the_fiber,
    fibers_over_singular_points_are_larger,
)
#: Laws that the registered instances meet in test_varieties.py.
KNOWN_LAWS = (
    test_varieties.test_samples_are_contained,
    test_varieties.test_projection_is_contained_idempotent_and_measured_from_the_given_matrix,
    test_varieties.test_no_point_of_a_component_is_nearer_than_the_projection,
    test_varieties.test_dim_is_the_rank_of_the_jacobian_of_the_factors,
)


def named(laws):
    return pytest.mark.parametrize("law", [pytest.param(law, id=law.__name__) for law in laws])


@named(LAWS)
@every_space
def test_registered_spaces(law, space, rng):
    law(space, rng)


@named((*LAWS, *KNOWN_LAWS))
@settings(max_examples=15)
@given(space=spaces(), seed=st.integers(0, 2**32 - 1))
def test_random_spaces(law, space, seed):
    law(space, np.random.default_rng(seed))
