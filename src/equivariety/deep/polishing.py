"""Newton's method for the equations of critical weights, from weights that are nearly critical.

Critical weights of one map are a manifold at best, so the Hessian is singular: each step is the damped least squares
solution of ``H step = -gradient`` (Levenberg, Marquardt), with a damping that vanishes like the squared gradient, which
keeps the convergence quadratic.  It goes to saddles as well as to minima.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from equivariety._typing import FloatArray, read_only
from equivariety.deep.centred_data import CentredData
from equivariety.deep.layers import Layers, above, below, product_of
from equivariety.deep.whitened_network import WhitenedNetwork
from equivariety.linalg import frobenius_norm
from equivariety.tolerances import (
    HESSIAN_WEIGHTS_BUDGET,
    POLISHING_ITERATIONS,
    POLISHING_STEPS,
    polishing_damping,
    polishing_end,
    polishing_reach,
    polishing_step,
)

__all__ = ["polished", "polished_layers"]


def polished(net: WhitenedNetwork) -> tuple[list[FloatArray], float]:
    """Return whitened layers after Newton's method, and how far they moved.

    Distances are measured by the norm of the layer, or of a layer of a balanced global minimum if that is larger.
    Layers that have become zero up to rounding are returned as zero.

    >>> from equivariety.deep.whitening import WhitenedData
    >>> data = WhitenedData.of(np.eye(2), np.diag([2.0, 1.0]))
    >>> near = WhitenedNetwork.of([np.diag([1.0, 1e-3]), np.diag([2.0, 1e-3])], data)
    >>> found, moved = polished(near)
    >>> [float(abs(a[1, 1])) < 1e-12 for a in found], moved < 1e-2
    ([True, True], True)
    """
    natural, (least, most) = net.natural_norm, polishing_damping()
    start = [a * (norm / natural) for a, norm in zip(net.layers, net.norms, strict=True)]
    chain = start
    gradient = _gradient(net, chain)
    size, damping = frobenius_norm(gradient), 1.0
    for _ in range(POLISHING_STEPS):
        if size < polishing_end() or damping > most:
            break
        step = _step(net, chain, gradient, damping * size**2)
        trial = [a + v for a, v in zip(chain, _split(step, chain), strict=True)]
        found = _gradient(net, trial)
        reached = frobenius_norm(found)
        if size <= net.rounding and reached > size / 2:
            break  # rounding, not Newton's method, decides from here on
        if reached < size:
            chain, gradient, size, damping = trial, found, reached, max(damping / 4, least)
        else:
            damping *= 10
    moved = 0.0
    for i, (a, before) in enumerate(zip(chain, start, strict=True)):
        moved = max(moved, frobenius_norm(a - before) / max(frobenius_norm(before), 1.0))
        if frobenius_norm(a) <= net.block_rounding:
            chain[i] = np.zeros_like(a)
    return [natural * a for a in chain], moved


def _gradient(net: WhitenedNetwork, chain: Sequence[FloatArray]) -> FloatArray:
    before, after = below(chain), above(chain)
    slope = before[-1] - net.target
    parts = [a.T @ slope @ b.T for a, b in zip(after, before[:-1], strict=True)]
    return np.concatenate([p.reshape(-1) for p in parts])


def _split(flat: FloatArray, like: Sequence[FloatArray]) -> list[FloatArray]:
    ends = np.cumsum([a.size for a in like])[:-1]
    return [part.reshape(a.shape) for part, a in zip(np.split(flat, ends), like, strict=True)]


def _step(net: WhitenedNetwork, chain: Sequence[FloatArray], gradient: FloatArray, damping: float) -> FloatArray:
    hessian = net.hessian(chain)
    if hessian.size <= HESSIAN_WEIGHTS_BUDGET:
        values, vectors = np.linalg.eigh(hessian.to_dense())
        return np.asarray(-vectors @ (values / (values**2 + damping) * (vectors.T @ gradient)))

    import scipy.sparse.linalg  # slow to load, and rarely needed

    def times(flat: FloatArray) -> FloatArray:
        return np.concatenate([a.reshape(-1) for a in hessian.apply(_split(flat.reshape(-1), chain))])

    shape = (hessian.size, hessian.size)
    operator = scipy.sparse.linalg.LinearOperator(shape, matvec=times, rmatvec=times, dtype=np.float64)
    solved = scipy.sparse.linalg.lsmr(
        operator,
        -gradient,
        damp=damping**0.5,
        atol=polishing_step(),
        btol=polishing_step(),
        maxiter=POLISHING_ITERATIONS,
    )
    return np.asarray(solved[0])


def polished_layers(layers: Layers, net: WhitenedNetwork, data: CentredData) -> tuple[Layers, float]:
    """Return the critical point near weights, and how far it is; the weights themselves and 0 if there is none near.

    Args:
        layers: the weights in given coordinates.
        net: the same whitened.
        data: samples and targets, centred if there are biases.
    """
    if not all(net.widths):
        return layers, 0.0
    matrices, moved = polished(net)
    if moved > polishing_reach():
        return layers, 0.0
    white = data.whitened
    # Only what the loss depends on moves.
    matrices[0] = layers.matrices[0] + (matrices[0] - layers.matrices[0] @ white.lift) @ white.unlift
    if layers.biases is None:
        return Layers(tuple(read_only(a) for a in matrices)), moved
    reached = Layers(tuple(matrices), layers.biases)
    total = product_of(reached.chain)
    best = data.offset(product_of(matrices))
    correction = 0.0 if best is None else best - total[:-1, -1]
    biases = (*layers.biases[:-1], read_only(layers.biases[-1] + correction))
    return Layers(tuple(read_only(a) for a in matrices), biases), moved
