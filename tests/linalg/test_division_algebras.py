"""Linear algebra over R, C and H against real matrices of left multiplications, built entry by entry."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import equivariety as ev
from equivariety.linalg import algebra, frobenius_norm, truncate

FIELDS = ["R", "C", "H"]
every_field = pytest.mark.parametrize("field", FIELDS)
sizes = st.integers(0, 5)


def times(p, q):
    """The product of quaternions as 4-tuples, from Hamilton's formula."""
    a, b, c, d = p
    x, y, z, w = q
    scalar, i = a * x - b * y - c * z - d * w, a * y + b * x + c * w - d * z
    j, k = a * z - b * w + c * x + d * y, a * w + b * z - c * y + d * x
    return np.array([scalar, i, j, k])


def real(array, field):
    """(e b, e a): each entry the matrix of its left multiplication, columns the images of the units."""
    A = algebra(field)
    parts = A.to_real(array)  # (b, e, a)
    b, e, a = parts.shape
    out = np.zeros((e * b, e * a))
    for i in range(b):
        for j in range(a):
            number = np.zeros(4)
            number[:e] = parts[i, :, j]
            for unit in range(e):
                out[e * i : e * (i + 1), e * j + unit] = times(number, np.eye(4)[unit])[:e]
    return out


def gaussian(seed, field, rows, cols):
    return algebra(field).gaussian(np.random.default_rng(seed), rows, cols)


def of_rank(seed, field, rows, cols, rank):
    return gaussian(seed, field, rows, rank) @ gaussian(seed + 1, field, rank, cols)


def is_matrix(array, field, tolerance=1e-13):
    A = algebra(field)
    gap = frobenius_norm(array - A.from_real(A.to_real(array)))
    return gap <= tolerance * max(frobenius_norm(array), 1.0)


@every_field
@given(a=sizes, b=sizes, c=sizes, seed=st.integers(0, 1000))
def test_products_and_norms(field, a, b, c, seed):
    A = algebra(field)
    x, y = gaussian(seed, field, a, b), gaussian(seed + 1, field, b, c)
    assert x.shape == (A.order * a, A.order * b)
    assert A.rank_of(x) == b
    np.testing.assert_allclose(real(x @ y, field), real(x, field) @ real(y, field), atol=1e-12)
    np.testing.assert_array_equal(real(x.conj().T, field), real(x, field).T)
    assert A.squared_norm(x) * A.dim == pytest.approx(np.sum(real(x, field) ** 2))
    assert A.norm(x) ** 2 == pytest.approx(A.squared_norm(x))
    np.testing.assert_array_equal(A.to_real(A.from_real(A.to_real(x))), A.to_real(x))
    np.testing.assert_array_equal(A.completed(A.leading(x)), x)
    np.testing.assert_array_equal(A.backwards(A.backwards(x)), x)
    if a and b:
        np.testing.assert_array_equal(real(A.backwards(x), field)[:, : A.dim], real(x, field)[:, -A.dim :])
        squares = A.dim * (A.moduli(x) ** 2)
        np.testing.assert_allclose(squares.sum(), np.sum(real(x, field) ** 2))
        np.testing.assert_allclose(A.column_energies(x), (A.moduli(x) ** 2).sum(axis=0))
        assert A.dim * A.trace(x @ x.conj().T) == pytest.approx(np.sum(real(x, field) ** 2))


@every_field
@given(a=sizes, b=sizes, seed=st.integers(0, 1000))
def test_realization(field, a, b, seed):
    x = gaussian(seed, field, b, a)
    np.testing.assert_array_equal(ev.realize(x, field), real(x, field))
    np.testing.assert_allclose(ev.unrealize(real(x, field), field=field), x, atol=1e-15)
    if field == "H":
        parts = np.moveaxis(algebra("H").to_real(x), -2, -1)
        np.testing.assert_array_equal(ev.realize(parts, "H"), real(x, field))


def test_realization_refuses_what_is_no_quaternionic_matrix(rng):
    with pytest.raises(ValueError, match="built of cells"):
        ev.realize(rng.standard_normal((2, 2)), "H")
    with pytest.raises(ValueError, match="adjoint"):
        ev.realize(rng.standard_normal((3, 2)), "H")
    with pytest.raises(ValueError, match="left multiplications"):
        ev.unrealize(rng.standard_normal((4, 4)), field="H")
    with pytest.raises(ValueError, match="4b, 4a"):
        ev.unrealize(np.eye(2), field="H")
    with pytest.raises(ValueError, match="field"):
        ev.realize(np.eye(2), "Q")
    with pytest.raises(TypeError, match="real numbers"):
        ev.realize(1j * np.eye(2), "R")


@every_field
@given(a=sizes, b=sizes, rank=sizes, seed=st.integers(0, 1000))
def test_singular_values_come_once_for_each_rank(field, a, b, rank, seed):
    A = algebra(field)
    x = of_rank(seed, field, b, a, rank)
    u, s, vh = A.svd(x)
    k = min(a, b)
    assert (u.shape, s.shape, vh.shape) == ((A.order * b, A.order * k), (k,), (A.order * k, A.order * a))
    assert all(is_matrix(array, field) for array in (u, vh))
    np.testing.assert_allclose((u * A.spread(s)) @ vh, x, atol=1e-11)
    for basis in (u, vh.conj().T):
        np.testing.assert_allclose(basis.conj().T @ basis, A.identity(k), atol=1e-12)
    doubled = np.linalg.svd(real(x, field), compute_uv=False)
    np.testing.assert_allclose(np.repeat(s, A.dim), doubled[: A.dim * k], atol=1e-11)
    for r in range(k + 1):
        left, right = truncate((u, s, vh), r, A.order)
        best = np.sqrt(np.sum(doubled[A.dim * r :] ** 2))
        assert np.linalg.norm(real(x - left @ right.conj().T, field)) == pytest.approx(best, abs=1e-10)


@every_field
@pytest.mark.parametrize("values", [(3, 3, 3, 3), (2, 2, 1, 0), (1, 1e-13, 1e-13, 0), (0, 0, 0, 0), (5, 1, 1, 1e-9)])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_repeated_and_vanishing_values(field, values, dtype, rng):
    A = algebra(field)
    precise = dtype == np.float64
    q, p = (A.qr(A.gaussian(rng, size, 4))[0] for size in (6, 5))
    x = ((q * A.spread(np.array(values))) @ p.conj().T).astype(A.dtype(dtype))
    u, s, vh = A.svd(x)
    assert u.dtype == vh.dtype == A.dtype(dtype)
    assert s.dtype == dtype
    tolerance = 1e-13 if precise else 1e-5
    np.testing.assert_allclose(s[:4], values, atol=10 * tolerance)
    np.testing.assert_allclose(u.conj().T @ u, np.eye(u.shape[1]), atol=tolerance)
    np.testing.assert_allclose((u * A.spread(s)) @ vh, x, atol=10 * tolerance)
    assert is_matrix(u, field, tolerance)
    w, v = A.eigh(x @ x.conj().T)
    np.testing.assert_allclose(w[::-1][:4], np.square(values), atol=100 * tolerance)
    np.testing.assert_allclose(v.conj().T @ v, np.eye(v.shape[1]), atol=tolerance)
    assert is_matrix(v, field, tolerance)


@every_field
@given(size=st.integers(1, 5), count=st.integers(1, 3), seed=st.integers(0, 1000))
def test_eigenvalues_come_once_for_each_rank(field, size, count, seed):
    A = algebra(field)
    stack = np.stack([gaussian(seed + k, field, size, size + 1) for k in range(count)])
    stack = stack @ np.swapaxes(stack.conj(), -1, -2)
    w, v = A.eigh(stack)
    assert w.shape == (count, size)
    np.testing.assert_allclose(A.eigvalsh(stack), w, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(stack @ v, v * A.spread(w)[..., None, :], atol=1e-10)
    u, s, vh = A.svd(stack)
    np.testing.assert_allclose((u * A.spread(s)[..., None, :]) @ vh, stack, atol=1e-10)
    np.testing.assert_allclose(s[..., ::-1], w, atol=1e-10)
    for one, values, vectors in zip(stack, w, v, strict=True):
        assert is_matrix(vectors, field)
        some = A.last_eigenvectors(one, 1)
        np.testing.assert_allclose(one @ some, some * A.spread(values[-1:]), atol=1e-9)


@every_field
@given(rows=st.integers(1, 5), cols=st.integers(1, 5), rank=sizes, seed=st.integers(0, 1000))
def test_qr_of_any_rank(field, rows, cols, rank, seed):
    A = algebra(field)
    x = of_rank(seed, field, rows, cols, rank)
    q, r = A.qr(x)
    assert A.rank_of(q) == min(rows, cols)
    assert is_matrix(q, field)
    assert is_matrix(r, field)
    np.testing.assert_allclose(q.conj().T @ q, np.eye(q.shape[1]), atol=1e-12)
    np.testing.assert_allclose(q @ r, x, atol=1e-11)
    np.testing.assert_allclose(r, np.triu(r), atol=1e-12)
    small = A.compressed(x)
    assert is_matrix(small, field)
    assert A.rank_of(small) <= rows
    np.testing.assert_allclose(small @ small.conj().T, x @ x.conj().T, atol=1e-10)


@every_field
def test_compression_keeps_small_coordinates(field, rng):
    """A coordinate a billion times smaller than the others keeps its digits; through a Gram matrix it would not."""
    A = algebra(field)
    x = A.gaussian(rng, 3, 9)
    scales = A.spread(np.array([1.0, 1e-9, 1e9]))[:, None]
    small = A.compressed(scales * x) / scales
    np.testing.assert_allclose(small @ small.conj().T, x @ x.conj().T, atol=1e-12)


@every_field
def test_moments_from_real_components(field, rng):
    A = algebra(field)
    y, x = rng.standard_normal((2, 3, A.dim, 6)), rng.standard_normal((2, 2, A.dim, 6))  # 2 blocks, 6 samples
    columns = [np.swapaxes(z, 1, 2).reshape(2, -1, 6) for z in (y, x)]
    found = A.gram(columns[0] @ np.swapaxes(columns[1], -1, -2))
    for k in range(2):
        np.testing.assert_allclose(found[k], A.from_real(y[k]) @ A.from_real(x[k]).conj().T, atol=1e-12)


@every_field
def test_nearest_left_multiplications(field, rng):
    A = algebra(field)
    x, noise = A.gaussian(rng, 2, 3), rng.standard_normal((2, A.dim, 3, A.dim))
    cells = real(x, field).reshape(2, A.dim, 3, A.dim)
    np.testing.assert_allclose(A.project_cells(cells), x, atol=1e-14)
    nearest = real(A.project_cells(noise), field).reshape(noise.shape)
    for _ in range(3):
        other = real(A.gaussian(rng, 2, 3), field).reshape(noise.shape)
        assert np.vdot(noise - nearest, other) == pytest.approx(0.0, abs=1e-12)


@every_field
def test_columns_times_numbers_from_the_right(field, rng):
    A = algebra(field)
    x, units = A.gaussian(rng, 3, 2), A.gaussian(rng, 1, 2)
    expected = np.concatenate([A.columns(x, k, k + 1) @ A.columns(units, k, k + 1) for k in range(2)], axis=1)
    np.testing.assert_allclose(A.scaled(x, units), expected, atol=1e-13)


@pytest.mark.parametrize(
    "values", [(1.0, 1 + 4e-12, 1 + 8e-12, 1 - 4e-12), (1.0, 3e-12, 2e-12, 1e-12), (1.0, 1 + 1e-13, 2.0, 2 + 3e-12)]
)
def test_values_that_are_nearly_equal_keep_their_digits(values, rng):
    H = algebra("H")
    q, p = (H.qr(H.gaussian(rng, size, 4))[0] for size in (6, 5))
    x = (q * H.spread(np.array(values))) @ p.conj().T
    u, s, vh = H.svd(x)
    np.testing.assert_allclose(s[:4], sorted(values, reverse=True), rtol=0, atol=1e-14)
    np.testing.assert_allclose((u * H.spread(s)) @ vh, x, rtol=0, atol=1e-14)
    hermitian = (q * H.spread(np.array(values))) @ q.conj().T
    w, v = H.eigh(hermitian)
    np.testing.assert_allclose((v * H.spread(w)) @ v.conj().T, hermitian, rtol=0, atol=1e-14)


@every_field
def test_the_tables_of_units_cannot_be_written(field):
    for table in algebra(field).cells:
        with pytest.raises(ValueError, match="read-only"):
            table[0, 0] = 1
