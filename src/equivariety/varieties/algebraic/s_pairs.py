"""The pairs of polynomials that a Groebner basis has to reduce, with Gebauer and Moeller's criteria."""

from __future__ import annotations

import numpy as np

from equivariety._typing import AnyArray

__all__ = ["PairQueue"]


class PairQueue:
    """Pairs of leading monomials, and which elements are not redundant (``active``).

    Gebauer and Moeller, On an installation of Buchberger's algorithm (1988); pairs are taken in the order of their
    sugar degree (Giovini and others 1991).

    >>> queue = PairQueue(2)
    >>> queue.add(np.array([2, 0]), 2)
    >>> queue.add(np.array([1, 1]), 2)
    >>> [(i, j, lcm.tolist()) for i, j, lcm in queue.pop_lowest()[1]]
    [(0, 1, [2, 1])]
    """

    def __init__(self, num_variables: int) -> None:
        self.active: list[int] = []
        self._leads = np.zeros((0, num_variables), dtype=np.int64)
        self._sugars: list[int] = []
        self._pairs = np.zeros((0, 2), dtype=np.int64)
        self._lcms = np.zeros((0, num_variables), dtype=np.int64)
        self._pair_sugars = np.zeros(0, dtype=np.int64)

    def __bool__(self) -> bool:
        return len(self._pairs) > 0

    def pop_lowest(self) -> tuple[int, list[tuple[int, int, AnyArray]]]:
        """Return the lowest sugar degree, and the pairs of that degree with their least common multiples."""
        sugar = int(self._pair_sugars.min())
        taken = self._pair_sugars == sugar
        out = [(int(i), int(j), lcm) for (i, j), lcm in zip(self._pairs[taken], self._lcms[taken], strict=True)]
        self._keep(~taken)
        return sugar, out

    def add(self, lead: AnyArray, sugar: int) -> None:
        """Append an element with this leading monomial and sugar degree; make and discard pairs."""
        new = len(self._leads)
        self._leads = np.vstack([self._leads, lead])
        self._sugars.append(sugar)
        self._discard_old(lead)
        self._append_new(lead, sugar, new)
        redundant = any((self._leads[i] <= lead).all() for i in self.active)
        if not redundant:
            self.active = [i for i in self.active if not (lead <= self._leads[i]).all()] + [new]

    def _keep(self, kept: AnyArray) -> None:
        self._pairs, self._lcms, self._pair_sugars = self._pairs[kept], self._lcms[kept], self._pair_sugars[kept]

    def _discard_old(self, lead: AnyArray) -> None:
        """Criterion B: a pair whose lcm is a multiple of the new leading monomial, properly so on both sides."""
        if not len(self._pairs):
            return
        first, second = (np.maximum(self._leads[self._pairs[:, k]], lead) for k in (0, 1))
        superfluous = (
            (lead <= self._lcms).all(axis=1) & (first != self._lcms).any(axis=1) & (second != self._lcms).any(axis=1)
        )
        self._keep(~superfluous)

    def _append_new(self, lead: AnyArray, sugar: int, new: int) -> None:
        """Criteria M and F among the new pairs, then the product criterion."""
        if not self.active:
            return
        others = np.array(self.active)
        lcms = np.maximum(self._leads[others], lead)
        coprime = (np.minimum(self._leads[others], lead) == 0).all(axis=1)
        # Coprime pairs first, so that among pairs with one lcm a coprime one speaks for all.
        order = np.lexsort((~coprime, lcms.sum(axis=1)))
        kept: list[int] = []
        for k in order:
            if not any((lcms[j] <= lcms[k]).all() for j in kept):
                kept.append(int(k))
        kept = [k for k in kept if not coprime[k]]
        if not kept:
            return
        degrees = lcms[kept].sum(axis=1)
        there = np.array(self._sugars)[others[kept]] + degrees - self._leads[others[kept]].sum(axis=1)
        here = sugar + degrees - int(lead.sum())
        self._pairs = np.vstack([self._pairs, np.column_stack([others[kept], np.full(len(kept), new)])])
        self._lcms = np.vstack([self._lcms, lcms[kept]])
        self._pair_sugars = np.concatenate([self._pair_sugars, np.maximum(there, here)])
