"""The geometry card: every fact about a space of maps on one page."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from equivariety.errors import check_flag
from equivariety.varieties.cards.facts import Facts, component_facts, degree_facts, space_facts
from equivariety.varieties.cards.html_text import as_html
from equivariety.varieties.cards.latex_text import as_latex
from equivariety.varieties.cards.plain_text import as_text
from equivariety.varieties.cards.sections import Section, sections

if TYPE_CHECKING:
    from equivariety.varieties.component import Component
    from equivariety.varieties.rank_bounded import RankBoundedMaps

__all__ = ["Described", "GeometryCard", "component_card", "space_card"]


class GeometryCard:
    """Everything that is known about a space of maps and one of its components, or about a component alone.

    Made by ``describe()``; printed as aligned text, and shown in notebooks as a table.  Immutable.

    >>> import equivariety as ev
    >>> card = ev.linear_maps(3, 4, rank=2).component([2]).describe()
    >>> card.facts["degree"], card.facts["singular_locus"]["real"]
    (6, [{'block': '(1,1)', 'rank': 1, 'dim': 6}])
    >>> print(card)
    Component of maps 4 -> 3, ranks (1,1)=2
      rank             2
      dimension        10, codimension 2 in Hom
      degree           6
      ED degree        3
      smooth           no: singular where a block drops rank
      singular over R  (1,1)=1 of dimension 6
      singular over C  (1,1)=1 of dimension 6
      parameters       14 shared weights, 14 without sharing
      fibers           of dimension 4 over a generic map
      encoder          a  b  c  d
                       e  f  g  h
    """

    __slots__ = ("_facts", "_full")

    _facts: Facts
    _full: bool

    def __init__(self, facts: Mapping[str, Any], *, full: bool = False) -> None:
        object.__setattr__(self, "_facts", deepcopy(dict(facts)))
        object.__setattr__(self, "_full", full)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a GeometryCard cannot be changed; got a new {name}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"a GeometryCard cannot be changed; got a request to delete {name}")

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self._facts, self._full)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, GeometryCard):
            return NotImplemented
        return self._facts == other._facts and self._full == other._full

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        shape, rank = self._facts["shape"], self._facts["rank"]
        return f"GeometryCard(shape={tuple(shape)}, rank={rank}, facts={len(self._facts)})"

    def __str__(self) -> str:
        return as_text(self._sections, full=self._full)

    @property
    def facts(self) -> Facts:
        """The facts as JSON types, a copy, with exact integers of any length and None for what is unknown.

        ``left_out`` says why a degree is None.
        """
        return deepcopy(self._facts)

    def to_html(self) -> str:
        """Return the card as an HTML fragment, every text escaped."""
        return as_html(self._sections, full=self._full)

    def to_latex(self) -> str:
        """Return the card as a LaTeX ``array`` for mathematics mode; needs the packages amsmath and amssymb.

        >>> import equivariety as ev
        >>> print(ev.linear_maps(1, 1).component([1]).describe().to_latex()[:16])
        \\begin{array}{l}
        """
        return as_latex(self._sections, full=self._full)

    def _repr_html_(self) -> str:
        return self.to_html()

    def _repr_latex_(self) -> str:
        return f"$$\n{self.to_latex()}\n$$"

    @property
    def _sections(self) -> list[Section]:
        return sections(self._facts, full=self._full)


class Described(ABC):
    """What has a card: ``print`` and notebooks show it, ``repr`` stays one line."""

    __slots__ = ()

    @abstractmethod
    def describe(self) -> GeometryCard:
        """Return the card."""

    def __str__(self) -> str:
        return str(self.describe())

    def _repr_html_(self) -> str:
        return self.describe()._repr_html_()

    def _repr_latex_(self) -> str:
        return self.describe()._repr_latex_()


def space_card(space: RankBoundedMaps, component: Component, *, full: bool) -> GeometryCard:
    """Return the card of a space with one of its components; TypeError unless ``full`` is True or False."""
    _check(full)
    facts = space_facts(space, full=full)
    certificate = facts.pop("certificate")
    facts |= degree_facts(space, space.largest_component)
    facts |= {"certificate": certificate, "component": component_facts(component, full=full)}
    return GeometryCard(facts, full=full)


def component_card(component: Component, *, full: bool) -> GeometryCard:
    """Return the card of a component alone; TypeError unless ``full`` is True or False."""
    _check(full)
    return GeometryCard(component_facts(component, full=full), full=full)


def _check(full: object) -> None:
    check_flag("full", full, "leave it out for magnitudes of long integers")


def _again(facts: Facts, full: bool) -> GeometryCard:
    return GeometryCard(facts, full=full)
