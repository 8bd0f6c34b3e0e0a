"""All irreducible components by the loss that each can reach, best first, without listing them all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from equivariety.representations import RankVector
from equivariety.training.rank_values import RankValues
from equivariety.varieties import Component
from equivariety.varieties.ranks.ranking import ranked_vectors

__all__ = ["RankedComponent", "ranked_components"]


@dataclass(frozen=True, slots=True)
class RankedComponent:
    """A component and what its best map achieves.

    Attributes:
        component: the component.
        loss: mean squared error per sample and output coordinate of its optimal map.
        objective: the loss plus the ridge penalty, by which components are ranked.
        gap: ``objective`` minus that of the best component, >= 0.

    >>> import equivariety as ev, numpy as np
    >>> X = np.array([[3.0, 0.0], [0.0, 1.0], [1.0, 1.0]])
    >>> [(tuple(c.component.ranks), round(c.loss, 6), round(c.gap, 6))
    ...  for c in ev.fit(ev.equivariant_maps(ev.groups.cyclic(2), rank=1), X, k_best=2).k_best]
    [((1, 0), 0.833333, 0.0), ((0, 1), 1.166667, 0.333333)]
    """

    component: Component
    loss: float
    objective: float
    gap: float


def ranked_components(
    values: RankValues, best: Component, objective: float, *, whole: bool, exact_rank: bool = False
) -> Iterator[RankedComponent]:
    """Yield ``best`` first, which has the least objective, then with ``whole`` the other components of its space.

    With ``exact_rank`` those without a member of rank exactly that of the space are passed over.
    """
    space = best.space

    def ranked(component: Component) -> RankedComponent:
        ranks = tuple(component.ranks)
        total = float(values.objectives_by_block(ranks).sum())
        reached = max(total / values.size, objective)
        loss = reached - float(values.penalties_by_block(ranks).sum()) / values.size
        return RankedComponent(component, max(loss, 0.0), reached, reached - objective)

    if not exact_rank or best.rank == space.rank:
        yield ranked(best)
    if not whole:
        return
    for _, vector in ranked_vectors(values.gains, space.budget, exact=exact_rank):
        if vector != best.ranks:
            yield ranked(Component(space, RankVector(vector, space.hom.labels)))
