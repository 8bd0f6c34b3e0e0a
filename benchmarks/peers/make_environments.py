"""Make one virtual environment per compared package, for ``benchmarks/bench_peers.py``.

    python benchmarks/peers/make_environments.py [--envs DIR] [--python PYTHON] [PEER ...]

The releases are pinned in ``emlp.txt`` and ``symm_learning.txt`` beside this file, for Python 3.11; about 2 GB.
Options for pip come from its own variables (PIP_INDEX_URL, PIP_FIND_LINKS, ...).  PyTorch's CPU build is enough; where
pip's sources have only the CUDA build of that release, several GB more are taken.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
ENVS = HERE.parent / "out" / "envs"
PEERS = {"emlp": "run_emlp.py", "symm_learning": "run_symm_learning.py"}


def interpreter(envs: Path, peer: str) -> Path:
    """Return the path of the peer's Python."""
    return envs / peer / "bin" / "python"


def ready(envs: Path, peer: str) -> bool:
    """Whether the peer's environment has been made and has solved a small case."""
    return (envs / peer / "ready").is_file() and interpreter(envs, peer).exists()


def make(envs: Path, peer: str, base: str) -> None:
    """Make the environment of a peer anew and let it solve a small case.  Raises CalledProcessError."""
    pins = HERE / f"{peer}.txt"
    python = str(interpreter(envs, peer))
    run(base, "-m", "venv", "--clear", str(envs / peer))
    install = (python, "-m", "pip", "install", "--quiet")
    for line in pins.read_text().splitlines():
        if line.startswith("torch=="):  # first and by itself, so that no other package chooses the build
            run(*install, "--constraint", str(pins), line)
    run(*install, "--no-deps", "--requirement", str(pins))
    run(python, str(HERE / PEERS[peer]), "--child", "shift-4")
    (envs / peer / "ready").touch()


def run(*command: str) -> None:
    print(" ".join(command), flush=True)
    subprocess.run(command, check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("peers", nargs="*", metavar="PEER", help=f"of {', '.join(PEERS)}; by default all")
    parser.add_argument("--envs", type=Path, default=ENVS, metavar="DIR", help="where the environments go")
    parser.add_argument("--python", default=sys.executable, help="the interpreter they are made with")
    options = parser.parse_args()
    if unknown := set(options.peers) - set(PEERS):
        parser.error(f"no such peer: {', '.join(sorted(unknown))}; known are {', '.join(PEERS)}")
    failed = []
    for peer in options.peers or PEERS:
        try:
            make(options.envs.resolve(), peer, options.python)
        except (subprocess.CalledProcessError, OSError) as error:
            failed.append(peer)
            print(f"{peer}: {error}", file=sys.stderr)
    for peer in failed:
        print(f"{peer} is not ready; bench_peers.py leaves it out", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
