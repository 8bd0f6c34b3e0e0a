"""Linear algebra over the fields of isotypic blocks: R, C and H."""

from equivariety.linalg.arrays import as_float_array, as_real_array, check_finite, check_squares, read_only
from equivariety.linalg.division_algebras import FIELD_DIM, DivisionAlgebra, Field, algebra
from equivariety.linalg.realization import realize, unrealize
from equivariety.linalg.truncated_svd import frobenius_norm, numerical_rank, singular_triples, truncate

__all__ = [
    "FIELD_DIM",
    "DivisionAlgebra",
    "Field",
    "algebra",
    "as_float_array",
    "as_real_array",
    "check_finite",
    "check_squares",
    "frobenius_norm",
    "numerical_rank",
    "read_only",
    "realize",
    "singular_triples",
    "truncate",
    "unrealize",
]
