"""What is installed and what its numbers depend on."""

from __future__ import annotations

import importlib.metadata
import platform
from typing import Any

__all__ = ["environment"]


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
