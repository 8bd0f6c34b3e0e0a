"""Plain answers: JSON through and through, exact where counted."""

from __future__ import annotations

import json

import numpy as np
import pytest

import equivariety as ev
from equivariety.queries import (
    build_space,
    component_answer,
    components_answer,
    describe_space,
    environment,
    fit_answer,
    parse_ranks,
    path_answer,
    projection_answer,
)


def test_the_shift_of_the_talk():
    answer = describe_space("shift:28x28:axis=1", rank=99)
    assert answer["num_components"] == 72_426_340_906_146
    assert answer["num_components_exact_rank"] == 72_425_986_088_826
    assert (answer["degree"], answer["num_orbits"], answer["rank"], answer["num_blocks"]) == (784, 28, 99, 15)
    assert answer["blocks"][1] == {
        "label": "(28,27)",
        "field": "C",
        "irrep_dim": 2,
        "multiplicity": 28,
        "max_rank": 28,
    }
    assert answer["certificate"]["ok"]
    assert json.loads(json.dumps(answer)) == answer


def test_small_groups():
    answer = describe_space("cycles:(1 3 4)(2 5):degree=5")
    assert answer["generators"] == ["(1 3 4)(2 5)"]
    assert answer["rank"] == 5
    assert answer["num_components"] == 1
    assert answer["dim"] == answer["certificate"]["commutant_dim"] == 7
    assert describe_space("trivial:3", rank=7)["rank"] == 3


def test_long_answers_are_cut():
    answer = describe_space("cyclic:1000", rank=3)
    assert len(answer["blocks"]) == 64 < answer["num_blocks"] == 501
    assert len(answer["generators"][0]) <= 80
    assert "cycles" in describe_space("cyclic:20000", rank=1)["generators"][0]


@pytest.mark.parametrize("text", ["", "foo", "shift:28x28", "cycles:(1 2:degree=3", "file:missing.npy"])
def test_malformed_groups(text):
    with pytest.raises(ValueError, match="Fix: "):
        describe_space(text)


@pytest.mark.parametrize("rank", [-1, 1.5, float("nan"), "3"])
def test_malformed_ranks(rank):
    with pytest.raises(ValueError, match="rank must be"):
        describe_space("cyclic:3", rank)


def test_environment():
    answer = environment()
    assert answer["cores"] >= 1
    assert answer["blas"]
    assert json.loads(json.dumps(answer)) == answer


def test_spaces_from_words():
    assert build_space("rotation:3", rank=3).num_components() > 1
    assert build_space("rotation:3", ranks="1,1,0").ranks == (1, 1, 0)
    assert build_space("rotation:3", ranks="(4,3)=1").ranks.by_label == {"(1,1)": 0, "(4,3)": 1, "(2,1)": 0}
    assert build_space("cyclic:6", target_group="cyclic:3", outputs=3, rank=1).shape == (3, 6)
    assert build_space("cycles:(1 2);(2 3):degree=4", invariant=True, outputs=2).shape == (2, 4)
    assert build_space("cyclic:6", inputs=6, outputs=6).rank == 6


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"rank": 1, "ranks": "1,0"}, "ranks must be left out"),
        ({"invariant": True, "target_group": "trivial:2"}, "target_group must be left out"),
        ({"invariant": True}, "outputs must be given"),
        ({"inputs": 4}, "group must be a group on the 4 inputs; got 'cyclic:3', on 3 points"),
        ({"outputs": 4}, "target_group must be given where 3 inputs go to 4 outputs"),
        ({"outputs": 4, "target_group": "trivial:2"}, "target_group must be a group on the 4 outputs"),
        ({"target_group": "trivial"}, "target_group must be a group; got 'trivial'"),
        ({"ranks": "all"}, "ranks must be ranks of blocks"),
    ],
)
def test_contradictions(arguments, words):
    with pytest.raises(ValueError, match="Fix: ") as caught:
        build_space("cyclic:3", **arguments)
    assert str(caught.value).startswith(words)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("(1,1)=2,(28,27)=3", {"(1,1)": 2, "(28,27)": 3}),
        (" ( 1, 1 ) = 2 ,R1=0, H_2 =7", {"(1,1)": 2, "R1": 0, "H_2": 7}),
        ("3", [3]),
        (" 3 , 0,12", [3, 0, 12]),
    ],
)
def test_ranks_in_words(text, wanted):
    assert parse_ranks(text) == wanted


@pytest.mark.parametrize(
    "text",
    ["", ",", "1,", "(1,1)", "(1,1)=", "(1,1)=2;(2,1)=3", "(1,1)=2,3", "=2", "-1", "1.5", "(1,1)=-1", "((1,1))=2",
     "(1,1)=2(2,1)=3", "1" * 19, "a=" + "1" * 19, "(" * 5000, "a=1," * 5000 + "a"],
)  # fmt: skip
def test_malformed_ranks_in_words(text):
    with pytest.raises(ValueError, match=r"ranks must be .* Fix: "):
        parse_ranks(text)


def test_answers_are_plain_data(rng):
    space = ev.equivariant_maps(ev.groups.cyclic(6), ev.groups.cyclic(3), rank=2)
    x, y = rng.standard_normal((9, 6)).astype(np.float32), rng.standard_normal((9, 3)).astype(np.float32)
    fit = ev.fit(space, x, y, alpha=1, intercept=True, k_best=2)
    matrix = rng.standard_normal((3, 6))
    answers = [
        component_answer(fit.component),
        components_answer(space, space.components()),
        components_answer(space, fit.ranked_components()),
        fit_answer(fit),
        fit_answer(ev.fit(fit.component, x, y)),
        path_answer(ev.fit_path(space, x, y)),
        projection_answer(space, space.project(matrix), 1.0),
        projection_answer(fit.component, fit.component.project(matrix), 1.0),
    ]
    for answer in answers:
        assert json.loads(json.dumps(answer, allow_nan=False)) == answer
    assert set(answers[0]) == {"ranks", "rank", "dim", "num_parameters"}
    assert set(answers[2]["components"][0]) - set(answers[0]) == {"loss", "objective", "gap"}
    assert set(answers[3]["certificate"]) == {"equivariance", "stationarity", "block_identity", "tolerance", "ok"}
