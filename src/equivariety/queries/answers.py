"""What came out of a fit, a projection or a list of components, as JSON types: dict, list, str, numbers, bool, None."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from equivariety.training import Fit, FitPath, RankedComponent
    from equivariety.varieties import ComplexComponent, Component, Projection, RankBoundedMaps

__all__ = ["component_answer", "components_answer", "fit_answer", "path_answer", "projection_answer"]


def component_answer(component: Component) -> dict[str, Any]:
    """Return the facts of one component.

    Keys: ``ranks`` (by block label), ``rank`` (real rank of a generic member), ``dim`` and ``num_parameters``.

    >>> import equivariety as ev
    >>> component_answer(ev.equivariant_maps(ev.groups.cyclic(3), rank=2).component({(3, 2): 1}))
    {'ranks': {'(1,1)': 0, '(3,2)': 1}, 'rank': 2, 'dim': 2, 'num_parameters': 4}
    """
    return {
        "ranks": dict(component.ranks.by_label),
        "rank": component.rank,
        "dim": component.dim,
        "num_parameters": component.num_parameters,
    }


def components_answer(
    space: RankBoundedMaps,
    components: Iterable[Component | ComplexComponent | RankedComponent],
    *,
    exact_rank: bool = False,
    field: Literal["real", "complex"] = "real",
) -> dict[str, Any]:
    """Return a list of components with the numbers of their space.

    Args:
        space: the space they are components of.
        components: those to list; ranked ones also get ``loss``, ``objective`` and ``gap``.
        exact_rank: whether they are those with a member of rank exactly ``space.rank``, and are counted so.
        field: whether they are components over the real or the complex numbers.

    Keys: ``shape``, ``rank`` (the bound, clamped), ``exact_rank``, ``field``, ``num_components``, ``dim`` (over the
    field) and ``components``, the answers of :func:`component_answer`; complex ones have ``is_real`` (whether their
    real points are dense) in place of ``num_parameters``.

    >>> import equivariety as ev
    >>> E = ev.equivariant_maps(ev.groups.cyclic(3), rank=2)
    >>> answer = components_answer(E, E.components())
    >>> answer["num_components"], [found["rank"] for found in answer["components"]]
    (2, [2, 1])
    """
    family = space.complex_maps if field == "complex" else space
    return {
        "shape": list(space.shape),
        "rank": space.rank,
        "exact_rank": exact_rank,
        "field": field,
        "num_components": family.num_components(exact_rank=exact_rank),
        "dim": family.dim,
        "components": [_listed(c) for c in components],
    }


def fit_answer(fit: Fit) -> dict[str, Any]:
    """Return the outcome of a fit.

    Keys: ``shape``, ``num_samples``, those of :func:`component_answer` for the component of the map, ``loss`` (mean
    squared error per sample and output coordinate), ``objective`` (with the penalty), ``losses_by_block``,
    ``unreachable`` (the part of the loss that no map of the space can change), ``intercept`` (list or None),
    ``num_components`` of the space (1 for a fit inside one component), ``is_unique``, ``alternatives`` (lists of ranks
    in the order of the blocks), ``runner_up`` (None if there is none, or the space is too large to rank components)
    and ``k_best`` (components with ``loss``, ``objective`` and ``gap``, the difference to the best objective),
    ``route`` and ``certificate`` (residuals, tolerance, ``ok``).

    >>> import equivariety as ev
    >>> import numpy as np
    >>> answer = fit_answer(ev.fit(ev.equivariant_maps(ev.groups.cyclic(2), rank=1), np.array([[3.0, 0.0]])))
    >>> answer["loss"], answer["is_unique"], answer["alternatives"], answer["certificate"]["ok"]
    (2.25, False, [[0, 1]], True)
    """
    try:
        runner_up = fit.runner_up
    except ValueError:  # too many blocks and ranks to rank components
        runner_up = None
    certificate = fit.certificate
    return {
        "shape": list(fit.map.shape),
        "num_samples": fit.n_samples,
        **component_answer(fit.component),
        "loss": float(fit.loss),
        "objective": float(fit.objective),
        "losses_by_block": {label: float(loss) for label, loss in fit.losses_by_block.items()},
        "unreachable": float(fit.unreachable),
        "intercept": None if fit.intercept is None else fit.intercept.tolist(),
        "num_components": 1 if fit.best_losses is None else fit.component.space.num_components(),
        "is_unique": bool(fit.is_unique),
        "alternatives": [list(ranks) for ranks in fit.alternatives],
        "runner_up": None if runner_up is None else _ranked(runner_up),
        "k_best": [_ranked(found) for found in fit.k_best],
        "route": fit.route,
        "certificate": {**asdict(certificate), "ok": bool(certificate.ok)},
    }


def path_answer(path: FitPath, explained: float = 0.95) -> dict[str, Any]:
    """Return the best fits for all rank bounds from 0 up.

    Args:
        path: the fits.
        explained: share of what the largest rank takes off the objective, from 0 to 1.

    Keys: ``labels`` of the blocks, ``steps`` (for each bound ``rank``, ``loss``, ``objective`` and ``ranks``, a list in
    the order of the labels), ``explained`` and ``smallest_rank``, the least bound that explains that share.

    Raises ValueError for other values of ``explained``.

    >>> import equivariety as ev
    >>> import numpy as np
    >>> answer = path_answer(ev.fit_path(ev.equivariant_maps(ev.groups.cyclic(2), rank=1), np.array([[3.0, 3.0]])))
    >>> [(step["rank"], step["ranks"]) for step in answer["steps"]], answer["smallest_rank"]
    ([(0, [0, 0]), (1, [1, 0])], 1)
    """
    steps = zip(path.losses, path.objectives, path.ranks, strict=True)
    return {
        "labels": list(path.ranks[0].labels),
        "steps": [
            {"rank": bound, "loss": float(loss), "objective": float(objective), "ranks": list(ranks)}
            for bound, (loss, objective, ranks) in enumerate(steps)
        ],
        "explained": float(explained),
        "smallest_rank": path.smallest_rank(explained),
    }


def projection_answer(space: RankBoundedMaps | Component, projection: Projection, norm: float) -> dict[str, Any]:
    """Return the nearest point of a space to a matrix, without the point itself.

    Args:
        space: what was projected on.
        projection: the outcome.
        norm: Frobenius norm of the matrix.

    Keys: ``shape``, those of :func:`component_answer` for the component that holds the point, ``norm``, ``distance``,
    ``relative_distance`` (0 for the zero matrix), ``is_unique`` and ``alternatives`` (lists of ranks in the order of
    the blocks).

    >>> import equivariety as ev
    >>> import numpy as np
    >>> E = ev.equivariant_maps(ev.groups.cyclic(2), rank=1)
    >>> answer = projection_answer(E, E.project(3 * np.eye(2)), 18**0.5)
    >>> round(answer["relative_distance"], 6), answer["is_unique"], answer["alternatives"]
    (0.707107, False, [[0, 1]])
    """
    from equivariety.varieties import Component

    component = space if isinstance(space, Component) else space.stratum(tuple(projection.ranks))
    return {
        "shape": list(space.shape),
        **component_answer(component),
        "norm": float(norm),
        "distance": float(projection.distance),
        "relative_distance": float(projection.distance) / float(norm) if norm else 0.0,
        "is_unique": bool(projection.is_unique),
        "alternatives": [list(ranks) for ranks in projection.alternatives],
    }


def _listed(found: Component | ComplexComponent | RankedComponent) -> dict[str, Any]:
    from equivariety.varieties import ComplexComponent, Component

    if isinstance(found, Component):
        return component_answer(found)
    if isinstance(found, ComplexComponent):
        ranks = dict(found.ranks.by_label)
        return {"ranks": ranks, "rank": found.rank, "dim": found.dim, "is_real": found.is_real}
    return _ranked(found)


def _ranked(found: RankedComponent) -> dict[str, Any]:
    return {
        **component_answer(found.component),
        "loss": float(found.loss),
        "objective": float(found.objective),
        "gap": float(found.gap),
    }
