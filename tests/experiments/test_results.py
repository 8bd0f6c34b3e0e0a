"""Results on disk: equal after loading, refused when damaged, whole after a kill."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import equivariety
from equivariety.experiments import ReproductionConfig, ReproductionResult, check_destination, compare, run

posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")


@pytest.fixture
def saved(digits, tmp_path) -> Path:
    digits.save(tmp_path / "out")
    return tmp_path / "out"


def test_round_trip(digits, saved):
    again = ReproductionResult.load(saved)
    assert again == digits
    assert json.loads((saved / "report.json").read_text()) == digits.report
    assert sorted(p.name for p in (saved / "models").iterdir()) == sorted(f"{n}.safetensors" for n in digits.maps)


def test_differences_are_seen(digits):
    other = run(ReproductionConfig(seed=3))
    assert other != digits
    assert digits != "a result"
    assert ReproductionResult(digits.report, digits.arrays, other.maps) != digits
    assert ReproductionResult(digits.report, other.arrays, digits.maps) != digits


def test_extra_files_are_part_of_the_set(digits, tmp_path):
    digits.save(tmp_path, {"a.txt": lambda path: path.write_text("first")})
    (tmp_path / "mine.txt").write_text("mine")
    names = digits.save(tmp_path, {"b/c.txt": lambda path: path.write_text("second")})
    assert "b/c.txt" in names
    assert not (tmp_path / "a.txt").exists()
    assert (tmp_path / "b" / "c.txt").read_text() == "second"
    assert (tmp_path / "mine.txt").read_text() == "mine"


@pytest.mark.parametrize("name", ["../x.txt", "report.json"])
def test_bad_extra_names(digits, saved, name):
    before = (saved / "report.json").read_bytes()
    with pytest.raises(ValueError, match="extra must be"):
        digits.save(saved, {name: lambda path: path.write_text("no")})
    assert (saved / "report.json").read_bytes() == before
    assert not (saved.parent / "x.txt").exists()


def test_failing_writer_leaves_the_old_set(digits, saved):
    def fail(path):
        raise OSError("disk full")

    other = run(ReproductionConfig(seed=5))
    with pytest.raises(OSError, match="disk full"):
        other.save(saved, {"a.png": fail})
    assert ReproductionResult.load(saved) == digits


def edited(report: dict, path: tuple, value: object) -> dict:
    out = json.loads(json.dumps(report))
    place = out
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    return out


DAMAGE = [
    (("format",), "other"),
    (("version",), 2),
    (("version",), True),
    (("models",), []),
    (("models", 0), None),
    (("models", 0, "name"), "best"),
    (("models", 1, "train_loss"), float("nan")),
    (("models", 1, "train_loss"), float("inf")),
    (("models", 1, "train_loss"), 10**400),
    (("models", 1, "train_loss"), "0.1"),
    (("models", 1, "ranks"), [1]),
    (("models", 1, "ranks", 0), 99),
    (("models", 1, "ranks", 0), -1),
    (("models", 1, "ranks", 0), True),
    (("models", 1, "labels"), ["a", "b", "c", "d", "e"]),
    (("models", 1, "rank"), 9),
    (("models", 1, "surprise"), 1),
    (("config", "rank"), -1),
    (("config", "surprise"), 1),
    (("config",), None),
    (("data", "width"), 9),
    (("data", "width"), 0),
    (("data", "num_test"), 5),
    (("space", "blocks", 0, "multiplicity"), 10**9),
    (("space", "blocks", 1, "label"), "(1,1)"),
    (("space", "rank"), 7),
    (("talk_losses",), {"dense": "low"}),
    (("notes",), "text"),
    (("versions",), {"python": 3}),
]


@pytest.mark.parametrize(("path", "value"), DAMAGE, ids=str)
def test_damaged_reports_are_refused(digits, saved, path, value):
    (saved / "report.json").write_text(json.dumps(edited(digits.report, path, value)))
    with pytest.raises(ValueError, match=r"Fix: ") as caught:
        ReproductionResult.load(saved)
    message = str(caught.value)
    assert str(saved) in message
    assert "\n" not in message
    assert len(message) < 1500


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff\xfe", b"[" * 100_000, b"1" * 5000, b"null", b'{"a":' * 2000], ids=range(8)
)
def test_unreadable_reports_are_refused(saved, content):
    (saved / "report.json").write_bytes(content)
    with pytest.raises(ValueError, match=r"report\.json.* Fix: "):
        ReproductionResult.load(saved)


@pytest.mark.parametrize("name", ["report.json", "arrays.safetensors", "models/talk.safetensors"])
def test_missing_and_truncated_files_are_refused(saved, name):
    path = saved / name
    whole = path.read_bytes()
    for content in (None, b"", whole[: len(whole) // 2], os.urandom(100)):
        path.unlink(missing_ok=True)
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(ValueError, match=path.name):
            ReproductionResult.load(saved)


def test_exchanged_files_are_refused(digits, saved):
    from safetensors.numpy import save

    shutil.copy(saved / "models" / "high-pass.safetensors", saved / "models" / "talk.safetensors")
    with pytest.raises(ValueError, match="talk must be a map"):
        ReproductionResult.load(saved)
    digits.save(saved)
    for name, array in (
        ("samples", np.zeros((9, 63))),
        ("samples", digits.arrays["samples"] * np.nan),
        ("samples", digits.arrays["samples"].astype(np.float32)),
        ("best_losses.best", np.zeros(3)),
        ("spectrum.(1,1)", np.zeros((2, 2))),
        ("surprise", np.zeros(3)),
    ):
        (saved / "arrays.safetensors").write_bytes(save({**digits.arrays, name: array}))
        with pytest.raises(ValueError, match=r"arrays\.safetensors"):
            ReproductionResult.load(saved)


def test_folders_that_are_none(tmp_path):
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "missing", tmp_path / "file"):
        with pytest.raises(ValueError, match="a folder with a saved result"):
            ReproductionResult.load(place)


def test_destinations_are_checked_before_the_run(tmp_path):
    (tmp_path / "file").write_text("")
    check_destination(tmp_path)
    check_destination(tmp_path / "new" / "folder")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["file"]
    for place in (tmp_path / "file", tmp_path / "file" / "below", ""):
        with pytest.raises(ValueError, match="directory must be"):
            check_destination(place)


def test_unwritable_destination(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(ValueError, match="directory must be writable"):
        check_destination(tmp_path)


def test_comparison(digits):
    rows = compare([digits, run(ReproductionConfig(rank=3))])
    assert len(rows) == 10
    assert [row["rank"] for row in rows] == [8] * 5 + [3] * 5
    assert {row["test_loss_over_best"] for row in rows if row["model"] == "best"} == {1.0}
    assert compare([]) == []


def test_unknown_model(digits):
    with pytest.raises(ValueError, match="name must be one of"):
        digits.model("cnn")


WRITER = """
import sys, time
from pathlib import Path
from equivariety.experiments import ReproductionResult

source, target = sys.argv[1:]
result = ReproductionResult.load(source)

def stuck(path):
    path.write_bytes(b"half")
    Path(target, "..", "writing").resolve().touch()
    time.sleep(60)

result.save(target, {"picture.png": stuck})
"""


@posix
def test_kill_while_writing_leaves_the_old_set(digits, saved, tmp_path):
    digits.save(saved, {"picture.png": lambda path: path.write_bytes(b"old")})
    run(ReproductionConfig(seed=7)).save(tmp_path / "new")
    environment = {**os.environ, "PYTHONPATH": str(Path(equivariety.__file__).parents[1])}
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path / "new"), str(saved)], env=environment)
    deadline = time.monotonic() + 30
    while not (tmp_path / "writing").exists():
        assert writer.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.01)
    writer.send_signal(signal.SIGKILL)
    writer.wait()
    assert ReproductionResult.load(saved) == digits
    assert (saved / "picture.png").read_bytes() == b"old"
    ReproductionResult.load(tmp_path / "new").save(saved)
    assert ReproductionResult.load(saved) == ReproductionResult.load(tmp_path / "new")
