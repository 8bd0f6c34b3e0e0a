"""The choice of a critical point at random among those of a kind, a type, a subset or given ranks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np

from equivariety._typing import FloatArray
from equivariety.deep.centred_data import CentredData
from equivariety.deep.classification import PointType
from equivariety.deep.critical_patterns import CriticalEnds, CriticalPattern, random_weights
from equivariety.deep.fibers.rank_patterns import RankPattern
from equivariety.deep.layers import Layers, product_of
from equivariety.errors import as_nonnegative_int, brief, invalid

__all__ = ["CriticalSampler", "Wish"]

_KINDS = ("pure", "spurious")
_TRIES = 50
#: How often directions are drawn among the singular vectors: general ones leave out some non-strict saddles.
_SPECIAL = 0.3


@dataclass(frozen=True, slots=True)
class Wish:
    """What a critical point shall be; None leaves it open.

    Attributes:
        subset: ascending positions of the kept singular values.
        kind: "pure" or "spurious".
        type: one of the types of critical points.
        ranks: the ranks of all products of layers.
    """

    subset: tuple[int, ...] | None
    kind: str | None
    type: str | None
    ranks: RankPattern | None

    @classmethod
    def of(cls, subset: object, kind: object, type: object, ranks: object) -> Wish:
        """Check the arguments; TypeError and ValueError for what they cannot be."""
        for name, value, allowed in (("kind", kind, _KINDS), ("type", type, get_args(PointType))):
            if value is not None and value not in allowed:
                raise invalid(name, f"None or one of {', '.join(allowed)}", brief(value), "leave it out for any")
        if ranks is not None and not isinstance(ranks, RankPattern):
            ranks = RankPattern(ranks)  # type: ignore[arg-type]  # it checks
        chosen = None
        if subset is not None:
            if isinstance(subset, str | bytes) or not hasattr(subset, "__iter__"):
                raise invalid("subset", "a sequence of positions", brief(subset), "0 is the largest", TypeError)
            chosen = tuple(sorted(as_nonnegative_int("a position in subset", i) for i in subset))
            if len(set(chosen)) < len(chosen):
                raise invalid("subset", "distinct positions", brief(subset), "name each singular value once")
        return cls(chosen, kind, type, ranks)  # type: ignore[arg-type]  # they are allowed values


@dataclass(frozen=True)
class CriticalSampler:
    """Critical points of a network on data.

    Attributes:
        widths: of the network.
        data: centred and whitened.
    """

    widths: tuple[int, ...]
    data: CentredData

    @property
    def _reached(self) -> tuple[int, ...]:
        """The widths that the loss depends on."""
        return (self.data.whitened.target.shape[1], *self.widths[1:])

    @property
    def _values(self) -> FloatArray:
        return self.data.whitened.values

    @property
    def _most(self) -> int:
        return min(*self._reached, len(self._values))

    def draw(self, wish: Wish, rng: np.random.Generator) -> list[FloatArray]:
        """Return matrices of layers; ValueError if no critical point is as wished."""
        subset, ends = self._choose(wish, rng)
        return random_weights(ends, self.data.whitened, subset, rng)

    def with_biases(self, matrices: Sequence[FloatArray], rng: np.random.Generator) -> Layers:
        """Return layers with random inner biases and the best last one; without biases if the data have no means."""
        if self.data.mean_x is None:
            return Layers(tuple(matrices))
        biases = [rng.standard_normal(len(w)) for w in matrices]
        moved = np.zeros(self.widths[0])
        for w, c in zip(matrices[:-1], biases, strict=False):
            moved = w @ moved + c
        best = self.data.offset(product_of(matrices))
        biases[-1] = (np.zeros(self.widths[-1]) if best is None else best) - matrices[-1] @ moved
        return Layers(tuple(matrices), tuple(biases))

    def _choose(self, wish: Wish, rng: np.random.Generator) -> tuple[tuple[int, ...], CriticalEnds]:
        self._check(wish)
        sizes = [e for e in range(self._most + 1) if self._fits(wish, e)]
        if not sizes:
            raise self._refusal(wish)
        for attempt in range(_TRIES * len(sizes)):
            e = sizes[rng.integers(len(sizes))] if attempt < _TRIES else sizes[attempt % len(sizes)]
            subset = wish.subset if wish.subset is not None else self._subset(wish, e, rng)
            pattern = self._pattern(wish, e, rng, simple=attempt >= _TRIES)
            if pattern.is_critical:
                seen = np.delete(self._values, list(subset))
                special = attempt < _TRIES and rng.random() < _SPECIAL
                ends = CriticalEnds.at_random(pattern, seen, rng, special=special)
                if wish.type in (None, self._type(subset, ends)):
                    return subset, ends
        raise self._refusal(wish)

    def _check(self, wish: Wish) -> None:
        count, subset = len(self._values), wish.subset
        if subset is not None and (len(subset) > self._most or max(subset, default=-1) >= count):
            required = f"at most {self._most} positions below {count}"
            raise invalid("subset", required, brief(subset), "see critical_functions()")
        if wish.ranks is not None and wish.ranks.widths != self._reached:
            raise invalid("ranks", f"of widths {self._reached}", brief(wish.ranks.widths), "see fiber(rank).strata()")

    def _fits(self, wish: Wish, e: int) -> bool:
        if wish.subset is not None and e != len(wish.subset):
            return False
        if wish.ranks is not None and e != wish.ranks.rank:
            return False
        if wish.kind is not None and self._is_pure(e) != (wish.kind == "pure"):
            return False
        if wish.type == "global_minimum":
            return e == self._most
        return wish.type != "non_strict_saddle" or (e < self._most and len(self.widths) > 3)

    def _is_pure(self, e: int) -> bool:
        least, ends = min(self.widths), min(self.widths[0], self.widths[-1])
        return e == len(self._values) or (e == least and least < ends)

    def _existing(self) -> list[str]:
        """The kinds with types that critical points have, in words."""
        s, found = self._values, []
        for e in range(self._most, -1, -1):
            kind = "pure" if self._is_pure(e) else "spurious"
            types = ["global_minimum"] if e == self._most else []
            if len(self.widths) > 2:
                may_leave_larger = 0 < e < len(s) and bool(s[0] - s[-1] > self.data.whitened.tie)
                types += ["strict_saddle"] * (e < self._most or may_leave_larger)
                types += ["non_strict_saddle"] * (e < self._most and len(self.widths) > 3)
            elif e < len(s):
                continue
            found += [f"{kind} {type}" for type in types]
        return list(dict.fromkeys(found))

    def _subset(self, wish: Wish, e: int, rng: np.random.Generator) -> tuple[int, ...]:
        if wish.type in ("global_minimum", "non_strict_saddle"):
            return tuple(range(e))
        return tuple(sorted(rng.choice(len(self._values), e, replace=False).tolist()))

    def _pattern(self, wish: Wish, e: int, rng: np.random.Generator, *, simple: bool) -> CriticalPattern:
        left = len(self._values) - e
        if wish.ranks is not None:
            return CriticalPattern(self._reached, e, left, wish.ranks.multiplicities)
        pattern = CriticalPattern.smallest(self._reached, e, left)
        if not simple:
            return pattern.at_random(rng)
        if wish.type == "strict_saddle" and e < self._most and len(self.widths) > 3:
            for i in range(len(self.widths) - 3):  # one more dimension for all layers but the last two
                pattern = pattern.joined((0, i), (i + 1, i + 1))
        return pattern

    def _type(self, subset: tuple[int, ...], ends: CriticalEnds) -> PointType:
        s = self._values
        kept = [s[i] for i in subset]
        rest = [s[i] for i in range(len(s)) if i not in subset]
        if kept and rest and max(rest) - min(kept) > self.data.whitened.tie:
            return "strict_saddle"
        if len(subset) == self._most:
            return "global_minimum"
        return "strict_saddle" if ends.is_strict else "non_strict_saddle"

    def _refusal(self, wish: Wish) -> ValueError:
        shown = {name: getattr(wish, name) for name in ("subset", "kind", "type") if getattr(wish, name) is not None}
        if wish.ranks is not None:
            shown["ranks"] = wish.ranks.rows
        names = ", ".join(shown) or "ranks"
        got = f"{shown} for widths {self.widths} and {len(self._values)} nonzero singular values"
        exist = ", ".join(self._existing())
        if len(self.widths) == 3 and wish.type == "non_strict_saddle":
            exist += " (with two layers every saddle is strict)"
        return invalid(names, "those of some critical point", got, f"ask for less; there are {exist}")
