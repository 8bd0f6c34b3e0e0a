"""The three fixed rank rules of the experiment, for any space of maps that commute with one cyclic shift.

The talk chose (13,10,9,8,7,5,3,1,0,...) for 28x28 images and rank 99.  As a rule for every size it is read as a
profile over the spatial frequency phi in [0, 1/2] of a block, phi = 1 - m/l for the label (l,m): at phi = k/28 the
fraction 13/28, 10/28, ... of the multiplicity, linear in between.  All of it is exact rational arithmetic.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np

from equivariety.errors import invalid
from equivariety.representations import MapBlock, RankVector
from equivariety.varieties import RankBoundedMaps
from equivariety.varieties.ranks.allocation import allocate

__all__ = ["RULES", "equal_ranks", "frequency", "high_pass_ranks", "talk_ranks"]

#: The talk's ranks at the frequencies 0, 1/28, ..., 14/28.
_TALK = (13, 10, 9, 8, 7, 5, 3, 1, 0, 0, 0, 0, 0, 0, 0)
_SIDE = 28

#: The rules in words, for reports.
RULES = {
    "talk": (
        "The talk's ranks (13,10,9,8,7,5,3,1,0,...) for 28x28 images and rank 99; for other sizes and ranks the "
        "same profile, as described under 'scaling'."
    ),
    "equal-rank": (
        "Ranks are dealt round-robin from low to high frequency, one per block and round, skipping a block that is "
        "full or no longer fits the rank bound, until nothing fits."
    ),
    "high-pass": "The talk's profile mirrored in the frequency, phi -> 1/2 - phi: its ranks reversed on 28x28 images.",
    "scaling": (
        "The block (l,m) has spatial frequency phi = 1 - m/l. The profile is the piecewise-linear function of phi "
        "with values 13/28, 10/28, 9/28, ... at phi = 0, 1/28, 2/28, ...; multiplied by a common factor and by the "
        "multiplicity of the block (at most all of it) it gives targets t that cost exactly the rank bound. The "
        "ranks r are those that use up the bound as far as possible, and among them minimize the sum of "
        "delta (r - t)^2, delta the dimension of the block's irreducible."
    ),
}


def frequency(block: MapBlock) -> Fraction:
    """Return the spatial frequency phi = 1 - m/l in [0, 1/2], in cycles per step, of a block with label ``(l,m)``.

    Raises ValueError for blocks of groups that are not cyclic.

    >>> frequency(MapBlock("(28,27)", "C", 2, 28, 28))
    Fraction(1, 28)
    """
    try:
        l, m = map(int, block.label.strip("()").split(","))
        return 1 - Fraction(m, l)
    except (ValueError, ZeroDivisionError):
        raise invalid(
            "space", "maps that commute with one shift", f"a block {block.label}", "pass ev.equivariant_maps(shift)"
        ) from None


def talk_ranks(space: RankBoundedMaps) -> RankVector:
    """Return the talk's ranks, scaled to the size and the rank bound of ``space``.

    Args:
        space: equivariant maps of bounded rank of one cyclic shift, n inputs and n outputs.

    Returns one rank per block, in the order of ``space.blocks``: a maximal vector.  Raises ValueError for groups
    that are not cyclic.

    >>> import equivariety as ev
    >>> tuple(talk_ranks(ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=99)))
    (13, 10, 9, 8, 7, 5, 3, 1, 0, 0, 0, 0, 0, 0, 0)
    """
    return _nearest(space, _profile)


def high_pass_ranks(space: RankBoundedMaps) -> RankVector:
    """Return the ranks of the talk's profile mirrored in the frequency; arguments and errors of :func:`talk_ranks`.

    >>> import equivariety as ev
    >>> tuple(high_pass_ranks(ev.equivariant_maps(ev.groups.shift((8, 8), axis=1), rank=8)))
    (0, 0, 0, 2, 4)
    """
    return _nearest(space, lambda phi: _profile(Fraction(1, 2) - phi))


def equal_ranks(space: RankBoundedMaps) -> RankVector:
    """Return ranks as equal as the bound allows, dealt from low to high frequency; errors of :func:`talk_ranks`.

    >>> import equivariety as ev
    >>> tuple(equal_ranks(ev.equivariant_maps(ev.groups.shift((28, 28), axis=1), rank=99)))
    (4, 4, 4, 4, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 3)
    """
    order = sorted(range(len(space.blocks)), key=lambda i: frequency(space.blocks[i]))
    ranks = [0] * len(order)
    left = space.rank
    dealt = True
    while dealt:
        dealt = False
        for i in order:
            block = space.blocks[i]
            if ranks[i] < block.max_rank and block.irrep_dim <= left:
                ranks[i] += 1
                left -= block.irrep_dim
                dealt = True
    return RankVector(ranks, space.hom.labels)


def _profile(phi: Fraction) -> Fraction:
    """The talk's fraction of the multiplicity at frequency phi in [0, 1/2]."""
    position = phi * _SIDE
    k = min(int(position), len(_TALK) - 2)
    return (_TALK[k] + (position - k) * (_TALK[k + 1] - _TALK[k])) / Fraction(_SIDE)


def _nearest(space: RankBoundedMaps, profile: Callable[[Fraction], Fraction]) -> RankVector:
    """The feasible maximal ranks nearest to the scaled profile, by the exact knapsack.

    The k-th rank of a block takes delta (2 t - 2 k + 1) off the weighted squares.  A reward per unit of cost that
    exceeds every exchange of one rank for another makes the optimum use the bound as far as possible.
    """
    targets = _targets(space, profile)
    top = max((block.max_rank for block in space.blocks), default=0)
    reward = 4.0 * (2 * top + 1)
    gains = []
    for block, target in zip(space.blocks, targets, strict=True):
        k = np.arange(1, block.max_rank + 1)
        gains.append(block.irrep_dim * (float(2 * target) - 2.0 * k + 1.0 + reward))
    best = allocate(gains, space.budget.weights, space.rank)
    return RankVector(best.ranks, space.hom.labels)


def _targets(space: RankBoundedMaps, profile: Callable[[Fraction], Fraction]) -> list[Fraction]:
    """``min(c * profile, 1) * multiplicity`` per block with the c at which they cost exactly the rank bound.

    If even full blocks in the support of the profile cost less, those blocks are full.
    """
    values = [profile(frequency(block)) for block in space.blocks]
    caps = [block.max_rank for block in space.blocks]
    weights = [block.irrep_dim for block in space.blocks]
    full = {i for i, value in enumerate(values) if value == 0}  # of target 0: they take no part
    targets = [Fraction(0)] * len(values)
    rest = Fraction(space.rank)
    for i in sorted(range(len(values)), key=lambda i: -values[i]):  # the largest value is cut off first
        slope = sum((weights[j] * caps[j] * values[j] for j in range(len(values)) if j not in full), Fraction(0))
        if slope == 0:
            break
        scale = rest / slope
        if scale * values[i] < 1:
            for j in set(range(len(values))) - full:
                targets[j] = scale * values[j] * caps[j]
            break
        targets[i] = Fraction(caps[i])
        rest -= weights[i] * caps[i]
        full.add(i)
    return targets
