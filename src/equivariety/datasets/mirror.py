"""Measurements of mirror-symmetric bodies: the simplest data with a symmetry that is not one of images."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from equivariety._typing import FloatArray
from equivariety.errors import as_nonnegative_int, brief, invalid
from equivariety.groups import PermutationGroup

__all__ = ["MirrorData", "make_mirror_symmetric"]


@dataclass(frozen=True, eq=False)
class MirrorData:
    """Paired and unpaired measurements of individuals, and two kinds of targets; arrays are read-only.

    Attributes:
        X: (N, 2 * pairs + midline) measurements: those of the left side, in the same order those of the right side,
            then those on the midline.
        total: (N,) a target that the mirror image of an individual shares: invariant.
        sides: (N, 2) a target of the left and the right side, which the mirror image swaps: equivariant.
        group: mirrors the columns of ``X``.
        side_group: mirrors the columns of ``sides``.
        names: of the columns of ``X``.

    >>> data = make_mirror_symmetric(3, pairs=1, midline=1, rng=np.random.default_rng(0))
    >>> data.names, data.group.cycle_text, data.sides.shape
    (('left 1', 'right 1', 'midline 1'), ('(1 2)',), (3, 2))
    """

    X: FloatArray = field(repr=False)
    total: FloatArray = field(repr=False)
    sides: FloatArray = field(repr=False)
    group: PermutationGroup
    side_group: PermutationGroup
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        for array in (self.X, self.total, self.sides):
            array.flags.writeable = False


def make_mirror_symmetric(
    n_samples: int = 200, *, pairs: int = 6, midline: int = 3, noise: float = 0.3, rng: np.random.Generator
) -> MirrorData:
    """Return random measurements of individuals that are mirror-symmetric in distribution, but not one by one.

    Two Gaussian factors (such as size and shape) act alike on both sides, one (the asymmetry) acts on them with
    opposite signs, and independent Gaussian noise is added to every measurement and to ``sides``.  ``total`` depends on
    the symmetric factors alone, without noise; left and right side share it equally but for the asymmetry.  An
    individual and its mirror image are equally likely, so the best predictors are invariant or equivariant.

    Args:
        n_samples: number N of individuals, >= 1.
        pairs: number of measurements per side, >= 1.
        midline: number of measurements on the midline.
        noise: standard deviation, >= 0; that of the factors is 1.
        rng: source of all randomness, the effects of the factors included.

    Raises:
        ValueError: if a number is out of range.
        TypeError: if ``rng`` is not a ``numpy.random.Generator``.

    >>> data = make_mirror_symmetric(100, rng=np.random.default_rng(0))
    >>> data.X.shape, data.total.shape, data.sides.shape
    ((100, 15), (100,), (100, 2))
    """
    count, paired, single = (
        as_nonnegative_int(name, value)
        for name, value in (("n_samples", n_samples), ("pairs", pairs), ("midline", midline))
    )
    for name, value in (("n_samples", count), ("pairs", paired)):
        if value < 1:
            raise invalid(name, "at least 1", value, "raise it")
    if isinstance(noise, bool) or not isinstance(noise, int | float | np.number) or not 0 <= noise < np.inf:
        raise invalid("noise", "a finite number >= 0", brief(noise), "pass 0.3")
    if not isinstance(rng, np.random.Generator):
        raise invalid("rng", "a numpy.random.Generator", rng, "pass numpy.random.default_rng(0)", TypeError)
    symmetric, asymmetry = rng.standard_normal((count, 2)), rng.standard_normal((count, 1))
    on_both, on_midline = rng.standard_normal((2, paired)), rng.standard_normal((2, single))
    opposite = rng.standard_normal((1, paired))
    size_of_both, size_on_midline = 5.0 + rng.standard_normal(paired), 5.0 + rng.standard_normal(single)
    left = size_of_both + symmetric @ on_both + asymmetry @ opposite
    right = size_of_both + symmetric @ on_both - asymmetry @ opposite
    measured = np.hstack([left, right, size_on_midline + symmetric @ on_midline])
    total = symmetric @ rng.standard_normal(2)
    sides = 0.5 * total[:, None] + asymmetry * np.array([0.5, -0.5])
    return MirrorData(
        measured + noise * rng.standard_normal(measured.shape),
        total,
        sides + noise * rng.standard_normal(sides.shape),
        PermutationGroup([np.roll(np.arange(2 * paired), paired).tolist() + [2 * paired + i for i in range(single)]]),
        PermutationGroup([[1, 0]]),
        tuple(
            f"{where} {i + 1}"
            for where, size in (("left", paired), ("right", paired), ("midline", single))
            for i in range(size)
        ),
    )
