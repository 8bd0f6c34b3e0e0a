"""Realization of complex matrices, truncation over R and C."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import equivariety as ev
from equivariety.linalg import FIELD_DIM, algebra, numerical_rank, singular_triples, truncate

sizes = st.integers(0, 6)


def gaussian(seed, *shape):
    rng = np.random.default_rng(seed)
    return rng.standard_normal(shape) + 1j * rng.standard_normal(shape)


@given(sizes, sizes, sizes, st.integers(0, 1000))
def test_realization_is_multiplicative_and_isometric(a, b, c, seed):
    x, y = gaussian(seed, a, b), gaussian(seed + 1, b, c)
    assert ev.realize(x).shape == (2 * a, 2 * b)
    np.testing.assert_allclose(ev.realize(x) @ ev.realize(y), ev.realize(x @ y), atol=1e-12)
    np.testing.assert_allclose(ev.realize(x.conj().T), ev.realize(x).T)
    assert np.linalg.norm(ev.realize(x)) == pytest.approx(2**0.5 * np.linalg.norm(x))
    np.testing.assert_array_equal(ev.unrealize(ev.realize(x)), x)


def test_realization_of_one_number():
    assert ev.realize(np.array([[2 + 3j]])).tolist() == [[2, -3], [3, 2]]
    rank_one = np.outer([1, 1j, 2], [1, 1 - 1j])
    assert np.linalg.matrix_rank(ev.realize(rank_one)) == 2


@pytest.mark.parametrize(
    ("given_type", "real"),
    [(np.complex64, np.float32), (np.complex128, np.float64), (np.float32, np.float32), (int, np.float64)],
)
def test_dtypes(given_type, real):
    matrix = np.ones((2, 3), given_type)
    realized = ev.realize(matrix)
    assert realized.dtype == real
    assert ev.unrealize(realized).dtype == np.result_type(real, np.complex64)


@pytest.mark.parametrize("dtype", [np.uint8, np.int8, np.int64])
def test_small_integers_do_not_overflow(dtype):
    large = np.iinfo(dtype).max if dtype != np.int64 else 200
    assert ev.unrealize(np.array([[large, 0], [0, large]], dtype)) == large
    if dtype != np.uint8:
        assert ev.unrealize(np.array([[1, -100], [100, 1]], dtype)) == 1 + 100j


def test_odd_truncation_leaves_the_image_of_the_realization():
    """The trap: cut over C, then realize."""
    z = gaussian(3, 3, 3)
    left, values, right = np.linalg.svd(ev.realize(z))
    assert np.allclose(values[::2], values[1::2])
    with pytest.raises(ValueError, match="Fix:"):
        ev.unrealize((left[:, :3] * values[:3]) @ right[:3])
    even = (left[:, :2] * values[:2]) @ right[:2]
    factor, other = truncate(singular_triples(z), 1)
    np.testing.assert_allclose(ev.unrealize(even), factor @ other.conj().T, atol=1e-12)


@given(sizes, sizes, st.booleans(), st.integers(0, 1000))
def test_truncation_is_nearest(b, a, is_complex, seed):
    z = gaussian(seed, b, a) if is_complex else gaussian(seed, b, a).real
    triples = singular_triples(z)
    values = triples[1]
    assert len(values) == min(a, b)
    assert (np.diff(values) <= 0).all()
    for r in range(min(a, b) + 1):
        left, right = truncate(triples, r)
        assert left.shape == (b, r)
        assert right.shape == (a, r)
        gap = np.linalg.norm(z - left @ right.conj().T)
        assert gap == pytest.approx(np.linalg.norm(values[r:]), abs=1e-12)
        assert numerical_rank(singular_triples(left @ right.conj().T)[1], 1e-10) == r


@pytest.mark.parametrize("shape", [(40, 3), (3, 40), (12, 3), (11, 3), (5, 5), (1, 9), (9, 1), (0, 4), (4, 0)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.complex64, np.complex128])
def test_singular_triples_of_all_shapes(shape, dtype, rng):
    matrix = rng.standard_normal(shape).astype(dtype)
    if np.iscomplexobj(matrix):
        matrix = matrix + dtype(1j) * rng.standard_normal(shape).astype(matrix.real.dtype)
    left, values, right = singular_triples(matrix)
    k, tolerance = min(shape), 1e-5 if np.finfo(dtype).bits == 32 else 1e-13
    assert (left.shape, values.shape, right.shape) == ((shape[0], k), (k,), (k, shape[1]))
    assert left.dtype == right.dtype == matrix.dtype
    np.testing.assert_allclose((left * values) @ right, matrix, atol=10 * tolerance)
    np.testing.assert_allclose(left.conj().T @ left, np.eye(k), atol=tolerance)
    np.testing.assert_allclose(right @ right.conj().T, np.eye(k), atol=tolerance)
    np.testing.assert_allclose(values, np.linalg.svd(matrix, compute_uv=False), rtol=10 * tolerance)
    assert (np.diff(values) <= 0).all()


def test_singular_triples_survive_a_failure_of_divide_and_conquer(monkeypatch):
    import scipy.linalg

    true = scipy.linalg.svd

    def failing(matrix, lapack_driver="gesdd", **options):
        if lapack_driver == "gesdd":
            raise np.linalg.LinAlgError("SVD did not converge")
        return true(matrix, lapack_driver=lapack_driver, **options)

    monkeypatch.setattr(scipy.linalg, "svd", failing)
    assert singular_triples(np.diag([1.0, 3.0]))[1].tolist() == [3.0, 1.0]


@pytest.mark.parametrize("field", ["R", "C", "H"])
def test_coordinates_over_the_field(field):
    unit = FIELD_DIM[field]
    part = np.arange(24.0 * unit, dtype=np.float32).reshape(2, 3, unit, 4)
    over = algebra(field)
    values = over.from_real(part)
    assert values.shape == (2, 3 * over.order, 4 * over.order)
    assert values.dtype == (np.float32 if field == "R" else np.complex64)
    np.testing.assert_array_equal(over.to_real(values), part)


NEVER = [None, [[1], [1, 2]], np.full((2, 2), np.nan), [["a"]], np.ones(2), np.ones((1, 1, 1))]
BAD = [
    *[(ev.realize, m) for m in (*NEVER, [[1j * np.inf]])],
    *[(ev.unrealize, m) for m in (*NEVER, np.ones((3, 2)), np.ones((2, 3)), np.eye(2) * 1j, np.ones((2, 2)))],
]


@pytest.mark.parametrize(("function", "matrix"), BAD)
def test_bad_input(function, matrix):
    with pytest.raises((ValueError, TypeError), match=r"^matrix must be.*Fix:"):
        function(matrix)
