"""Geometry cards: their facts against lists written out and computer algebra, and their three forms."""

from __future__ import annotations

import json
import pickle
import re
from html.parser import HTMLParser
from math import comb, prod

import pytest

import equivariety as ev
from equivariety.varieties import GeometryCard
from equivariety.varieties.cards import facts as facts_module
from equivariety.varieties.cards.numbers import digits, magnitude, number_text
from equivariety.varieties.cards.sections import Pattern, Row, Section, Table
from laws.registry import every_space, known
from oracles.read import vectors

TALK = (13, 10, 9, 8, 7, 5, 3, 1, 0, 0, 0, 0, 0, 0, 0)


def shift():
    return ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=99)


class Outline(HTMLParser):
    """Checks that tags nest, and keeps the words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        self.tags.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def check_latex(text):
    """Braces balance, environments nest, and every row of an array ends in the same number of cells."""
    depth = 0
    for found in re.finditer(r"\\.|[{}]", text):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        assert depth >= 0
    assert depth == 0
    environments = []
    for kind, name in re.findall(r"\\(begin|end)\{(\w+)\}", text):
        if kind == "begin":
            environments.append(name)
        else:
            assert environments.pop() == name
    assert environments == []
    assert text.count(r"\left(") == text.count(r"\right)")
    assert text.isascii()


def forms(card):
    """The three forms of a card, checked."""
    text, html, latex = str(card), card._repr_html_(), card._repr_latex_()
    assert all(line == line.rstrip() for line in text.splitlines())
    words = Outline(html).words
    assert latex.startswith("$$\n\\begin{array}")
    assert latex.endswith("\\end{array}\n$$")
    check_latex(latex)
    return text, "".join(words), latex


def test_the_card_of_the_talk():
    card = shift().describe(TALK)
    facts, chosen = card.facts, card.facts["component"]
    assert (facts["shape"], facts["rank"], facts["max_rank"], facts["num_blocks"]) == ([784, 784], 99, 784, 15)
    assert facts["num_components"] == 72_426_340_906_146
    assert facts["num_components_exact_rank"] == 72_425_986_088_826
    assert facts["hom_dim"] == 784 * 28
    assert facts["irreducible"] is False
    assert facts["certificate"]["ok"]
    assert facts["certificate"]["commutant_dim"] == facts["certificate"]["num_orbitals"] == 784 * 28
    # over C every component has rank exactly 99: 28 characters, each with rank at most 28
    by_rank = [1] + [0] * 99
    for _ in range(28):
        by_rank = [sum(by_rank[max(0, s - 28) : s + 1]) for s in range(100)]
    assert facts["num_components_complex"] == facts["num_components_complex_exact_rank"] == by_rank[99]
    units = [1, *[2] * 13, 1]
    assert chosen["rank"] == 99
    assert chosen["dim"] == sum(e * r * (56 - r) for e, r in zip(units, TALK, strict=True)) == 4717
    assert chosen["codim"] == 784 * 28 - 4717
    assert chosen["num_parameters"] == 5544
    assert chosen["num_dense_parameters"] == 155_232
    assert chosen["fiber_dim"] == sum(e * r * r for e, r in zip(units, TALK, strict=True))
    assert chosen["ed_degree"] == prod(comb(28, r) for r in TALK)
    assert chosen["is_component"]
    assert chosen["encoder"] is None
    assert [b["rank"] for b in chosen["latent_blocks"]] == [r for r in TALK if r]
    text, words, latex = forms(card)
    for shown in ("72,426,340,906,146", "5,544 shared weights", "852 digits", "13x28 real", "10x28 complex"):
        assert shown in text
        assert shown in words
    assert r"\cdot 10^{851}" in latex
    assert "72{,}426{,}340{,}906{,}146" in latex


@every_space
def test_facts_of_every_space(space):
    card = space.describe()
    facts, chosen = card.facts, card.facts["component"]
    assert json.loads(json.dumps(facts)) == facts
    first = next(space.components(order="dimension"))
    assert chosen["ranks"] == first.ranks.by_label
    assert space.largest_component == first
    assert facts["dim"] == chosen["dim"] == first.dim
    assert facts["hom_dim"] == sum(block.dim for block in space.blocks)
    assert (facts["degree"], facts["ed_degree"]) == (space.degree, space.ed_degree)
    assert facts["left_out"] == chosen["left_out"] == {}
    if space.num_components() <= 500:
        listed = list(space.components())
        assert facts["num_components"] == len(listed)
        assert facts["irreducible"] == (len(listed) == 1)
        assert facts["num_components_exact_rank"] == sum(c.rank == space.rank for c in listed)
        assert facts["degree"] == sum(c.degree for c in listed if c.dim == space.dim)
        assert facts["ed_degree"] == sum(c.ed_degree for c in listed)
    forms(card)


@every_space
def test_facts_of_components_and_strata(space):
    listed = [next(space.components()), space.largest_component]
    listed += [space.stratum([max(r - 1, 0) for r in listed[0].ranks]), space.stratum([0] * len(space.blocks))]
    for component in listed:
        card = component.describe()
        facts = card.facts
        assert card == GeometryCard(space.describe(component).facts["component"])
        for field in ("real", "complex"):
            pieces = [(p["dim"], p["rank"], p["block"]) for p in facts["singular_locus"][field]]
            found = component.singular_locus(field)
            whole = component if field == "real" else component.complexification
            drops = []
            for piece in found:
                (label,) = (n for n, r in piece.ranks.by_label.items() if r < whole.ranks.by_label[n])
                drops.append((piece.dim, piece.ranks.by_label[label], label))
            assert sorted(pieces) == sorted(drops)
            assert facts["num_singular"][field] == len(found)
        assert facts["smooth"] == component.is_smooth == (not facts["singular_locus"]["real"])
        assert (facts["degree"], facts["ed_degree"]) == (component.degree, component.ed_degree)
        assert facts["is_component"] == component.is_component
        through = [c for c in space.components() if c >= component] if space.num_components() <= 500 else None
        if component.is_component:
            assert facts["contained_in"] is None
        else:
            assert space.component(facts["contained_in"]) >= component
        if through is not None:
            assert facts["num_components_through"] == len(through)
        if facts["encoder"] is not None:
            sharing = component.weight_sharing()
            weights = {cell.removeprefix("-") for row in facts["encoder"] for cell in row} - {"."}
            assert weights == set(sharing.encoder.names)
            rows = ["".join(line.split()) for line in str(sharing.encoder).splitlines()]
            assert ["".join(row) for row in facts["encoder"]] == rows
        text, _, _ = forms(card)
        assert text == str(component) == str(card)
        assert ("not a component" in text) == (not component.is_component)
        assert "\n" not in repr(component)


@pytest.mark.parametrize("vector", [pytest.param(v, id=str(i)) for i, v in enumerate(vectors("determinantal"))])
def test_dense_maps(vector):
    m, n, r = vector["m"], vector["n"], vector["r"]
    facts = ev.linear_maps(m, n, rank=r).describe().facts
    known = {key: facts[key] for key in ("dim", "degree", "ed_degree", "num_components")}
    wanted = {key: vector[key] for key in ("dim", "degree", "ed_degree") if key in vector}
    assert known == {**known, **wanted, "num_components": 1}
    assert facts["kind"] == "linear"
    assert facts["component"]["num_parameters"] == facts["component"]["num_dense_parameters"]
    assert facts["component"]["num_parameters"] == min(r, m, n) * (m + n)


def test_the_other_families_are_named():
    group = ev.PermutationGroup.from_cycles("(1 3 4)(2 5)", degree=5)
    card = ev.invariant_maps(group, outputs=2, rank=1).describe()
    assert "2 orbits" in str(card)
    assert card.facts["kind"] == "invariant"
    assert str(card).startswith("Invariant maps, 5 -> 2 coordinates, of rank at most 1")
    assert str(ev.linear_maps(2, 3)).startswith("Linear maps, 3 -> 2")
    assert "trivial" in str(ev.linear_maps(2, 3))


def test_quaternionic_blocks():
    space = ev.equivariant_maps(known("Q8_regular"), rank=4)
    (four,) = (b.label for b in space.blocks if b.field == "H")
    facts = space.describe({four: 1}).facts
    assert facts["component"]["fiber_dim"] == 4
    assert facts["component"]["smooth"]
    assert "ℍ" in space._repr_html_()
    assert r"\mathbb{H}" in space._repr_latex_()


def test_blocks_without_a_basis():
    space = ev.equivariant_maps(ev.groups.on_subsets(ev.groups.symmetric(80), 2), rank=80)
    assert space.describe().facts["certificate"] is None
    assert "none: blocks were counted without a basis" in str(space)


def test_long_lists_are_cut_unless_full():
    space = ev.equivariant_maps(ev.groups.translations((12, 12)), rank=90)
    short, full = space.describe(), space.describe(full=True)
    assert len(short.facts["blocks"]) == 64 < short.facts["num_blocks"] == len(full.facts["blocks"]) == 74
    assert "… and 58 more" in str(short)
    assert "… and" not in str(full)
    assert str(full).count("\n") > 70
    chosen = space.describe().facts["component"]["ranks"]
    assert f"… and {sum(chosen.values()) - 8} more" in str(space)


def test_long_integers():
    card = shift().describe(TALK)
    value = card.facts["component"]["degree"]
    assert len(str(value)) == 852
    assert f"{value:,}" in str(shift().describe(TALK, full=True))
    assert f"{value:,}" not in str(card)
    for number in (1, 9, 10, 99, 10**30 - 1, 10**30, 10**31 + 1, 3 * 10**400, 10**850 - 1, 10**850, 9949 * 10**600):
        leading, power, count = magnitude(number)
        assert count == len(str(number))
        first = number * 1000 // 10 ** (count - 1)  # of its digits, the first four
        assert abs(float(leading) * 10 ** (3 + power - count + 1) - first) <= 51
        assert digits(number) == number_text(number, full=True) == f"{number:,}"
    assert number_text(10**30 - 1) == f"{10**30 - 1:,}"
    assert number_text(0) == "0"
    assert number_text(10**30) == "≈ 1.0e30, 31 digits"
    assert number_text(996 * 10**600) == "≈ 1.0e603, 603 digits"
    assert digits(10**5000).count("0") == 5000  # str() refuses so many


def test_degrees_over_the_budget_are_left_out(monkeypatch):
    monkeypatch.setattr(facts_module, "DEGREE_DIGITS_BUDGET", 5)
    monkeypatch.setattr(facts_module, "ED_DEGREE_PRODUCTS_BUDGET", 3)
    card = shift().describe(TALK)
    facts = card.facts
    assert (facts["degree"], facts["ed_degree"], facts["component"]["degree"]) == (None, None, None)
    assert facts["component"]["left_out"] == {"degree": "it has about 852 digits, over the budget of 5"}
    assert set(facts["left_out"]) == {"degree", "ed_degree"}
    for shown in forms(card)[:2]:
        assert "not computed: it has about 852 digits, over the budget of 5" in shown


def test_large_images_answer_at_once():
    space = ev.equivariant_maps(ev.groups.shift((256, 256), axis=1), rank=3000)
    facts = space.describe().facts
    assert "degree" in facts["left_out"]
    assert facts["ed_degree"] == space.ed_degree > 10**1000
    assert facts["component"]["num_singular"] == {"real": 129, "complex": 256}


def test_labels_are_escaped():
    card = ev.linear_maps(2, 2, rank=1).describe()
    facts = card.facts
    bad = "<script>&\"'{}$%#_^~\\…"
    facts["blocks"][0]["label"] = bad
    facts["group"] = bad
    facts["component"]["ranks"] = {bad: 1}
    facts["component"]["singular_locus"]["real"][0]["block"] = bad
    text, words, latex = forms(GeometryCard(facts))
    assert bad in text
    assert bad in words
    assert "script" not in Outline(GeometryCard(facts)._repr_html_()).tags
    assert r"\{\}\$\%\#\_\textasciicircum{}\textasciitilde{}\textbackslash{}\dots{}" in latex


def test_cards_are_values():
    card = ev.linear_maps(2, 2, rank=1).describe()
    same = ev.linear_maps(2, 2, rank=1).describe()
    assert card == same
    assert card != ev.linear_maps(2, 3, rank=1).describe()
    assert card != ev.linear_maps(2, 2, rank=1).describe(full=True)
    assert card != "card"
    assert pickle.loads(pickle.dumps(card)) == card  # noqa: S301
    card.facts["rank"] = 7
    card.facts["component"]["dim"] = 7
    assert card == same
    with pytest.raises(AttributeError, match="cannot be changed"):
        card.facts = {}
    with pytest.raises(AttributeError, match="cannot be changed"):
        del card._facts
    with pytest.raises(TypeError):
        hash(card)
    assert "\n" not in repr(card)


@pytest.mark.parametrize(
    ("component", "problem"),
    [
        ([1, 2], "a sequence of 3 ranks"),
        ([4, 0, 0], "at most 3"),
        ([2, 1, 0], "of real rank at most 3"),
        ({"(9,8)": 1}, r"\(9,8\)"),
        ("1,1,0", "a mapping"),
        (1.5, "a mapping"),
        (ev.linear_maps(9, 9).component([9]), "a component of the same maps"),
    ],
)
def test_mistakes(component, problem):
    with pytest.raises((ValueError, TypeError), match=problem):
        ev.equivariant_maps(ev.groups.rotation(3), rank=3).describe(component)


def test_more_mistakes():
    space = ev.equivariant_maps(ev.groups.rotation(3), rank=3)
    with pytest.raises(ValueError, match="a component of the same maps"):
        space.describe(space.largest_component.complexification)
    for thing in (space, space.largest_component):
        with pytest.raises(TypeError, match="full must be True or False"):
            thing.describe(full=1)
    larger = ev.equivariant_maps(ev.groups.rotation(3), rank=5).largest_component
    with pytest.raises(ValueError, match="of real rank at most 3"):
        space.describe(larger)


def test_forms_of_what_is_rare():
    """An empty table, a pattern, and a cut table."""
    from equivariety.varieties.cards.html_text import as_html
    from equivariety.varieties.cards.latex_text import as_latex
    from equivariety.varieties.cards.plain_text import as_text

    items = (Table("t", ("x", "y"), (), "… and 3 more"), Pattern("p", (("a", "-b"), (".", "a"))), Row("r", (-5, "")))
    section = Section(("Title",), items)
    assert as_text([section]) == "Title\n  t  x  y\n     … and 3 more\n  p   a -b\n      .  a\n  r  -5"
    check_latex(as_latex([section]))
    assert "−b" in Outline(as_html([section])).words
