"""`equivariety describe`: the card that the Python functions give, in four forms, and what it refuses."""

from __future__ import annotations

import json

import pytest

import equivariety as ev
from equivariety import queries

GROUP = "cycles:(1 2 3)(4 5 6)(7 8):degree=10"
G = ev.PermutationGroup.from_cycles("(1 2 3)(4 5 6)(7 8)", degree=10)
ROTATION = ("describe", "--group", "rotation:3", "--rank", 3)


def test_the_rotation_of_the_talk(program):
    answer = program.json(*ROTATION)
    assert (answer["num_components"], answer["num_components_exact_rank"]) == (5, 5)
    # over C: ranks of (1,1), (4,3), (4,1), (2,1) up to 3, 2, 2, 2 with sum 3: 20 without bounds, less 3 too large
    assert answer["num_components_complex"] == 17
    assert answer["irreducible"] is False
    # the two components of dimension 11: 3x3 of rank 1, two 2x2 of rank 1; 3x3 of rank 2, 2x2 of rank 1
    assert answer["degree"] == 6 * 2 * 2 + 3 * 2
    assert answer["ed_degree"] == 3 * 2 + 3 * 2 + 1 + 3 * 1 + 2 * 2
    component = answer["component"]
    assert component["ranks"] == {"(1,1)": 1, "(4,3)": 1, "(2,1)": 0}
    assert (component["dim"], component["degree"], component["ed_degree"]) == (11, 24, 6)
    assert (component["num_parameters"], component["fiber_dim"], component["num_dense_parameters"]) == (14, 3, 54)
    assert component["singular_locus"]["complex"][-1] == {"block": "(4,1)", "rank": 0, "dim": 8}
    text = program.text(*ROTATION)
    for shown in ("acting group", "rotation:3: 1 generator", "17; of rank exactly 3: 17", "14 shared weights", "d -e"):
        assert shown in text


def test_it_says_what_info_says(program):
    info = program.json("info", "--group", GROUP, "--rank", 4)
    answer = program.json("describe", "--group", GROUP, "--rank", 4)
    assert info.pop("degree") == answer["num_points"] == 10
    for found, wanted in zip(answer["blocks"], info.pop("blocks"), strict=True):
        assert found == {**wanted, "rows": found["rows"], "cols": wanted["multiplicity"]}
    assert {key: answer[key] for key in info} == info


@pytest.mark.parametrize(
    ("options", "space"),
    [
        (("--target-group", "cycles:(1 2 3):degree=3"), ev.equivariant_maps(G, ev.groups.cyclic(3), rank=2)),
        (("--invariant", "--outputs", 3), ev.invariant_maps(G, outputs=3, rank=2)),
        ((), ev.equivariant_maps(G, rank=2)),
    ],
)
def test_all_families(program, options, space):
    card = queries.geometry_answer(space.describe())
    answer = program.json("describe", "--group", GROUP, "--rank", 2, *options)
    del answer["num_generators"], card["num_generators"]
    assert card.items() <= answer.items()
    assert answer["invariant"] == ("--invariant" in options)


def test_dense_maps(program):
    answer = program.json("describe", "--group", "trivial:4", "--target-group", "trivial:3", "--rank", 2)
    assert (answer["kind"], answer["degree"], answer["ed_degree"], answer["dim"]) == ("linear", 6, 3, 10)


def test_ranks_choose_a_component_or_a_stratum(program):
    chosen = program.json(*ROTATION, "--ranks", "(1,1)=2,(2,1)=1")["component"]
    assert chosen["is_component"]
    assert program.json(*ROTATION, "--ranks", "2,0,1")["component"] == chosen
    lower = program.json(*ROTATION, "--ranks", "(4,3)=1")["component"]
    assert not lower["is_component"]
    assert lower["contained_in"] == {"(1,1)": 1, "(4,3)": 1, "(2,1)": 0}
    assert lower["num_components_through"] == 2
    assert "not a component: contained in one of ranks" in program.text(*ROTATION, "--ranks", "(4,3)=1")
    alone = program.json("describe", "--group", "rotation:3", "--ranks", "(4,3)=1")
    assert alone["rank"] == 2
    assert alone["component"]["is_component"]


def test_formats_and_files(program):
    text = program.text(*ROTATION)
    assert program.text(*ROTATION, "--format", "text") == text
    html, latex = program.text(*ROTATION, "--format", "html"), program.text(*ROTATION, "--format", "latex")
    assert html.startswith('<div class="geometry-card">')
    assert latex.startswith("\\[\n\\begin{array}")
    assert latex.endswith("\\end{array}\n\\]\n")
    wanted = {"card.txt": text, "card.tex": latex, "card.html": html}
    for name, content in wanted.items():
        assert program.text(*ROTATION, "--out", name) == text
        assert (program.folder / name).read_text(encoding="utf-8") == content
    answer = program.json(*ROTATION, "--out", "card.json")
    assert json.loads((program.folder / "card.json").read_text(encoding="utf-8")) == answer


def test_long_integers(program):
    arguments = ("describe", "--group", "trivial:240", "--rank", 120)
    degree = ev.linear_maps(240, 240, rank=120).degree
    answer = program.json(*arguments)
    assert answer["degree"] is answer["component"]["degree"] is None
    assert "4,909 digits; --full" in answer["left_out"]["degree"]
    assert "4,909 digits" in program.text(*arguments)
    full = program.text(*arguments, "--full")
    printed = full.split("degree", 1)[1].split()[0]
    assert degree % 10**4000 == int(printed.replace(",", "")[-4000:])
    assert len(printed.replace(",", "")) == 4909
    assert "null" not in program.text(*arguments, "--full", "--json").split('"degree"', 1)[1].split(",", 1)[0]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--group must be given"),
        (("--group", "nonsense"), "--group must be a group"),
        (("--group", "rotation:3", "--rank", -1), "--rank must be an integer >= 0"),
        (("--group", "rotation:3", "--rank", "x"), "--rank must be a whole number"),
        (("--group", "rotation:3", "--rank", 3, "--ranks", "1,1"), "--ranks must be a sequence of 3 ranks"),
        (("--group", "rotation:3", "--rank", 3, "--ranks", "1,1,1"), "--ranks must be of real rank at most 3"),
        (("--group", "rotation:3", "--rank", 3, "--ranks", "4,0,0"), "--ranks[(1,1)] must be at most 3"),
        (("--group", "rotation:3", "--rank", 3, "--ranks", "(5,4)=1"), "--ranks"),
        (("--group", "rotation:3", "--rank", 3, "--ranks", "many"), "--ranks must be ranks of blocks"),
        (("--group", "rotation:3", "--format", "pdf"), "--format must be text, latex or html"),
        (("--group", "rotation:3", "--format", "html", "--json"), "--format must be left out where --json"),
        (("--group", "rotation:3", "--outputs", 2), "--outputs must be left out without --invariant"),
        (("--group", "rotation:3", "--invariant"), "--outputs must be given"),
        (("--group", "rotation:3", "--invariant", "--outputs", "x"), "--outputs must be a whole number"),
        (("--group", "rotation:3", "--target-group", "?"), "--target-group must be a group"),
        (
            ("--group", "rotation:3", "--target-group", "trivial:2", "--invariant", "--outputs", 2),
            "--target-group must",
        ),
        (("--group", "rotation:3", "--out", "card.pdf"), "--out must be"),
        (("--group", "rotation:3", "--out", "missing/card.txt"), "--out must be"),
    ],
    ids=lambda value: " ".join(map(str, value))[:80] if isinstance(value, tuple) else None,
)
def test_mistakes_take_one_line(program, arguments, words):
    assert program.refusal("describe", *arguments).startswith(words)
