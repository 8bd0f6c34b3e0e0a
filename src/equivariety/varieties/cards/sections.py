"""What a card shows, in which order and words; how it looks as text, LaTeX or HTML is decided elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from equivariety.varieties.cards.facts import Facts

__all__ = ["Cell", "FieldName", "Pattern", "Row", "Section", "Table", "sections"]

_BLOCKS_SHOWN = 16
_RANKS_SHOWN = 8


class FieldName(str):
    """The name of a field, "R", "C" or "H"."""

    __slots__ = ()


#: What a line is made of: words, exact integers, names of fields.
Cell: TypeAlias = str | int | FieldName


@dataclass(frozen=True, slots=True)
class Row:
    """A named fact; its parts follow each other without spaces."""

    name: str
    parts: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table under a name."""

    name: str
    headings: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    more: str


@dataclass(frozen=True, slots=True)
class Pattern:
    """A matrix of shared weights under a name."""

    name: str
    cells: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A heading, and what stands below it."""

    title: tuple[Cell, ...]
    items: tuple[Row | Table | Pattern, ...]


def sections(facts: Facts, *, full: bool = False) -> list[Section]:
    """Return the sections of the card of a space, with or without a component, or of a component alone."""
    if "component" not in facts:
        return [_component(facts, full=full)]
    return [_space(facts, full=full), _component(facts["component"], full=full)]


def _space(facts: Facts, *, full: bool) -> Section:
    m, n = facts["shape"]
    family = {"equivariant": "Equivariant maps", "invariant": "Invariant maps", "linear": "Linear maps"}[facts["kind"]]
    count, exact = facts["num_components"], facts["num_components_exact_rank"]
    over_c, exact_over_c = facts["num_components_complex"], facts["num_components_complex_exact_rank"]
    items: list[Row | Table | Pattern] = [
        Row("acting group", (*_named(facts), _group(facts))),
        Row("rank bound", (facts["rank"], " of ", facts["max_rank"])),
        _blocks(facts, full=full),
        Row("dimension", (facts["dim"], ", in Hom of dimension ", facts["hom_dim"])),
        Row("irreducible", ("yes" if facts["irreducible"] else "no",)),
        Row("components over R", (count, "; of rank exactly ", facts["rank"], ": ", exact)),
        Row("components over C", (over_c, "; of rank exactly ", facts["rank"], ": ", exact_over_c)),
        *_degrees(facts, "" if facts["irreducible"] else ", of the closure of the real points"),
        Row("certificate", (_checks(facts["certificate"]),)),
    ]
    return Section((family, ", ", n, " -> ", m, " coordinates, of rank at most ", facts["rank"]), tuple(items))


def _component(facts: Facts, *, full: bool) -> Section:
    m, n = facts["shape"]
    singular = facts["singular_locus"]
    ranks = _ranks(facts["ranks"], full=full)
    title = ("Component" if facts["is_component"] else "Stratum", " of maps ", n, " -> ", m, ", ranks ", ranks)
    rows: list[Row | Table | Pattern] = []
    if not facts["is_component"]:
        through = facts["num_components_through"]
        larger = _ranks(facts["contained_in"], full=full)
        what = "not a component: contained in " if through == 1 else "not a component: contained in one of ranks "
        rest = () if through == 1 else (" and in ", through - 1, " more")
        rows.append(Row("note", (what, larger, *rest)))
    rows += [
        Row("rank", (facts["rank"],)),
        Row("dimension", (facts["dim"], ", codimension ", facts["codim"], " in Hom")),
        *_degrees(facts),
    ]
    if facts["smooth"]:
        rows.append(Row("smooth", ("yes: a linear space",)))
    else:
        rows.append(Row("smooth", ("no: singular where a block drops rank",)))
        for field, name in (("real", "singular over R"), ("complex", "singular over C")):
            rows.append(Row(name, _singular(singular[field], facts["num_singular"][field], full=full)))
    dense = facts["num_dense_parameters"]
    rows += [
        Row("parameters", (facts["num_parameters"], " shared weights, ", dense, " without sharing")),
        Row("fibers", ("of dimension ", facts["fiber_dim"], " over a generic map")),
        _sharing(facts, full=full),
    ]
    return Section(title, tuple(rows))


def _group(facts: Facts) -> str:
    count = facts["num_generators"]
    if facts["kind"] == "invariant":
        return _plural(facts["blocks"][0]["cols"], "orbit")
    return _plural(count, "generator") if count else "trivial"


def _named(facts: Facts) -> tuple[str, ...]:
    """The names of the groups, where they were given by name."""
    if facts.get("group") is None:
        return ()
    target = facts.get("target_group")
    return (facts["group"], *(() if target is None else (" on inputs, ", target, " on outputs")), ": ")


def _blocks(facts: Facts, *, full: bool) -> Table:
    shown = facts["blocks"] if full else facts["blocks"][:_BLOCKS_SHOWN]
    cells = ((b["label"], FieldName(b["field"]), b["irrep_dim"], b["rows"], b["cols"], b["max_rank"]) for b in shown)
    headings = ("block", "field", "irrep dim", "rows", "cols", "max rank")
    return Table("blocks", headings, tuple(cells), _more(facts["num_blocks"] - len(shown)))


def _degrees(facts: Facts, of_what: str = "") -> Iterable[Row]:
    for key, name, more in (("degree", "degree", of_what), ("ed_degree", "ED degree", "")):
        value, reason = facts[key], facts["left_out"].get(key)
        yield Row(name, (f"not computed: {reason}",) if value is None else (value, more))


def _singular(pieces: Sequence[Mapping[str, Any]], count: int, *, full: bool) -> tuple[Cell, ...]:
    shown = pieces if full else pieces[:_RANKS_SHOWN]
    parts: list[Cell] = []
    for piece in shown:
        parts += ["; " if parts else "", f"{piece['block']}={piece['rank']} of dimension ", piece["dim"]]
    more = _more(count - len(shown))
    return (*parts, *((f"; {more}",) if more else ()))


def _sharing(facts: Facts, *, full: bool) -> Row | Pattern:
    if facts["encoder"] is not None:
        return Pattern("encoder", tuple(map(tuple, facts["encoder"])))
    kind = {"R": "real", "C": "complex", "H": "quaternionic"}
    blocks = facts["latent_blocks"]
    shown = blocks if full else blocks[:_RANKS_SHOWN]
    texts = [
        f"{b['block']}: {'' if b['copies'] == 1 else str(b['copies']) + ' copies of '}"
        f"{b['rank']}x{b['cols']} {kind[b['field']]}"
        for b in shown
    ]
    more = _more(len(blocks) - len(shown))
    return Row("encoder", ("; ".join([*texts, *([more] if more else [])]) or "empty",))


def _checks(certificate: Mapping[str, Any] | None) -> str:
    if certificate is None:
        return "none: blocks were counted without a basis"
    return (
        f"{'ok' if certificate['ok'] else 'FAILED'}: orthogonality {certificate['orthogonality']:.1e}, equivariance "
        f"{certificate['equivariance']:.1e}, orbits on pairs {certificate['num_orbitals']:,}"
    )


def _ranks(ranks: Mapping[str, int], *, full: bool) -> str:
    texts = [f"{label}={r}" for label, r in ranks.items() if r]
    if not full and len(texts) > _RANKS_SHOWN + 1:
        texts = [*texts[:_RANKS_SHOWN], _more(len(texts) - _RANKS_SHOWN)]
    return ",".join(texts) or "all 0"


def _more(count: int) -> str:
    return f"… and {count:,} more" if count else ""


def _plural(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
