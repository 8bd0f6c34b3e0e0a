"""Groups as one line of text: what is understood, and what is refused without harm."""

from __future__ import annotations

import os
import pickle
import tracemalloc

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from equivariety.groups import (
    PermutationGroup,
    alternating,
    cube_rotations,
    cube_symmetries,
    cyclic,
    dihedral,
    hypercube,
    on_pairs,
    on_subsets,
    on_tuples,
    parse_group,
    polygon,
    psl27,
    reflection,
    reverse_complement,
    rotation,
    rubik,
    shift,
    symmetric,
    torus,
    translations,
    trivial,
)

GOOD = {
    "shift:28x28:axis=1": shift((28, 28), 1),
    "shift:4x6:axis=-1": shift((4, 6), 1),
    "shift:4x6:axis=0:steps=2": shift((4, 6), 0, 2),
    "shift:4x6:steps=-2:axis=0": shift((4, 6), 0, -2),
    "shift:7:axis=0": shift(7, 0),
    "rotation:5": rotation(5),
    "rotation:4x4": rotation(4),
    "rotation:4x4x3": rotation((4, 4, 3)),
    "rotation:4x4x3:axes=0,1": rotation((4, 4, 3)),
    "rotation:3x4x4:axes=2,1": rotation((3, 4, 4), (2, 1)),
    "reflection:4x6:axis=1": reflection((4, 6), 1),
    "cyclic:12": cyclic(12),
    "trivial:784": trivial(784),
    "cycles:(1 3 4)(2 5):degree=5": PermutationGroup.from_cycles("(1 3 4)(2 5)", degree=5),
    "cycles:(1,2);(3,4):degree=4": PermutationGroup.from_cycles("(1 2)", "(3 4)", degree=4),
    "cycles:():degree=3": PermutationGroup([[0, 1, 2]]),
    " cyclic : 12 ": cyclic(12),
    "translations:4x6": translations((4, 6)),
    "translations:4x6x2": translations((4, 6, 2)),
    "dihedral:4": dihedral(4),
    "dihedral:4x4x3": dihedral((4, 4, 3)),
    "dihedral:3x4x4:axes=1,2": dihedral((3, 4, 4), (1, 2)),
    "torus:5": torus(5),
    "torus:5:reflections=no": torus(5, reflections=False),
    "torus:5:reflections=yes": torus(5),
    "cube:3": cube_rotations(3),
    "octahedral:3": cube_symmetries(3),
    "polygon:5": polygon(5),
    "symmetric:5": symmetric(5),
    "alternating:5": alternating(5),
    "hypercube:3": hypercube(3),
    "psl27:7": psl27(7),
    "psl27:8": psl27(8),
    "rubik": rubik(),
    " rubik ": rubik(),
    "reverse-complement:3": reverse_complement(3),
    "reverse-complement:3:one-hot=yes": reverse_complement(3, one_hot=True),
    "pairs:symmetric:5": on_pairs(symmetric(5)),
    "all-pairs:symmetric:5": on_pairs(symmetric(5), distinct=False),
    "unordered-pairs:shift:2x3:axis=1": on_pairs(shift((2, 3), 1), ordered=False),
    "subsets:3:polygon:6": on_subsets(polygon(6), 3),
    "tuples:3:cycles:(1 2);(2 3):degree=4": on_tuples(PermutationGroup.from_cycles("(1 2)", "(2 3)", degree=4), 3),
    "pairs:rubik": on_pairs(rubik()),
    "gap:Group((1,2)(3,4),(1,3))": PermutationGroup.from_cycles("(1 2)(3 4)", "(1 3)", degree=4),
    "gap:Group([ (1,2) ]):degree=4": PermutationGroup.from_cycles("(1 2)", degree=4),
}


@pytest.mark.parametrize("text", GOOD)
def test_good_text(text):
    assert parse_group(text) == GOOD[text]


@pytest.mark.parametrize("name", ["gens.npy", "with space: and colon.npy", "gens"])
def test_file(name, tmp_path):
    path = tmp_path / name
    with path.open("wb") as file:
        np.save(file, np.array([[1, 0, 2], [0, 2, 1]], dtype=np.int32))
    assert parse_group(f"file:{path}") == PermutationGroup([[1, 0, 2], [0, 2, 1]])


def test_file_with_one_row(tmp_path):
    np.save(tmp_path / "row.npy", np.asfortranarray(np.array([2, 0, 1], dtype=">i8")))
    assert parse_group(f"file:{tmp_path / 'row.npy'}") == PermutationGroup([[2, 0, 1]])


def refused(text, kind=ValueError):
    with pytest.raises(kind, match=r"^text must be a group; got .*Fix: use one of the forms ") as caught:
        parse_group(text)
    message = str(caught.value)
    for name in ("shift:", "rotation:", "translations:", "dihedral:", "cube:", "rubik", "pairs:", "cycles:", "file:"):
        assert name in message.split("Fix: use one of the forms")[1]
    assert message.count("Fix: use one of the forms") == 1
    assert repr(text)[:40] in message
    assert "\n" not in message
    return message


BAD = [
    "",
    " ",
    ":",
    "shift",
    "shift:",
    "shift:28x28",
    "shift:28x28:axis",
    "shift:28x28:axis=",
    "shift:28x28:axis=2",
    "shift:28x28:axis=1.0",
    "shift:28x28:axis=True",
    "shift:28x28:axis=1:axis=1",
    "shift:28x28:axis=1:step=2",
    "shift:28x28:axis=1:",
    "shift:28x28:axis=1:steps=1e3",
    "shift:28x:axis=0",
    "shift:x28:axis=0",
    "shift:28X28:axis=0",
    "shift:28 x 28:axis=0",
    "shift:0x28:axis=0",
    "shift:-3x28:axis=0",
    "shift:٣x3:axis=0",
    "shift:(28,28):axis=1",
    "shift:100000x100000:axis=1",
    "shift:" + "9" * 100_000 + ":axis=0",
    "shift:" + "1x" * 50_000 + "1:axis=0",
    "shift:" + "9x" * 50_000 + "9:axis=0",
    "shift:3x3:axis=" + "1" * 10_000,
    "Shift:3x3:axis=1",
    "rotation:28x27",
    "rotation:100000",
    "rotation:4x4:axes=0",
    "rotation:4x4:axes=0,0",
    "rotation:4x4:axes=0,1,2",
    "rotation:4x4:axes=(0,1)",
    "rotation:4x4:axis=1",
    "reflection:4x4",
    "cyclic:0",
    "cyclic:-1",
    "cyclic:1_000",
    "cyclic:12:n=12",
    "cyclic:3x3",
    "cyclic:999999999999",
    "trivial:100000001",
    "trivial:1+1",
    "cycles:(1 2)",
    "cycles:(1 2):degree=1",
    "cycles:(1 2)(2 3):degree=3",
    "cycles:(1 2:degree=3",
    "cycles:(1 2):degree=100000001",
    "cycles:();():degree=100000000",
    "cycles:" + ";" * 200_000 + ":degree=1000000",
    "__import__('os').system('true')",
    "cyclic:__import__('os').getpid()",
    "dihedral:4x5",
    "dihedra:4",
    "torus:4x5",
    "torus:5:reflections=False",
    "cube:1000",
    "hypercube:40",
    "psl27:9",
    "symmetric:0",
    "symmetric:5:n=5",
    "rubik:",
    "rubik:3",
    "reverse-complement:40",
    "reverse-complement:3:one-hot=yes:one-hot=no",
    "reverse-complement:3:one_hot=yes",
    "pairs:",
    "pairs:5",
    "pairs:trivial:1",
    "pairs:pairs:symmetric:5",
    "pairs:" * 100_000 + "symmetric:5",
    "all-pairs:symmetric:100000",
    "subsets:symmetric:5",
    "subsets:6:symmetric:5",
    "subsets:15:symmetric:30",
    "tuples:999999999999999:symmetric:5",
    "tuples:3:file:/no/such/file.npy",
    "gap:Group((1,2)",
    "gap:Group((1,2)(2,3))",
    "gap:Group((1,1000000000000000000000000000))",
    "gap:SymmetricGroup(3)",
    "gap:Group((1,2)):degree=1",
    "file:",
    "file:/no/such/file.npy",
    "file:/",
    "file:/dev/zero",
    "file:a\0b",
    "file:" + "a" * 100_000,
    "shift:3x3\n:axis=1\x1b[31m:",
]


@pytest.mark.parametrize("text", BAD, ids=range(len(BAD)))
def test_bad_text(text):
    assert len(refused(text)) < 1500


@pytest.mark.parametrize("text", [None, 5, b"cyclic:3", ["cyclic:3"]])
def test_text_has_to_be_text(text):
    refused(text, TypeError)


def test_hostile_sizes_take_no_memory():
    texts = ["cyclic:999999999999", "rotation:99999", "cycles:();():degree=100000000", "shift:99999x99999:axis=0"]
    tracemalloc.start()
    try:
        for text in texts:
            refused(text)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 2**20


BAD_ARRAYS = {
    "float": np.array([[1.0, 0.0]]),
    "bool": np.array([[True, False]]),
    "complex": np.array([[1, 0]], dtype=complex),
    "text": np.array(["(1 2)"]),
    "records": np.zeros(2, dtype=[("a", int)]),
    "number": np.array(3),
    "3-D": np.zeros((1, 1, 1), dtype=int),
    "empty": np.zeros((0, 3), dtype=int),
    "no points": np.zeros((3, 0), dtype=int),
    "one-based": np.array([[1, 2]]),
    "repeated": np.array([[0, 0]]),
}


@pytest.mark.parametrize("name", BAD_ARRAYS)
def test_bad_arrays(name, tmp_path):
    path = tmp_path / "gens.npy"
    np.save(path, BAD_ARRAYS[name])
    message = refused(f"file:{path}")
    assert ("path must be" in message) == (name not in ("one-based", "repeated"))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipes_are_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assert "no such file" in refused(f"file:{tmp_path / 'pipe'}")


@pytest.mark.parametrize("text", ["shift:28x28", "shift:28x28:steps=2", "reflection:4x4"])
def test_a_missing_option_is_named(text):
    assert "the option axis= is missing" in refused(text)


class Bomb:
    """Leaves a file behind if it is ever unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return open, (str(self.path), "w")


@pytest.mark.parametrize("wrap", [pickle.dumps, None], ids=["a pickle", "an object array"])
def test_pickles_are_not_loaded(wrap, tmp_path):
    path, trace = tmp_path / "gens.npy", tmp_path / "exploded"
    if wrap:
        path.write_bytes(wrap(Bomb(trace)))
    else:
        np.save(path, np.array([Bomb(trace)], dtype=object), allow_pickle=True)
    refused(f"file:{path}")
    assert not trace.exists()


def saved(tmp_path):
    path = tmp_path / "gens.npy"
    np.save(path, np.array([[1, 2, 0]]))
    return path, path.read_bytes()


def test_truncated_files(tmp_path):
    path, content = saved(tmp_path)
    for length in range(len(content)):
        path.write_bytes(content[:length])
        refused(f"file:{path}")


@given(st.integers(0, 127), st.integers(0, 255))
@example(10, 0)  # an error of Python's tokenizer
def test_corrupt_headers_never_raise_anything_else(tmp_path_factory, place, value):
    path, content = saved(tmp_path_factory.mktemp("corrupt"))
    path.write_bytes(content[:place] + bytes([value]) + content[place + 1 :])
    try:
        outcome = str(parse_group(f"file:{path}").degree)
    except ValueError as problem:
        outcome = str(problem)
    assert outcome in ("1", "3") or "Fix: " in outcome


@pytest.mark.parametrize("shape", ["(1000000, 1000000)", "(1, 100000000000)", "(-1, 3)", "(1, True)", "()"])
def test_header_that_promises_too_much(shape, tmp_path):
    path, content = saved(tmp_path)
    header = f"{{'descr': '<i8', 'fortran_order': False, 'shape': {shape}, }}".encode().ljust(117) + b"\n"
    path.write_bytes(content[:10] + header + content[128:])
    refused(f"file:{path}")


def test_archives_are_refused(tmp_path):
    np.savez(tmp_path / "gens.npz", a=np.array([[1, 0]]))
    refused(f"file:{tmp_path / 'gens.npz'}")
    (tmp_path / "broken.npz").write_bytes((tmp_path / "gens.npz").read_bytes()[:50])
    refused(f"file:{tmp_path / 'broken.npz'}")
