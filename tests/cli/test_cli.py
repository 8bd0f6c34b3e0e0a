"""The command line: what it prints where, its exit codes, and that mistakes take one line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import equivariety
from equivariety.cli import main
from equivariety.experiments import ReproductionResult

PICTURES = ("reconstructions.png", "loss_against_rank.png", "spectrum.png")
posix = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-W", "error", "-m", "equivariety", *map(str, arguments)]


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(Path(equivariety.__file__).parents[1])}


def refusal(capsys, *arguments: object) -> str:
    """Run in this process, check that it is refused in one line, and return the line."""
    assert main([str(a) for a in arguments]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("equivariety: error: ")
    assert printed.err.count("\n") == 1
    assert "Traceback" not in printed.err
    return printed.err


def test_reproduce_in_a_process_of_its_own(tmp_path):
    done = subprocess.run(
        command("reproduce", "--out", tmp_path / "out"), env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    for word in ("dense", "best", "talk", "equal-rank", "high-pass", "The best of the 105 components", "report.json"):
        assert word in done.stdout
    lines = done.stderr.splitlines()
    assert all(line.startswith("[") and line.endswith(": done") for line in lines)
    result = ReproductionResult.load(tmp_path / "out")
    assert result.report["config"]["data"] == "digits"
    for name in PICTURES:
        assert (tmp_path / "out" / name).read_bytes().startswith(b"\x89PNG")


def test_reproduce_json(tmp_path, capsys):
    options = ("--rank", "3", "--seed", "5", "--max-shift", "0.1", "--dtype", "float32")
    assert main(["reproduce", "--json", "--out", str(tmp_path), *options]) == 0
    report = json.loads(capsys.readouterr().out)
    assert report == json.loads((tmp_path / "report.json").read_text())
    assert report["config"] == {
        "data": "digits",
        "mnist_path": None,
        "rank": 3,
        "seed": 5,
        "max_shift": 0.1,
        "dtype": "float32",
    }


def test_other_files_in_the_folder_stay(tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("mine")
    assert main(["reproduce", "--rank", "2", "--out", str(tmp_path)]) == 0
    assert main(["reproduce", "--rank", "3", "--out", str(tmp_path)]) == 0
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert ReproductionResult.load(tmp_path).report["space"]["rank"] == 3


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ((), "Missing command"),
        (("nonsense",), "nonsense"),
        (("reproduce", "--nonsense"), "--nonsense"),
        (("reproduce", "surplus"), "surplus"),
        (("reproduce", "--rank"), "--rank"),
        (("reproduce", "--rank", "-1"), "rank must be"),
        (("reproduce", "--rank", "0"), "rank must be"),
        (("reproduce", "--rank", "1.5"), "--rank must be"),
        (("reproduce", "--rank", "nan"), "--rank must be"),
        (("reproduce", "--rank", "9" * 5000), "--rank must be"),
        (("reproduce", "--seed", "-1"), "seed must be"),
        (("reproduce", "--seed", "x"), "--seed must be"),
        (("reproduce", "--max-shift", "nan"), "--max-shift must be"),
        (("reproduce", "--max-shift", "1.5"), "--max-shift must be"),
        (("reproduce", "--max-shift", "far"), "--max-shift must be"),
        (("reproduce", "--dtype", "int8"), "dtype must be"),
        (("reproduce", "--data", "cifar"), "data must be"),
        (("reproduce", "--data", "mnist", "--mnist-path", "missing.npz"), "missing.npz"),
        (("reproduce", "--mnist-path", "missing.npz"), "--mnist-path must be None"),
        (("reproduce", "--out", ""), "--out must be"),
        (("info", "--rank", "3"), "--group"),
        (("info", "--group", ""), "a group"),
        (("info", "--group", "nonsense"), "nonsense"),
        (("info", "--group", "a\nb\x1b[31m"), "a group"),
        (("info", "--group", "shift:28x28"), "axis="),
        (("info", "--group", "cycles:(1 2:degree=3"), "not closed"),
        (("info", "--group", "cyclic:" + "9" * 300), "a group"),
        (("info", "--group", "file:missing.npy"), "missing.npy"),
        (("info", "--group", "cyclic:3", "--rank", "-1"), "rank must be"),
        (("info", "--group", "cyclic:3", "--rank", "0.5"), "--rank must be"),
    ],
    ids=lambda value: " ".join(value)[:60] if isinstance(value, tuple) else None,
)
def test_mistakes_take_one_line(arguments, word, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert word in refusal(capsys, *arguments)
    assert list(tmp_path.iterdir()) == []


def test_out_that_is_a_file_is_refused_before_the_run(capsys, tmp_path):
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        assert "the file" in refusal(capsys, "reproduce", "--out", place)
    assert (tmp_path / "file").read_text() == "mine"
    assert "error: --out must be in an existing folder" in refusal(
        capsys, "info", "--out", tmp_path / "no" / "file.json"
    )
    (tmp_path / "folder.json").mkdir()
    assert "a regular file" in refusal(capsys, "info", "--out", tmp_path / "folder.json")
    assert "ends in .json" in refusal(capsys, "info", "--out", tmp_path / "X.npy")


def test_unwritable_folder(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert "writable" in refusal(capsys, "reproduce", "--out", tmp_path)


def test_full_disk(capsys, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device", str(tmp_path / "report.json"))

    monkeypatch.setattr(ReproductionResult, "save", full)
    assert main(["reproduce", "--rank", "2", "--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err.splitlines()[-1].endswith("report.json: No space left on device")


def test_corrupt_mnist(capsys, tmp_path):
    (tmp_path / "mnist.npz").write_bytes(b"PK\x03\x04 not really")
    assert "mnist.npz" in refusal(capsys, "reproduce", "--data", "mnist", "--mnist-path", tmp_path / "mnist.npz")


def test_bugs_keep_their_traceback(monkeypatch):
    from equivariety import queries

    def broken(*_):
        return int("a bug")  # raised in our code without being an answer to the user

    monkeypatch.setattr(queries, "environment", broken)
    with pytest.raises(ValueError, match="a bug"):
        main(["info"])


def test_info_without_a_group(capsys, tmp_path):
    assert main(["info"]) == 0
    printed = capsys.readouterr()
    assert "numpy" in printed.out
    assert printed.err == ""
    assert main(["info", "--json", "--out", str(tmp_path / "info.json")]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads((tmp_path / "info.json").read_text())


def test_info_about_a_group(capsys):
    assert main(["info", "--group", "shift:28x28:axis=1", "--rank", "99"]) == 0
    printed = capsys.readouterr().out
    for word in ("72,425,986,088,826", "72,426,340,906,146", "(28,27)", "784"):
        assert word in printed
    assert main(["info", "--group", "shift:28x28:axis=1", "--rank", "99", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["num_components"] == 72_426_340_906_146


def test_counts_of_thousands_of_digits(capsys, monkeypatch):
    from equivariety import queries

    answer = {**queries.describe_space("cyclic:4"), "num_components": 10**5000}
    monkeypatch.setattr(queries, "describe_space", lambda *_: answer)
    limit = sys.get_int_max_str_digits()
    assert main(["info", "--group", "cyclic:4"]) == 0
    assert "(5,001 digits)" in capsys.readouterr().out
    assert main(["info", "--group", "cyclic:4", "--json"]) == 0
    assert "1" + 5000 * "0" in capsys.readouterr().out
    assert sys.get_int_max_str_digits() == limit


def test_version_and_help(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"equivariety {equivariety.__version__}\n"
    for arguments in (["--help"], ["reproduce", "--help"], ["info", "--help"]):
        assert main(arguments) == 0
        assert "Usage: equivariety" in capsys.readouterr().out


@posix
@pytest.mark.parametrize(("number", "code"), [("SIGINT", 130), ("SIGTERM", 143), ("SIGHUP", 129)])
def test_interrupt(number, code, tmp_path):
    run = subprocess.Popen(
        command("reproduce", "--out", tmp_path / "out"), env=environment(), stderr=subprocess.PIPE, text=True
    )
    assert run.stderr is not None
    first = run.stderr.readline()
    assert first.startswith("[")
    run.send_signal(getattr(signal, number))
    rest = run.communicate()[1]
    assert run.returncode == code
    assert "Traceback" not in rest
    assert not (tmp_path / "out").exists()


@posix
def test_kill_while_writing_leaves_the_old_results(tmp_path):
    out = tmp_path / "out"
    assert main(["reproduce", "--rank", "2", "--out", str(out)]) == 0
    before = {path.name: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    slow = (
        "import sys, time; import equivariety.plots as p; save = p.save_png\n"
        "def stuck(figure, path):\n    save(figure, path); print('writing', flush=True); time.sleep(60)\n"
        "p.save_png = stuck\n"
        "from equivariety.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", slow, "reproduce", "--rank", "3", "--out", str(out)],
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert run.stdout is not None
    assert run.stdout.readline() == "writing\n"
    run.kill()
    run.communicate()
    assert ReproductionResult.load(out).report["space"]["rank"] == 2
    assert {path.name: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


@posix
def test_reader_that_leaves(tmp_path):
    run = subprocess.Popen(
        command("info", "--group", "cyclic:900", "--rank", "2", "--json"),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert run.stdout is not None
    run.stdout.close()
    assert "Traceback" not in run.communicate()[1]


@pytest.mark.slow
def test_mnist(mnist_path, tmp_path, capsys):
    start = time.perf_counter()
    arguments = ["reproduce", "--data", "mnist", "--mnist-path", str(mnist_path), "--out", str(tmp_path), "--json"]
    assert main(arguments) == 0
    assert time.perf_counter() - start <= 60
    loss = {row["name"]: row["test_loss"] for row in json.loads(capsys.readouterr().out)["models"]}
    assert loss["best"] < loss["talk"] <= 0.0078
