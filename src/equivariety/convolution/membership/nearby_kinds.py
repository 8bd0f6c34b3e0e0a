"""Roots of the forms near a form: in powers of a larger scale the sign of a root matters, and whether it vanishes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import product
from math import prod

import numpy as np

from equivariety._typing import ComplexArray, FloatArray
from equivariety.convolution.architecture import ScaleBlock
from equivariety.convolution.membership.real_roots import RootKinds
from equivariety.convolution.membership.root_atoms import KINDS
from equivariety.convolution.membership.root_choices import Level, kind_choices

__all__ = ["kinds_nearby", "real_layers_exist"]

#: More combinations of roots that may change their kinds are not tried, so that the answer is not known.
_MOST_COMBINATIONS = 81


def kinds_nearby(form: FloatArray, roots: tuple[ComplexArray, FloatArray], distance: float) -> set[RootKinds]:
    """Return the numbers of roots of each kind of all forms within a distance, none of which has a multiple real root.

    Real roots then stay real; only one that comes near to 0 or to infinity can become that, or get the other sign.

    Args:
        form: coefficients.
        roots: of the form, as :func:`~equivariety.convolution.membership.real_circle.homogeneous_roots` gives them.
        distance: relative to the norm.

    Returns an empty set if the roots do not fit together, the root nearest to 0 or to infinity not being real.

    >>> from equivariety.convolution.membership.real_circle import homogeneous_roots
    >>> form = np.array([1e-12, 1.0, 1.0])
    >>> [sorted(kinds_nearby(form, homogeneous_roots(form), d))[-1] for d in (1e-14, 1e-10)]
    [RootKinds(positive=0, negative=2, zero=0, infinite=0, pairs=0),
     RootKinds(positive=1, negative=1, zero=0, infinite=0, pairs=0)]
    """
    alpha, beta = roots
    options = [{_kind(a, float(b))} for a, b in zip(alpha.tolist(), beta, strict=True)]
    small = distance * float(np.linalg.norm(form))
    for end, sizes, name in ((form[0], np.abs(alpha), "zero"), (form[-1], beta, "infinite")):
        if len(sizes) and abs(float(end)) <= small:
            nearest = options[int(np.argmin(sizes))]
            if "pairs" in nearest:
                return set()
            nearest |= {"positive", "negative", name}
    found = set()
    for one in product(*options):
        number = Counter(one)
        number["pairs"] //= 2
        found.add(RootKinds(*(number[kind] for kind in KINDS)))
    return found


def _kind(a: complex, b: float) -> str:
    if a.imag != 0:
        return "pairs"
    if b == 0 or a.real == 0:
        return "infinite" if b == 0 else "zero"
    return "positive" if a.real > 0 else "negative"


def real_layers_exist(blocks: Sequence[ScaleBlock], kinds: Sequence[set[RootKinds]]) -> bool | None:
    """Return whether forms with roots of given kinds are products of real layers: all, none, or None for only some.

    Args:
        blocks: of the architecture.
        kinds: per block the possible roots of the part of the form that has its scale and no larger one.

    >>> from equivariety.convolution.architecture import Architecture
    >>> blocks = Architecture((2, 2, 2), (1, 2, 1)).blocks
    >>> part, minus, zero = RootKinds(0, 0, 0, 0, 0), RootKinds(0, 2, 0, 0, 0), RootKinds(0, 1, 1, 0, 0)
    >>> [real_layers_exist(blocks, [{part}, one]) for one in ({minus}, {zero}, {minus, zero})]
    [False, True, None]
    """
    if not 0 < prod(map(len, kinds)) <= _MOST_COMBINATIONS:
        return None
    answers = set()
    for one in product(*kinds):
        levels = [Level(b.degree, b.num_odd, b.ratio, k) for b, k in zip(blocks, one, strict=True)]
        answers.add(next(kind_choices(levels), None) is not None)
    return answers.pop() if len(answers) == 1 else None
