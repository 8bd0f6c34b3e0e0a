"""Plain-data answers to questions about spaces and about the installation, for the command line and other fronts."""

from __future__ import annotations

import importlib.metadata
import platform
from typing import Any

__all__ = ["describe_space", "environment"]

_MOST_BLOCKS = 64
_MOST_GENERATORS = 8
_LONGEST_CYCLES = 80

#: Cycle notation of generators on more points than this is not written out.
_LARGEST_CYCLE_DEGREE = 10_000


def describe_space(group_text: str, rank: int | None = None) -> dict[str, Any]:
    """Return what is known about the maps that commute with a group and have bounded rank, as plain data.

    Args:
        group_text: a group in the notation of :func:`equivariety.groups.parse_group`, such as "shift:28x28:axis=1".
        rank: bound on the real rank, None for no bound; larger than possible is clamped.

    Returns a dict with ``group``, ``degree``, ``generators`` (1-based cycle notation, shortened; at most eight),
    ``num_generators``, ``num_orbits``, ``rank``, ``dim`` (real dimension of the union of all components),
    ``num_components``, ``num_components_exact_rank`` (those that contain a map of rank exactly ``rank``),
    ``num_blocks``, ``blocks`` (at most 64: ``label``, ``field``, ``irrep_dim``, ``multiplicity``, ``max_rank``) and
    ``certificate`` of the decomposition.

    Raises ValueError or TypeError for a malformed group or rank and for groups without a decomposition route.

    >>> answer = describe_space("shift:28x28:axis=1", rank=99)
    >>> answer["num_components_exact_rank"], answer["num_blocks"], answer["certificate"]["ok"]
    (72425986088826, 15, True)
    """
    from equivariety.groups import parse_group
    from equivariety.varieties import equivariant_maps

    group = parse_group(group_text)
    space = equivariant_maps(group, rank=rank)
    certificate = space.hom.source.certificate()
    return {
        "group": group_text,
        "degree": group.degree,
        "generators": [_cycles(sigma) for sigma in group.generators[:_MOST_GENERATORS]],
        "num_generators": group.n_generators,
        "num_orbits": group.n_orbits,
        "rank": space.rank,
        "dim": space.dim,
        "num_components": space.num_components(),
        "num_components_exact_rank": space.num_components(exact_rank=True),
        "num_blocks": len(space.blocks),
        "blocks": [
            {
                "label": block.label,
                "field": block.field,
                "irrep_dim": block.irrep_dim,
                "multiplicity": block.cols,
                "max_rank": block.max_rank,
            }
            for block in space.blocks[:_MOST_BLOCKS]
        ],
        "certificate": {
            "orthogonality": certificate.orthogonality,
            "equivariance": certificate.equivariance,
            "commutant_dim": certificate.commutant_dim,
            "num_orbitals": certificate.num_orbitals,
            "tolerance": certificate.tolerance,
            "ok": certificate.ok,
        },
    }


def environment() -> dict[str, Any]:
    """Return versions of the library and of what its numbers depend on, the BLAS in use and the number of cores.

    Keys: ``equivariety``, ``python``, ``numpy``, ``scipy``, ``scikit-learn`` (texts), ``blas`` (list of
    ``library``, ``version``, ``threads``) and ``cores``, the processors that this process may use.

    >>> sorted(environment())
    ['blas', 'cores', 'equivariety', 'numpy', 'python', 'scikit-learn', 'scipy']
    """
    import numpy  # noqa: F401  (loads the BLAS that is reported)
    from threadpoolctl import threadpool_info

    from equivariety._version import __version__
    from equivariety.linalg.threads import worker_count

    return {
        "equivariety": __version__,
        "python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in ("numpy", "scipy", "scikit-learn")},
        "blas": [
            {"library": str(found["internal_api"]), "version": str(found["version"]), "threads": found["num_threads"]}
            for found in threadpool_info()
            if found["user_api"] == "blas"
        ],
        "cores": worker_count(),
    }


def _cycles(sigma: Any) -> str:
    if sigma.degree > _LARGEST_CYCLE_DEGREE:
        return f"a permutation with {sigma.cycles.n_cycles} cycles"
    text: str = sigma.cycle_text
    return text if len(text) <= _LONGEST_CYCLES else text[: _LONGEST_CYCLES - 1] + "…"
