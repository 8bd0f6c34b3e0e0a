"""The equations of a component and of a rank-bounded space, in block coordinates or in entries."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from equivariety._typing import AnyArray
from equivariety.errors import brief, invalid
from equivariety.varieties.equations.block_coordinates import (
    block_point,
    block_polynomials,
    check_block_budget,
    component_variables,
)
from equivariety.varieties.equations.entry_coordinates import EntryEquations, component_entries, space_entries
from equivariety.varieties.equations.equation_system import Coordinates, Equations
from equivariety.varieties.equations.variable_names import block_tags, latex_names
from equivariety.varieties.points.membership import check_matrix

if TYPE_CHECKING:
    from equivariety.varieties.component import Component
    from equivariety.varieties.rank_bounded import RankBoundedMaps

__all__ = ["component_equations", "space_equations"]


def component_equations(component: Component, coordinates: Coordinates = "blocks") -> Equations:
    """Return the equations of a component; :meth:`Component.equations`.

    >>> import equivariety as ev
    >>> C = ev.equivariant_maps(ev.groups.cyclic(3), rank=2).component({(3, 2): 1})
    >>> print(component_equations(C))
    x1m1r1c1 = 0
    """
    if coordinates == "entries":
        found = component_entries(component.space.hom, component.ranks)
        return _of_entries(found, component.shape)
    if coordinates != "blocks":
        raise invalid("coordinates", "'blocks' or 'entries'", brief(coordinates), "leave it out for 'blocks'")
    check_block_budget(component)
    tags = block_tags(component.blocks)
    elements = [
        p
        for block, rank, tag in zip(component.blocks, component.ranks, tags, strict=True)
        for p in block_polynomials(block, rank, tag)
    ]
    return _system(
        component_variables(component),
        (),
        elements,
        coordinates="blocks",
        is_exact=True,
        point=partial(block_point, component),
        latex=latex_names(component.blocks, component.shape),
    )


def space_equations(space: RankBoundedMaps) -> Equations:
    """Return the equations of a rank-bounded space in entries; :meth:`RankBoundedMaps.equations`.

    >>> import equivariety as ev
    >>> print(space_equations(ev.equivariant_maps(ev.groups.cyclic(2), rank=1)))
    -m1c2 + m2c1 = 0
    -m1c1 + m2c2 = 0
    m1c1**2 - m1c2**2 = 0
    """
    return _of_entries(space_entries(space.hom, space.rank), space.shape)


def _of_entries(found: EntryEquations, shape: tuple[int, int]) -> Equations:
    return _system(
        found.names,
        found.linear,
        found.minors,
        coordinates="entries",
        is_exact=found.is_exact,
        point=partial(_entries, shape),
        latex=latex_names(None, shape),
    )


def _entries(shape: tuple[int, int], matrix: object) -> AnyArray:
    return check_matrix("matrix", matrix, shape).reshape(-1)


def _system(
    names: Sequence[str],
    linear: Iterable[dict[str, int]],
    elements: Sequence[Any],
    *,
    coordinates: Coordinates,
    is_exact: bool,
    point: Any,
    latex: dict[str, str],
) -> Equations:
    """Polynomials in one ring of all variables, from elements of rings in some of them and linear ones."""
    from sympy import ZZ, Symbol
    from sympy.polys.rings import PolyRing

    variables = tuple(Symbol(name) for name in names)
    place = {name: k for k, name in enumerate(names)}
    domain = ZZ
    for other in {element.ring.domain: None for element in elements}:
        domain = other if domain == ZZ else domain.unify(other)
    converted: dict[Any, Any] = {}  # from one field of algebraic numbers to another: slow

    def convert(coefficient: Any, given: Any) -> Any:
        if given == domain:
            return coefficient
        key = coefficient, given
        if key not in converted:
            converted[key] = domain.convert_from(coefficient, given)
        return converted[key]

    ring = PolyRing(variables, domain)
    out = []
    for row in linear:
        out.append(
            ring.from_dict({_exponents([(place[name], 1)], len(names)): ring.domain(c) for name, c in row.items()})
        )
    for element in elements:
        at = [place[str(symbol)] for symbol in element.ring.symbols]
        terms = {
            _exponents(zip(at, monomial, strict=True), len(names)): convert(c, element.ring.domain)
            for monomial, c in element.terms()
        }
        out.append(ring.from_dict(terms))
    return Equations(tuple(out), variables, coordinates, is_exact, point, latex)


def _exponents(powers: Iterable[tuple[int, int]], size: int) -> tuple[int, ...]:
    out = [0] * size
    for k, power in powers:
        out[k] = power
    return tuple(out)
