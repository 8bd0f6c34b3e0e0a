"""What is known about a space of maps and its components, as plain data: exact integers, texts, lists, dicts, None."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeAlias

from equivariety.errors import UnsupportedGroupError
from equivariety.linalg import FIELD_DIM
from equivariety.representations import HomSpace, MapBlock
from equivariety.representations.blocks import RankedBlock
from equivariety.tolerances import DEGREE_DIGITS_BUDGET, ED_DEGREE_PRODUCTS_BUDGET
from equivariety.varieties.determinantal import DeterminantalVariety
from equivariety.varieties.ranks.rank_sums import binomial_products

if TYPE_CHECKING:
    from equivariety.varieties.component import Component
    from equivariety.varieties.rank_bounded import RankBoundedMaps

__all__ = ["Facts", "component_facts", "degree_facts", "space_facts"]

#: JSON types.
Facts: TypeAlias = dict[str, Any]

_MOST_LISTED = 64

#: Largest rank and number of columns of an encoder whose pattern is written out.
_LARGEST_PATTERN = 16


def space_facts(space: RankBoundedMaps, *, full: bool = False) -> Facts:
    """Return what is counted of a space: sizes, blocks, components over R and over C, and the certificate.

    Keys: ``kind`` ("equivariant", "invariant" or "linear"), ``shape``, ``rank``, ``max_rank``, ``num_generators`` of
    the acting group, ``num_blocks``, ``blocks`` (at most 64 unless ``full``), ``hom_dim``, ``dim``, ``irreducible``,
    ``num_components`` and the same with ``_exact_rank``, ``_complex`` and ``_complex_exact_rank``, ``certificate``
    (None where blocks were counted without a basis).

    >>> import equivariety as ev
    >>> facts = space_facts(ev.equivariant_maps(ev.groups.rotation(3), rank=3))
    >>> facts["hom_dim"], facts["dim"], facts["num_components"], facts["num_components_complex"]
    (21, 11, 5, 17)
    """
    hom = space.hom
    pairs = zip(hom.source.generators, hom.target.generators, strict=False)  # invariant maps need none on the target
    count = sum(not (s.is_identity and t.is_identity) for s, t in pairs)
    return {
        "kind": "invariant" if hom.only_trivial else "equivariant" if count else "linear",
        "shape": list(space.shape),
        "rank": space.rank,
        "max_rank": space.budget.max_rank,
        "num_generators": count,
        "num_blocks": len(space.blocks),
        "blocks": [_block(block) for block in (space.blocks if full else space.blocks[:_MOST_LISTED])],
        "hom_dim": hom.dim,
        "dim": space.dim,
        "irreducible": space.num_components() == 1,
        "num_components": space.num_components(),
        "num_components_exact_rank": space.num_components(exact_rank=True),
        "num_components_complex": space.num_components(field="complex"),
        "num_components_complex_exact_rank": space.num_components(field="complex", exact_rank=True),
        "certificate": _certificate(hom),
    }


def degree_facts(space: RankBoundedMaps, largest: Component) -> Facts:
    """Return ``degree`` and ``ed_degree`` of a space, and ``left_out``: why one of them is None.

    ``largest`` is a component of largest dimension.

    >>> import equivariety as ev
    >>> E = ev.equivariant_maps(ev.groups.cyclic(3), rank=2)
    >>> degree_facts(E, E.component([0, 1]))
    {'degree': 1, 'ed_degree': 2, 'left_out': {}}
    """
    left_out = _too_long(largest.factors)
    products = binomial_products(space.budget)
    if products > ED_DEGREE_PRODUCTS_BUDGET:
        required = f"over the budget of {ED_DEGREE_PRODUCTS_BUDGET:,}"
        left_out["ed_degree"] = f"it takes {products:,} products of long integers, {required}"
    return {
        "degree": None if "degree" in left_out else space.degree,
        "ed_degree": None if "ed_degree" in left_out else space.ed_degree,
        "left_out": left_out,
    }


def component_facts(component: Component, *, full: bool = False) -> Facts:
    """Return what is known about one component, or smaller stratum.

    Keys: ``shape``, ``ranks`` (by block label), ``rank`` (the real rank of a generic member), ``is_component``,
    ``contained_in`` (for a smaller stratum the ranks of a component that holds it, else None),
    ``num_components_through`` (of those that hold it), ``dim``, ``codim`` in all equivariant maps, ``degree``,
    ``ed_degree``, ``left_out``, ``smooth``, ``singular_locus`` (for "real" and "complex" the irreducible pieces:
    ``block`` that drops, its ``rank`` there and ``dim``; at most 64 unless ``full``) and ``num_singular`` (numbers of
    pieces), ``num_parameters`` with weight sharing, ``num_dense_parameters`` of two dense factors of the same rank,
    ``fiber_dim``, ``latent_blocks`` (for each block of positive rank ``block``, ``field``, ``rank``, ``rows``, ``cols``
    and ``copies``: the encoder holds that many equal (rank, cols) matrices over the field) and ``encoder`` (its pattern
    in isotypic coordinates, texts such as "a", "-b" and ".", or None beyond 16 rows or columns).

    >>> import equivariety as ev
    >>> E = ev.equivariant_maps(ev.groups.rotation(3), rank=3)
    >>> facts = component_facts(E.component({(1, 1): 1, (4, 3): 1}))
    >>> facts["singular_locus"]["real"]
    [{'block': '(1,1)', 'rank': 0, 'dim': 6}, {'block': '(4,3)', 'rank': 0, 'dim': 5}]
    >>> [piece["dim"] for piece in facts["singular_locus"]["complex"]]
    [6, 8, 8]
    """
    space, factors = component.space, component.factors
    m, n = component.shape
    dim = component.dim
    left_out = _too_long(factors)
    closure = component.complexification
    pieces = {
        "real": list(_drops(component.blocks, factors, dim)),
        "complex": list(_drops(closure.blocks, closure.factors, dim)),
    }
    is_component = component.is_component
    larger = None if is_component else space.budget.extended(component.ranks)
    return {
        "shape": [m, n],
        "ranks": dict(component.ranks.by_label),
        "rank": component.rank,
        "is_component": is_component,
        "contained_in": None if larger is None else dict(zip(space.labels, larger, strict=True)),
        "num_components_through": 1 if is_component else space.num_components_through(component.ranks),
        "dim": dim,
        "codim": space.hom.dim - dim,
        "degree": None if left_out else component.degree,
        "ed_degree": component.ed_degree,
        "left_out": left_out,
        "smooth": component.is_smooth,
        "singular_locus": {field: found if full else found[:_MOST_LISTED] for field, found in pieces.items()},
        "num_singular": {field: len(found) for field, found in pieces.items()},
        "num_parameters": component.num_parameters,
        "num_dense_parameters": component.rank * (m + n),
        "fiber_dim": component.fiber_dim,
        "latent_blocks": [
            {
                "block": block.label,
                "field": block.field,
                "rank": r,
                "rows": block.rows,
                "cols": block.cols,
                "copies": block.irrep_dim // FIELD_DIM[block.field],
            }
            for block, r in zip(component.blocks, component.ranks, strict=True)
            if r
        ],
        "encoder": _encoder(component),
    }


def _block(block: MapBlock) -> Facts:
    return {
        "label": block.label,
        "field": block.field,
        "irrep_dim": block.irrep_dim,
        "multiplicity": block.cols,
        "rows": block.rows,
        "cols": block.cols,
        "max_rank": block.max_rank,
    }


def _certificate(hom: HomSpace) -> Facts | None:
    """The evidence for the blocks: the larger residuals of the two sides, and two numbers that have to agree."""
    try:
        sides = [hom.source.certificate(), *([] if hom.is_endomorphic else [hom.target.certificate()])]
    except UnsupportedGroupError:
        return None
    return {
        "orthogonality": max(side.orthogonality for side in sides),
        "equivariance": max(side.equivariance for side in sides),
        "commutant_dim": hom.dim,
        "num_orbitals": hom.num_orbitals,
        "tolerance": sides[0].tolerance,
        "ok": all(side.ok for side in sides) and hom.dim == hom.num_orbitals,
    }


def _too_long(factors: Iterable[DeterminantalVariety]) -> dict[str, str]:
    """Why a degree is left out: empty if the product of those of the factors is within the budget."""
    length = sum(factor.log10_degree for factor in factors)
    if length <= DEGREE_DIGITS_BUDGET:
        return {}
    return {"degree": f"it has about {length:,.0f} digits, over the budget of {DEGREE_DIGITS_BUDGET:,}"}


def _drops(blocks: Sequence[RankedBlock], factors: Sequence[DeterminantalVariety], dim: int) -> Iterable[Facts]:
    """The pieces of a singular locus: one block drops its rank by one, and the others stay as they are."""
    for block, factor in zip(blocks, factors, strict=True):
        if factor.singular_rank is not None:
            lower = replace(factor, rank=factor.singular_rank)
            yield {"block": block.label, "rank": lower.rank, "dim": dim - factor.dim + lower.dim}


def _encoder(component: Component) -> list[list[str]] | None:
    if not 0 < component.rank <= _LARGEST_PATTERN or component.shape[1] > _LARGEST_PATTERN:
        return None
    pattern = component.weight_sharing().encoder
    return [
        ["." if w < 0 else ("-" if s < 0 else "") + pattern.names[w] for w, s in zip(numbers, signs, strict=True)]
        for numbers, signs in zip(pattern.index.tolist(), pattern.sign.tolist(), strict=True)
    ]
