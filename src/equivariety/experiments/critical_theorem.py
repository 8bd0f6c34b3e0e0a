"""The theorem on critical points of convolutional networks, tried on random data: all critical points, kind by kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np

from equivariety._typing import FloatArray
from equivariety.convolution import CriticalFilter, CriticalFilters, LinearConvolutionalNetwork
from equivariety.convolution.segre import generic_ed_degree
from equivariety.errors import BudgetError, as_nonnegative_int, brief, invalid
from equivariety.experiments.moment_generality import moment_generality
from equivariety.experiments.theorem_claims import TheoremClaim, theorem_claim
from equivariety.experiments.theorem_runs import RunOutcome, TheoremExperiment, TheoremRun
from equivariety.tolerances import CRITICAL_FILTERS_BUDGET

__all__ = ["random_samples", "run_theorem", "theorem_samples"]

#: Called with what goes on and the fraction of all work done before it.
Tell: TypeAlias = Callable[[str, float], object]


def random_samples(
    network: LinearConvolutionalNetwork, samples: int, outputs: int, seed: int
) -> tuple[FloatArray, FloatArray]:
    """Return inputs (N, d_0) and targets (N, d_L) with independent normal entries.

    >>> X, Y = random_samples(LinearConvolutionalNetwork((3, 2), (2, 1)), 5, 2, seed=0)
    >>> X.shape, Y.shape
    ((5, 7), (5, 2))
    """
    rng = np.random.default_rng([seed, samples, outputs])
    width = network.architecture.widths(outputs)[0]
    return rng.standard_normal((samples, width)), rng.standard_normal((samples, outputs))


def theorem_samples(network: LinearConvolutionalNetwork, outputs: int = 1) -> tuple[int, ...]:
    """Return the numbers of samples worth a try: k - 1, k, and the theorem's bound in its other readings.

    >>> theorem_samples(LinearConvolutionalNetwork((3, 2), (2, 1)))
    (4, 5, 6, 9)
    """
    bounds = [bound.samples for bound in theorem_claim(network, outputs).bounds]
    return tuple(sorted({max(bounds[0] - 1, 1), *bounds}))


def run_theorem(
    network: LinearConvolutionalNetwork,
    *,
    samples: Iterable[int] | None = None,
    outputs: Iterable[int] = (1,),
    seeds: Iterable[int] = range(3),
    tell: Tell = lambda stage, fraction: None,
    seconds: float | None = None,
) -> TheoremExperiment:
    """Find all critical points for random data, and compare them with the theorem.

    Args:
        network: few and small filters; ``critical_points`` of it says up to which limit.
        samples: numbers N of samples; None for :func:`theorem_samples`.
        outputs: numbers d_L of outputs.
        seeds: of the random data, one run for each; the search itself is the same in every run.
        tell: called with what goes on and the fraction of all work done before it.
        seconds: time after which one search ends with what it has; None for no limit.

    Raises TypeError and ValueError for other arguments, and BudgetError (a ValueError) where there are too many
    critical points.

    >>> found = run_theorem(LinearConvolutionalNetwork((2, 2), (2, 1)), samples=[4], seeds=[0, 1])
    >>> [(run.found, run.regular, run.verdict) for run in found.runs]
    [(6, 6, 'holds'), (6, 6, 'holds')]
    >>> run_theorem(LinearConvolutionalNetwork((2, 2), (1, 1)), samples=[3], seeds=[0]).runs[0].ramified
    4
    """
    if not isinstance(network, LinearConvolutionalNetwork):
        fix = "use ev.LinearConvolutionalNetwork((3, 2), (2, 1))"
        raise invalid("network", "a LinearConvolutionalNetwork", brief(network), fix, TypeError)
    _check_number_of_points(network)
    widths, numbers = _counts("outputs", outputs, 1), _counts("seeds", seeds, 0)
    claims = {m: theorem_claim(network, m) for m in widths}
    given = None if samples is None else _counts("samples", samples, 1)
    tried = [(n, m) for m in widths for n in (theorem_samples(network, m) if given is None else given)]
    plan = [(n, m, seed) for n, m in tried for seed in numbers]
    runs = []
    for done, (n, m, seed) in enumerate(plan):

        def inner(stage: str, fraction: float, done: int = done, n: int = n, seed: int = seed) -> None:
            tell(f"{n} samples, seed {seed}", (done + fraction) / len(plan))

        inner("", 0.0)
        runs.append(_run(network, claims[m], n, seed, inner, seconds))
    tell("", 1.0)
    space = network.function_space
    counts = space.num_critical_points, space.num_regular_critical_points
    return TheoremExperiment(tuple(claims.values()), *counts, tuple(runs))


def _check_number_of_points(network: LinearConvolutionalNetwork) -> None:
    """The search refuses as well, but after random data were made, and their moments, which may take all memory."""
    expected = generic_ed_degree(network.filter_sizes)
    if expected > CRITICAL_FILTERS_BUDGET:
        required = f"such that there are at most {CRITICAL_FILTERS_BUDGET} complex critical points"
        raise invalid("filter_sizes", required, f"{expected} of them", "use fewer or smaller filters", BudgetError)


def _counts(name: str, given: Iterable[int], least: int) -> list[int]:
    fix = f"list whole numbers, as in [{max(least, 1)}, {max(least, 1) + 1}]"
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise invalid(name, "a sequence of whole numbers", brief(given), fix, TypeError)
    found = [as_nonnegative_int(name, n, fix) for n in given]
    if not found or min(found) < least:
        raise invalid(name, f"whole numbers >= {least}, at least one", brief(found), fix)
    return found


def _run(
    network: LinearConvolutionalNetwork,
    claim: TheoremClaim,
    samples: int,
    seed: int,
    tell: Tell,
    seconds: float | None,
) -> TheoremRun:
    X, Y = random_samples(network, samples, claim.outputs, seed)
    moments = moment_generality(network, X)
    found = network.critical_points(X, Y, progress=tell, seconds=seconds)
    real = found.real_points
    verdict, reason = _judge(found)

    def number(points: Sequence[CriticalFilter], **wanted: Any) -> int:
        return sum(all(getattr(p, name) == value for name, value in wanted.items()) for p in points)

    return TheoremRun(
        samples=samples,
        outputs=claim.outputs,
        seed=seed,
        claimed=claim.claims(samples),
        sigma_rank=moments.sigma_rank,
        is_dominant=moments.is_dominant,
        expected=found.expected,
        found=len(found),
        complete=found.complete,
        real=len(real),
        regular=number(found.points, is_regular=True),
        ramified=number(found.points, is_regular=False),
        ramified_real=number(real, is_regular=False),
        pure=number(real, kind="pure"),
        spurious=number(real, kind="spurious"),
        minima=len(found.minima),
        interior=number(real, position="interior"),
        boundary=number(real, position="boundary"),
        singular=number(real, position="singular"),
        verdict=verdict,
        reason=reason,
        seconds=found.seconds,
    )


def _judge(found: CriticalFilters) -> tuple[RunOutcome, str]:
    """Whether every real critical point is regular with a smooth interior end-to-end filter."""
    real = found.real_points
    failing = [p for p in real if p.is_regular is False or p.position in ("boundary", "singular")]
    unclear = [p for p in real if p.is_regular is None or p.position is None]
    if failing:
        return "fails", f"{len(failing)} of {len(real)} real critical points are ramified, singular or on the boundary"
    if not found.complete:
        return "undecided", found.reason
    if unclear:
        return "undecided", f"rounding hides the rank or the position of {len(unclear)} real critical points"
    return "holds", f"all {len(real)} real critical points are regular, with smooth interior end-to-end filters"
