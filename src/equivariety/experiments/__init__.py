"""Experiments: a frozen configuration is run once; its result is saved, loaded, drawn and compared without a rerun.

The theorem on critical points of convolutional networks is tried on random data, and its counterexamples are listed.
"""

from equivariety.experiments.closure_examples import ClosureGap, ConvergingFilters, closure_gap, converging_filters
from equivariety.experiments.config import ReproductionConfig
from equivariety.experiments.critical_theorem import random_samples, run_theorem, theorem_samples
from equivariety.experiments.factor_recovery import RecoveryStudy, recovery_study
from equivariety.experiments.moment_generality import MomentGenerality, moment_generality
from equivariety.experiments.rank_profiles import equal_ranks, high_pass_ranks, talk_ranks
from equivariety.experiments.reproduction import run
from equivariety.experiments.results import ReproductionResult, check_destination, compare
from equivariety.experiments.theorem_claims import SampleBound, TheoremClaim, theorem_claim
from equivariety.experiments.theorem_counterexamples import (
    SpuriousPoint,
    WhitenedCount,
    dense_saddles,
    stride_one_minimum,
    whitened_counts,
)
from equivariety.experiments.theorem_runs import TheoremExperiment, TheoremRun

__all__ = [
    "ClosureGap",
    "ConvergingFilters",
    "MomentGenerality",
    "RecoveryStudy",
    "ReproductionConfig",
    "ReproductionResult",
    "SampleBound",
    "SpuriousPoint",
    "TheoremClaim",
    "TheoremExperiment",
    "TheoremRun",
    "WhitenedCount",
    "check_destination",
    "closure_gap",
    "compare",
    "converging_filters",
    "dense_saddles",
    "equal_ranks",
    "high_pass_ranks",
    "moment_generality",
    "random_samples",
    "recovery_study",
    "run",
    "run_theorem",
    "stride_one_minimum",
    "talk_ranks",
    "theorem_claim",
    "theorem_samples",
    "whitened_counts",
]
