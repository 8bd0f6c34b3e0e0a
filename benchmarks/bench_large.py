"""The 1024 x 1024 shift: decomposition, split and assemble of 16 images, a rank-50 fit of 64 images, peak memory.

Each step runs in a process of its own, so that peaks do not add up.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time

SHAPE = (1024, 1024)


def step(name: str) -> dict[str, object]:
    import numpy as np

    import equivariety as ev

    rng = np.random.default_rng(0)
    ev.isotypic_decomposition(ev.groups.cyclic(4)).blocks  # noqa: B018 - imports happen before the clock starts
    start = time.perf_counter()
    group = ev.groups.shift(SHAPE, axis=1)
    dec = ev.isotypic_decomposition(group)
    blocks = len(dec.blocks)
    elapsed, note = time.perf_counter() - start, f"{blocks} blocks"
    if name == "split and assemble 16":
        x = rng.standard_normal((16, group.degree))
        start = time.perf_counter()
        back = dec.assemble(dec.split(x))
        elapsed = time.perf_counter() - start
        note = f"largest error {float(np.abs(back - x).max()):.1e}"
    elif name == "fit 64 images, rank 50":
        x = rng.standard_normal((64, group.degree), dtype=np.float32)
        space = ev.equivariant_maps(group, rank=50)
        start = time.perf_counter()
        fit = ev.fit(space, x)
        elapsed = time.perf_counter() - start
        note = f"route {fit.route}, certificate {'ok' if fit.certificate.ok else 'NOT ok'}"
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    return {"step": name, "seconds": elapsed, "peak_gb": peak, "note": note}


if __name__ == "__main__":
    if len(sys.argv) == 2:
        print(json.dumps(step(sys.argv[1])))
    else:
        from measure import report

        steps = ("decomposition", "split and assemble 16", "fit 64 images, rank 50")
        runs = [
            subprocess.run([sys.executable, __file__, s], capture_output=True, text=True, check=True) for s in steps
        ]
        report("large", [json.loads(run.stdout) for run in runs])
