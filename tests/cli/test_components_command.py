"""`equivariety components`: the first ones, and the best ones for data, as the Python functions give them."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

import equivariety as ev

GROUP = "cycles:(1 2 3)(4 5 6)(7 8):degree=10"
G = ev.PermutationGroup.from_cycles("(1 2 3)(4 5 6)(7 8)", degree=10)


@pytest.mark.parametrize("exact", [False, True])
def test_all_components(program, exact):
    space = ev.equivariant_maps(G, rank=4)
    answer = program.json("components", "--group", GROUP, "--rank", 4, "--count", 99, *(["--exact-rank"] * exact))
    wanted = list(space.components(exact_rank=exact))
    assert answer["num_components"] == space.num_components(exact_rank=exact) == len(wanted) > 1
    assert (answer["shape"], answer["rank"], answer["dim"], answer["exact_rank"]) == ([10, 10], 4, space.dim, exact)
    assert answer["components"] == [
        {"ranks": c.ranks.by_label, "rank": c.rank, "dim": c.dim, "num_parameters": c.num_parameters} for c in wanted
    ]


def test_the_count_limits_the_list(program):
    answer = program.json("components", "--group", "shift:28x28:axis=1", "--rank", 99)
    assert answer["num_components"] == 72_426_340_906_146
    assert len(answer["components"]) == 10
    assert answer["components"][0]["num_parameters"] == 5544
    printed = program.text("components", "--group", "shift:28x28:axis=1", "--rank", 99, "--count", 2, "--exact-rank")
    assert "72,425,986,088,826 of exact rank, 2 listed" in printed


def test_a_rank_that_no_component_attains(program):
    answer = program.json("components", "--group", "cycles:(1 2 3):degree=3", "--rank", 99)
    assert answer["rank"] == 3
    none = program.json("components", "--group", "cycles:(1 2 3 4):degree=4", "--target-group", "cyclic:4", "--rank", 4)
    assert len(none["components"]) == 1
    arguments = ("components", "--group", "cyclic:3", "--target-group", "cycles:(1 2 3):degree=3", "--rank", 0)
    assert [c["rank"] for c in program.json(*arguments)["components"]] == [0]


def test_other_outputs(program):
    invariant = program.json("components", "--group", GROUP, "--rank", 2, "--invariant", "--outputs", 3)
    assert (invariant["shape"], invariant["num_components"]) == ([3, 10], 1)
    other = program.json("components", "--group", GROUP, "--rank", 3, "--target-group", "cycles:(1 2 3):degree=3")
    assert other["shape"] == [3, 10]


@pytest.mark.parametrize("options", [(), ("--alpha", "3", "--intercept", "--weights", "w.npy")])
def test_best_for_data(program, options):
    space = ev.equivariant_maps(G, rank=4)
    extra = {"alpha": 3.0, "intercept": True, "sample_weight": np.load("w.npy")} if options else {}
    wanted = list(ev.fit(space, np.load("X.npy"), **extra).ranked_components())
    answer = program.json("components", "--group", GROUP, "--rank", 4, "--data", "X.npy", "--count", 99, *options)
    assert len(answer["components"]) == answer["num_components"] == len(wanted)
    for found, component in zip(answer["components"], wanted, strict=True):
        assert found["ranks"] == component.component.ranks.by_label
        for key in ("loss", "objective", "gap"):
            assert found[key] == pytest.approx(getattr(component, key), rel=1e-9, abs=1e-12)
    gaps = [found["gap"] for found in answer["components"]]
    assert gaps[0] == 0
    assert gaps == sorted(gaps)
    few = program.json("components", "--group", GROUP, "--rank", 4, "--data", "X.npy", "--count", 3, *options)
    assert few["components"] == answer["components"][:3]


def test_best_of_exact_rank_for_targets(program):
    options = ("--data", "X.npy", "--targets", "X.npy", "--exact-rank", "--count", 4)
    answer = program.json("components", "--group", GROUP, "--rank", 5, *options)
    fit = ev.fit(ev.equivariant_maps(G, rank=5), np.load("X.npy"), np.load("X.npy"))
    wanted = islice((c for c in fit.ranked_components() if c.component.rank == 5), 4)
    assert [c["ranks"] for c in answer["components"]] == [c.component.ranks.by_label for c in wanted]
    assert {c["rank"] for c in answer["components"]} == {5}
    invariant = ("--data", "X.npy", "--targets", "Y.npy", "--invariant")
    assert program.json("components", "--group", GROUP, "--rank", 1, *invariant)["shape"] == [3, 10]


def test_few_of_exact_rank_among_many(files):
    space = ev.equivariant_maps(G, rank=9)
    fit = ev.fit(space, np.load("X.npy"))
    every = list(fit.ranked_components())
    wanted = [c for c in every if c.component.rank == 9]
    assert 0 < len(wanted) < len(every)
    assert list(fit.ranked_components(exact_rank=True)) == wanted
    inside = ev.fit(next(c.component for c in every if c.component.rank < 9), np.load("X.npy"))
    assert list(inside.ranked_components(exact_rank=True)) == []
    assert len(list(inside.ranked_components())) == 1


@pytest.mark.parametrize("exact", [False, True])
@pytest.mark.parametrize("order", ["rank", "dimension"])
def test_fields_and_orders(program, order, exact):
    space = ev.equivariant_maps(G, rank=4)
    arguments = ("--group", GROUP, "--rank", 4, "--count", 500, "--order", order, *(["--exact-rank"] * exact))
    real = program.json("components", *arguments)
    wanted = list(space.components(order=order, exact_rank=exact))
    assert [c["ranks"] for c in real["components"]] == [c.ranks.by_label for c in wanted]
    found = program.json("components", *arguments, "--field", "complex")
    wanted = list(space.components(field="complex", order=order, exact_rank=exact))
    assert found["num_components"] == len(wanted) == len(found["components"])
    assert (found["field"], found["dim"], found["exact_rank"]) == ("complex", space.complex_maps.dim, exact)
    assert found["components"] == [
        {"ranks": c.ranks.by_label, "rank": c.rank, "dim": c.dim, "is_real": c.is_real} for c in wanted
    ]


def test_what_people_read(program):
    printed = program.text("components", "--group", GROUP, "--rank", 4, "--count", 3)
    for word in ("10 -> 10 coordinates, rank at most 4", "3 listed", "ranks", "parameters", "(1,1)=4"):
        assert word in printed
    assert "gap" not in printed
    over_c = program.text("components", "--group", GROUP, "--rank", 4, "--count", 3, "--field", "complex")
    assert "over C, 3 listed" in over_c
    assert "parameters" not in over_c
    assert "gap" in program.text("components", "--group", GROUP, "--rank", 4, "--data", "X.npy")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--group must be given"),
        (("--group", GROUP), "--rank must be given; got nothing"),
        (("--group", "nonsense", "--rank", 3), "--group must be a group"),
        (("--group", GROUP, "--rank", -3), "--rank must be an integer >= 0"),
        (("--group", GROUP, "--rank", "x"), "--rank must be a whole number"),
        (("--group", GROUP, "--ranks", "1,0,0"), "No such option: --ranks"),
        (("--group", GROUP, "--rank", 3, "--count", 0), "--count must be a whole number from 1 to"),
        (("--group", GROUP, "--rank", 3, "--count", "many"), "--count must be a whole number"),
        (("--group", GROUP, "--rank", 3, "--count", 10**17), "--count must be a whole number from 1 to"),
        (("--group", GROUP, "--rank", 3, "--target-group", "?"), "--target-group must be a group"),
        (("--group", GROUP, "--rank", 3, "--target-group", "trivial:3", "--invariant"), "--target-group must be left"),
        (("--group", GROUP, "--rank", 3, "--invariant"), "--outputs must be given"),
        (("--group", GROUP, "--rank", 3, "--invariant", "--outputs", 0), "--outputs must be an integer >= 1"),
        (("--group", GROUP, "--rank", 3, "--invariant", "--outputs", "x"), "--outputs must be a whole number"),
        (("--group", GROUP, "--rank", 3, "--outputs", 3), "--outputs must be left out without --invariant"),
        (("--group", GROUP, "--rank", 3, "--field", "H"), "--field must be 'real' or 'complex'"),
        (("--group", GROUP, "--rank", 3, "--order", "size"), "--order must be rank or dimension"),
        (("--group", GROUP, "--rank", 3, "--data", "X.npy", "--field", "complex"), "--field must be left out where"),
        (("--group", GROUP, "--rank", 3, "--data", "X.npy", "--order", "rank"), "--order must be left out where"),
        (("--group", GROUP, "--rank", 3, "--targets", "Y.npy"), "--targets must be left out without --data"),
        (("--group", GROUP, "--rank", 3, "--weights", "w.npy"), "--weights must be left out without --data"),
        (("--group", GROUP, "--rank", 3, "--alpha", 1), "--alpha must be left out without --data"),
        (("--group", GROUP, "--rank", 3, "--intercept"), "--intercept must be left out without --data"),
        (("--group", GROUP, "--rank", 3, "--data", "X.npy", "--outputs", 3), "--outputs must be left out where --data"),
        (("--group", GROUP, "--rank", 3, "--data", "X.npy", "--invariant"), "--targets must be given together with"),
        (("--group", GROUP, "--rank", 3, "--data", "no.npy"), "no.npy must be an existing file"),
        (("--group", GROUP, "--rank", 3, "--data", "nan.npy"), "--data must be finite"),
        (("--group", GROUP, "--rank", 3, "--data", "Y.npy"), "--group must be a group on the 3 inputs"),
        (("--group", GROUP, "--rank", 3, "--data", "X.npy", "--alpha", "x"), "--alpha must be a number"),
        (("--group", GROUP, "--rank", 3, "--data", "X.npy", "--weights", "few.npy"), "--weights must be a file with"),
    ],
    ids=lambda value: " ".join(map(str, value))[:80] if isinstance(value, tuple) else None,
)
def test_mistakes_take_one_line(program, arguments, words):
    assert program.refusal("components", *arguments).startswith(words)
