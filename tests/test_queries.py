"""Plain answers: JSON through and through, exact where counted."""

from __future__ import annotations

import json

import pytest

from equivariety.queries import describe_space, environment


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
