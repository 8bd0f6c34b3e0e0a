"""Critical weights of every type, drawn at random: the ranks of all products of layers may be prescribed.

In suitable bases of all layers the weights are a sum of intervals [a, b] of nodes (``rank_patterns``), a basis vector
that lives from node a to node b.  The intervals [0, H] carry the kept singular triples.  Let A_i be the span, at the
outputs, of the intervals [a, H] with 1 <= a <= i, and B_i the span, among linear forms on the inputs, of the intervals
[0, b] with i <= b < H.  The weights are critical iff ``A_i' Z' B_(i-1) = 0`` for all i, Z' being what is not kept of Z.
The A_i increase with i, and the B_i decrease.  With m = rank Z', such spaces of dimensions alpha_i and beta_i exist iff

    max(alpha_i - (d_H - e - m), 0) + max(beta_(i-1) - (d_0 - e - m), 0) <= m    for all i.

They are found by putting what Z' does not see first, and then dual bases in opposite orders.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from equivariety._typing import FloatArray
from equivariety.deep.fibers.rank_patterns import Interval, RankPattern
from equivariety.deep.whitening import WhitenedData
from equivariety.errors import invalid

__all__ = ["CriticalPattern", "random_weights"]

#: Random base changes stretch by factors from 1/2 to 2.
_LARGEST_STRETCH = 2.0


@dataclass(frozen=True, slots=True)
class CriticalPattern:
    """Numbers of intervals that some critical weights have.

    Attributes:
        widths: (d_0, ..., d_H), d_0 the independent directions of the inputs.
        kept: number e of kept singular values.
        left: number m of nonzero singular values that are not kept.
        counts: interval -> how often it occurs.

    >>> small = CriticalPattern.smallest((2, 2, 2), 1, 1)
    >>> small.counts, small.is_critical, small.is_strict
    ({(0, 0): 1, (0, 2): 1, (1, 1): 1, (2, 2): 1}, True, True)
    """

    widths: tuple[int, ...]
    kept: int
    left: int
    counts: dict[Interval, int]

    @classmethod
    def smallest(cls, widths: tuple[int, ...], kept: int, left: int) -> CriticalPattern:
        """Return the pattern of a factorization through ``kept`` dimensions, padded by zeros."""
        last = len(widths) - 1
        counts = {(i, i): d - kept for i, d in enumerate(widths) if d > kept}
        if kept:
            counts[0, last] = kept
        return cls(widths, kept, left, dict(sorted(counts.items())))

    @property
    def depth(self) -> int:
        """The number of layers."""
        return len(self.widths) - 1

    @property
    def ranks(self) -> RankPattern:
        """The ranks of all products of layers."""
        return RankPattern.of_multiplicities(self.depth, self.counts)

    @property
    def is_critical(self) -> bool:
        """Whether there are critical weights with these intervals."""
        last = self.depth
        unseen = [self.widths[end] - self.kept - self.left for end in (0, last)]
        alpha = beta = 0
        sums = [sum(n for (a, b), n in self.counts.items() if a == 0 and i - 1 <= b < last) for i in range(1, last + 1)]
        for i in range(1, last + 1):
            alpha += self.counts.get((i, last), 0)
            beta = sums[i - 1]
            if max(alpha - unseen[1], 0) + max(beta - unseen[0], 0) > self.left:
                return False
        return True

    @property
    def is_strict(self) -> bool:
        """Whether two layers can start a new direction together, so that keeping the largest values is a strict saddle."""
        return starts_together(self.ranks, self.kept)

    def joined(self, before: Interval, after: Interval) -> CriticalPattern:
        """Return the pattern with an interval [a, b] and an interval [b + 1, c] made one."""
        counts = dict(self.counts)
        for interval in (before, after):
            counts[interval] -= 1
            if not counts[interval]:
                del counts[interval]
        new = before[0], after[1]
        counts[new] = counts.get(new, 0) + 1
        return CriticalPattern(self.widths, self.kept, self.left, counts)

    def joins(self) -> list[CriticalPattern]:
        """Return the critical patterns that arise by one join and keep no more of the map."""
        pairs = [(p, q) for p in self.counts for q in self.counts if p[1] + 1 == q[0] and (p[0], q[1]) != (0, self.depth)]
        found = [self.joined(p, q) for p, q in pairs]
        return [pattern for pattern in found if pattern.is_critical]

    def at_random(self, rng: np.random.Generator) -> CriticalPattern:
        """Return what a random number of random joins makes of it."""
        pattern = self
        while True:
            options = pattern.joins()
            if not options or rng.random() < 1.0 / (1 + sum(self.widths)):
                return pattern
            pattern = options[rng.integers(len(options))]


def starts_together(ranks: RankPattern, e: int) -> bool:
    """Return whether there are layers i > j with ranks > e above i, between i and j, and below j.

    >>> zeros = RankPattern.of_multiplicities(3, {(i, i): 1 for i in range(4)})
    >>> starts_together(zeros, 0)
    False
    """
    last = ranks.depth
    lower = [j for j in range(1, last) if ranks.rank_between(0, j - 1) > e]
    upper = [i for i in range(2, last + 1) if ranks.rank_between(i, last) > e]
    return any(ranks.rank_between(j, i - 1) > e for i in upper for j in lower if i > j)


def random_weights(
    pattern: CriticalPattern, data: WhitenedData, subset: tuple[int, ...], rng: np.random.Generator
) -> list[FloatArray]:
    """Return layers with the intervals of ``pattern`` whose map keeps the singular values in ``subset``, critical."""
    if not pattern.is_critical:
        raise invalid("ranks", "those of critical weights", "others", "take fewer of the ranks of layers at the ends")
    last, rows = pattern.depth, sorted(pattern.counts.items())
    nodes = [[(interval, k) for interval, n in rows for k in range(n) if interval[0] <= i <= interval[1]] for i in range(last + 1)]
    outputs, inputs = _ends(pattern, data, subset, rng)
    growth = float(data.values[0]) ** (1.0 / last) if len(data.values) else 1.0
    inverses = [np.array([inputs[key] for key in nodes[0]])]
    bases = []
    for i in range(1, last):
        base, inverse = _base_change(rng, pattern.widths[i])
        bases.append(base * growth**i)
        inverses.append(inverse / growth**i)
    bases.append(np.array([outputs[key] for key in nodes[last]]).T)
    layers = []
    for (before, after), base, inverse in zip(pairwise(nodes), bases, inverses, strict=True):
        partial = np.array([[float(p == q) for q in before] for p in after])
        layers.append(base @ partial @ inverse)
    layers[0] = layers[0] @ data.unlift
    return layers


def _ends(
    pattern: CriticalPattern, data: WhitenedData, subset: tuple[int, ...], rng: np.random.Generator
) -> tuple[dict[tuple[Interval, int], FloatArray], dict[tuple[Interval, int], FloatArray]]:
    """Vectors of the outputs, and linear forms on the whitened inputs, for the intervals that reach them."""
    last = pattern.depth
    u, s, v = data.triples
    kept = list(subset)
    rest = [i for i in range(len(s)) if i not in subset]
    outputs: dict[tuple[Interval, int], FloatArray] = {}
    inputs: dict[tuple[Interval, int], FloatArray] = {}
    for k, i in enumerate(kept):
        outputs[(0, last), k], inputs[(0, last), k] = u[:, i] * s[i], v[:, i]
    mix, inverse = _base_change(rng, len(rest))
    # Dual for the form Z' = sum s_i u_i v_i': <mix_p, Z' dual_q> = delta_pq.
    seen = u[:, rest] @ mix
    dual = (v[:, rest] / s[rest]) @ inverse.T * (float(s[rest].mean()) if rest else 1.0)
    size = float(s[0]) if len(s) else 1.0
    columns = np.column_stack([_complement(u, rng), seen]) * size
    forms = np.column_stack([_complement(v, rng), dual[:, ::-1]])
    # A_i grows with i: by the first node.  B_i grows as i falls: by the last node, the largest first.
    late = sorted((p for p in pattern.counts if p[1] == last and p[0] > 0), key=lambda p: p[0])
    early = sorted((p for p in pattern.counts if p[0] == 0 and p[1] < last), key=lambda p: -p[1])
    for names, found, vectors in ((late, outputs, columns), (early, inputs, forms)):
        keys = [(p, k) for p in names for k in range(pattern.counts[p])]
        found.update(dict(zip(keys, vectors.T, strict=True)))
    return outputs, inputs


def _complement(basis: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A random orthonormal basis of the orthogonal complement of orthonormal columns."""
    full = np.linalg.svd(basis, full_matrices=True)[0][:, basis.shape[1] :] if basis.size else np.eye(len(basis))
    return np.asarray(full @ _orthogonal(rng, full.shape[1]))


def _orthogonal(rng: np.random.Generator, size: int) -> FloatArray:
    q, r = np.linalg.qr(rng.standard_normal((size, size)))
    return np.asarray(q * np.where(np.diag(r) < 0, -1.0, 1.0))


def _base_change(rng: np.random.Generator, size: int) -> tuple[FloatArray, FloatArray]:
    """A random invertible matrix of condition at most 4, and its inverse."""
    before, after = _orthogonal(rng, size), _orthogonal(rng, size)
    stretch = _LARGEST_STRETCH ** rng.uniform(-1.0, 1.0, size)
    return (before * stretch) @ after, (after.T / stretch) @ before.T
