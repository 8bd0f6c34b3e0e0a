"""QR, eigenvectors and singular values of quaternionic matrices, given by their complex adjoints.

The adjoint (see ``division_algebras``) has every eigenvalue and singular value twice, and LAPACK returns any basis of
each plane.  Here the columns come in cells (v, J v) again, J v the second column of the adjoint whose first is v.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.linalg.truncated_svd import singular_triples

__all__ = ["eigh", "in_cells", "qr", "svd"]

#: Values closer than this, relative to the largest, are separated by an orthonormalization instead of by LAPACK.
_CLUSTER = 1e-11
#: LAPACK's columns come in cells only where each keeps at least this part that is orthogonal to those before it.
_INDEPENDENT = 1e-2


def in_cells(columns: AnyArray) -> AnyArray:
    """Return the adjoint (..., 2b, 2a) with the first columns of its cells given, shape (..., 2b, a).

    >>> in_cells(np.array([[3.0], [2.0]])).tolist()
    [[3.0, -2.0], [2.0, 3.0]]
    """
    out = np.empty((*columns.shape[:-1], 2 * columns.shape[-1]), columns.dtype)
    out[..., 0::2] = columns
    out[..., 0::2, 1::2] = -columns[..., 1::2, :].conj()
    out[..., 1::2, 1::2] = columns[..., 0::2, :].conj()
    return out


def qr(matrix: AnyArray) -> tuple[AnyArray, AnyArray]:
    """Return the thin ``(Q, R)`` of an adjoint (2b, 2a), both adjoints, the diagonal of R real and not negative.

    >>> q, r = qr(np.array([[0.0, 1.0], [-1.0, 0.0]], dtype=complex))
    >>> bool(np.allclose(q @ r, [[0, 1], [-1, 0]])), r.real.tolist()
    (True, [[1.0, 0.0], [0.0, 1.0]])
    """
    if 0 in matrix.shape:
        q, r = np.linalg.qr(matrix)
        return q, r
    if matrix.shape[0] >= matrix.shape[1]:
        q, r = np.linalg.qr(matrix)
        diagonal = np.diagonal(r)
        size = np.abs(diagonal)
        if (size > _INDEPENDENT * np.linalg.norm(r, axis=0)).all():
            # With a positive diagonal the factorization is unique, hence an adjoint itself.
            q = _polished(in_cells((q * (diagonal / size))[:, 0::2]))
            return q, np.triu(q.conj().T @ matrix)
    return _householder(matrix)


def _householder(matrix: AnyArray) -> tuple[AnyArray, AnyArray]:
    """The same column by column, for matrices of any rank: reflections of quaternionic vectors."""
    rows, cols = matrix.shape
    count = min(rows, cols)
    r, q = matrix.copy(), np.eye(rows, count, dtype=matrix.dtype)
    reflections: list[tuple[int, AnyArray, AnyArray]] = []
    for j in range(0, count, 2):
        x = in_cells(r[j:, j : j + 1])  # what is left of dependent columns is rounding, and no adjoint
        size = np.linalg.norm(x[:, 0])
        if size == 0:
            continue
        head = np.linalg.norm(x[0])
        unit = x[:2] / head if head else np.eye(2, dtype=matrix.dtype)
        mirror = x.copy()
        mirror[:2] += size * unit
        mirror /= np.linalg.norm(mirror[:, 0])
        r[j:, j:] -= 2.0 * (mirror @ (mirror.conj().T @ r[j:, j:]))
        reflections.append((j, mirror, unit))
    for j, mirror, _ in reversed(reflections):
        q[j:, j:] -= 2.0 * (mirror @ (mirror.conj().T @ q[j:, j:]))
    for j, _, unit in reflections:  # the diagonal is -|x| unit so far
        q[:, j : j + 2] = -(q[:, j : j + 2] @ unit)
        r[j : j + 2] = -(unit.conj().T @ r[j : j + 2])
    return in_cells(q[:, 0::2]), in_cells(np.triu(r[:count])[:, 0::2])


def eigh(hermitian: AnyArray) -> tuple[FloatArray, AnyArray]:
    """Return the d eigenvalues, ascending, and eigenvectors (2d, 2d), an adjoint, of Hermitian adjoints (..., 2d, 2d).

    >>> eigh(np.diag([2.0, 2.0, 1.0, 1.0]).astype(complex))[0].tolist()
    [1.0, 2.0]
    """
    if hermitian.ndim > 2:
        pairs = [eigh(one) for one in hermitian.reshape(-1, *hermitian.shape[-2:])]
        leading = hermitian.shape[:-2]
        values = np.stack([w for w, _ in pairs]).reshape(*leading, -1)
        return values, np.stack([v for _, v in pairs]).reshape(hermitian.shape)
    if not hermitian.size:
        return np.linalg.eigvalsh(hermitian), hermitian
    kind, given = hermitian.dtype, in_cells(hermitian[:, 0::2].astype(np.complex128))
    given = 0.5 * (given + given.conj().T)
    doubled, vectors = np.linalg.eigh(given)
    cells, clusters = _gathered(doubled, vectors)
    values = 0.5 * (doubled[0::2] + doubled[1::2])
    for span in clusters:
        some = cells[:, span]
        ranks = slice(span.start // 2, span.stop // 2)
        values[ranks], cells[:, span] = _resolved(some.conj().T @ (given @ some), some)
    return values.astype(kind.type(0).real.dtype), cells.astype(kind)


def svd(matrix: AnyArray) -> tuple[AnyArray, FloatArray, AnyArray]:
    """Return ``(U, s, Vh)`` of an adjoint (2b, 2a): U (2b, 2k), s (k,) descending, Vh (2k, 2a), k = min(a, b).

    >>> u, s, vh = svd(np.diag([2.0, 2.0, 3.0, 3.0]).astype(complex))
    >>> s.tolist(), bool(np.allclose(u @ np.diag(np.repeat(s, 2)) @ vh, np.diag([2, 2, 3, 3])))
    ([3.0, 2.0], True)
    """
    if matrix.shape[0] < matrix.shape[1]:
        u, s, vh = svd(matrix.conj().T)
        return vh.conj().T, s, u.conj().T
    if not matrix.size:
        return singular_triples(matrix)
    if matrix.dtype != np.complex128:  # float32 would leave the eigenspaces too blurred to find their cells
        u, s, vh = svd(matrix.astype(np.complex128))
        kind = matrix.dtype
        return u.astype(kind), s.astype(kind.type(0).real.dtype), vh.astype(kind)
    matrix = in_cells(matrix[:, 0::2])
    _, doubled, right = singular_triples(matrix)
    v, clusters = _gathered(doubled, right.conj().T)
    image = matrix @ v
    for span in clusters:
        some = image[:, span]
        v[:, span] = _resolved(some.conj().T @ some, v[:, span])[1]
        image[:, span] = matrix @ v[:, span]
    s = np.linalg.norm(image[:, 0::2], axis=0)
    order = np.argsort(-s, kind="stable")
    s, cells = s[order], (2 * order[:, None] + [0, 1]).reshape(-1)
    v, image = v[:, cells], image[:, cells]
    floor = 4.0 * float(np.finfo(s.dtype).eps) * max(matrix.shape) * float(s.max())
    kept = 2 * int(np.count_nonzero(s > floor))
    u = qr(image[:, :kept])[0] if kept else image[:, :0]
    if kept < image.shape[1]:
        u = np.concatenate([u, _complement(u, image.shape[1] - kept)], axis=1)
    return u, s, v.conj().T


def _polished(cells: AnyArray) -> AnyArray:
    """Orthonormal columns from nearly orthonormal ones: the polar factor of an adjoint is an adjoint."""
    return np.asarray(1.5 * cells - 0.5 * (cells @ (cells.conj().T @ cells)))


def _gathered(doubled: FloatArray, vectors: AnyArray) -> tuple[AnyArray, list[slice]]:
    """Replace orthonormal ``vectors``, one per doubled value in order, by cells that span the same eigenspaces.

    Also return the columns of each cluster of values, which share one space.
    """
    scale = float(np.abs(doubled).max(initial=0.0))
    gaps = np.abs(np.diff(doubled))[1::2] > _CLUSTER * scale
    bounds = [0, *(2 * np.flatnonzero(gaps) + 2).tolist(), len(doubled)]
    first = np.ascontiguousarray(vectors[:, 0::2])
    clusters = [slice(start, stop) for start, stop in pairwise(bounds) if stop - start > 2]
    for span in clusters:
        first[:, span.start // 2 : span.stop // 2] = _span(vectors[:, span])[:, 0::2]
    out = in_cells(first)
    for _ in range(3):
        out = _polished(out)
    return out, clusters


def _resolved(hermitian: AnyArray, cells: AnyArray) -> tuple[FloatArray, AnyArray]:
    """Return eigenvalues of a nearly constant Hermitian adjoint, and ``cells`` times its eigenvectors.

    Without their mean the eigenvalues are apart again.
    """
    size = len(hermitian)
    mean = float(np.trace(hermitian).real) / size
    rest = hermitian - mean * np.eye(size)
    if float(np.abs(rest).max()) <= 4.0 * float(np.finfo(np.float64).eps) * abs(mean):
        return np.full(size // 2, mean), cells
    values, vectors = eigh(rest)
    return mean + values, cells @ vectors


def _span(vectors: AnyArray) -> AnyArray:
    """Orthonormal cells that span the same space as orthonormal ``vectors``, which J keeps."""
    rows, cols = vectors.shape
    rng = np.random.default_rng(0)
    probe = rng.standard_normal((rows, cols // 2)) + 1j * rng.standard_normal((rows, cols // 2))
    probes = in_cells(probe.astype(vectors.dtype))
    return qr(vectors @ (vectors.conj().T @ probes))[0]


def _complement(cells: AnyArray, count: int) -> AnyArray:
    """``count`` further orthonormal columns, in cells."""
    rows = cells.shape[0]
    rng = np.random.default_rng(0)
    probe = rng.standard_normal((rows, count // 2)) + 1j * rng.standard_normal((rows, count // 2))
    found = in_cells(probe.astype(cells.dtype))
    for _ in range(2):  # once more: the first pass leaves rounding where little of the probes is left
        found = found - cells @ (cells.conj().T @ found)
        found = qr(found)[0]
    return found
