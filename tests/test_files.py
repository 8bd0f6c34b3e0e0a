"""Result files: one at a time, as a set, after a kill at any moment, and with hostile contents."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from equivariety import files
from equivariety.files import recover, staged, write_atomically

HERE = Path(__file__).resolve().parent
PRIVATE = ".equivariety"
posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX processes, modes or links")


def content(folder: Path) -> dict[str, str]:
    paths = [path for path in folder.rglob("*") if path.is_file() and PRIVATE not in path.parts]
    return {path.relative_to(folder).as_posix(): path.read_text() for path in paths}


def everything(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def write(folder: Path, *, remove_previous: bool = False, **texts: str) -> None:
    with staged(folder, remove_previous=remove_previous) as new:
        for name, text in texts.items():
            path = new / name.replace("__", "/")
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)


def interrupted(folder: Path) -> None:
    with staged(folder) as new:
        (new / "report").write_text("new")
        raise KeyboardInterrupt


def script(*arguments: object) -> list[str]:
    return [sys.executable, "-W", "error", *map(str, arguments)]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(files.__file__).parents[1])}


# ------------------------------------------------------------------------------------------------------ one file


def test_writes_bytes_and_replaces(tmp_path):
    for data in (b"first", b""):
        write_atomically(tmp_path / "a.bin", data)
        assert (tmp_path / "a.bin").read_bytes() == data
    assert everything(tmp_path) == ["a.bin"]


def test_writer_gets_a_path_with_the_same_suffix(tmp_path):
    write_atomically(tmp_path / "a.npz", lambda path: np.savez(path, x=np.arange(3)))
    with np.load(tmp_path / "a.npz", allow_pickle=False) as arrays:
        assert arrays["x"].tolist() == [0, 1, 2]
    assert everything(tmp_path) == ["a.npz"]


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()], ids=["error", "interrupt"])
def test_failing_writer_leaves_the_old_file(tmp_path, error):
    (tmp_path / "a.txt").write_text("old")

    def fail(path: Path) -> None:
        path.write_text("half")
        raise error

    with pytest.raises(type(error)):
        write_atomically(tmp_path / "a.txt", fail)
    assert content(tmp_path) == {"a.txt": "old"}


def test_failing_rename_leaves_the_old_file(tmp_path, monkeypatch):
    (tmp_path / "a.txt").write_text("old")

    def fail(*_: object) -> None:
        raise PermissionError("in use")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(PermissionError):
        write_atomically(tmp_path / "a.txt", b"new")
    assert content(tmp_path) == {"a.txt": "old"}


def test_writer_that_writes_nothing_is_refused(tmp_path):
    with pytest.raises(ValueError, match="write to its argument"):
        write_atomically(tmp_path / "a.txt", lambda path: None)


def test_text_is_refused(tmp_path):
    with pytest.raises(TypeError, match="encode text first"):
        write_atomically(tmp_path / "a.txt", "text")  # type: ignore[arg-type]
    assert everything(tmp_path) == []


def test_folders_and_missing_folders_are_refused(tmp_path):
    with pytest.raises(ValueError, match="regular file"):
        write_atomically(tmp_path, b"")
    with pytest.raises(ValueError, match="existing folder"):
        write_atomically(tmp_path / "missing" / "a.txt", b"")


@posix
def test_what_is_no_file_is_refused(tmp_path):
    """A pipe stands for the devices: whoever may write to /dev would replace the real one if this failed."""
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ValueError, match="regular file"):
        write_atomically(tmp_path / "pipe", b"")
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@posix
def test_links_are_followed_and_modes_kept(tmp_path):
    (tmp_path / "a.txt").write_text("old")
    (tmp_path / "a.txt").chmod(0o640)
    (tmp_path / "link").symlink_to("a.txt")
    write_atomically(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "a.txt").read_text() == "new"
    assert stat.S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o640


# ---------------------------------------------------------------------------------------------------- a set of files


def test_creates_the_folder_and_keeps_the_users_files(tmp_path):
    folder = tmp_path / "new" / "results"
    write(folder, report="1", plots__a="2")
    (folder / "mine").write_text("mine")
    write(folder, report="3")
    assert content(folder) == {"report": "3", "plots/a": "2", "mine": "mine"}
    assert everything(folder / PRIVATE) == ["manifest.json"]


def test_removes_only_what_it_wrote(tmp_path):
    (tmp_path / "mine").write_text("mine")
    write(tmp_path, report="1", plots__a="2")
    write(tmp_path, report="3")  # plots/a stays on the list
    write(tmp_path, remove_previous=True, other="4")
    assert content(tmp_path) == {"mine": "mine", "other": "4"}
    assert not (tmp_path / "plots").exists()


def test_nothing_is_visible_before_the_end(tmp_path):
    write(tmp_path, report="old")
    with staged(tmp_path) as new:
        (new / "report").write_text("new")
        recover(tmp_path)
        assert content(tmp_path) == {"report": "old"}
    assert content(tmp_path) == {"report": "new"}


def test_an_exception_changes_nothing(tmp_path):
    write(tmp_path / "old", report="old")
    before = everything(tmp_path)
    for folder in (tmp_path / "old", tmp_path / "new" / "deep"):
        with pytest.raises(KeyboardInterrupt):
            interrupted(folder)
    assert everything(tmp_path) == before
    assert content(tmp_path / "old") == {"report": "old"}


def test_a_file_is_not_a_folder(tmp_path):
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(ValueError, match=r"directory must be .*choose another name"):
            write(place, report="1")
    with pytest.raises(ValueError, match="directory must be"):
        recover(tmp_path / "file")
    assert content(tmp_path) == {"file": "mine"}


@pytest.mark.parametrize("name", ["taken", "file__below", f"{PRIVATE}__manifest.json"])
def test_names_that_cannot_be_moved_are_refused_before_anything_changes(tmp_path, name):
    write(tmp_path, report="old", file="old")
    (tmp_path / "taken").mkdir()
    before = everything(tmp_path)
    with pytest.raises(ValueError, match="must be"):
        write(tmp_path, remove_previous=True, report="new", **{name: "new"})
    assert everything(tmp_path) == before
    assert content(tmp_path) == {"report": "old", "file": "old"}


@posix
def test_links_are_not_written_through(tmp_path):
    outside, folder = tmp_path / "outside", tmp_path / "results"
    outside.mkdir()
    folder.mkdir()
    (folder / "plots").symlink_to(outside)
    with pytest.raises(ValueError, match="symbolic link"):
        write(folder, plots__a="new")
    with pytest.raises(ValueError, match="regular file"), staged(folder) as new:
        (new / "a").symlink_to(outside)
    assert everything(outside) == []


def test_recover_without_anything_to_do(tmp_path):
    recover(tmp_path / "missing")
    recover(tmp_path)
    assert everything(tmp_path) == []


@posix
def test_writers_in_threads_exclude_each_other(tmp_path):
    texts = [str(k) * 10 for k in range(8)]
    failed = []

    def one(text: str) -> None:
        try:
            write(tmp_path, a=text, b=text)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=one, args=(text,)) for text in texts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = content(tmp_path)
    assert failed == []
    assert found["a"] == found["b"]
    assert everything(tmp_path / PRIVATE) == ["manifest.json"]


# -------------------------------------------------------------------------------------------------------------- kills


@posix
@pytest.mark.parametrize(("times", "kills"), [("once", 40), pytest.param("twice", 150, marks=pytest.mark.slow)])
def test_a_kill_at_any_moment_leaves_one_complete_set(tmp_path, times, kills):
    done = subprocess.run(
        script(HERE / "kill_everywhere.py", tmp_path, times),
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    outcomes = json.loads(done.stdout)
    assert set(outcomes) == {"old", "new", "unharmed: new"}
    assert sum(outcomes.values()) > kills
    assert min(outcomes["old"], outcomes["new"]) > 5


STAGE_AND_WAIT = """
import sys, time
from equivariety.files import staged
with staged(sys.argv[1]) as new:
    (new / "report").write_text("half")
    print("staging", flush=True)
    time.sleep(600)
"""


@posix
def test_a_killed_writer_is_cleared_away_and_a_living_one_is_not(tmp_path):
    write(tmp_path, report="old")
    command = script("-c", STAGE_AND_WAIT, tmp_path)
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as writer:
        try:
            assert writer.stdout is not None
            assert writer.stdout.readline() == "staging\n"
            recover(tmp_path)
            assert len(list((tmp_path / PRIVATE).glob("staging-*/files/report"))) == 1
        finally:
            writer.send_signal(signal.SIGKILL)
    recover(tmp_path)
    assert everything(tmp_path) == [PRIVATE, f"{PRIVATE}/manifest.json", "report"]
    assert content(tmp_path) == {"report": "old"}


# ------------------------------------------------------------------------------------------------------------ hostility

HOSTILE = ["../x", "plots/../../x", "", ".", "..", f"{PRIVATE}/manifest.json", "a\0b", 5, None, ["x"], "plots//x"]


@pytest.mark.parametrize("name", HOSTILE, ids=repr)
def test_hostile_manifest_is_refused(tmp_path, name):
    folder = tmp_path / "results"
    write(folder, report="old")
    (tmp_path / "x").write_text("outside")
    (folder / PRIVATE / "manifest.json").write_text(json.dumps({"files": ["report", name]}))
    before = everything(tmp_path)
    with pytest.raises(ValueError, match="every name in"):
        write(folder, remove_previous=True, other="new")
    assert everything(tmp_path) == before


def test_absolute_names_are_refused(tmp_path):
    victim, folder = tmp_path / "victim", tmp_path / "results"
    victim.write_text("outside")
    write(folder, report="old")
    (folder / PRIVATE / "manifest.json").write_text(json.dumps({"files": [str(victim)]}))
    with pytest.raises(ValueError, match="relative path"):
        write(folder, remove_previous=True, other="new")
    assert victim.read_text() == "outside"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"files": {}}', "\xff", "[" * 100_000], ids=repr)
def test_unreadable_manifest_is_refused(tmp_path, text):
    write(tmp_path, report="old")
    (tmp_path / PRIVATE / "manifest.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(ValueError, match=r"manifest\.json must be"):
        write(tmp_path, report="new")
    assert content(tmp_path) == {"report": "old"}


@posix
def test_listed_files_behind_links_are_kept(tmp_path):
    outside, folder = tmp_path / "outside", tmp_path / "results"
    write(folder, plots__a="old")
    (folder / "plots").rename(outside)
    (folder / "plots").symlink_to(outside)
    write(folder, remove_previous=True, other="new")
    assert (outside / "a").read_text() == "old"


def plant_commit(folder: Path, name: str) -> Path:
    commit = folder / PRIVATE / "commit"
    (commit / "files" / "plots").mkdir(parents=True)
    (commit / "files" / "plots" / "a").write_text("planted")
    (commit / "manifest.json").write_text(json.dumps({"files": [name]}))
    return commit


def test_planted_commit_with_hostile_names_is_refused(tmp_path):
    folder = tmp_path / "results"
    plant_commit(folder, "../x")
    with pytest.raises(ValueError, match="every name in"):
        recover(folder)


@posix
def test_planted_commit_does_not_write_through_links(tmp_path):
    outside, folder = tmp_path / "outside", tmp_path / "results"
    outside.mkdir()
    plant_commit(folder, "plots/a")
    (folder / "plots").symlink_to(outside)
    with pytest.raises(ValueError, match="symbolic link"):
        recover(folder)
    assert everything(outside) == []


@posix
@pytest.mark.parametrize("place", ["", "commit", "commit/files"])
def test_planted_links_do_not_take_files_from_elsewhere(tmp_path, place):
    folder, outside = tmp_path / "results", tmp_path / "outside"
    plant_commit(folder, "plots/a")
    source = folder / PRIVATE / place
    source.rename(outside)
    source.symlink_to(outside)
    before = everything(outside)
    with pytest.raises(ValueError, match="symbolic link"):
        recover(folder)
    assert everything(outside) == before


@posix
def test_planted_link_as_staging_folder_deletes_nothing(tmp_path):
    folder, outside = tmp_path / "results", tmp_path / "outside"
    write(folder, report="old")
    write(outside, report="mine")
    (folder / PRIVATE / "staging-0").symlink_to(outside)
    recover(folder)
    assert content(outside) == {"report": "mine"}
