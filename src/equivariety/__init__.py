"""Linear maps that respect a permutation symmetry and have bounded rank: their geometry, and their exact training.

Names are loaded when first used, so that ``import equivariety`` is quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from equivariety._version import __version__

if TYPE_CHECKING:
    from equivariety import (
        convolution,
        datasets,
        deep,
        errors,
        estimators,
        experiments,
        groups,
        linalg,
        parameterizations,
        plots,
        representations,
        training,
        varieties,
    )
    from equivariety.convolution import LinearConvolutionalNetwork
    from equivariety.deep import LinearNetwork
    from equivariety.errors import NonGenericDataError, UnsupportedGroupError
    from equivariety.estimators import EquivariantAutoencoder, EquivariantRegression, InvariantRegression
    from equivariety.groups import (
        Permutation,
        PermutationGroup,
        SignedPermutation,
        SignedPermutationGroup,
        symmetries_of,
    )
    from equivariety.linalg import realize, unrealize
    from equivariety.parameterizations import collapse, expand, factorize, orbit_indicator
    from equivariety.representations import (
        AffineMap,
        EquivariantMap,
        equivariance_error,
        isotypic_decomposition,
        load_map,
    )
    from equivariety.training import (
        classify_factors,
        critical_points,
        fit,
        fit_path,
        gradient_descent,
        mean_squared_error,
    )
    from equivariety.varieties import AlgebraicVariety, equivariant_maps, invariant_maps, linear_maps

__all__ = [
    "AffineMap",
    "AlgebraicVariety",
    "EquivariantAutoencoder",
    "EquivariantMap",
    "EquivariantRegression",
    "InvariantRegression",
    "LinearConvolutionalNetwork",
    "LinearNetwork",
    "NonGenericDataError",
    "Permutation",
    "PermutationGroup",
    "SignedPermutation",
    "SignedPermutationGroup",
    "UnsupportedGroupError",
    "__version__",
    "classify_factors",
    "collapse",
    "convolution",
    "critical_points",
    "datasets",
    "deep",
    "equivariance_error",
    "equivariant_maps",
    "errors",
    "estimators",
    "expand",
    "experiments",
    "factorize",
    "fit",
    "fit_path",
    "gradient_descent",
    "groups",
    "invariant_maps",
    "isotypic_decomposition",
    "linalg",
    "linear_maps",
    "load_map",
    "mean_squared_error",
    "orbit_indicator",
    "parameterizations",
    "plots",
    "realize",
    "representations",
    "symmetries_of",
    "training",
    "unrealize",
    "varieties",
]

_HOME = {
    "AffineMap": "representations",
    "AlgebraicVariety": "varieties",
    "EquivariantAutoencoder": "estimators",
    "EquivariantMap": "representations",
    "EquivariantRegression": "estimators",
    "InvariantRegression": "estimators",
    "LinearConvolutionalNetwork": "convolution",
    "LinearNetwork": "deep",
    "NonGenericDataError": "errors",
    "Permutation": "groups",
    "PermutationGroup": "groups",
    "SignedPermutation": "groups",
    "SignedPermutationGroup": "groups",
    "UnsupportedGroupError": "errors",
    "classify_factors": "training",
    "collapse": "parameterizations",
    "critical_points": "training",
    "equivariance_error": "representations",
    "equivariant_maps": "varieties",
    "expand": "parameterizations",
    "factorize": "parameterizations",
    "fit": "training",
    "fit_path": "training",
    "gradient_descent": "training",
    "invariant_maps": "varieties",
    "isotypic_decomposition": "representations",
    "linear_maps": "varieties",
    "load_map": "representations",
    "mean_squared_error": "training",
    "orbit_indicator": "parameterizations",
    "realize": "linalg",
    "symmetries_of": "groups",
    "unrealize": "linalg",
}


def __getattr__(name: str) -> Any:
    if name in _HOME:
        value = getattr(importlib.import_module(f"equivariety.{_HOME[name]}"), name)
    elif name in __all__:
        value = importlib.import_module(f"equivariety.{name}")
    else:
        raise AttributeError(f"module 'equivariety' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
