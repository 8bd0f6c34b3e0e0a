"""`equivariety project`: distances and nearest matrices of the Python method."""

from __future__ import annotations

import numpy as np
import pytest
from safetensors.numpy import load_file

import equivariety as ev

GROUP = "cycles:(1 2 3)(4 5 6)(7 8):degree=10"
G = ev.PermutationGroup.from_cycles("(1 2 3)(4 5 6)(7 8)", degree=10)


def check(answer: dict, space, matrix: np.ndarray) -> None:
    nearest = space.project(matrix)
    assert answer["distance"] == pytest.approx(nearest.distance, rel=1e-12)
    assert answer["norm"] == pytest.approx(np.linalg.norm(matrix), rel=1e-12)
    assert answer["relative_distance"] == pytest.approx(nearest.distance / np.linalg.norm(matrix), rel=1e-12)
    assert answer["ranks"] == nearest.ranks.by_label
    assert answer["is_unique"] is nearest.is_unique
    assert answer["shape"] == list(space.shape)


def test_over_all_components(program):
    answer = program.json("project", "M.npy", "--group", GROUP, "--rank", 4)
    space = ev.equivariant_maps(G, rank=4)
    check(answer, space, np.load("M.npy"))
    assert answer["num_parameters"] == space.component(answer["ranks"]).num_parameters


def test_one_component(program):
    answer = program.json("project", "M.npy", "--group", GROUP, "--ranks", "(3,2)=1")
    check(answer, ev.equivariant_maps(G).stratum({(3, 2): 1}), np.load("M.npy"))
    assert answer["rank"] == 2


def test_other_outputs(program):
    np.save("wide.npy", np.load("M.npy")[:3])
    invariant = program.json("project", "wide.npy", "--group", GROUP, "--rank", 2, "--invariant")
    check(invariant, ev.invariant_maps(G, outputs=3, rank=2), np.load("wide.npy"))
    target = program.json("project", "wide.npy", "--group", GROUP, "--rank", 2, "--target-group", "cyclic:3")
    check(target, ev.equivariant_maps(G, ev.groups.cyclic(3), rank=2), np.load("wide.npy"))


@pytest.mark.parametrize("suffix", [".npy", ".safetensors", ".csv"])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_nearest_matrix_is_written(program, suffix, dtype):
    matrix = np.load("M.npy").astype(dtype)
    np.save("M.npy", matrix)
    program.text("project", "M.npy", "--group", GROUP, "--rank", 4, "--out", f"P{suffix}")
    wanted = ev.equivariant_maps(G, rank=4).project(matrix).point
    if suffix == ".safetensors":
        found = load_file("P.safetensors")["array"]
    else:
        found = ev.datasets.load_array(f"P{suffix}")
    assert found.dtype == (dtype if suffix != ".csv" else "float64")
    np.testing.assert_array_equal(found.astype(dtype), wanted)


def test_ties_are_told(program):
    np.save("tie.npy", 3 * np.eye(2))
    answer = program.json("project", "tie.npy", "--group", "cyclic:2", "--rank", 1)
    assert (answer["is_unique"], answer["alternatives"]) == (False, [[0, 1]])
    assert "no: as good are (2,1)=1" in program.text("project", "tie.npy", "--group", "cyclic:2", "--rank", 1)


def test_zero_and_huge_matrices(program):
    np.save("zero.npy", np.zeros((2, 2)))
    assert program.json("project", "zero.npy", "--group", "cyclic:2", "--rank", 1)["relative_distance"] == 0
    np.save("huge.npy", np.diag([1e200, 3e200]))
    answer = program.json("project", "huge.npy", "--group", "cyclic:2", "--rank", 2)
    assert answer["relative_distance"] == pytest.approx(np.sqrt(2 / 10))


def test_what_people_read(program):
    printed = program.text("project", "M.npy", "--group", GROUP, "--rank", 4, "--out", "P.npy")
    for word in ("10 x 10", "distance", "% of the norm", "ranks", "yes", "P.npy"):
        assert word in printed


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Missing argument 'MATRIX'"),
        (("M.npy",), "--group must be given"),
        (("M.npy", "--group", GROUP), "--rank must be given unless --ranks is"),
        (("M.npy", "--group", GROUP, "--rank", 2, "--ranks", "1,0,0"), "--ranks must be left out"),
        (("M.npy", "--group", GROUP, "--rank", "two"), "--rank must be a whole number"),
        (("M.npy", "--group", GROUP, "--ranks", "two"), "--ranks must be ranks of blocks"),
        (("M.npy", "--group", "?", "--rank", 2), "--group must be a group"),
        (("M.npy", "--group", "cyclic:4", "--rank", 2), "--group must be a group on the 10 inputs"),
        (("X.npy", "--group", GROUP, "--rank", 2), "--target-group must be given where 10 inputs go to 40 outputs"),
        (("M.npy", "--group", GROUP, "--rank", 2, "--target-group", "cyclic:3"), "--target-group must be a group on"),
        (("M.npy", "--group", GROUP, "--rank", 2, "--target-group", "cyclic:10", "--invariant"), "--target-group must"),
        (("no.npy", "--group", GROUP, "--rank", 2), "no.npy must be an existing file"),
        (("nan.npy", "--group", GROUP, "--rank", 2, "--invariant"), "MATRIX must be finite"),
        (("complex.npy", "--group", GROUP, "--rank", 2), "complex.npy must be an array of real numbers"),
        (("M.npy", "--group", GROUP, "--rank", 2, "--out", "P.txt"), "--out must be a name that ends in"),
        (("M.npy", "--group", GROUP, "--rank", 2, "--out", "no/P.npy"), "--out must be in an existing folder"),
        (("M.npy", "--group", GROUP, "--rank", 2, "--alpha", 2), "No such option: --alpha"),
    ],
    ids=lambda value: " ".join(map(str, value))[:80] if isinstance(value, tuple) else None,
)
def test_mistakes_take_one_line(program, arguments, words):
    assert program.refusal("project", *arguments).startswith(words)


def test_failure_to_write_leaves_the_old_matrix(program, monkeypatch):
    (program.folder / "P.npy").write_text("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("equivariety.datasets.table_output._write_npy", full)
    arguments = ("project", "M.npy", "--group", GROUP, "--rank", 2, "--out", "P.npy")
    assert program.refusal(*arguments) == "P.npy: No space left on device"
