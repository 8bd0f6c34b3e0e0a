"""Critical weights of every type, drawn at random: the ranks of all products of layers may be prescribed.

In suitable bases of all layers the weights are a sum of intervals [a, b] of nodes (``rank_patterns``), a basis vector
that lives from node a to node b.  The intervals [0, H] carry the kept singular triples.  Let A_i be the span, at the
outputs, of the intervals [a, H] with 1 <= a <= i, and B_i the span, among linear forms on the inputs, of the intervals
[0, b] with i <= b < H, and Z' what is not kept of Z.  Then ``W_(>i)' Z' W_(<j)'`` vanishes iff ``A_i' Z' B_(j-1)``
does.  So the weights are critical iff it vanishes for all i = j.  The A_i increase with i, and the B_i decrease.  With
m the rank of Z', such spaces of dimensions alpha_i and beta_i exist iff

    max(alpha_i - (d_H - e - m), 0) + max(beta_(i-1) - (d_0 - e - m), 0) <= m    for all i:

as much of A_i as has to is taken from what Z' does not see, the rest is general, and B_(i-1) is anything that extends
B_i in the orthogonal complement of Z'' A_i.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from equivariety._typing import FloatArray
from equivariety.deep.fibers.rank_patterns import Interval, RankPattern
from equivariety.deep.whitening import WhitenedData
from equivariety.linalg import algebra
from equivariety.parameterizations.transforms import random_transform
from equivariety.tolerances import zero_product

__all__ = ["CriticalEnds", "CriticalPattern", "random_weights"]


@dataclass(frozen=True, slots=True)
class CriticalPattern:
    """Numbers of intervals that some critical weights have.

    Attributes:
        widths: (d_0, ..., d_H), d_0 the independent directions of the inputs.
        kept: number e of kept singular values.
        left: number m of nonzero singular values that are not kept.
        counts: interval -> how often it occurs.

    >>> small = CriticalPattern.smallest((2, 2, 2), 1, 1)
    >>> small.counts, small.is_critical
    ({(0, 0): 1, (0, 2): 1, (1, 1): 1, (2, 2): 1}, True)
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
    def alphas(self) -> list[int]:
        """The dimensions of A_1, ..., A_H."""
        last = self.depth
        return [sum(n for (a, b), n in self.counts.items() if b == last and 1 <= a <= i) for i in range(1, last + 1)]

    @property
    def betas(self) -> list[int]:
        """The dimensions of B_0, ..., B_(H-1)."""
        last = self.depth
        return [sum(n for (a, b), n in self.counts.items() if a == 0 and i <= b < last) for i in range(last)]

    @property
    def unseen(self) -> tuple[int, int]:
        """The dimensions of what Z' does not see of the inputs and of the outputs, beside the kept vectors."""
        return self.widths[0] - self.kept - self.left, self.widths[-1] - self.kept - self.left

    @property
    def room(self) -> list[int]:
        """For i = 1..H how much of A_i the linear map Z' may see, if the weights are critical."""
        return [self.left - max(beta - self.unseen[0], 0) for beta in self.betas]

    @property
    def is_critical(self) -> bool:
        """Whether there are critical weights with these intervals."""
        pairs = zip(self.alphas, self.room, strict=True)
        return all(max(alpha - self.unseen[1], 0) <= room for alpha, room in pairs)

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
        pairs = [
            (p, q) for p in self.counts for q in self.counts if p[1] + 1 == q[0] and (p[0], q[1]) != (0, self.depth)
        ]
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


@dataclass(frozen=True, eq=False)
class CriticalEnds:
    """The vectors of A_H and the forms of B_0 in coordinates: first what Z' does not see, then its singular vectors.

    Attributes:
        pattern: the intervals.
        outputs: (d_H - e, alpha_H), orthonormal columns: the first alpha_i span A_i.
        inputs: (d_0 - e, beta_0), orthonormal columns: the first beta_i span B_i.
        seen: the singular values of Z'.
    """

    pattern: CriticalPattern
    outputs: FloatArray
    inputs: FloatArray
    seen: FloatArray

    @classmethod
    def at_random(
        cls, pattern: CriticalPattern, seen: FloatArray, rng: np.random.Generator, *, special: bool
    ) -> CriticalEnds:
        """Draw them in general position, or with ``special`` among the coordinate vectors."""
        ends = cls(pattern, np.zeros((0, 0)), np.zeros((0, 0)), seen)
        outputs = ends._outputs(rng, special=special)
        return cls(pattern, outputs, ends._inputs(outputs, rng, special=special), seen)

    @property
    def rest(self) -> FloatArray:
        """Z' in these coordinates, over its largest singular value."""
        unseen_in, unseen_out = self.pattern.unseen
        found = np.zeros((unseen_out + len(self.seen), unseen_in + len(self.seen)))
        found[unseen_out:, unseen_in:] = np.diag(self.seen / self.seen.max(initial=0.0)) if len(self.seen) else 0.0
        return found

    @property
    def is_strict(self) -> bool:
        """Whether two layers can start a new direction together: then a saddle that keeps the largest is strict."""
        pattern, ranks = self.pattern, self.pattern.ranks
        reached = np.abs(self.outputs.T @ self.rest @ self.inputs) > zero_product()
        return any(
            ranks.rank_between(j, i - 1) > pattern.kept
            and reached[: pattern.alphas[i - 1], : pattern.betas[j - 1]].any()
            for i in range(2, pattern.depth + 1)
            for j in range(1, i)
        )

    def _outputs(self, rng: np.random.Generator, *, special: bool) -> FloatArray:
        pattern = self.pattern
        free, size = pattern.unseen[1], pattern.unseen[1] + pattern.left
        hidden, general = _orthogonal(rng, free), rng.standard_normal((size, size))
        if special:
            hidden, general = (np.eye(k)[:, rng.permutation(k)] for k in (free, size))
        hidden = np.vstack([hidden, np.zeros((pattern.left, free))])
        columns: list[FloatArray] = []
        for alpha, room in zip(pattern.alphas, pattern.room, strict=True):
            for vector in (*hidden.T, *general.T):
                is_hidden = not vector[free:].any()
                lacking = alpha - room - sum(not column[free:].any() for column in columns)
                if len(columns) < alpha and (is_hidden == (lacking > 0)) and _extends(columns, vector):
                    columns.append(vector)
            for vector in (*hidden.T, *general.T):  # coordinate vectors may leave hidden ones only
                if len(columns) < alpha and _extends(columns, vector):
                    columns.append(vector)
        return np.asarray(np.linalg.qr(np.column_stack(columns))[0]) if columns else np.zeros((size, 0))

    def _inputs(self, outputs: FloatArray, rng: np.random.Generator, *, special: bool) -> FloatArray:
        pattern, rest = self.pattern, self.rest
        found = np.zeros((rest.shape[1], 0))
        for alpha, beta in zip(pattern.alphas[::-1], pattern.betas[::-1], strict=True):
            forbidden = np.vstack([outputs[:, :alpha].T @ rest, found.T])
            values, rows = np.linalg.svd(forbidden, full_matrices=True)[1:] if forbidden.size else (np.zeros(0), None)
            allowed = np.eye(rest.shape[1]) if rows is None else rows[np.count_nonzero(values > zero_product()) :].T
            count = beta - found.shape[1]
            mixed = (
                allowed[:, rng.permutation(allowed.shape[1])]
                if special
                else allowed @ _orthogonal(rng, allowed.shape[1])
            )
            found = np.column_stack([found, mixed[:, :count]])
        return found


def random_weights(
    ends: CriticalEnds, data: WhitenedData, subset: tuple[int, ...], rng: np.random.Generator
) -> list[FloatArray]:
    """Return critical layers with these intervals and ends whose map keeps the singular values in ``subset``."""
    pattern = ends.pattern
    last, rows = pattern.depth, sorted(pattern.counts.items())
    nodes = [[((a, b), k) for (a, b), n in rows for k in range(n) if a <= i <= b] for i in range(last + 1)]
    outputs, inputs = _named(ends, data, subset)
    growth = float(data.values[0]) ** (1.0 / last) if len(data.values) else 1.0
    inverses = [np.array([inputs[key] for key in nodes[0]]).reshape((pattern.widths[0],) * 2)]
    bases = []
    for i in range(1, last):
        base = np.asarray(random_transform(algebra("R"), pattern.widths[i], rng))
        bases.append(base * growth**i)
        inverses.append(np.linalg.inv(base) / growth**i)
    bases.append(np.array([outputs[key] for key in nodes[last]]).T)
    layers = []
    for (before, after), base, inverse in zip(pairwise(nodes), bases, inverses, strict=True):
        partial = np.array([[float(p == q) for q in before] for p in after]).reshape(len(after), len(before))
        layers.append(base @ partial @ inverse)
    layers[0] = layers[0] @ data.unlift
    return layers


def _named(
    ends: CriticalEnds, data: WhitenedData, subset: tuple[int, ...]
) -> tuple[dict[tuple[Interval, int], FloatArray], dict[tuple[Interval, int], FloatArray]]:
    """Vectors of the outputs, and forms on the whitened inputs, for the intervals that reach them."""
    last, counts = ends.pattern.depth, ends.pattern.counts
    u, s, v = data.triples
    rest = [i for i in range(len(s)) if i not in subset]
    outputs: dict[tuple[Interval, int], FloatArray] = {}
    inputs: dict[tuple[Interval, int], FloatArray] = {}
    for k, i in enumerate(subset):
        outputs[(0, last), k], inputs[(0, last), k] = u[:, i] * s[i], v[:, i]
    size = float(s[0]) if len(s) else 1.0
    columns = np.column_stack([_complement(u), u[:, rest]]) @ ends.outputs * size
    forms = np.column_stack([_complement(v), v[:, rest]]) @ ends.inputs
    # A_i grows with i: by the first node.  B_i grows as i falls: by the last node, the largest first.
    late = sorted((p for p in counts if p[1] == last and p[0] > 0), key=lambda p: p[0])
    early = sorted((p for p in counts if p[0] == 0 and p[1] < last), key=lambda p: -p[1])
    for names, found, vectors in ((late, outputs, columns), (early, inputs, forms)):
        keys = [(p, k) for p in names for k in range(counts[p])]
        found.update(dict(zip(keys, vectors.T, strict=True)))
    return outputs, inputs


def _extends(columns: list[FloatArray], vector: FloatArray) -> bool:
    """Whether a vector is independent of independent columns."""
    return bool(np.linalg.matrix_rank(np.column_stack([*columns, vector]), zero_product()) > len(columns))


def _complement(basis: FloatArray) -> FloatArray:
    """An orthonormal basis of the orthogonal complement of orthonormal columns."""
    if not basis.size:
        return np.eye(len(basis))
    return np.asarray(np.linalg.svd(basis, full_matrices=True)[0][:, basis.shape[1] :])


def _orthogonal(rng: np.random.Generator, size: int) -> FloatArray:
    return np.asarray(np.linalg.qr(rng.standard_normal((size, size)))[0])
