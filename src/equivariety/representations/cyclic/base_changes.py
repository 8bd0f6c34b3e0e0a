"""The base changes T1, T2 and Q_sigma of the talk, as dense matrices for small n.

    P  --T1-->  block circulant  --T2-->  diagonal           P  --Q_sigma-->  I + (-I) + 2x2 rotations

T1 and Q_sigma are real orthogonal; T2 is unitary but not complex orthogonal, so it does not preserve the ED degree.
"""

from __future__ import annotations

import numpy as np

from equivariety._typing import AnyArray, ComplexArray, FloatArray
from equivariety.errors import invalid
from equivariety.groups import Permutation, PermutationGroup
from equivariety.representations.cyclic.cyclic_decomposition import CyclicDecomposition
from equivariety.tolerances import DENSE_ENTRIES_BUDGET

__all__ = ["block_circulant_basis", "complex_fourier_basis", "real_orthogonal_basis"]


def block_circulant_basis(sigma: Permutation | PermutationGroup) -> FloatArray:
    """Return T1, the (n, n) permutation matrix with ``T1.T @ P @ T1`` block circulant.

    The points are ordered cycle by cycle (by smallest point), each cycle listed backwards from its smallest point.
    Raises ValueError for several generators or a degree beyond the dense budget.

    >>> sigma = Permutation.from_cycles("(1 3 4)(2 5)", degree=5)
    >>> T1 = block_circulant_basis(sigma)
    >>> (T1.T @ sigma.matrix() @ T1)[:3, :3].astype(int).tolist()
    [[0, 0, 1], [1, 0, 0], [0, 1, 0]]
    """
    sigma = _one_permutation(sigma)
    order = np.concatenate([np.roll(cycle[::-1], 1) for cycle in _cycles_by_first_point(sigma)])
    return np.eye(sigma.degree)[:, order]


def complex_fourier_basis(sigma: Permutation | PermutationGroup) -> ComplexArray:
    """Return T2, the unitary (n, n) matrix that diagonalizes the block circulant ``C = T1.T @ P @ T1``.

    ``T2^* C T2`` is diagonal with 1, zeta_L, zeta_L^2, ... for each cycle of length L, zeta_L = exp(2 pi i / L).
    Raises ValueError as :func:`block_circulant_basis` does.

    >>> sigma = Permutation.from_cycles("(1 3 4)(2 5)", degree=5)
    >>> T1, T2 = block_circulant_basis(sigma), complex_fourier_basis(sigma)
    >>> np.round(np.diag(T2.conj().T @ T1.T @ sigma.matrix() @ T1 @ T2) ** 6, 12).real.tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0]
    """
    sigma = _one_permutation(sigma)
    out = np.zeros((sigma.degree, sigma.degree), dtype=np.complex128)
    start = 0
    for cycle in _cycles_by_first_point(sigma):
        length = len(cycle)
        j = np.arange(length)
        # The exponent is reduced modulo the length to keep full accuracy for long cycles.
        block = np.exp(-2j * np.pi * (np.outer(j, j) % length) / length) / np.sqrt(length)
        out[start : start + length, start : start + length] = block
        start += length
    return out


def real_orthogonal_basis(sigma: Permutation | PermutationGroup) -> FloatArray:
    """Return Q_sigma, the real orthogonal (n, n) matrix with ``Q.T @ P @ Q = I + (-I) + rotations``.

    The order is the talk's: (1,1), then (2,1), then the complex pairs by descending m/l.  The decomposition's own
    ``matrix()`` has (2,1) last.  Raises ValueError as :func:`block_circulant_basis` does.

    >>> import equivariety as ev
    >>> rotation = ev.groups.rotation(3)
    >>> Q = real_orthogonal_basis(rotation)
    >>> np.round(Q.T @ rotation.matrix(0) @ Q, 12)[5:7, 5:7].tolist()
    [[0.0, -1.0], [1.0, 0.0]]
    """
    sigma = _one_permutation(sigma)
    decomposition = CyclicDecomposition(sigma)
    ends = np.cumsum([block.dim for block in decomposition.blocks])
    columns = [np.arange(end - block.dim, end) for end, block in zip(ends, decomposition.blocks, strict=True)]
    real_first = sorted(range(len(columns)), key=lambda i: (decomposition.blocks[i].field != "R", i))
    return np.asarray(decomposition.matrix()[:, np.concatenate([columns[i] for i in real_first])])


def _one_permutation(sigma: Permutation | PermutationGroup) -> Permutation:
    if isinstance(sigma, PermutationGroup):
        generators = sigma.reduced_generators
        if len(generators) > 1:
            raise invalid("sigma", "one permutation", f"{len(generators)} generators", "pass one of group.generators")
        sigma = generators[0] if generators else Permutation.identity(sigma.degree)
    if not isinstance(sigma, Permutation):
        raise invalid("sigma", "a Permutation", sigma, "wrap the images: Permutation(images)", TypeError)
    if sigma.degree**2 > DENSE_ENTRIES_BUDGET:
        limit = int(DENSE_ENTRIES_BUDGET**0.5)
        raise invalid("sigma.degree", f"at most {limit} for a dense basis", sigma.degree, "use split() and assemble()")
    return sigma


def _cycles_by_first_point(sigma: Permutation) -> list[AnyArray]:
    rows = [cycle for index in sigma.cycles.index for cycle in index]
    return sorted(rows, key=lambda cycle: int(cycle[0]))
