"""Linear algebra over the fields of isotypic blocks."""

from equivariety.linalg.fields import FIELD_DIM, Field, from_real_coordinates, to_real_coordinates
from equivariety.linalg.realization import realize, unrealize
from equivariety.linalg.threads import limited_blas, single_threaded_blas, worker_count
from equivariety.linalg.truncated_svd import numerical_rank, singular_triples, truncate

__all__ = [
    "FIELD_DIM",
    "Field",
    "from_real_coordinates",
    "limited_blas",
    "numerical_rank",
    "realize",
    "single_threaded_blas",
    "singular_triples",
    "to_real_coordinates",
    "truncate",
    "unrealize",
    "worker_count",
]
