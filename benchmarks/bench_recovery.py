"""Recovery of the layers' filters from end-to-end filters: time and residual by network, error and verdict by noise."""

from __future__ import annotations

import numpy as np
from measure import medians, report

from equivariety.convolution.architecture import Architecture
from equivariety.convolution.filters import compose
from equivariety.convolution.membership import membership
from equivariety.experiments.factor_recovery import NOISE_LEVELS, recovery_study

NETWORKS = [
    Architecture((3, 2), (2, 1)),
    Architecture((5, 4, 3), (2, 2, 1)),
    Architecture((9, 9, 9), (2, 2, 1)),
    Architecture((5, 5, 5, 5), (1, 2, 1, 1)),
    Architecture((100, 51), (2, 1)),
    Architecture((40, 40, 40, 40, 40), (1, 1, 1, 1, 1)),
]
STUDIED = NETWORKS[:4]
REPEATS = 10


def name(net: Architecture) -> str:
    return f"k={net.filter_sizes} s={net.strides}"


def speed(net: Architecture, rng: np.random.Generator) -> dict[str, object]:
    v = compose(net, [rng.standard_normal(k) for k in net.filter_sizes])
    found = membership(net, v)
    (cost,) = medians(lambda: membership(net, v), repeats=3)
    return {
        "network": name(net),
        "size": net.end_to_end_size,
        "status": found.status,
        "residual": found.residual,
        "conditioning": found.conditioning,
        "milliseconds": round(1e3 * cost, 1),
    }


def noise_table(rng: np.random.Generator) -> list[dict[str, object]]:
    study = recovery_study(rng, STUDIED, NOISE_LEVELS, REPEATS)
    rows = []
    for i, net in enumerate(STUDIED):
        for level in NOISE_LEVELS:
            chosen = (study.architecture == i) & (study.noise == level)
            rows.append(
                {
                    "network": name(net),
                    "noise": level,
                    "residual": float(np.median(study.residual[chosen])),
                    "factor error": float(np.median(study.factor_error[chosen])),
                    "error x conditioning / noise": float(
                        np.max(study.factor_error[chosen] * study.conditioning[chosen]) / level
                    ),
                    "member": int(np.sum(study.verdict[chosen] == "member")),
                    "undecided": int(np.sum(study.verdict[chosen] == "undecided")),
                    "not member": int(np.sum(study.verdict[chosen] == "not_member")),
                }
            )
    return rows


if __name__ == "__main__":
    report("recovery", [speed(net, np.random.default_rng(0)) for net in NETWORKS])
    report("recovery_noise", noise_table(np.random.default_rng(0)))
