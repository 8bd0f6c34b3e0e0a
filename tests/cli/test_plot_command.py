"""`equivariety plot`: the right picture in the right file, its own example without a group, mistakes on one line."""

from __future__ import annotations

import numpy as np
import pytest

import equivariety as ev
from equivariety.plots import plot_collapse, plot_commutant_pattern, plot_cyclic_bases, plot_orbits, save_figure

TALK = ev.PermutationGroup.from_cycles("(1 3 4)(2 5)", degree=5)
PAIR = ev.LinearConvolutionalNetwork((2, 2), (1, 1))
CYCLES = "cycles:(1 3 4)(2 5):degree=5"

#: Arguments, the default name, and the same picture drawn by the library.
PICTURES = [
    (["base-changes"], "base-changes", lambda: plot_cyclic_bases(TALK)),
    (["base-changes", "--group", "cyclic:4"], "base-changes", lambda: plot_cyclic_bases(ev.groups.cyclic(4))),
    (
        ["commutant"],
        "commutant",
        lambda: plot_commutant_pattern(ev.equivariant_maps(ev.groups.rotation(3)).hom, order="talk"),
    ),
    (
        ["commutant", "--group", "cyclic:6", "--target-group", "cyclic:3", "--order", "library"],
        "commutant",
        lambda: plot_commutant_pattern(ev.equivariant_maps(ev.groups.cyclic(6), ev.groups.cyclic(3)).hom),
    ),
    (["pixel-order"], "pixel-order", lambda: ev.plots.plot_pixel_order(4)),
    (["pixel-order", "--size", "3"], "pixel-order", lambda: ev.plots.plot_pixel_order(3)),
    (["invariant-example"], "invariant-example", lambda: plot_collapse(TALK, rank=1)),
    (
        ["invariant-example", "--group", "rotation:3", "--outputs", "3", "--rank", "any"],
        "invariant-example",
        lambda: plot_collapse(ev.groups.rotation(3), outputs=3),
    ),
    (["orbits"], "orbits", lambda: plot_orbits(ev.groups.rotation(3), (3, 3))),
    (
        ["orbits", "--group", "cube:3", "--shape", "3x3x3", "--view", "cube"],
        "orbits",
        lambda: plot_orbits(ev.groups.cube_rotations(3), (3, 3, 3), view="cube"),
    ),
    (
        ["weight-sharing", "--group", "rotation:3", "--ranks", "(1,1)=1,(4,3)=1", "--basis", "points"],
        "weight-sharing",
        lambda: ev.plots.plot_weight_sharing(
            ev.equivariant_maps(ev.groups.rotation(3)).stratum({(1, 1): 1, (4, 3): 1}).weight_sharing("points")
        ),
    ),
    (
        ["shared-matrix", "--group", CYCLES, "--invariant", "--outputs", "4", "--rank", "1", "--factor", "decoder"],
        "shared-matrix",
        lambda: ev.plots.plot_shared_matrix(
            ev.invariant_maps(TALK, outputs=4).stratum([1]).weight_sharing().decoder,
        ),
    ),
    (
        ["shared-matrix", "--group", "rotation:3", "--ranks", "1,1,0", "--basis", "points", "--shape", "3x3"],
        "shared-matrix",
        lambda: ev.plots.plot_shared_matrix(
            ev.equivariant_maps(ev.groups.rotation(3)).stratum([1, 1, 0]).weight_sharing("points").encoder,
            image_shape=(3, 3),
        ),
    ),
    (
        ["strata"],
        "strata",
        lambda: ev.plots.plot_hasse_diagram(ev.equivariant_maps(ev.groups.rotation(3), rank=3)),
    ),
    (
        ["strata", "--group", "cyclic:6", "--target-group", "cyclic:3", "--rank", "2"],
        "strata",
        lambda: ev.plots.plot_hasse_diagram(
            ev.equivariant_maps(ev.groups.cyclic(6), ev.groups.cyclic(3), rank=2),
        ),
    ),
    (["real-points"], "real-points", lambda: ev.plots.real_points("y^2 = x^2(x+1)")),
    (
        ["real-points", "x^2 = 1", "y^2 = 1", "--box", "-2:2,-1.5:1.5"],
        "real-points",
        lambda: ev.plots.real_points(["x^2 = 1", "y^2 = 1"], box=[[-2, 2], [-1.5, 1.5]]),
    ),
    (
        ["real-points", "p0*p2 - (p0+p1)*p1", "--simplex"],
        "real-points",
        lambda: ev.plots.real_points("p0*p2 - (p0+p1)*p1", simplex=True),
    ),
    (["cubics"], "cubics", lambda: ev.plots.plot_cubic_filters()),
    (["landscape"], "landscape", lambda: ev.plots.plot_loss_landscape(PAIR, np.eye(3), [[1], [0], [1]])),
    (
        ["landscape", "--view", "chart"],
        "landscape",
        lambda: ev.plots.plot_filter_chart(PAIR, np.eye(3), [[1], [0], [1]]),
    ),
]


@pytest.mark.parametrize(
    ("arguments", "name", "draw"), PICTURES, ids=lambda value: " ".join(value)[:60] if isinstance(value, list) else ""
)
def test_pictures_are_those_of_the_library(program, arguments, name, draw):
    printed = program.text("plot", *arguments)
    assert f"{name}.png" in printed
    save_figure(draw(), "expected.png")
    assert (program.folder / f"{name}.png").read_bytes() == (program.folder / "expected.png").read_bytes()


@pytest.mark.parametrize("suffix", [".png", ".pdf", ".svg"])
def test_the_suffix_is_the_format(program, suffix):
    answer = program.json("plot", "invariant-example", "--out", f"a{suffix}")
    written = (program.folder / f"a{suffix}").read_bytes()
    assert written.startswith({".png": b"\x89PNG", ".pdf": b"%PDF", ".svg": b"<?xml"}[suffix])
    assert answer["bytes"] == len(written)
    assert not (program.folder / "invariant-example.png").exists()


def test_what_programs_read(program):
    answer = program.json("plot", "orbits", "--group", "cube:2", "--shape", "2x2x2", "--out", "c.png")
    inches = answer.pop("inches")
    assert min(inches) > 1
    assert answer.pop("bytes") > 0
    assert answer == {"picture": "orbits", "group": "cube:2", "shape": [2, 2, 2], "view": "slices", "out": "c.png"}
    options = ("--group", "rotation:3", "--ranks", "(1,1)=1")
    answer = program.json("plot", "shared-matrix", *options)
    assert (answer["factor"], answer["basis"], answer["ranks"]) == ("encoder", "isotypic", "(1,1)=1")
    assert answer["rank"] is None
    assert program.json("plot", "commutant")["group"] == "rotation:3"
    assert program.json("plot", "base-changes")["group"] == CYCLES
    assert program.json("plot", "pixel-order")["size"] == 4
    answer = program.json("plot", "real-points", "x^2 + y^2 = 1", "--box", "-1:1,0:2")
    assert (answer["polynomials"], answer["box"]) == (["x^2 + y^2 = 1"], [[-1, 1], [0, 2]])


def test_the_loss_of_given_data(program):
    rng = np.random.default_rng(1)
    X, Y = rng.standard_normal((8, 4)), rng.standard_normal((8, 1))
    np.save("x.npy", X)
    np.savetxt("y.csv", Y)
    answer = program.json("plot", "landscape", "x.npy", "--targets", "y.csv", "--strides", "2,1")
    assert (answer["strides"], answer["view"], answer["inputs"]) == ([2, 1], "pairs", "x.npy")
    save_figure(ev.plots.plot_loss_landscape(ev.LinearConvolutionalNetwork((2, 2), (2, 1)), X, Y), "expected.png")
    assert (program.folder / "landscape.png").read_bytes() == (program.folder / "expected.png").read_bytes()


def test_what_people_read(program):
    printed = program.text("plot", "orbits", "--out", "o.svg")
    for words in ("picture", "orbits", "3x3", "written to", "o.svg"):
        assert words in printed
    helped = program.text("plot", "--help")
    for name in ("base-changes", "commutant", "pixel-order", "invariant-example", "orbits", "strata", "real-points"):
        assert name in helped


def test_an_old_picture_is_replaced(program):
    (program.folder / "orbits.png").write_bytes(b"old")
    program.text("plot", "orbits")
    assert (program.folder / "orbits.png").read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Missing command"),
        (("portrait",), "No such command"),
        (("base-changes", "--rank", 2), "No such option: --rank"),
        (("base-changes", "--group", "?"), "--group must be a group"),
        (("base-changes", "--group", "dihedral:3"), "--group must be one permutation; got 2 generators"),
        (("base-changes", "--group", "cyclic:200"), "--group must be of at most 128 points; got 200"),
        (("base-changes", "--out", "a.jpg"), "--out must be a name that ends in .png, .pdf, .svg; got 'a.jpg'"),
        (("base-changes", "--out", "no/a.png"), "--out must be in an existing folder"),
        (("base-changes", "--out", ""), "--out must be a name that ends in"),
        (("commutant", "--order", "slide"), "--order must be 'library' or 'talk'; got 'slide'"),
        (("commutant", "--group", "cyclic:300"), "--group must be of at most 10000 entries"),
        (("commutant", "--target-group", "cyclic:3"), "--group must be given together with --target-group"),
        (("pixel-order", "--size", "four"), "--size must be a whole number"),
        (("pixel-order", "--size", 11), "--size must be an integer from 1 to 10; got 11"),
        (("pixel-order", "--size", -1), "--size must be an integer >= 0"),
        (("invariant-example", "--rank", 2), "--rank must be 1 or any; got '2'"),
        (("invariant-example", "--outputs", 0), "--outputs must be an integer >= 1"),
        (("invariant-example", "--outputs", "x"), "--outputs must be a whole number"),
        (("orbits", "--group", "cube:2"), "--shape must be given together with --group"),
        (("orbits", "--shape", "3x3"), "--group must be given together with --shape"),
        (("orbits", "--group", "cube:2", "--shape", "2x2"), "--shape must be (height, width) or"),
        (("orbits", "--group", "cube:2", "--shape", "8"), "--shape must be two or three sizes; got '8'"),
        (("orbits", "--group", "rotation:2", "--shape", "2x2", "--view", "cube"), "--view must be 'slices' for"),
        (("orbits", "--view", "side"), "--view must be 'slices' or 'cube'"),
        (("weight-sharing",), "--group must be given"),
        (("weight-sharing", "--group", "rotation:3"), "--rank must be given unless --ranks is"),
        (("weight-sharing", "--group", "rotation:3", "--rank", 3), "--ranks must be given where there are several"),
        (("weight-sharing", "--group", "cyclic:3", "--ranks", "1,1", "--basis", "points"), "--basis must be"),
        (("weight-sharing", "--group", "cyclic:3", "--ranks", "1,1", "--basis", "x"), "--basis must be 'isotypic' or"),
        (("weight-sharing", "--group", "trivial:70", "--rank", 1), "--group must be of at most 64 nodes"),
        (("weight-sharing", "--group", "cyclic:3", "--ranks", "9,9"), "--ranks"),
        (("weight-sharing", "--group", "cyclic:3", "--rank", 1, "--invariant"), "--outputs must be given"),
        (("weight-sharing", "--group", "cyclic:3", "--rank", 1, "--outputs", 2), "--outputs must be left out without"),
        (("landscape", "--strides", "2,1"), "--strides must be 1,1 without data; got '2,1'"),
        (("landscape", "--strides", "2"), "--strides must be two whole numbers; got '2'"),
        (("landscape", "--strides", "a,b"), "--strides must be"),
        (("landscape", "--strides", "2,1", "--view", "chart"), "--strides must be 1,1 for --view chart; got '2,1'"),
        (("landscape", "--view", "top"), "--view must be pairs or chart or space; got 'top'"),
        (("landscape", "X.npy"), "--targets must be given together with INPUTS"),
        (("landscape", "--targets", "Y.npy"), "INPUTS must be given together with --targets"),
        (("landscape", "X.npy", "--targets", "Y.npy"), "--targets must be of shape (40, 8)"),
        (("strata", "--group", "shift:28x28:axis=1", "--rank", 99), "--rank must be of at most 150 strata; got 5865"),
        (("strata", "--group", "cyclic:3"), "--rank must be given"),
        (("real-points", "x +"), "POLYNOMIAL must be polynomials with rational coefficients"),
        (("real-points", "x*y*z*w"), "POLYNOMIAL must be in two or three variables"),
        (("real-points", "x + y", "--simplex"), "--simplex must be False in two variables"),
        (("real-points", "--box", "wide"), "--box must be a number; got 'wide'"),
        (("real-points", "--box", "1:2:3,4"), "--box must be a number, or LOW:HIGH for each variable"),
        (("real-points", "--box", "1:0,0:1"), "--box must be 2 pairs (low, high)"),
        (("shared-matrix", "--group", "cyclic:3", "--ranks", "1,1", "--factor", "x"), "--factor must be encoder or"),
        (("shared-matrix", "--group", "cyclic:3", "--ranks", "1,1", "--shape", "2x2"), "--shape must be (height"),
    ],
    ids=lambda value: " ".join(map(str, value))[:80] if isinstance(value, tuple) else None,
)
def test_mistakes_take_one_line(program, arguments, words):
    assert program.refusal("plot", *arguments).startswith(words)


def test_the_group_is_not_overwritten(program):
    np.save("g.npy", np.array([[1, 0, 2]]))
    line = program.refusal("plot", "base-changes", "--group", "file:g.npy", "--out", "g.npy")
    assert line.startswith("--out must be a name that ends in")
    (program.folder / "g.npy").rename("g.png")
    line = program.refusal("plot", "base-changes", "--group", "file:g.png", "--out", "g.png")
    assert line.startswith("--out must be another file than the inputs")


def test_failure_to_write_leaves_the_old_picture(program, monkeypatch):
    (program.folder / "orbits.png").write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device", "orbits.png")

    monkeypatch.setattr("os.replace", full)
    assert program.refusal("plot", "orbits") == "orbits.png: No space left on device"
