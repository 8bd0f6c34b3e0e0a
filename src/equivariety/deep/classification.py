"""Which weights of a linear network are critical for the squared error, and what kind of critical points they are.

In whitened coordinates (``whitening``) let s_1 > s_2 > ... > 0 be the singular values of Z, with vectors u_i, v_i, let
M be the map of the network, e its rank, F the maps of rank at most r, r the least width.

*Critical functions.*  The image of the differential of the weights contains the tangent space of the matrices of rank
e.  So at critical weights ``M = sum over i in I of s_i u_i v_i^*`` with e members of I.  Of equal singular values any
subspace may be kept.  A gradient and a map near such a point determine I while ``|M - M_I|`` is less than half the gap
between two singular values (Weyl).

*Pure or spurious* (Trager, Kohn, Bruna, arXiv 1910.01671).  Pure means that M is critical for the loss on F: the slope
M - Z vanishes, or F does not fill all matrices and e = r, when M is a smooth point of F and the image is its tangent
space.  Otherwise spurious.

*Types.*  Keeping the m = min(r, rank Z) largest is the global minimum.  If a kept value is smaller than one that is
not kept, turning their vectors into each other lowers the loss: a strict saddle (Baldi, Hornik, 1989).  There are no
other local minima (Kawaguchi, 2016).  Let the e < m largest be kept, R = Z - M.  The weights are a strict saddle iff
two layers i > j can start a new direction together, that is, iff

    W_(>i)^* R W_(<j)^* is not 0,  and  rank W_(i-1) ... W_(j+1) > e   (for i = j + 1: d_j > e).

With changes V_i, ``E_i = W_(>i) V_i W_(<i)`` and E = sum E_i, half the second derivative of the loss is

    |E|^2 - 2 sum_(i>j) <R, W_(>i) V_i W_(i-1..j+1) V_j W_(<j)>.

- Let i, j be as said, N the product between them.  There are b in the kernel of W_(>j) with N b not 0, or a orthogonal
  to the image of W_(<i) with a^* N not 0: else N would be injective where W_(>j) is, and have the image of W_(<i), so
  that rank M = rank N > e.  Take V_i = p a^* and V_j = b q^*, with a^* N b and p^* W_(>i)^* R W_(<j)^* q not 0.  Then
  E_i or E_j vanishes, and with the change that makes it vanish large enough the second term wins.
- Otherwise wherever the first factor is not 0 the product N between has rank e, so ``N = W_(<i) M^+ W_(>j)``, and the
  sum is ``<R, E M^+ E>``: its terms for i <= j are 0 since the weights are critical.  As the kept values are not
  smaller than those of R, the form is not negative.

With two layers, i = 2 and j = 1 say that every saddle is strict; with three or more zero layers none is.  Conditions in
ranks alone (Achour, Malgouyres, Gerchinovitz, arXiv 2107.13289) are these for directions in general position.  Where
the network is small, the least eigenvalue of the Hessian has to confirm the type.

*Biases.*  Let the last bias be c_H.  The loss is that of centred data plus N |e|^2, e the error of the mean, and the
derivative by c_H is 2 N e.  So at critical weights e = 0, the second term has derivative zero there, and the matrices
are critical for the centred data; conversely too.  The Hessian is that of the centred data plus 2 N |de|^2, and c_H can
be moved to make de = 0 for any change of the rest: negative directions correspond, and so do minima.  The maps with
offsets are F times a vector space, so that pure and spurious correspond too.

*Inputs that do not span their space.*  The loss depends on the first layer only by its restriction to the span: types
are those of the network with that input width.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Literal, TypeAlias

import numpy as np

from equivariety._typing import AnyArray
from equivariety.deep.fibers.rank_patterns import RankPattern
from equivariety.deep.layers import Weights, above, below, product_of
from equivariety.deep.whitened_network import WhitenedNetwork
from equivariety.errors import as_positive_number
from equivariety.linalg import frobenius_norm
from equivariety.tolerances import (
    HESSIAN_WEIGHTS_BUDGET,
    critical_weights_tolerance,
    critical_weights_tolerance_bound,
    rank_tolerance,
    separation,
)

__all__ = ["Classification", "Kind", "PointType", "PointVerdict", "judge", "weights_tolerance"]

Kind: TypeAlias = Literal["pure", "spurious", "not_critical", "ambiguous"]
PointType: TypeAlias = Literal["global_minimum", "strict_saddle", "non_strict_saddle"]


@dataclass(frozen=True, slots=True)
class PointVerdict:
    """What is found about weights, without the data.

    Attributes:
        kind: pure, spurious, not critical, or ambiguous.
        type: of a critical point; None otherwise.
        rank: rank of the map; None where it is open.
        subset: ascending positions of the kept singular values, 0 for the largest; None unless the weights are critical
            and the kept ones among equal values are all or none.
        residual: relative size of the gradient.
        distance: of the map to the nearest critical function, whitened.
        gap: least difference of two different singular values; as ``distance`` relative to the largest one.
        is_degenerate: whether singular values are equal or zero, or inputs dependent on each other.
        reason: a sentence.
    """

    kind: Kind
    type: PointType | None
    rank: int | None
    subset: tuple[int, ...] | None
    residual: float
    distance: float
    gap: float
    is_degenerate: bool
    reason: str


@dataclass(frozen=True, eq=False, repr=False)
class Classification:
    """What ``LinearNetwork.classify`` finds.

    Attributes:
        kind: "pure" (critical for the loss on the function space), "spurious" (critical because of the
            parameterization), "not_critical", or "ambiguous" where the tolerances do not separate these.
        type: "global_minimum", "strict_saddle", "non_strict_saddle"; None unless the kind is pure or spurious.
        rank: rank of the map of the network; None where it is open.
        subset: ascending positions of the singular values of the whitened problem that the map keeps, 0 for the
            largest; None if the weights are not critical or if some but not all of equal singular values are kept.
        loss: mean squared error per sample and output coordinate.
        squared_error: the sum of squares.
        residual: the largest derivative by a layer, whitened, in units of the largest singular value and of the norms
            of the other layers: 1 is large, and 1e-15 is rounding.
        distance: of the map to the nearest critical function, whitened, in units of the largest singular value; NaN
            where the gradient is too large to ask.
        gap: the least difference of two different singular values, zero included, in the same units.
        is_degenerate: whether singular values are equal or zero, or the inputs do not span their space.  Kind and type
            are right all the same, but there may be infinitely many critical functions.
        reason: why, in a sentence.
        weights: the weights that were classified: the given ones, or the polished ones.
        moved: how far polishing moved them, relative to the norm of a layer; 0 without it.

    >>> import equivariety as ev
    >>> found = ev.LinearNetwork((2, 2, 2)).classify([np.zeros((2, 2))] * 2, np.eye(2), np.diag([2.0, 1.0]))
    >>> found.kind, found.type, found.subset, found.loss
    ('spurious', 'strict_saddle', (), 1.25)
    >>> found
    Classification(kind='spurious', type='strict_saddle', rank=0, loss=1.25)
    """

    kind: Kind
    type: PointType | None
    rank: int | None
    subset: tuple[int, ...] | None
    loss: float
    squared_error: float
    residual: float
    distance: float
    gap: float
    is_degenerate: bool
    reason: str
    weights: Weights
    moved: float = 0.0

    @property
    def is_critical(self) -> bool | None:
        """Whether the gradient vanishes; None where the answer is ambiguous."""
        return None if self.kind == "ambiguous" else self.kind != "not_critical"

    def __repr__(self) -> str:
        return f"Classification(kind={self.kind!r}, type={self.type!r}, rank={self.rank}, loss={self.loss:.6g})"

    def __str__(self) -> str:
        named = self.kind if self.type is None else f"{self.kind}, {self.type}"
        found = f"{named.replace('_', ' ')}; rank {'open' if self.rank is None else self.rank}, loss {self.loss:.6g}"
        return f"{found}. {self.reason}"


class _Open(Exception):
    """The tolerances do not decide."""


def weights_tolerance(value: object) -> float:
    """Return the tolerance for gradients of weights, checked; None is the default.

    >>> weights_tolerance(None), weights_tolerance(1e-6)
    (1e-10, 1e-06)
    """
    if value is None:
        return critical_weights_tolerance()
    return as_positive_number("tolerance", value, below=critical_weights_tolerance_bound())


def judge(
    net: WhitenedNetwork,
    matrices: tuple[AnyArray, ...],
    tolerance: float,
    *,
    offset: float = 0.0,
    offset_rounding: float = 0.0,
    order: int = 1,
    remedy: str = "polish=True",
) -> PointVerdict:
    """Classify a network.

    Args:
        net: the network in whitened coordinates.
        matrices: its layers in the given coordinates.
        tolerance: residuals up to this count as zero, unless rounding is larger.
        offset: the residual of the last bias, in units of the largest singular value.
        offset_rounding: what of it may be rounding.
        order: ranks of arrays per rank over the algebra.
        remedy: what may help where the gradient is small, but not small enough.
    """
    return _Judge(net, matrices, tolerance, (offset, offset_rounding), order, remedy).verdict()


class _Judge:
    def __init__(
        self,
        net: WhitenedNetwork,
        matrices: tuple[AnyArray, ...],
        tolerance: float,
        offset: tuple[float, float],
        order: int,
        remedy: str,
    ) -> None:
        self.net, self.matrices, self.order, self.remedy = net, matrices, order, remedy
        self.rounding = max(net.rounding, offset[1])
        self.tolerance = max(tolerance, self.rounding)
        self.is_certain = self.rounding < separation() * tolerance
        self.residual = max(net.residual, offset[0])
        self.distance = float("nan")
        self.equal = net.data.equal
        self.widths = (matrices[0].shape[1], *(len(a) for a in matrices))

    def verdict(self) -> PointVerdict:
        if self.residual > separation() * self.tolerance:
            return self._verdict_if_not_critical()
        try:
            return self._critical()
        except _Open as reason:
            return self._verdict("ambiguous", None, None, None, f"{reason}.")

    def _verdict_if_not_critical(self) -> PointVerdict:
        layer = self.net.vanishing
        if layer is not None:
            reason = f"Compared with the others layer {layer} is zero up to rounding, but not zero."
            return self._verdict("ambiguous", None, None, None, reason)
        rank = _rank(product_of(self.matrices), self.matrices) // self.order
        reason = f"The gradient has relative size {self.residual:.1e}."
        if self.residual < critical_weights_tolerance_bound():
            reason += f" If the weights have few digits or were trained briefly, {self.remedy} decides."
        return self._verdict("not_critical", None, rank, None, reason)

    def _critical(self) -> PointVerdict:
        net = self.net
        if not self.is_certain:
            raise _Open(f"Rounding of the data and layers may be as large as {self.rounding:.1e}")
        if self.residual > self.tolerance:
            size = f"{self.residual:.1e}"
            raise _Open(
                f"The gradient, of relative size {size}, is neither zero nor clearly not; {self.remedy} decides"
            )
        kept = net.kept()
        self.distance = kept.distance
        gap = net.data.gap / net.unit
        if len(self.equal) and not kept.distance < gap / 2:
            raise _Open(
                f"The map is {kept.distance:.1e} from a critical function, but singular values differ by {gap:.1e} only"
            )
        if not len(self.equal) and kept.distance > self.tolerance:
            raise _Open("No singular value is left, but the map is not zero")
        if any(c % self.order for c in kept.counts):
            raise _Open("Half of a quaternionic singular vector is kept")
        return self._of_counts(kept.counts)

    def _of_counts(self, counts: tuple[int, ...]) -> PointVerdict:
        net, e, available = self.net, sum(counts), sum(self.equal)
        most = min(*net.widths, available)
        is_top = self._is_top(counts)
        rank, is_pure, why = self._kind(e, available)
        kind: Kind = "pure" if is_pure else "spurious"
        blocks: RankPattern | None = None
        if not is_pure or (is_top and e < most):
            blocks = self._blocks(e)
        found: PointType
        if is_top and e == most:
            found, more = "global_minimum", "the largest singular values are kept"
        elif not is_top:
            found, more = "strict_saddle", "a larger singular value is not kept"
        elif blocks is not None and self._start_together(blocks, e):
            found, more = "strict_saddle", "two layers can start a new direction together"
        else:
            found, more = "non_strict_saddle", "no two layers can start a new direction together"
        self._confirm(found)
        return self._verdict(kind, found, rank // self.order, self._subset(counts), f"{why}; {more}.")

    def _is_top(self, counts: tuple[int, ...]) -> bool:
        """Whether no kept singular value is smaller than one that is not kept."""
        missing = False
        for size, count in zip(self.equal, counts, strict=True):
            if missing and count:
                return False
            missing = missing or count < size
        return True

    def _kind(self, e: int, available: int) -> tuple[int, bool, str]:
        """Rank of the map, whether the point is pure, and why."""
        least, ends = min(self.widths), min(self.widths[0], self.widths[-1])
        rank = e
        if self.net.data.free:
            rank = _rank(product_of(self.matrices), self.matrices)
        if e == available:
            return rank, True, "No map is better"
        if rank == least:  # then least < ends: otherwise a map of this rank has no slope where it is critical
            return rank, True, "The map is a smooth point of the function space"
        if least < ends:
            return rank, False, "The map is a singular point of the function space, where its slope does not vanish"
        return rank, False, "The function space is all matrices, and the slope does not vanish"

    def _blocks(self, e: int) -> RankPattern:
        """The ranks of all products of layers; everything that vanishes has to vanish up to rounding."""
        net = self.net
        if self.residual > self.rounding:
            raise _Open(
                f"For a point like this the gradient has to vanish up to rounding, {self.rounding:.1e}; its relative "
                f"size is {self.residual:.1e}; {self.remedy} helps"
            )
        ranks = net.block_ranks()
        if isinstance(ranks, str):
            raise _Open(f"{ranks[0].upper()}{ranks[1:]}, which leaves its rank open")
        try:
            pattern = RankPattern(ranks)
        except ValueError as error:
            raise _Open("The numerical ranks of products of layers contradict each other") from error
        if pattern.rank != e:
            raise _Open(f"The map keeps {e} singular values, but has numerical rank {pattern.rank}")
        return pattern

    def _start_together(self, blocks: RankPattern, e: int) -> bool:
        """Whether two layers i > j can start a new direction together."""
        net, low = self.net, self.rounding
        before, after = below(net.layers), above(net.layers)
        rest = net.target - net.map
        found = False
        for i in range(2, blocks.depth + 1):
            for j in range(1, i):
                if blocks.rank_between(j, i - 1) > e:
                    size = frobenius_norm(after[i - 1].conj().T @ rest @ before[j - 1].conj().T)
                    if low < size < separation() * low:
                        raise _Open(f"Whether layers {j} and {i} can start a new direction is open: {size:.1e}")
                    found = found or size > low
        return found

    def _confirm(self, found: PointType) -> None:
        """The least eigenvalue of the Hessian has the sign that the type says."""
        net = self.net
        if sum(a.size for a in net.layers) > HESSIAN_WEIGHTS_BUDGET or any(np.iscomplexobj(a) for a in net.layers):
            return
        if any(0 in a.shape for a in net.layers):
            return
        least, noise = net.least_curvature(), max(self.rounding, self.residual)
        if least > -noise if found == "strict_saddle" else least < -separation() * noise:
            raise _Open(f"The least eigenvalue of the Hessian, {least:.1e} of the largest, contradicts a {found}")

    def _subset(self, counts: tuple[int, ...]) -> tuple[int, ...] | None:
        found: list[int] = []
        start = 0
        for size, count in zip(self.equal, counts, strict=True):
            if count not in (0, size):
                return None
            found.extend(range(start, start + count // self.order))
            start += size // self.order
        return tuple(found)

    def _verdict(
        self, kind: Kind, found: PointType | None, rank: int | None, subset: tuple[int, ...] | None, reason: str
    ) -> PointVerdict:
        data = self.net.data
        possible = min(self.widths[0], self.widths[-1])
        simple = all(size == self.order for size in self.equal) and sum(self.equal) == possible
        gap = data.gap / self.net.unit
        return PointVerdict(
            kind, found, rank, subset, self.residual, self.distance, gap, bool(data.free) or not simple, reason
        )


def _rank(matrix: AnyArray, factors: tuple[AnyArray, ...]) -> int:
    """Numerical rank of a product."""
    bound = prod(float(np.linalg.norm(a, 2)) for a in factors)
    values = np.linalg.svd(matrix, compute_uv=False)
    return int(np.count_nonzero(values > rank_tolerance(np.float64, max(matrix.shape)) * bound))
