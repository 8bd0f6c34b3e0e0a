"""Equations in the entries of the whole matrix: linear ones of equivariance, and minors of blocks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import lcm
from typing import Any

import numpy as np

from equivariety._typing import IntArray
from equivariety.errors import invalid
from equivariety.representations import HomSpace
from equivariety.tolerances import EQUATION_ENTRIES_BUDGET, EQUATION_FIELD_DEGREE, certificate_tolerance
from equivariety.varieties.equations.cyclotomic import real_cyclotomic, reduced_powers
from equivariety.varieties.equations.isolating_vectors import IsolatingVectors, isolating_vectors
from equivariety.varieties.equations.minors import check_budget, minors
from equivariety.varieties.equations.real_equations import minor_shape, normalized, real_equations
from equivariety.varieties.equations.variable_names import entry_variables

__all__ = ["EntryEquations", "component_entries", "space_entries"]


@dataclass(frozen=True, eq=False)
class EntryEquations:
    """Polynomials in the entries.

    Attributes:
        names: the mn variables, row by row.
        linear: the linear equations, coefficients by variable.
        minors: the other ones, elements of rings whose variables are some of them, of one domain per block.
        is_exact: whether all coefficients are exact.
    """

    names: tuple[str, ...]
    linear: tuple[dict[str, int], ...]
    minors: tuple[Any, ...]
    is_exact: bool


@dataclass(frozen=True, eq=False)
class _Shared:
    """The entries of equivariant maps: sign times a free one, the first of its orbital; 0 where the sign is 0."""

    names: list[list[str]]
    first: IntArray  # number of the free entry, (m, n), counted among the free ones
    signs: IntArray  # (m, n)
    free: tuple[str, ...]

    @classmethod
    def of(cls, hom: HomSpace) -> _Shared:
        m, n = hom.shape
        if m * n > EQUATION_ENTRIES_BUDGET:
            required = f"in at most {EQUATION_ENTRIES_BUDGET} entries of the matrix"
            raise invalid("the equations", required, f"{m * n}", "ask for coordinates='blocks'")
        basis = hom.basis()
        signs = np.ones((m, n), dtype=np.int64) if basis.signs is None else np.asarray(basis.signs, dtype=np.int64)
        names = entry_variables(hom.shape)
        flat, places = np.unique(np.where(signs == 0, -1, basis.labels).reshape(-1), return_index=True)
        firsts = places[flat >= 0]
        return cls(names, np.asarray(basis.labels), signs, tuple(names[k // n][k % n] for k in firsts.tolist()))

    def linear(self) -> tuple[dict[str, int], ...]:
        """Every other entry is its sign times the free one, or zero."""
        out = []
        for row, labels, signs in zip(self.names, self.first.tolist(), self.signs.tolist(), strict=True):
            for name, label, sign in zip(row, labels, signs, strict=True):
                if sign == 0:
                    out.append({name: 1})
                elif name != self.free[label]:
                    out.append({name: 1, self.free[label]: -sign})
        return tuple(out)


def component_entries(hom: HomSpace, ranks: Sequence[int]) -> EntryEquations:
    """Return the equations of the maps whose block i has rank at most ``ranks[i]``.

    Minors are those of each block in the free entries.  Coefficients are exact wherever a group element singles the
    block out (:mod:`isolating_vectors`); otherwise the blocks of the numerical decomposition are taken.
    """
    from sympy import RR, ZZ
    from sympy.polys.rings import ring

    shared = _Shared.of(hom)
    plans = []
    for position, (block, rank) in enumerate(zip(hom.blocks, ranks, strict=True)):
        shape = minor_shape(block, rank)
        if shape is not None and min(shape[:2]) > 0:
            check_budget([(*shape, 1)])
            found = isolating_vectors(hom, position)
            forms = _numerical_forms(hom, shared, position) if found is None else _exact_forms(found, shared)
            plans.append((block.field, shape, found, forms))
    check_budget([(*shape, np.count_nonzero(forms) / (shape[0] * shape[1])) for _, shape, _, forms in plans])
    common = _common_order(found for _, _, found, _ in plans)
    out: list[Any] = []
    for field, shape, vectors, forms in plans:
        over = real_cyclotomic(4, 0) if vectors is None else real_cyclotomic(vectors.order, common)
        _, *variables, unit = ring([*shared.free, "_unit"], RR if common == 0 else ZZ)
        out += real_equations(_matrix(forms, variables, unit), shape[2], field, over)
    names = tuple(name for row in shared.names for name in row)
    return EntryEquations(names, shared.linear(), tuple(out), common != 0)


def _common_order(found: Iterable[IsolatingVectors | None]) -> int | None:
    """The order of a root of unity whose real subfield holds all coefficients; None if rational, 0 if not exact."""
    vectors = list(found)
    orders = [v.order for v in vectors if v is not None and reduced_powers(v.order).shape[1] > 2]
    common = lcm(*orders)
    if None in vectors or (orders and reduced_powers(common).shape[1] > 2 * EQUATION_FIELD_DEGREE):
        return 0
    return common if orders else None


def _matrix(forms: Any, variables: Sequence[Any], unit: Any) -> list[list[Any]]:
    """The linear forms (k, l, variables, powers of z) as polynomials."""
    powers = [unit**p for p in range(forms.shape[3])]
    out = []
    for row in forms:
        cells = []
        for cell in row:
            polynomial = unit.ring.zero
            for w, p in zip(*(axis.tolist() for axis in np.nonzero(cell)), strict=True):
                polynomial += variables[w] * powers[p] * unit.ring.domain(cell[w, p].item())
            cells.append(polynomial)
        out.append(cells)
    return out


def space_entries(hom: HomSpace, rank: int) -> EntryEquations:
    """Return the linear equations and all minors of size ``rank + 1`` of the whole matrix, in the free entries."""
    from sympy import ZZ
    from sympy.polys.rings import ring

    m, n = hom.shape
    shared = _Shared.of(hom)
    found: dict[Any, None] = {}
    if rank < min(m, n):
        check_budget([(m, n, rank + 1, 1)])
        free, *variables = ring(shared.free, ZZ)
        matrix = [
            [variables[w] * s if s else free.zero for w, s in zip(labels, signs, strict=True)]
            for labels, signs in zip(shared.first.tolist(), shared.signs.tolist(), strict=True)
        ]
        found = dict.fromkeys(normalized(p) for p in minors(matrix, rank + 1) if p)
    names = tuple(name for row in shared.names for name in row)
    return EntryEquations(names, shared.linear(), tuple(found), True)


def _exact_forms(vectors: IsolatingVectors, shared: _Shared) -> IntArray:
    """The block as linear forms: integers (k, l, free entries, phi(N)), each row without a common factor."""
    order, m, k = vectors.conjugate.shape
    out = np.zeros((k, len(vectors.columns), len(shared.free), order), dtype=np.int64)
    for c, column in enumerate(vectors.columns.tolist()):
        for i in range(m):
            if shared.signs[i, column]:
                # One entry of M at a time, since several may be equal to one free entry.
                out[:, c, shared.first[i, column]] += shared.signs[i, column] * vectors.conjugate[:, i, :].T
    reduced = out @ reduced_powers(order)
    common = np.gcd.reduce(reduced, axis=(1, 2, 3), keepdims=True)
    return reduced // np.maximum(common, 1)


def _numerical_forms(hom: HomSpace, shared: _Shared, position: int) -> Any:
    """The same from the numerical decomposition: floats (k, l, free entries, 2), real and imaginary parts."""
    out = []
    for w in range(len(shared.free)):
        indicator = np.where(shared.first == w, shared.signs, 0).astype(np.float64)
        cell = hom.block_matrices(indicator)[position]
        out.append(np.stack([cell.real, np.imag(cell)], axis=-1))
    forms = np.stack(out, axis=2)
    scale = np.abs(forms).max(initial=0.0)
    return np.where(np.abs(forms) > certificate_tolerance(np.float64) * scale, forms / (scale or 1.0), 0.0)
