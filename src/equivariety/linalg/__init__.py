"""Linear algebra over the fields of isotypic blocks."""

from equivariety.linalg.arrays import as_float_array, as_real_array, check_finite, read_only
from equivariety.linalg.fields import FIELD_DIM, Field, field_gram, from_real_coordinates, to_real_coordinates
from equivariety.linalg.realization import realize, unrealize
from equivariety.linalg.truncated_svd import frobenius_norm, numerical_rank, singular_triples, truncate

__all__ = [
    "FIELD_DIM",
    "Field",
    "as_float_array",
    "as_real_array",
    "check_finite",
    "field_gram",
    "frobenius_norm",
    "from_real_coordinates",
    "numerical_rank",
    "read_only",
    "realize",
    "singular_triples",
    "to_real_coordinates",
    "truncate",
    "unrealize",
]
