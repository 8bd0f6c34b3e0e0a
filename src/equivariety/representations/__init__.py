"""Isotypic decompositions of permutation representations, and the equivariant maps between them."""

from equivariety.representations.blocks import IsotypicBlock, MapBlock, RankedBlock, RankVector
from equivariety.representations.certificates import DecompositionCertificate
from equivariety.representations.cyclic.base_changes import (
    block_circulant_basis,
    complex_fourier_basis,
    real_orthogonal_basis,
)
from equivariety.representations.cyclic.characters import CyclicCharacters, cyclic_characters
from equivariety.representations.cyclic.cyclic_decomposition import CyclicDecomposition
from equivariety.representations.decomposition import IsotypicDecomposition
from equivariety.representations.dispatch import isotypic_decomposition
from equivariety.representations.maps.affine_map import AffineMap
from equivariety.representations.maps.complexification import ComplexBlock
from equivariety.representations.maps.equivariance import BlockShare, EquivarianceError, equivariance_error
from equivariety.representations.maps.equivariant_map import EquivariantMap
from equivariety.representations.maps.hom import HomSpace
from equivariety.representations.maps.map_files import load_map, save_map
from equivariety.representations.maps.orbital_basis import OrbitalBasis
from equivariety.representations.pairing import hom_space, invariant_hom_space

__all__ = [
    "AffineMap",
    "BlockShare",
    "ComplexBlock",
    "CyclicCharacters",
    "CyclicDecomposition",
    "DecompositionCertificate",
    "EquivarianceError",
    "EquivariantMap",
    "HomSpace",
    "IsotypicBlock",
    "IsotypicDecomposition",
    "MapBlock",
    "OrbitalBasis",
    "RankVector",
    "RankedBlock",
    "block_circulant_basis",
    "complex_fourier_basis",
    "cyclic_characters",
    "equivariance_error",
    "hom_space",
    "invariant_hom_space",
    "isotypic_decomposition",
    "load_map",
    "real_orthogonal_basis",
    "save_map",
]
