"""Membership, recovered filters and numbers of factorizations against the vectors."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from equivariety.convolution.architecture import Architecture
from equivariety.convolution.membership import factorizations, membership
from oracles.read import vectors

FOUND = vectors("lcn")


def of_kind(kind):
    return pytest.mark.parametrize("vector", [pytest.param(v, id=v["id"]) for v in FOUND if v["kind"] == kind])


def literal(filters, scales):
    """End-to-end filter by sums over all index tuples, in the numbers of the filters."""
    total = {0: 1}
    for w, scale in zip(filters, scales, strict=True):
        longer = {}
        for n, c in total.items():
            for j, x in enumerate(w):
                longer[n + j * scale] = longer.get(n + j * scale, 0) + c * x
        total = longer
    size = max(total) + 1
    return [total.get(n, 0) for n in range(size)]


def proportional(a, b):
    return all(a[i] * b[j] == a[j] * b[i] for i in range(len(a)) for j in range(len(b)))


@of_kind("membership")
def test_exact_membership(vector):
    net = Architecture(vector["input"]["k"], vector["input"]["s"])
    v = [Fraction(c) for c in vector["input"]["filter"]]
    expected = vector["expected"]
    found = membership(net, v)
    assert found.status == ("member" if expected["member"] else "not_member")
    assert bool(found) == expected["member"]
    assert found.in_closure == expected["in_zariski_closure"]
    if "interior" in expected:
        assert (found.position == "interior") == expected["interior"]
        assert (found.position == "boundary") == (expected["member"] and not expected["interior"])
    if "n_real_roots" in expected:
        assert found.real_roots == (expected["n_real_roots"],)
        assert found.odd_real_roots == (expected["n_odd_real_roots"],)
        assert found.num_odd == (expected["n_odd_degree_factors"],)
    if "gcd_degree" in expected:
        assert (found.gcd_degrees[0], found.gcd_degrees_needed[0]) == (
            expected["gcd_degree"],
            expected["gcd_degree_needed"],
        )
    if "smooth_point_of_closure" in expected:
        assert (found.gcd_degrees == found.gcd_degrees_needed) == expected["smooth_point_of_closure"]
        assert (found.position == "singular") == (not expected["smooth_point_of_closure"])
    if "relative_boundary_of_F" in expected:
        assert found.relative_boundary == expected["relative_boundary_of_F"]
    for block, wanted in zip(found.block_filters or (), expected.get("block_factors", ()), strict=False):
        assert proportional(block, [Fraction(c) for c in wanted])
    if not expected["member"]:
        assert found.filters is None
        assert found.block_filters is None
        assert found.position is None
    elif all(isinstance(w, tuple) for w in found.filters):
        assert literal(found.filters, net.scales) == v
    else:
        np.testing.assert_allclose(
            [float(c) for c in literal(found.filters, net.scales)], [float(c) for c in v], atol=1e-12
        )


@of_kind("membership")
def test_membership_of_floats(vector):
    net = Architecture(vector["input"]["k"], vector["input"]["s"])
    v = np.array([float(Fraction(c)) for c in vector["input"]["filter"]])
    exact = membership(net, [Fraction(c) for c in vector["input"]["filter"]])
    found = membership(net, v)
    assert found.status in (exact.status, "undecided")
    assert found.in_closure in (exact.in_closure, None)
    assert found.position in (exact.position, None)
    if exact.position in (None, "interior"):  # far from the boundary: the same answers
        assert (found.status, found.position) == (exact.status, exact.position)
    if found:
        assert found.residual < 1e-12
        np.testing.assert_allclose(literal(found.filters, net.scales), v, atol=1e-12 * np.linalg.norm(v))


@of_kind("factor_recovery")
def test_factor_recovery(vector):
    net = Architecture(vector["input"]["k"], vector["input"]["s"])
    found = membership(net, vector["input"]["filter"])
    assert found.status == "member"
    for w, wanted in zip(found.filters, vector["expected"]["unit_factors"], strict=True):
        unit = w / np.linalg.norm(w)
        np.testing.assert_allclose(
            unit * np.sign(unit[np.argmax(np.abs(unit))]), wanted, atol=vector["expected"]["tol"]
        )


@of_kind("real_fibre_count")
def test_real_fibre_count(vector):
    sizes = vector["input"]["filter_sizes"]
    form = [1]
    for i in range(vector["input"]["n_real_simple_roots"]):
        form = literal([form, [-2 * i - 1, 2]], (1, 1))
    for i in range(vector["input"]["n_complex_pairs"]):
        form = literal([form, [i + 2, 1, 1]], (1, 1))
    net = Architecture(sizes, [1] * len(sizes))
    for v in (form, np.array(form, dtype=float)):
        found = factorizations(net, v)
        assert len(found) == vector["expected"]["real_factorizations_mod_scaling"]
        for filters in found:
            np.testing.assert_allclose(
                [float(c) for c in literal(filters, net.scales)], np.array(form, dtype=float), atol=1e-12 * max(form)
            )
