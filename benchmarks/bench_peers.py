"""Isotypic decomposition from raw generators, side by side with EMLP and symm-learning + escnn, in the same run.

What each package gets and computes is written in ``peers/run_*.py``; imports and a small case of the same kind come
before the clock starts.  Environments are made by ``peers/make_environments.py``; packages without one are left out.
A ratio with ">" is a bound: the peer was ended at the limit, or at 8 GB.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from measure import report

PEERS = Path(__file__).parent / "peers"
sys.path.insert(0, str(PEERS))

from cases import CASES, LONG_CASES, generators  # noqa: E402
from make_environments import ENVS, interpreter, ready  # noqa: E402
from make_environments import PEERS as RUNNERS  # noqa: E402
from runner import TIME_LIMIT  # noqa: E402


def measured(python: str, script: str, case: str, limit: float) -> dict[str, Any]:
    """Run one case of a runner and return its row."""
    command = [python, str(PEERS / script), case, "--limit", str(limit)]
    (row,) = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    return row


def compared(case: str, peer: str, ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, Any]:
    """One row of the table."""
    notes = [row.get("note", "") for row in (ours, theirs)]
    ratio = "-"
    if ours["status"] != "ok":
        notes.append(f"ours: {ours['status']}")
    elif theirs["status"] == "ok":
        ratio = f"{theirs['seconds'] / ours['seconds']:.3g}"
    elif theirs["status"].startswith("over"):
        ratio = f"> {theirs['seconds'] / ours['seconds']:.3g}"
    if theirs["status"] != "ok":
        notes.append(f"peer: {theirs['status']}")
    elif ours.get("dim", theirs["dim"]) != theirs["dim"]:
        notes.append(f"dimension {theirs['dim']} against {ours['dim']}")
    return {
        "case": case,
        "n": len(generators(case)[0]),
        "dim": ours.get("dim", theirs.get("dim", "-")),
        "peer": peer,
        "ours_seconds": ours["seconds"] if ours["status"] == "ok" else "-",
        "peer_seconds": theirs["seconds"],
        "ratio": ratio,
        "ours_peak_mb": round(ours["peak_mb"]),
        "peer_peak_mb": round(theirs["peak_mb"]),
        "note": "; ".join(note for note in notes if note),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--envs", type=Path, default=ENVS, metavar="DIR", help="where the environments are")
    parser.add_argument("--limit", type=float, default=TIME_LIMIT, metavar="SECONDS", help="for one case")
    parser.add_argument("--long", action="store_true", help="also the cases that take a peer minutes")
    options = parser.parse_args()
    rows = []
    for peer, script in RUNNERS.items():
        if not ready(options.envs, peer):
            made = f"python {PEERS / 'make_environments.py'} --envs {options.envs} {peer}"
            print(f"{peer} left out, no environment in {options.envs}. To make it: {made}", flush=True)
            continue
        for case in CASES[peer] + LONG_CASES[peer] * options.long:
            ours = measured(sys.executable, "run_equivariety.py", case, options.limit)
            theirs = measured(str(interpreter(options.envs, peer)), script, case, options.limit)
            rows.append(compared(case, peer, ours, theirs))
    if rows:
        report("peers", rows)


if __name__ == "__main__":
    main()
