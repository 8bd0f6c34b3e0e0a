"""Experiments: a frozen configuration is run once; its result is saved, loaded, drawn and compared without a rerun."""

from equivariety.experiments.config import ReproductionConfig
from equivariety.experiments.rank_profiles import equal_ranks, high_pass_ranks, talk_ranks
from equivariety.experiments.reproduction import run
from equivariety.experiments.results import ReproductionResult, check_destination, compare

__all__ = [
    "ReproductionConfig",
    "ReproductionResult",
    "check_destination",
    "compare",
    "equal_ranks",
    "high_pass_ranks",
    "run",
    "talk_ranks",
]
