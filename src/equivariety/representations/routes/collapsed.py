"""Types, dimensions and multiplicities of long transitive orbits of low rank, from matrices as small as the rank.

A random element of the commutant acts on the r functions that the stabilizer of a point fixes.  An irreducible of
dimension delta and multiplicity d over D has d eigenvalues there, each of multiplicity d dim D; the values of their
projectors at the point are delta / n.  There is no basis of R^n, so nothing can be split.

The orbitals are found with random elements of the stabilizer and all integers are checked against each other: strong
evidence, but not the proof that a decomposition with residuals gives.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from equivariety._typing import FloatArray
from equivariety.groups.orbits.intersection_numbers import IntersectionNumbers
from equivariety.linalg import FIELD_DIM, Field
from equivariety.linalg.threads import limited_blas
from equivariety.tolerances import eigenvalue_tolerance, schur_tolerance

__all__ = ["CollapsedIrreducible", "collapsed_irreducibles"]

_SAMPLES = 4
_FIELDS: dict[int, Field] = {1: "R", 2: "C", 4: "H"}


@dataclass(frozen=True, slots=True)
class CollapsedIrreducible:
    """What is known of an irreducible without its matrices.

    Attributes:
        field: "R", "C" or "H".
        dim: real dimension delta.
        multiplicity: copies in the functions on one orbit.
    """

    field: Field
    dim: int
    multiplicity: int


def collapsed_irreducibles(numbers: IntersectionNumbers, rng: np.random.Generator) -> tuple[CollapsedIrreducible, ...]:
    """Return the irreducibles: the trivial one, then by dimension, type and multiplicity.

    Raises ArithmeticError where integers that have to agree do not.

    >>> from equivariety.groups.orbits.intersection_numbers import intersection_numbers
    >>> rng = np.random.default_rng(0)
    >>> triangle = intersection_numbers(np.array([[1, 2, 0], [2, 0, 1]]), rng, 10)
    >>> [(i.field, i.dim, i.multiplicity) for i in collapsed_irreducibles(triangle, rng)]
    [('R', 1, 1), ('C', 2, 1)]
    """
    with limited_blas(numbers.rank):
        samples = [_sample(numbers, rng) for _ in range(_SAMPLES)]
        if not np.allclose(samples[0][1], samples[0][0].T):
            raise ArithmeticError("the inverse of an orbital is not its transpose")
        values, vectors = np.linalg.eigh(samples[0][0] + samples[0][1])
    tolerance = eigenvalue_tolerance() * float(np.abs(values).max())
    starts = np.flatnonzero(np.diff(values, prepend=-np.inf) > tolerance)
    spaces = np.split(vectors, starts[1:], axis=1)
    traces = numbers.length * np.array([float(np.sum(space[0] ** 2)) for space in spaces])
    dims = np.round(traces).astype(np.int64)
    if (dims < 1).any() or (np.abs(traces - dims) > 1e-6 * np.maximum(dims, 1)).any():
        raise ArithmeticError("an eigenspace has a dimension that is no integer")
    moved = [vectors.T @ sample @ vectors for sample, _ in samples[1:]]
    squares = sum(m**2 for m in moved)
    strengths = np.add.reduceat(np.add.reduceat(squares, starts, axis=0), starts, axis=1)
    linked = np.sqrt(strengths * dims) > schur_tolerance()
    count, labels = connected_components(csr_array(linked), directed=False)
    widths = np.array([space.shape[1] for space in spaces])
    found = [_irreducible(dims[labels == c], widths[labels == c]) for c in range(count)]
    constant = np.sqrt(numbers.sizes / numbers.length)
    trivial = labels[int(np.argmax([float(np.linalg.norm(constant @ space)) for space in spaces]))]
    if sum(FIELD_DIM[i.field] * i.multiplicity**2 for i in found) != numbers.rank:
        raise ArithmeticError("the blocks do not add up to the number of orbitals")
    if sum(i.dim * i.multiplicity for i in found) != numbers.length or found[trivial] != CollapsedIrreducible(
        "R", 1, 1
    ):
        raise ArithmeticError("the irreducibles do not add up to the number of points")
    others = found[:trivial] + found[trivial + 1 :]
    return (found[trivial], *sorted(others, key=lambda i: (i.dim, FIELD_DIM[i.field], i.multiplicity)))


def _sample(numbers: IntersectionNumbers, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Return a random element of the commutant, isotropic, and its transpose, on the functions the stabilizer fixes."""
    coefficients = rng.standard_normal(numbers.rank) / np.sqrt(numbers.length * numbers.sizes)
    root = np.sqrt(numbers.sizes)
    one, other = (np.einsum("k,akb->ab", c, numbers.counts) for c in (coefficients, coefficients[numbers.paired]))
    return one * root[:, None] / root, other * root[:, None] / root


def _irreducible(dims: Sequence[int], widths: Sequence[int]) -> CollapsedIrreducible:
    """Return the irreducible with these equivalent eigenspaces, of which the stabilizer fixes so many functions."""
    unit, rest = divmod(int(widths[0]), len(widths))
    if len(set(dims)) > 1 or len(set(widths)) > 1 or rest or unit not in _FIELDS:
        raise ArithmeticError("the eigenspaces fit no division algebra")
    return CollapsedIrreducible(_FIELDS[unit], int(dims[0]), len(widths))
