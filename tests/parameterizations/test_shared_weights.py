"""The linear pattern "entry = sign * weight"."""

from __future__ import annotations

import numpy as np
import pytest

from equivariety.parameterizations import SharedWeights

INDEX = np.array([[0, 1, 0], [-1, 1, 2]])
SIGN = np.array([[1, 1, -1], [0, -1, 1]])


def test_matrix_and_weights_are_inverse(rng):
    pattern = SharedWeights(INDEX, SIGN)
    assert (pattern.shape, pattern.num_weights) == ((2, 3), 3)
    for dtype in (np.float32, np.float64):
        weights = rng.standard_normal(3).astype(dtype)
        matrix = pattern.matrix(weights)
        assert matrix.dtype == dtype
        a, b, c = weights
        assert np.array_equal(matrix, np.array([[a, b, -a], [0, -b, c]], dtype))
        assert pattern.weights(matrix).dtype == dtype
        assert np.array_equal(pattern.weights(matrix), weights)
    assert pattern.matrix([1, 2, 3]).dtype == np.float64


def test_huge_and_tiny_entries():
    pattern = SharedWeights(np.zeros((1, 4), int), np.ones((1, 4), int))
    for value in (1.7e308, 1e-308, 0.0):
        assert pattern.weights(np.full((1, 4), value)).tolist() == [pytest.approx(value, rel=1e-12)]


def test_rounding_is_averaged_and_more_is_refused():
    pattern = SharedWeights(INDEX, SIGN)
    matrix = pattern.matrix([1.0, 2.0, 3.0])
    matrix[0, 0] += 2e-14
    assert pattern.weights(matrix)[0] == pytest.approx(1 + 1e-14, abs=1e-17)
    matrix[1, 0] = 1e-3
    with pytest.raises(ValueError, match=r"matrix must be of the pattern, with 0 at \(1, 0\); got 0.001"):
        pattern.weights(matrix)
    assert pattern.weights(matrix, tolerance=1e-2).shape == (3,)
    matrix = pattern.matrix([1.0, 2.0, 3.0])
    matrix[0, 2] *= -1
    with pytest.raises(ValueError, match="of the pattern"):
        pattern.weights(matrix)


def test_empty_patterns():
    for shape in ((0, 3), (3, 0), (2, 2)):
        pattern = SharedWeights(np.full(shape, -1), np.zeros(shape, int))
        assert pattern.num_weights == 0
        assert pattern.matrix(np.zeros(0)).shape == shape
        assert pattern.weights(np.zeros(shape)).shape == (0,)
        assert isinstance(str(pattern), str)


def test_text():
    assert str(SharedWeights(INDEX, SIGN)) == " a  b -a\n . -b  c"
    assert repr(SharedWeights(INDEX, SIGN)) == "SharedWeights(shape=(2, 3), num_weights=3)"
    large = SharedWeights(np.arange(900).reshape(30, 30), np.ones((30, 30), int))
    lines = str(large).splitlines()
    assert len(lines) == 25
    assert lines[0].split()[:3] == ["1", "2", "3"]
    assert lines[0].endswith("24 …")
    assert lines[-1] == "…"


def test_patterns_are_immutable_copies():
    index, sign = INDEX.copy(), SIGN.copy()
    pattern = SharedWeights(index, sign)
    index[0, 0] = 2
    assert pattern.index[0, 0] == 0
    assert pattern.sign.dtype == np.int8
    with pytest.raises(ValueError, match="read-only"):
        pattern.index[0, 0] = 1
    with pytest.raises(AttributeError):
        pattern.index = index


@pytest.mark.parametrize(
    ("index", "sign", "kind", "words"),
    [
        ([0, 1], [1, 1], ValueError, "index and sign must be of one shape"),
        (INDEX, SIGN[:1], ValueError, "index and sign must be of one shape"),
        (INDEX - 1, SIGN, ValueError, "index must be numbers from 0 on"),
        (np.where(INDEX >= 0, INDEX + 1, -1), SIGN, ValueError, "index must be numbers from 0 on"),
        (INDEX * 2, SIGN, ValueError, "index must be numbers from 0 on"),
        (INDEX, SIGN * 2, ValueError, "sign must be 1 or -1"),
        (INDEX, SIGN * 128, ValueError, "sign must be 1 or -1"),
        (INDEX, SIGN * 257, ValueError, "sign must be 1 or -1"),
        (INDEX, np.ones_like(SIGN), ValueError, "sign must be 1 or -1"),
        (INDEX, np.zeros_like(SIGN), ValueError, "sign must be 1 or -1"),
        (INDEX * 1.0, SIGN, TypeError, "index must be an array of integers"),
        (INDEX, "signs", TypeError, "sign must be an array of real numbers"),
    ],
)
def test_bad_patterns(index, sign, kind, words):
    with pytest.raises(kind, match=words):
        SharedWeights(index, sign)


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda p: p.matrix([1.0, 2.0]), ValueError, r"weights must be of shape \(3,\)"),
        (lambda p: p.matrix([[1.0, 2.0, 3.0]]), ValueError, r"weights must be of shape \(3,\)"),
        (lambda p: p.matrix([1.0, 2.0, np.nan]), ValueError, "weights must be finite"),
        (lambda p: p.matrix(None), TypeError, "weights must be an array of real numbers"),
        (lambda p: p.weights(np.ones((3, 2))), ValueError, r"matrix must be of shape \(2, 3\)"),
        (lambda p: p.weights(np.full((2, 3), np.inf)), ValueError, "matrix must be finite"),
        (lambda p: p.weights(np.ones((2, 3)), tolerance=-1), ValueError, "tolerance must be"),
    ],
)
def test_mistakes_are_named(call, kind, words):
    with pytest.raises(kind, match=words):
        call(SharedWeights(INDEX, SIGN))
