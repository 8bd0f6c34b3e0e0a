"""What came out when the theorem on critical points of convolutional networks was tried on random data."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal, TypeAlias, get_args

from equivariety.experiments.theorem_claims import TheoremClaim

__all__ = ["RunOutcome", "TheoremExperiment", "TheoremRun"]

RunOutcome: TypeAlias = Literal["holds", "fails", "undecided"]

# What a table shows of a run.
_COLUMNS = ("samples", "outputs", "seed", "is_dominant", "found", "real", "ramified", "spurious", "interior", "minima")


@dataclass(frozen=True)
class TheoremRun:
    """All critical points, v = 0 aside, for one random data set, counted; and whether the theorem's conclusion holds.

    Attributes:
        samples, outputs, seed: the data are ``random_samples(network, samples, outputs, seed)``.
        claimed: whether the theorem speaks about this number of samples.
        sigma_rank: rank of the second moments of the windows, (k, k).
        is_dominant: whether these moments take all values near their own as the samples change.
        expected: number of complex critical points for general data, up to scaling.
        found: number of those found.
        complete: whether these are all.
        real: number of real ones among those found.
        regular, ramified: how many of those found are regular points of the map from filters to v, and how many not.
        ramified_real: how many of the real ones are not.
        pure, spurious: numbers of real ones of each kind.
        minima: number of real ones without negative eigenvalue of the Hessian.
        interior, boundary, singular: positions of the real ones in the function space.
        verdict: "holds" if all critical points are known and each real one is regular, smooth and interior; "fails" if
            one is not; "undecided" if none fails, but some are not known, or rounding does not let it be decided.
        reason: the verdict in words.
        seconds: wall time of the search.

    >>> from equivariety.convolution import LinearConvolutionalNetwork
    >>> from equivariety.experiments import run_theorem
    >>> run = run_theorem(LinearConvolutionalNetwork((2, 2), (2, 1)), samples=[4], seeds=[0]).runs[0]
    >>> run.complete, run.real, run.verdict, run.reason
    (True, 2, 'holds', 'all 2 real critical points are regular, with smooth interior end-to-end filters')
    """

    samples: int
    outputs: int
    seed: int
    claimed: bool
    sigma_rank: int
    is_dominant: bool
    expected: int
    found: int
    complete: bool
    real: int
    regular: int
    ramified: int
    ramified_real: int
    pure: int
    spurious: int
    minima: int
    interior: int
    boundary: int
    singular: int
    verdict: RunOutcome
    reason: str
    seconds: float


@dataclass(frozen=True, repr=False)
class TheoremExperiment:
    """What came out for one architecture; printing it gives the claims and a table of the runs.

    It comes from :func:`equivariety.experiments.run_theorem`.

    Attributes:
        claims: what the theorem says, one claim for each number of outputs.
        expected: number of complex critical points for general data, up to scaling, v = 0 aside.
        expected_regular: how many of them are regular.
        runs: one per number of samples, number of outputs and seed.

    >>> from equivariety.convolution import LinearConvolutionalNetwork
    >>> from equivariety.experiments import run_theorem
    >>> run_theorem(LinearConvolutionalNetwork((2, 2), (1, 1)), samples=[3], seeds=[0, 1])
    TheoremExperiment((2, 2), (1, 1), 'not claimed: fails 2 of 2 runs')
    """

    claims: tuple[TheoremClaim, ...]
    expected: int
    expected_regular: int
    runs: tuple[TheoremRun, ...]

    def __repr__(self) -> str:
        first = self.claims[0]
        return f"TheoremExperiment({first.filter_sizes}, {first.strides}, {self.summary!r})"

    @property
    def contradictions(self) -> tuple[TheoremRun, ...]:
        """The runs for which the theorem claims its conclusion, and it fails."""
        return tuple(run for run in self.runs if run.claimed and run.verdict == "fails")

    @property
    def summary(self) -> str:
        """One line on all runs."""
        parts = []
        for claimed, name in ((True, "claimed"), (False, "not claimed")):
            runs = [run for run in self.runs if run.claimed is claimed]
            counts = Counter(run.verdict for run in runs)
            if runs:
                listed = ", ".join(
                    f"{verdict} {counts[verdict]}" for verdict in get_args(RunOutcome) if counts[verdict]
                )
                parts.append(f"{name}: {listed} of {len(runs)} runs")
        return "; ".join(parts)

    def __str__(self) -> str:
        keys = (*_COLUMNS, "verdict")
        cells = [[key.removeprefix("is_") for key in keys], *([_cell(run, key) for key in keys] for run in self.runs)]
        widths = [max(len(row[i]) for row in cells) for i in range(len(keys))]
        table = ["  ".join(text.rjust(width) for text, width in zip(row, widths, strict=True)) for row in cells]
        counts = f"critical points for general data: {self.expected}, regular {self.expected_regular}"
        several = len(self.claims) > 1
        claims = [f"{claim.outputs} outputs:\n{claim}" if several else str(claim) for claim in self.claims]
        return "\n".join([*claims, counts, *table, self.summary])


def _cell(run: TheoremRun, key: str) -> str:
    if key == "found":
        return f"{run.found}/{run.expected}"
    value = getattr(run, key)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
