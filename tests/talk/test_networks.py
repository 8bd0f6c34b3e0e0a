"""The talk "Geometry of Equivariant Linear Neural Networks", first part: linear networks and algebraic varieties.

Kohn, Sattelberger, Shahverdi, arXiv 2309.13736.  docs/talk.md says for each claim which test is about it.
"""

from __future__ import annotations

from math import comb

import numpy as np
import pytest

import equivariety as ev
from talk.as_algebraic import variety_of


def test_linear_networks_have_spurious_critical_points(rng):
    """Half of a factorization: critical for the parameters, but its function is not critical on the function space."""
    space = ev.linear_maps(3, 4, rank=2)
    U = rng.standard_normal((3, 4))
    u, s, vh = np.linalg.svd(U)
    A, B = np.zeros((3, 2)), np.zeros((2, 4))
    A[:, 0], B[0] = s[0] * u[:, 0], vh[0]
    rest = A @ B - U
    np.testing.assert_allclose(rest @ B.T, 0, atol=1e-13)
    np.testing.assert_allclose(A.T @ rest, 0, atol=1e-13)
    # A line in the function space, along which the loss falls with slope -2 s_2.
    component, second = next(space.components()), np.outer(u[:, 1], vh[1])
    assert component.contains(A @ B + 0.1 * second)
    assert np.vdot(rest, second) == pytest.approx(-s[1])
    # At a pure one both hold.
    pure = component.critical_points(U)
    for critical in pure:
        factors = component.factorize(critical.point)
        rest = critical.point - U
        np.testing.assert_allclose(rest @ factors.encoder.T, 0, atol=1e-12)
        np.testing.assert_allclose(factors.decoder.T @ rest, 0, atol=1e-12)
        np.testing.assert_allclose(component.normal_space(critical.point).project(rest), rest, atol=1e-12)


@pytest.mark.parametrize(
    ("equations", "facts", "singular"),
    [
        ("y^2 - x^2*(x + 1)", (1, 3, 5), [(0, 0)]),
        ("x^2*y - y^3 - z^3", (2, 3, 9), [(0, 0, 0)]),
        (["p0*p2 - (p0 + p1)*p1", "p0 + p1 + p2 - 1"], (1, 2, 3), []),
    ],
    ids=["nodal curve", "cubic surface", "coin model"],
)
def test_drawn_varieties(equations, facts, singular):
    variety = ev.AlgebraicVariety(equations)
    assert (variety.dim, variety.degree, variety.ed_degree) == facts
    locus = variety.singular_locus()
    assert locus.is_empty == (not singular)
    for point in singular:
        assert variety.is_singular_at(point)
        assert locus.dim == 0
        assert locus.degree == 1


def test_the_coin_model_is_a_family_of_distributions():
    """Flip a coin that shows heads with probability t, after heads once more: both heads, heads and tails, tails."""
    model = ev.AlgebraicVariety(["p0*p2 - (p0 + p1)*p1", "p0 + p1 + p2 - 1"])
    for t in np.linspace(0, 1, 7):
        assert model.contains([t**2, t * (1 - t), 1 - t])


def test_two_layers_fill_the_determinantal_variety(rng):
    """F(M1, M2) = M2 M1, 2x4 and 3x2: the 3x4 matrices of rank at most 2."""
    variety = ev.linear_maps(3, 4, rank=2).component([2])
    assert variety.contains(rng.standard_normal((3, 2)) @ rng.standard_normal((2, 4)))
    factors = variety.factorize(variety.sample(rng))
    assert (factors.decoder.shape, factors.encoder.shape) == ((3, 2), (2, 4))
    assert (variety.dim, variety.num_parameters, variety.fiber_dim) == (10, 14, 4)
    assert not variety.contains(rng.standard_normal((3, 4)))


def test_determinantal_variety_by_its_minors():
    """All four 3-minors; dimension, degree, singular points and ED degree found again from these by Groebner bases."""
    variety = ev.linear_maps(3, 4, rank=2).component([2])
    minors = variety.equations("entries")
    assert len(minors) == 4
    same = variety_of(minors)
    assert (same.dim, same.degree) == (variety.dim, variety.degree) == (10, 6)
    assert same.ed_degree == variety.ed_degree == comb(3, 2)
    (locus,) = variety.singular_locus()
    assert tuple(locus.ranks) == (1,)
    assert locus == ev.linear_maps(3, 4).stratum([1])
    assert locus.dim == 6


@pytest.mark.parametrize(("m", "n"), [(2, 2), (3, 4), (5, 3)])
def test_dimension_and_ed_degree_formulas(m, n):
    for r in range(min(m, n) + 1):
        variety = ev.linear_maps(m, n, rank=r).component([r])
        assert variety.dim == r * (m + n - r)
        assert variety.ed_degree == comb(min(m, n), r)
