"""Layers, their products and adjoints against loops, dense matrices and products of polynomials; refusals."""

from __future__ import annotations

import warnings
from fractions import Fraction

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import equivariety as ev
from convolution.literal import layer_matrix
from convolution.literal_network import derivative, dimensions, layer_output, network_output, polynomial_product, scales
from equivariety.convolution import Architecture, ConvolutionalLayer
from oracles.read import vectors


def named(kind):
    return pytest.mark.parametrize("vector", [pytest.param(v, id=v["id"]) for v in vectors("lcn") if v["kind"] == kind])


def network(vector):
    return ev.LinearConvolutionalNetwork(vector["input"]["k"], vector["input"]["s"])


@named("composition")
def test_compositions_of_the_vectors(vector):
    net, given, wanted = network(vector), vector["input"], vector["expected"]
    assert net.compose(given["filters"]) == wanted["e2e_filter"]
    assert net.end_to_end_stride == wanted["e2e_stride"]
    x = given["x"]
    for layer in net.layers(given["filters"]):
        x = layer(x)
    assert x.tolist() == wanted["y"]
    assert net.end_to_end_layer(given["filters"])(given["x"]).tolist() == wanted["y"]


@named("layer_dims")
def test_dimensions_of_the_vectors(vector):
    architecture, wanted = network(vector).architecture, tuple(vector["expected"]["dims"])
    assert architecture.widths(vector["input"]["d_out"]) == wanted
    assert architecture.widths_of(wanted[0]) == wanted


@st.composite
def architectures(draw, depth=5, size=5, stride=4):
    layers = draw(st.integers(1, depth))
    sizes = draw(st.lists(st.integers(1, size), min_size=layers, max_size=layers))
    return tuple(sizes), tuple(draw(st.lists(st.integers(1, stride), min_size=layers, max_size=layers)))


@st.composite
def networks(draw, entries, depth=5, size=5, stride=4):
    sizes, strides = draw(architectures(depth, size, stride))
    filters = [draw(st.lists(entries, min_size=k, max_size=k)) for k in sizes]
    return sizes, strides, filters


SMALL = st.integers(-9, 9)


@given(networks(SMALL), st.integers(1, 3), st.integers(0, 2**32 - 1))
def test_layers_are_the_end_to_end_layer(given, outputs, seed):
    sizes, strides, filters = given
    net = ev.LinearConvolutionalNetwork(sizes, strides)
    widths = dimensions(sizes, strides, outputs)
    assert net.architecture.widths(outputs) == net.architecture.widths_of(widths[0]) == tuple(widths)
    x = np.random.default_rng(seed).integers(-9, 10, widths[0])
    wanted = network_output(filters, strides, x.tolist())
    step, dense = x, np.eye(widths[0], dtype=np.int64)
    for layer, w, s, d in zip(net.layers(filters), filters, strides, widths[1:], strict=True):
        matrix = np.array(layer_matrix(w, s, d))
        assert np.array_equal(layer.to_dense(matrix.shape[1]), matrix)
        step, dense = layer(step), matrix @ dense
    assert step.tolist() == wanted
    assert (dense @ x).tolist() == wanted
    whole = net.end_to_end_layer(filters)
    assert np.array_equal(whole.to_dense(widths[0]), dense)
    assert whole(np.stack([x, 2 * x])[None]).tolist() == [[wanted, [2 * y for y in wanted]]]
    assert dense[0, : net.end_to_end_size].tolist() == net.compose(filters)


@given(networks(st.integers(-(10**40), 10**40)))
def test_integers_of_any_size_stay_exact(given):
    sizes, strides, filters = given
    found = ev.LinearConvolutionalNetwork(sizes, strides).compose(filters)
    assert found == polynomial_product(filters, strides)
    assert all(type(x) is int for x in found)


@given(networks(st.fractions(max_denominator=10**20), depth=4, size=4))
def test_fractions_stay_exact(given):
    sizes, strides, filters = given
    found = ev.LinearConvolutionalNetwork(sizes, strides).compose(filters)
    assert found == polynomial_product(filters, strides)
    assert all(isinstance(x, int | Fraction) for x in found)


SURDS = [sympy.sqrt(2), 1 + sympy.sqrt(3), sympy.Symbol("a"), sympy.Symbol("b") + 1, sympy.Rational(1, 3), sympy.I, 2]


@given(networks(st.sampled_from(SURDS), depth=3, size=3, stride=3))
def test_symbolic_numbers_stay_exact(given):
    sizes, strides, filters = given
    found = ev.LinearConvolutionalNetwork(sizes, strides).compose(filters)
    wanted = polynomial_product(filters, strides)
    assert isinstance(found, list)
    assert all(sympy.expand(a - b) == 0 for a, b in zip(found, wanted, strict=True))


@given(networks(st.sampled_from([1, -2, Fraction(10**20 + 1, 10**20), sympy.sqrt(2), sympy.I, 0]), depth=3, size=3))
def test_polynomials_are_products_of_forms(given):
    sizes, strides, filters = given
    x, y = sympy.symbols("x y")
    wanted = sympy.Integer(1)
    for w, s in zip(filters, scales(strides), strict=True):
        k = len(w)
        wanted *= sum(sympy.sympify(c) * x ** (s * j) * y ** (s * (k - 1 - j)) for j, c in enumerate(w))
    found = ev.LinearConvolutionalNetwork(sizes, strides).polynomial(filters)
    assert sympy.expand(found.as_expr() - wanted) == 0
    assert found.gens == (x, y)


@given(architectures(), st.integers(0, 2**32 - 1), st.booleans())
def test_floating_point_filters(given, seed, is_complex):
    sizes, strides = given
    rng = np.random.default_rng(seed)
    filters = [rng.standard_normal(k) + (1j * rng.standard_normal(k) if is_complex else 0) for k in sizes]
    net = ev.LinearConvolutionalNetwork(sizes, strides)
    found = net.compose(filters)
    np.testing.assert_allclose(found, polynomial_product(filters, strides), atol=1e-12)
    assert found.dtype == (np.complex128 if is_complex else np.float64)
    assert found.shape == (net.end_to_end_size,)


@given(architectures(depth=4, size=4, stride=3), st.integers(0, 2**32 - 1))
def test_the_jacobian_is_the_derivative(given, seed):
    sizes, strides = given
    rng = np.random.default_rng(seed)
    filters = [rng.integers(-5, 6, k) for k in sizes]
    net = ev.LinearConvolutionalNetwork(sizes, strides)
    wanted = derivative(lambda w: polynomial_product(w, strides), filters)
    exact = net.jacobian([w.tolist() for w in filters])
    assert exact.dtype == object
    np.testing.assert_allclose(np.array(exact, dtype=float), wanted, rtol=1e-13)
    np.testing.assert_allclose(net.jacobian([w.astype(float) for w in filters]), wanted, atol=1e-12)
    # Euler: scaling one layer scales the product.
    ends = np.cumsum([0, *sizes])
    for a, b, w in zip(ends, ends[1:], filters, strict=False):
        assert np.array_equal(exact[:, a:b] @ w, np.array(net.compose(filters)))


@given(st.integers(1, 6), st.integers(1, 5), st.integers(0, 12), st.integers(0, 2**32 - 1))
def test_adjoints(k, stride, more, seed):
    rng, inputs = np.random.default_rng(seed), k + more
    layer = ConvolutionalLayer(rng.integers(-9, 10, k).tolist(), stride)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        outputs = layer.outputs(inputs)
        x, y = rng.integers(-9, 10, (2, inputs)), rng.integers(-9, 10, (2, outputs))
        assert outputs == more // stride + 1
        assert layer(x).T.tolist() == [r.tolist() for r in layer_output(layer.filter, stride, list(x.T))]
        assert (layer(x) * y).sum() == (x * layer.adjoint(y, inputs)).sum()
        assert np.array_equal(layer.adjoint(y, inputs), y @ layer.to_dense(inputs))


@given(architectures(depth=4), st.integers(0, 40))
def test_a_warning_where_and_only_where_inputs_are_unused(given, more):
    sizes, strides = given
    architecture = Architecture(sizes, strides)
    inputs = architecture.end_to_end_size + more
    widths, fits = [inputs], []
    for k, s in zip(sizes, strides, strict=True):
        starts = [i for i in range(0, widths[-1], s) if i + k <= widths[-1]]
        fits.append(starts[-1] + k == widths[-1])
        widths.append(len(starts))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert architecture.widths_of(inputs) == tuple(widths)
    assert len(caught) == fits.count(False)
    assert all(issubclass(w.category, UserWarning) for w in caught)
    assert (more % architecture.end_to_end_stride == 0) == all(fits)
    assert [str(w.message).split(" ")[1] for w in caught] == [str(i) for i, fit in enumerate(fits, start=1) if not fit]


@given(architectures())
def test_inputs_shorter_than_the_end_to_end_filter(given):
    sizes, strides = given
    architecture = Architecture(sizes, strides)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        refused(lambda: architecture.widths_of(architecture.end_to_end_size - 1), "inputs")
    assert architecture.widths_of(architecture.end_to_end_size)[-1] == 1
    assert architecture.scales == tuple(scales(strides))
    assert sum(len(b.layers) for b in architecture.blocks) == sum(k > 1 for k in sizes)


# ------------------------------------------------------------------------------------------------------------ refusals

NAN, INF = float("nan"), float("inf")
HUGE = 10**400


def refused(call, argument, kind=ValueError):
    """The message says argument, requirement, what came and the fix."""
    with pytest.raises(kind, match=rf"^{argument}.* must be .+; got .+\. Fix: .+\.$") as caught:
        call()
    assert type(caught.value) is kind
    assert ">= 0; got 0" not in str(caught.value)


@pytest.mark.parametrize(
    ("sizes", "kind"),
    [
        ((0, 2), ValueError), ((-1, 2), ValueError), ((2.0, 2), ValueError), ((True, 2), ValueError),
        ((NAN, 2), ValueError), ((2j, 2), ValueError), (("2", 2), ValueError), (((2, 3), 2), ValueError),
        ((), ValueError),
        (np.array([2.0, 2.0]), ValueError), (np.array([[2, 2]]), ValueError), ("22", TypeError), (b"22", TypeError),
        (None, TypeError), (2, TypeError), ({2, 3}, TypeError), ({2: 1, 3: 1}, TypeError),
    ],
)  # fmt: skip
@pytest.mark.parametrize("of_strides", [False, True])
def test_bad_sizes(sizes, kind, of_strides):
    good = (1, 1)
    given, name = ((good, sizes), "strides") if of_strides else ((sizes, good), "filter_sizes")
    refused(lambda: Architecture(*given), name, kind)
    refused(lambda: ev.LinearConvolutionalNetwork(*given), name, kind)


def test_sizes_are_at_least_one():
    for bad in (-1, 0, 2.5):
        with pytest.raises(ValueError, match="at least 1"):
            Architecture((bad,), (1,))
        with pytest.raises(ValueError, match="at least 1"):
            ConvolutionalLayer([1, 2], stride=bad)
    refused(lambda: Architecture((2, 2), (1,)), "strides")
    refused(lambda: Architecture((2,), (1, 1)), "strides")


NET = ev.LinearConvolutionalNetwork((2, 2), (1, 1))

BAD_FILTERS = [
    ([[1], [3, 4]], ValueError), ([[1, 2, 3], [3, 4]], ValueError), ([[1, 2]], ValueError), ([], ValueError),
    ([[], [3, 4]], ValueError), ([[1.0, NAN], [3, 4]], ValueError), ([[1.0, INF], [3, 4]], ValueError),
    ([[1, complex(0, NAN)], [3, 4]], ValueError), ([[sympy.oo, 1], [3, 4]], ValueError),
    ([[sympy.nan, 1], [3, 4]], ValueError), ([[sympy.zoo, 1], [3, 4]], ValueError), ("abcd", TypeError),
    (["ab", "cd"], TypeError), ([["a", 1], [3, 4]], TypeError), (None, TypeError), (5, TypeError),
    ([[True, 1], [3, 4]], TypeError), ([np.array([True, False]), [3, 4]], TypeError), ([[None, 1], [3, 4]], TypeError),
    ([[[1, 2]], [3, 4]], TypeError), ([[1, [2]], [3, 4]], TypeError), ([[[1, 2], [3]], [3, 4]], TypeError),
    ([{1, 2}, [3, 4]], TypeError), ([{0: 1, 1: 2}, [3, 4]], TypeError), ([[sympy.true, 1], [3, 4]], TypeError),
]  # fmt: skip


@pytest.mark.parametrize(("filters", "kind"), BAD_FILTERS)
def test_bad_filters(filters, kind):
    X, Y = [[1, 2, 3]], [[1]]
    refused(lambda: NET.compose(filters), "filters", kind)
    refused(lambda: NET.jacobian(filters), "filters", kind)
    refused(lambda: NET.layers(filters), "filters", kind)
    refused(lambda: NET.loss(filters, X, Y), "filters", kind)
    refused(lambda: NET.classify(filters, X, Y), "filters", kind)


@pytest.mark.parametrize(
    ("filters", "kind"),
    [
        ([[HUGE, 1], [1, 2]], ValueError), ([[Fraction(HUGE, 3), 1], [1, 2]], ValueError),
        ([[sympy.Symbol("a"), 1], [1, 2]], TypeError), ([[sympy.I, 1], [1, 2]], TypeError),
        ([[1j, 1], [1, 2]], TypeError),
    ],
)  # fmt: skip
def test_filters_that_are_no_floats(filters, kind):
    """They compose, but have no loss."""
    X, Y = [[1, 2, 3]], [[1]]
    assert len(NET.compose(filters)) == 3
    for method in (NET.loss, NET.gradient, NET.classify, NET.gradient_flow):
        refused(lambda method=method: method(filters, X, Y), "filters", kind)


def test_filters_of_two_kinds_that_do_not_mix():
    refused(lambda: NET.compose([[sympy.Symbol("a"), 1], [1.0, 2]]), "filters", TypeError)
    refused(lambda: NET.compose([[HUGE, 1], [1.0, 2]]), "filters", ValueError)
    refused(lambda: NET.compose([[sympy.sqrt(2), 1.0], [1.0, 2]]), "filters", TypeError)
    np.testing.assert_allclose(NET.compose([[sympy.sqrt(2), 1], [1.0, 2]]), [np.sqrt(2), 1 + 2 * np.sqrt(2), 2])
    np.testing.assert_allclose(NET.compose([[sympy.I, 1], [1.0, 2]]), [1j, 1 + 2j, 2])
    assert NET.loss([[sympy.sqrt(2), 1], [Fraction(1, 2), 2]], [[1, 0, 0]], [[0]]) == pytest.approx(0.5)


BAD_DATA = [
    ([1, 2, 3], [[1]], "X", ValueError), ([[1, 2]], [[1]], "", ValueError),
    (np.zeros((0, 3)), np.zeros((0, 1)), "X", ValueError),
    ([[NAN, 1, 2]], [[1]], "X", ValueError), ([[INF, 1, 2]], [[1]], "X", ValueError),
    ([[1, 2, 3]], [[NAN]], "Y", ValueError),
    ([[1, 2, 3]], [[1, 2]], "Y", ValueError), ([[1, 2, 3]], [1, 2], "Y", ValueError),
    ([[1, 2, 3]], [[1], [2]], "Y", ValueError),
    ([[1, 2, 3], [1]], [[1], [2]], "X", ValueError), ([["a", "b", "c"]], [[1]], "X", TypeError),
    ([[1j, 1, 2]], [[1]], "X", TypeError),
    ([[None, 1, 2]], [[1]], "X", TypeError), ("abc", [[1]], "X", TypeError), (None, [[1]], "X", TypeError),
    ([[1, 2, 3]], None, "Y", TypeError), ([[[1, 2, 3]]], [[1]], "X", ValueError),
    ([[1, 2, 3]], [["a"]], "Y", TypeError),
    ([[1, 2, 3]], [[1j]], "Y", TypeError), (np.full((1, 3), 1e200), [[1]], "X", ValueError),
]  # fmt: skip


@pytest.mark.parametrize(("X", "Y", "argument", "kind"), BAD_DATA)
def test_bad_data(X, Y, argument, kind):
    filters, rng = [[1, 2], [3, 4]], np.random.default_rng(0)
    refused(lambda: NET.loss(filters, X, Y), argument, kind)
    refused(lambda: NET.gradient(filters, X, Y), argument, kind)
    refused(lambda: NET.moments(X, Y), argument, kind)
    refused(lambda: NET.critical_points(X, Y), argument, kind)
    refused(lambda: NET.local_search(X, Y, rng=rng), argument, kind)
    refused(lambda: NET.classify(filters, X, Y), argument, kind)


def test_bad_layers():
    refused(lambda: ConvolutionalLayer([]), "filter")
    refused(lambda: ConvolutionalLayer([1.0, NAN]), "filter")
    refused(lambda: ConvolutionalLayer("ab"), "filter", TypeError)
    refused(lambda: ConvolutionalLayer([[1, 2], [3]]), "filter", TypeError)
    refused(lambda: ConvolutionalLayer([1, 2], stride=True), "stride")
    layer = ConvolutionalLayer([1, 2, 3])
    refused(lambda: layer([1, 2]), "")
    refused(lambda: layer(3.0), "x", TypeError)
    refused(lambda: layer(["a", "b", "c"]), "x", TypeError)
    refused(lambda: layer([[1, 2, 3], [1]]), "x")
    refused(lambda: layer.adjoint([1, 2], inputs=3), "y")
    refused(lambda: layer.to_dense(3.0), "inputs")
    refused(lambda: layer.to_dense(10**6), "inputs")
    assert layer(np.zeros((0, 5))).shape == (0, 3)
