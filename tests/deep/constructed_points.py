"""Critical points of linear networks of known kind, by explicit layers, and Hessians by complex steps.

In bases of all layers the weights are ``diag(I_e, B_i)``, the first e directions carrying the kept singular triples and
the B_i a product that vanishes with two of its factors left out: then all derivatives vanish.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

WIDTHS = [
    (3, 2), (2, 3), (4, 2, 3), (3, 3, 3), (3, 4, 2), (4, 1, 4), (2, 5, 3), (3, 2, 2, 3), (3, 3, 3, 3), (2, 4, 3, 2),
    (4, 2, 3, 4), (3, 5, 2, 3), (4, 3, 3, 2, 4), (3, 3, 3, 3, 3), (2, 3, 3, 3, 2), (3, 4, 4, 3, 2, 4),
    (2, 2, 2, 2, 2, 2), (3, 3, 2, 3, 3, 3, 3), (2, 3, 2, 3, 2, 3, 2),
]  # fmt: skip


@dataclass
class Instance:
    """Data (samples as rows), and Z = Y' X (X' X)^(-1/2) with its singular triples, by eigenvalues of the moment."""

    X: np.ndarray
    Y: np.ndarray

    def __post_init__(self):
        values, vectors = np.linalg.eigh(self.X.T @ self.X)
        self.root = (vectors * np.sqrt(values)) @ vectors.T
        self.inverse_root = (vectors / np.sqrt(values)) @ vectors.T
        self.Z = self.Y.T @ self.X @ self.inverse_root
        self.U, s, Vt = np.linalg.svd(self.Z)
        self.V, self.s = Vt.T, s


def instance(rng, widths, samples=None):
    """Random data with well separated singular values."""
    while True:
        n = samples or widths[0] + 4
        data = Instance(rng.standard_normal((n, widths[0])), 2.0 * rng.standard_normal((n, widths[-1])))
        s = np.append(data.s, 0.0)
        if np.min(s[:-1] - s[1:]) > 0.05 * s[0]:
            return data


def forward(weights, start):
    for w in weights:
        start = w @ start
    return start


def gradients(weights, X, Y):
    """Of the sum of squares, by going forwards and backwards; of complex weights too."""
    states = [X.T.astype(weights[0].dtype)]
    for w in weights:
        states.append(w @ states[-1])
    back, found = 2 * (states[-1] - Y.T), []
    for w, state in zip(weights[::-1], states[-2::-1], strict=True):
        found.append(back @ state.T)
        back = w.T @ back
    return found[::-1]


def hessian(weights, X, Y):
    """Of the sum of squares: derivatives of the gradient by complex steps, exact to rounding."""
    columns, tiny = [], 1e-40
    for i, w in enumerate(weights):
        for entry in np.ndindex(w.shape):
            moved = [a.astype(complex) for a in weights]
            moved[i][entry] += 1j * tiny
            columns.append(np.concatenate([g.imag.ravel() for g in gradients(moved, X, Y)]) / tiny)
    return np.array(columns)


def is_strict(weights, X, Y):
    """Whether the Hessian has a negative eigenvalue; None where rounding leaves it open.

    Layers are balanced first; if one is zero, the others may be given any norm.
    """
    norms = [np.linalg.norm(w) for w in weights]
    mean = np.prod(norms) ** (1 / len(norms)) if all(norms) else 1.0
    weights = [w * (mean / n) if n else w for w, n in zip(weights, norms, strict=True)]
    least = np.linalg.eigvalsh(hessian(weights, X, Y))[0]
    scale = np.linalg.norm(X) * np.linalg.norm(Y) * mean ** (len(weights) - 2)
    if least > -1e-12 * scale:
        return False
    return True if least < -1e-9 * scale else None


def extra_blocks(rng, sizes):
    """Random B_i of shape (sizes[i], sizes[i-1]); with any one left out, the product on one of its sides is 0."""
    depth = len(sizes) - 1
    blocks = [rng.standard_normal((b, a)) for a, b in pairwise(sizes)]
    zero = rng.choice(depth, 2, replace=False) if depth > 1 else [0]
    for i in zero:
        blocks[i] = np.zeros_like(blocks[i])
    if depth > 2 and rng.random() < 0.5:  # more zeros, or products that vanish without a zero factor
        i = rng.integers(depth)
        blocks[i] = np.zeros_like(blocks[i])
    for i in range(depth):
        k = min(blocks[i].shape)
        if k > 1 and rng.random() < 0.4:
            u, s, vt = np.linalg.svd(blocks[i], full_matrices=False)
            s[rng.integers(1, k) :] = 0
            blocks[i] = (u * s) @ vt
    return blocks


def orthogonal_pairs(rng, sizes):
    """B_(i+1) B_i = 0 for all i without zero factors where there is room: maps between complementary coordinates."""
    depth, blocks = len(sizes) - 1, []
    for i, (a, b) in enumerate(pairwise(sizes)):
        block = np.zeros((b, a))
        if 0 < i < depth - 1:  # from the second half of the coordinates to the first half
            block[: b // 2, a // 2 :] = rng.standard_normal((b // 2, a - a // 2))
        blocks.append(block)
    return blocks


def base_changes(rng, widths, wild):
    found = [np.eye(widths[0])]
    for d in widths[1:-1]:
        if wild:
            found.append(rng.standard_normal((d, d)))
        else:
            q1, q2 = (np.linalg.qr(rng.standard_normal((d, d)))[0] for _ in range(2))
            found.append((q1 * rng.uniform(0.5, 2, d)) @ q2)
    return [*found, np.eye(widths[-1])]


def weights_of(rng, widths, data, subset, blocks, wild=False):
    e, depth = len(subset), len(widths) - 1
    order_in = [*subset, *(i for i in range(widths[0]) if i not in subset)]
    order_out = [*subset, *(i for i in range(widths[-1]) if i not in subset)]
    first = data.V[:, order_in].T @ data.root  # coordinates of the inputs, whitened
    last = data.U[:, order_out]
    bases = base_changes(rng, widths, wild)
    weights = []
    for i in range(depth):
        core = np.zeros((widths[i + 1], widths[i]))
        core[:e, :e] = np.diag(data.s[list(subset)]) if i == 0 else np.eye(e)
        core[e:, e:] = blocks[i]
        after = last if i == depth - 1 else bases[i + 1]
        # In whitened coordinates the map is W root, so the first layer takes it back.
        before = data.V[:, order_in].T @ np.linalg.inv(data.inverse_root) if i == 0 else np.linalg.inv(bases[i])
        weights.append(after @ core @ before)
    weights[0] = weights[0] @ np.linalg.inv(first) @ data.V[:, order_in].T @ data.inverse_root
    return weights


@dataclass
class Known:
    weights: list
    kind: str
    type: str | None
    rank: int
    subset: tuple | None
    squared_error: float


def expected_kind(widths, data, subset):
    r, q, e = min(widths), min(widths[0], widths[-1]), len(subset)
    return "pure" if e == q or (e == r < q) else "spurious"


def draw(rng, widths, data, *, wild=False):
    """A critical point, its kind from its subset, its type from the loss and from its Hessian."""
    r, q, depth = min(widths), min(widths[0], widths[-1]), len(widths) - 1
    e = int(rng.integers(0, r + 1)) if depth > 1 else q
    top = rng.random() < 0.6
    subset = tuple(range(e)) if top else tuple(sorted(rng.choice(q, e, replace=False).tolist()))
    sizes = [d - e for d in widths]
    # Where the whole rank is used up, some size is 0 and every product vanishes.
    if e == r:
        blocks = [rng.standard_normal((b, a)) for a, b in pairwise(sizes)]
        narrow = sizes.index(0)
        for i in range(depth):  # the layers on one side of the narrow one must not reach what is left of Z
            blocks[i] = blocks[i] if (0 < i < depth - 1) or narrow in (i, i + 1) else np.zeros_like(blocks[i])
        if narrow not in (0, depth):
            blocks[0], blocks[-1] = rng.standard_normal(blocks[0].shape), rng.standard_normal(blocks[-1].shape)
    else:
        blocks = (extra_blocks if rng.random() < 0.7 else orthogonal_pairs)(rng, sizes)
    weights = weights_of(rng, widths, data, subset, blocks, wild)
    error = float(((forward(weights, data.X.T) - data.Y.T) ** 2).sum())
    least = float((data.Y**2).sum() - (data.s[:r] ** 2).sum())
    if abs(error - least) < 1e-9 * (1 + least):
        kind = "global_minimum"
    else:
        strict = is_strict(weights, data.X, data.Y)
        kind = None if strict is None else "strict_saddle" if strict else "non_strict_saddle"
    return Known(weights, expected_kind(widths, data, subset), kind, e, subset, error)


def is_critical(weights, data, tolerance=1e-11):
    norms = [np.linalg.norm(w) for w in weights]
    scale = np.linalg.norm(data.Y) * np.linalg.norm(data.X)
    return all(
        np.linalg.norm(g) <= tolerance * scale * np.prod([n for j, n in enumerate(norms) if j != i and n] or [1.0])
        for i, g in enumerate(gradients(weights, data.X, data.Y))
    )
