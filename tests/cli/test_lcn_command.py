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
    assert written["outputs"] == written["theorem"]["claims"][0]["outputs"] == 2
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
    assert (found["expected"], found["found"], found["complete"], found["num_targets"]) == (10, 10, True, 9)
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


def test_a_long_search_is_announced(data, capsys):
    # (3, 3, 3) has 2385 critical points; the search ends at once
    np.save("long.npy", np.random.default_rng(0).standard_normal((30, 15)))
    np.save("wanted.npy", np.random.default_rng(1).standard_normal((30, 1)))
    options = ("--filters", "3,3,3", "--strides", "2,2,1", "--targets", "wanted.npy", "--json")
    assert main(["lcn", "critical", "long.npy", *options, "--seconds", "1e-9"]) == 0
    assert capsys.readouterr().err.startswith("equivariety: up to 2,385 critical points, which may take minutes\n")


@pytest.mark.parametrize("zero", ["X", "Y"])
def test_data_of_zeros_have_no_isolated_critical_points(data, answer, zero):
    for name in ("X", "Y"):
        array = np.load(f"{name}.npy")
        np.save(f"{name}0.npy", array * (name != zero))
    out = answer("lcn", "critical", "X0.npy", *NET, "--targets", "Y0.npy")
    assert {"X": "all inputs are zero", "Y": "cross is zero"}[zero] in out


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


def test_the_distance_of_floats_that_are_no_member(program):
    options = ("lcn", "member", *NET, "--filter", "8.,8,14,12,3.001")
    found = program.json(*options)
    assert found["residual"] is None
    # the nearest member is not nearer than the bound, nor farther than the change of the last coefficient
    assert 0 < found["distance_bound"] < 0.001 / np.linalg.norm([8, 8, 14, 12, 3])
    printed = program.text(*options)
    assert f"relative distance at least {found['distance_bound']:.1e}" in printed
    assert "residual" not in printed
    wide = program.json(*options, "--tolerance", "1e-3", "--out", "m.json")
    assert wide["status"] == "member"
    assert json.loads((program.folder / "m.json").read_text(encoding="utf-8")) == wide


def test_rounded_filters_are_marked(program):
    # (x^2 + x - 1) times (x^2 - 2): no real rational factors of degree 1
    printed = program.text(
        "lcn", "member", "--filters", "2,2", "--strides", "1,1", "--filter=-1,1,1", "--factorizations"
    )
    marked = [line for line in printed.splitlines() if line.startswith(("layer", "choice"))]
    assert len(marked) == 4
    assert all("≈" in line for line in marked)
    assert "rounded (≈)" in printed
    assert "≈" not in program.text("lcn", "member", *NET, "--filter", "8,8,14,12,3")
    assert "≈" not in program.text("lcn", "member", *NET, "--filter", "8.,8,14,12,3")


def test_lines_end_without_blanks(data, answer):
    for printed in (
        data.text("lcn", "member", *NET, "--filter", "8,8,14,12,3"),
        answer("lcn", "critical", "X.npy", *NET, "--targets", "Y.npy"),
    ):
        assert printed.endswith("\n")
        assert all(line == line.rstrip() for line in printed.splitlines())


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
    for name in ("report", "critical", "member", "classify", "compose", "equations"):
        assert name in helped
    assert "1e-10" in program.text("lcn", "member", "--help")
    assert "1e-9" in program.text("lcn", "classify", "--help")


# ------------------------------------------------------------------------------------------------ compose, equations


def test_compose(data):
    found = data.json("lcn", "compose", "--layer", "1,2,3", "--layer", "1,-1/2", "--strides", "2,1")
    wanted = end_to_end([[1, 2, 3], [1, Fraction(-1, 2)]], (2, 1))
    assert [Fraction(x) for x in found["end_to_end_filter"]] == wanted
    assert (found["filter_sizes"], found["end_to_end_stride"], found["exact"]) == ([3, 2], 2, True)
    floats = data.json("lcn", "compose", "--layer", "w1.npy", "--layer", "1,2", "--strides", "2,1")
    assert (floats["end_to_end_filter"], floats["exact"]) == (end_to_end([[1, 0, 1], [1, 2]], (2, 1)), False)
    assert "1, 2, 5/2, -1, -3/2" in data.text(
        "lcn", "compose", "--layer", "1,2,3", "--layer", "1,-1/2", "--strides", "2,1"
    )


def test_equations(program):
    found = program.json("lcn", "equations", *SMALL)
    assert found["equations"] == ["p0*p3 - p1*p2"]  # 2 x 2 matrices of rank one
    assert "p0*p3 - p1*p2 = 0" in program.text("lcn", "equations", *SMALL)
    thick = program.text("lcn", "equations", "--filters", "2,2", "--strides", "1,1")
    assert "whole space" in thick
    assert "p1^2 - 4*p0*p2 >= 0" in thick
    unknown = program.json("lcn", "equations", *NET)
    assert unknown["real_conditions"] is None
    assert "not written out" in program.text("lcn", "equations", *NET)


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


def test_classify_numbers_without_sizes(data):
    arguments = ("lcn", "classify", "X.npy", "--strides", "2,1", "--targets", "Y.npy")
    found = data.json(*arguments, "--layer", "1,0,1", "--layer", "w.npz:a")
    assert found["filter_sizes"] == [3, 2]
    assert found == data.json(*arguments, "--filters", "3,2", "--layer", "w1.npy", "--layer", "1,2.0")
    assert data.json(*arguments, "--layer", "1,0,1", "--layer", "1,2", "--tolerance", "1e6")["is_critical"]
    np.save("row.npy", np.array([[1.0, 0.0, 1.0]]))
    assert found == data.json(*arguments, "--layer", "row.npy", "--layer", "1,2")


def test_an_ambiguous_point_names_the_polish(data):
    arguments = ("lcn", "classify", "X.npy", "--strides", "2,1", "--targets", "Y.npy")
    layers = ("--layer", "1,0,1", "--layer", "1,2")
    size = data.json(*arguments, *layers)["gradient_norm"]
    printed = data.text(*arguments, *layers, "--tolerance", str(size / 10))
    assert "ambiguous" in printed
    assert "--polish" in printed
    assert "--polish" not in data.text(*arguments, *layers)


def test_a_loss_beyond_floats_is_said(data):
    layers = ("--layer", "1e200,0,1", "--layer", "1,2")
    printed = data.text("lcn", "classify", "X.npy", "--strides", "2,1", "--targets", "Y.npy", *layers)
    assert "too large for floats" in printed


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
        (
            ("report", "--filters", "99999999999999999999,2", "--strides", "2,1"),
            "--filters must be whole numbers of at most 9",
        ),
        (("report", "--filters", "3,2", "--strides", "2,1234567890"), "--strides must be whole numbers of at most 9"),
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
        (
            ("critical", "X.npy", *NET, "--targets", "Y.npy", "--seconds", "-1"),
            "--seconds must be a finite number > 0; got",
        ),
        (("critical", "objects.npy", *NET, "--targets", "Y.npy"), "objects.npy"),
        (("member", *NET), "--filter must be given"),
        (("member", *NET, "--filter", "1,2"), "--filter must be a filter of 5 coefficients"),
        (("member", *NET, "--filter", "1,2,3,4,x"), "--filter must be numbers separated by commas; got 'x'"),
        (("member", *NET, "--filter", "1,2,3,4,__import__('os')"), "--filter must be numbers"),
        (("member", *NET, "--filter", "1,2,3,4," + "9" * 5000), "--filter must be numbers of at most 1,000 digits"),
        (("member", *NET, "--filter", "1.,2,3,4,5", "--tolerance", "2"), "--tolerance must be"),
        (("member", *NET, "--filter", "1,2,3,4,5", "--out", "m.txt"), "--out must be"),
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
        (("classify", "X.npy", "--strides", "2,1", "--targets", "Y.npy"), "--layer must be given once per layer"),
        (("classify", "X.npy", "--targets", "Y.npy", "--layer", "1,2"), "--strides must be given"),
        (
            ("classify", "X.npy", "--strides", "1", "--targets", "Y.npy", "--layer", "X.npy"),
            "--layer must be one filter",
        ),
        (("classify", "X.npy", "--strides", "1", "--targets", "Y.npy", "--layer", "1,,2"), "--layer must be numbers"),
        (
            ("classify", "X.npy", "--strides", "1", "--targets", "Y.npy", "--layer", "1,2", "--tolerance", "0"),
            "--tolerance",
        ),
        (("compose", "--strides", "1"), "--layer must be given"),
        (("compose", "--layer", "1,2", "--strides", "1,1"), "--strides must be one stride per layer"),
        (("equations", "--filters", "3,2"), "--strides must be given"),
    ],
)
def test_mistakes(data, arguments, words):
    assert data.refusal("lcn", *arguments).startswith(words)


def test_weights_of_other_libraries_are_to_be_reshaped(data):
    np.save("conv.npy", np.ones((1, 1, 3)))
    line = data.refusal("lcn", "compose", "--layer", "conv.npy", "--layer", "1,2", "--strides", "2,1")
    assert "array.reshape(len(array), -1)" in line
    np.save("flat.npy", np.load("conv.npy").reshape(1, -1))
    assert data.json("lcn", "compose", "--layer", "flat.npy", "--strides", "2")["end_to_end_filter"] == [1, 1, 1]
