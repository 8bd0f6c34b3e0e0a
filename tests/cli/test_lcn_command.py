"""`equivariety lcn`: what the Python functions answer, files, and what it refuses."""

from __future__ import annotations

import json
from fractions import Fraction

import numpy as np
import pytest

import equivariety as ev
from convolution.literal import end_to_end
from equivariety import experiments, queries
from equivariety.cli import main

NET = ("--filters", "3,2", "--strides", "2,1")
SMALL = ("--filters", "2,2", "--strides", "2,1")


@pytest.fixture
def data(program):
    """The program, in a folder with X.npy (9, 5), Y.npy (9,), and the filters w1.npy and w2.npy."""
    rng = np.random.default_rng(0)
    np.save(program.folder / "X.npy", rng.standard_normal((9, 5)))
    np.save(program.folder / "Y.npy", rng.standard_normal(9))
    np.save(program.folder / "w1.npy", np.array([1.0, 0.0, 1.0]))
    np.savez(program.folder / "w.npz", a=np.array([1.0, 2.0]), three=np.ones(3))
    return program


@pytest.fixture
def answer(capsys):
    """What it prints on standard output where it shows its progress on standard error."""

    def answered(*arguments):
        capsys.readouterr()
        assert main([str(a) for a in arguments]) == 0
        printed = capsys.readouterr()
        assert all(line.startswith("[") and line.endswith(": done") for line in printed.err.splitlines())
        return printed.out

    return answered


# ----------------------------------------------------------------------------------------------------------- report


def test_report(data, answer):
    out = answer("lcn", "report", *SMALL, "--samples", 4, "--seeds", 2, "--seed", 5, "--outputs", 2, "--out", "r.json")
    for words in (
        "dimension: 3",
        "the theorem claims for N >= 4",
        "rank of sigma",
        "claimed: holds 2 of 2 runs",
        "r.json",
    ):
        assert words in out
    written = json.loads((data.folder / "r.json").read_text(encoding="utf-8"))
    net = ev.LinearConvolutionalNetwork((2, 2), (2, 1))
    found = experiments.run_theorem(net, samples=[4], outputs=[2], seeds=[5, 6])
    assert written["space"] == queries.function_space_answer(net)
    assert written["outputs"] == 2
    wanted = json.loads(json.dumps(queries.theorem_answer(found)))
    for one, other in zip(wanted["runs"], written["theorem"]["runs"], strict=True):
        one["seconds"] = other["seconds"] = 0
    assert written["theorem"] == wanted


def test_report_takes_all_numbers_of_samples(answer):
    found = json.loads(answer("lcn", "report", "--filters", "2,2", "--strides", "1,1", "--seeds", 1, "--json"))
    runs = found["theorem"]["runs"]
    assert [run["samples"] for run in runs] == [2, 3, 4, 5]
    assert {run["verdict"] for run in runs} == {"fails"}
    assert found["theorem"]["contradictions"] == 0
    assert found["space"]["is_thick"] is True


# ----------------------------------------------------------------------------------------------------------- critical


def test_all_critical_points_of_data(data, answer):
    out = answer("lcn", "critical", "X.npy", *NET, "--targets", "Y.npy", "--out", "points.json")
    assert "10 of 10" in out
    assert "pure" in out
    found = json.loads((data.folder / "points.json").read_text(encoding="utf-8"))
    assert (found["expected"], found["found"], found["complete"], found["num_outputs"]) == (10, 10, True, 9)
    X, Y = np.load("X.npy"), np.load("Y.npy")
    for point in found["points"]:
        if point["is_real"]:
            filters = point["filters"]
        else:
            filters = [[complex(*x) for x in w] for w in point["filters"]]
            assert point["index"] is None
        v = np.array(end_to_end(filters, (2, 1)))
        error = ((X @ v - Y) ** 2).sum()
        wanted = point["squared_error"] if point["is_real"] else complex(*point["squared_error"])
        assert error == pytest.approx(wanted, rel=1e-9)
        for basis in np.eye(5):  # layer by layer the error is a quadratic function, and stationary
            first = basis[:3].tolist()
            slope = (X @ v - Y) @ (X @ np.array(end_to_end([first, filters[1]], (2, 1))))
            last = (X @ v - Y) @ (X @ np.array(end_to_end([filters[0], basis[3:].tolist()], (2, 1))))
            assert abs(slope) + abs(last) < 1e-9 * np.linalg.norm(v) * 100
    assert found["num_real"] == sum(point["is_real"] for point in found["points"])
    printed = json.loads(answer("lcn", "critical", "X.npy", *NET, "--targets", "Y.npy", "--json"))
    assert printed | {"seconds": 0} == found | {"seconds": 0}


def test_a_time_limit_is_kept(data, answer):
    # sizes that no other test has solved before
    options = ("--filters", "5,1", "--strides", "1,1", "--seconds", "1e-9", "--json")
    found = json.loads(answer("lcn", "critical", "X.npy", *options, "--targets", "Y.npy"))
    assert (found["complete"], found["points"]) == (False, [])


# ----------------------------------------------------------------------------------------------------------- member


def test_membership_is_exact(program):
    found = program.json("lcn", "member", *NET, "--filter", "8,8,14,12,3")
    assert (found["status"], found["exact"], found["position"], found["residual"]) == ("member", True, "interior", 0)
    assert end_to_end(found["filters"], (2, 1)) == [8, 8, 14, 12, 3]
    found = program.json("lcn", "member", "--filters", "2,2", "--strides", "1,1", "--filter", "1/2, 3/4, 1/4")
    filters = [[Fraction(x) for x in w] for w in found["filters"]]
    assert end_to_end(filters, (1, 1)) == [Fraction(1, 2), Fraction(3, 4), Fraction(1, 4)]
    assert found["filter"] == ["1/2", "3/4", "1/4"]
    outside = program.json("lcn", "member", *NET, "--filter", "1,0,1,0,1")
    assert (outside["status"], outside["in_closure"], outside["filters"]) == ("not_member", True, None)


def test_membership_of_floats(program):
    found = program.json("lcn", "member", *NET, "--filter", "8.,8,14,12e0,3")
    assert (found["status"], found["exact"]) == ("member", False)
    np.testing.assert_allclose(end_to_end(found["filters"], (2, 1)), [8, 8, 14, 12, 3], rtol=1e-12)
    assert program.json("lcn", "member", *NET, "--filter", "8,8,14,12,3.001")["status"] == "not_member"
    # the double root of a boundary point is not decided by floats
    boundary = program.json("lcn", "member", "--filters", "2,2", "--strides", "1,1", "--filter", "1,.2,.01")
    assert boundary["status"] in ("member", "undecided")


def test_all_factorizations(program):
    options = ("lcn", "member", "--filters", "2,2,2", "--strides", "1,1,1", "--filter", "6,11,6,1", "--factorizations")
    found = program.json(*options)["factorizations"]
    assert len({str(filters) for filters in found}) == 6
    assert all(end_to_end(filters, (1, 1, 1)) == [6, 11, 6, 1] for filters in found)
    printed = program.text(*options)
    assert "choice 6" in printed
    assert "yes" in printed


def test_what_people_read(program):
    printed = program.text("lcn", "member", *NET, "--filter", "9,8,14,12,3")
    assert "no" in printed
    assert "largest divisor" in printed
    helped = program.text("lcn", "--help")
    for name in ("report", "critical", "member", "classify"):
        assert name in helped


# ----------------------------------------------------------------------------------------------------------- classify


def test_classify(data):
    arguments = ("lcn", "classify", "X.npy", *NET, "--targets", "Y.npy")
    found = data.json(*arguments, "--layer", "w1.npy", "--layer", "w.npz:a")
    assert (found["kind"], found["is_critical"], found["index"]) == ("not_critical", False, None)
    X, Y = np.load("X.npy"), np.load("Y.npy")
    v = np.array(end_to_end([[1, 0, 1], [1, 2]], (2, 1)))
    assert found["loss"] == pytest.approx(((X @ v - Y) ** 2).mean())
    net = ev.LinearConvolutionalNetwork((3, 2), (2, 1))
    best = net.critical_points(X, Y[:, None]).points[0]
    for i, w in enumerate(best.filters):
        np.save(f"best{i}.npy", w + 1e-6)
    found = data.json(*arguments, "--layer", "best0.npy", "--layer", "best1.npy", "--polish")
    assert (found["kind"], found["index"], found["rank"], found["dim"]) == ("pure", 0, 4, 4)
    assert found["loss"] == pytest.approx(best.loss, rel=1e-12)
    assert "pure" in data.text(*arguments, "--layer", "best0.npy", "--layer", "best1.npy", "--polish")


# ----------------------------------------------------------------------------------------------------------- mistakes


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("report",), "--filters must be given"),
        (("report", "--filters", "3,2"), "--strides must be given"),
        (("report", "--filters", "3,2", "--strides", "2"), "--strides must be one stride per layer"),
        (("report", "--filters", "3;2", "--strides", "2,1"), "--filters must be whole numbers"),
        (("report", "--filters", "0,2", "--strides", "2,1"), "--filters must be an integer >= 1"),
        (("report", "--filters", "9,9,9", "--strides", "2,2,2"), "--filters must be such that there are at most"),
        (("report", *SMALL, "--samples", "0"), "--samples must be"),
        (("report", *SMALL, "--samples", "few"), "--samples must be"),
        (("report", *SMALL, "--seeds", "0"), "--seeds must be"),
        (("report", *SMALL, "--seed", "-1"), "--seed must be"),
        (("report", *SMALL, "--outputs", "x"), "--outputs must be"),
        (("report", *SMALL, "--out", "r.txt"), "--out must be"),
        (("report", *SMALL, "--out", "none/r.json"), "--out must be in an existing folder"),
        (("critical", "X.npy", *NET), "--targets must be given"),
        (("critical", "Z.npy", *NET, "--targets", "Y.npy"), "Z.npy must be an existing file"),
        (("critical", "X.npy", *NET, "--targets", "X.npy"), "--targets must be of shape (9, 1)"),
        (("critical", "X.npy", "--filters", "9", "--strides", "1", "--targets", "Y.npy"), "INPUTS must be at least 9"),
        (("critical", "X.npy", *NET, "--targets", "Y.npy", "--seconds", "0"), "--seconds must be"),
        (("critical", "X.npy", *NET, "--targets", "Y.npy", "--seconds", "soon"), "--seconds must be a number"),
        (("critical", "objects.npy", *NET, "--targets", "Y.npy"), "objects.npy"),
        (("member", *NET), "--filter must be given"),
        (("member", *NET, "--filter", "1,2"), "--filter must be a filter of 5 coefficients"),
        (("member", *NET, "--filter", "1,2,3,4,x"), "--filter must be numbers separated by commas; got 'x'"),
        (("member", *NET, "--filter", "1,2,3,4,__import__('os')"), "--filter must be numbers"),
        (("member", *NET, "--filter", "1,2,3,4,2/0"), "--filter must be numbers"),
        (("member", *NET, "--filter", "1,2,3,4,."), "--filter must be numbers"),
        (("member", *NET, "--filter", "1,2,3,4,1e999"), "--filter must be finite"),
        (("member", *NET, "--filter", f"0.5,2,3,4,{10**400}"), "--filter must be in the range"),
        (("member", *NET, "--filter", "0,0,0,0,0", "--factorizations"), "--filter must be nonzero"),
        (("classify", "X.npy", *NET, "--targets", "Y.npy", "--layer", "w1.npy"), "--layer must be given 2 times"),
        (("classify", "X.npy", *NET, "--layer", "w1.npy", "--layer", "w.npz:a"), "--targets must be given"),
        (
            ("classify", "X.npy", *NET, "--targets", "Y.npy", "--layer", "w1.npy", "--layer", "w.npz:three"),
            "--layer[1] must be a filter of 2 coefficients",
        ),
    ],
)
def test_mistakes(data, arguments, words):
    assert data.refusal("lcn", *arguments).startswith(words)
