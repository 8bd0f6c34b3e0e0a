"""Sizes of a linear convolutional network: scales, end-to-end filter, layers of equal scale merged."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Set
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, groupby, pairwise
from math import prod
from operator import mul

from equivariety.errors import BudgetError, as_nonnegative_int, brief, invalid
from equivariety.tolerances import END_TO_END_BUDGET

__all__ = ["Architecture", "ScaleBlock", "as_size", "as_sizes"]


@dataclass(frozen=True, slots=True)
class ScaleBlock:
    """Consecutive layers whose filters act at one scale; their product is any product of forms of their degrees.

    Attributes:
        scale: S, the distance in the end-to-end filter of neighbouring coefficients of these layers.
        ratio: scale of the next block over this one, at least 2; None for the last block.
        layers: positions of the layers in the network, first layer 0; those of filter size 1 are left out.
        degrees: filter size - 1 of each of these layers.

    >>> first, second = Architecture((3, 2, 2), (1, 2, 1)).blocks
    >>> first.layers, first.degree, first.num_odd, second.scale, first.ratio
    ((0, 1), 3, 1, 2, 2)
    """

    scale: int
    ratio: int | None
    layers: tuple[int, ...]
    degrees: tuple[int, ...]

    @property
    def degree(self) -> int:
        """Degree D of the product of the layers' forms."""
        return sum(self.degrees)

    @property
    def num_odd(self) -> int:
        """Number e of layers of odd degree, each of which has a real root."""
        return sum(d % 2 for d in self.degrees)


@dataclass(frozen=True)
class Architecture:
    """Filter sizes k_1, ..., k_L and strides s_1, ..., s_L of a one-dimensional convolutional network.

    A layer takes x to ``y_i = sum_j w_j x_{i s + j}``, without padding.  A filter w at scale S is the binary form
    ``sum_j w_j x^{S j} y^{S (k - 1 - j)}``, and the end-to-end filter is the product of the layers' forms (Kohn,
    Merkh, Montufar, Trager, SIAM J. Appl. Algebra Geom. 6, 2022).

    Attributes:
        filter_sizes: integers >= 1, layers listed from input to output.
        strides: as many integers >= 1.  The last one does not matter for the filters.

    Raises ValueError for other sizes, and if there are no layers.

    >>> net = Architecture((3, 2, 2), (2, 3, 1))
    >>> net.scales, net.end_to_end_size, net.end_to_end_stride, net.dim
    ((1, 2, 6), 11, 6, 5)
    >>> net.widths(1), net.widths_of(17)
    ((11, 5, 2, 1), (17, 8, 3, 2))
    """

    filter_sizes: tuple[int, ...]
    strides: tuple[int, ...]

    def __post_init__(self) -> None:
        sizes, strides = as_sizes("filter_sizes", self.filter_sizes), as_sizes("strides", self.strides)
        if len(strides) != len(sizes):
            required = f"one stride per layer, {len(sizes)} as filter_sizes has"
            raise invalid("strides", required, brief(strides), "the last stride may be any, such as 1")
        object.__setattr__(self, "filter_sizes", sizes)
        object.__setattr__(self, "strides", strides)
        if self.end_to_end_size > END_TO_END_BUDGET:
            required = f"such that the end-to-end filter has at most {END_TO_END_BUDGET} coefficients"
            got = f"{self.end_to_end_size:.3g}" if self.end_to_end_size < 10**300 else "many more"
            raise invalid("filter_sizes and strides", required, got, "use smaller filters and strides", BudgetError)

    @property
    def depth(self) -> int:
        """Number L of layers."""
        return len(self.filter_sizes)

    @property
    def degrees(self) -> tuple[int, ...]:
        """Filter size - 1 of each layer."""
        return tuple(k - 1 for k in self.filter_sizes)

    @cached_property
    def scales(self) -> tuple[int, ...]:
        """Per layer the product S_i of the strides before it; S_1 = 1."""
        return tuple(accumulate(self.strides[:-1], mul, initial=1))

    @property
    def end_to_end_size(self) -> int:
        """Size ``k = 1 + sum_i (k_i - 1) S_i`` of the end-to-end filter."""
        return 1 + sum(d * s for d, s in zip(self.degrees, self.scales, strict=True))

    @property
    def end_to_end_stride(self) -> int:
        """Product of all strides."""
        return prod(self.strides)

    @property
    def num_parameters(self) -> int:
        """Number of weights of all filters."""
        return sum(self.filter_sizes)

    @property
    def dim(self) -> int:
        """Dimension ``1 + sum_i (k_i - 1)`` of the function space: only scalings of the layers are lost."""
        return 1 + sum(self.degrees)

    @property
    def is_thick(self) -> bool:
        """Whether the function space has the dimension of its ambient space."""
        return self.dim == self.end_to_end_size

    @cached_property
    def blocks(self) -> tuple[ScaleBlock, ...]:
        """Layers of filter size > 1, those of equal scale merged; empty if there are none."""
        layers = [i for i, d in enumerate(self.degrees) if d]
        groups = [tuple(group) for _, group in groupby(layers, key=lambda i: self.scales[i])]
        scales = [self.scales[group[0]] for group in groups]
        ratios = [b // a for a, b in pairwise(scales)] + [None]
        return tuple(
            ScaleBlock(scale, ratio, group, tuple(self.degrees[i] for i in group))
            for scale, ratio, group in zip(scales, ratios, groups, strict=False)
        )

    @property
    def step(self) -> int:
        """Scale of the first block; coefficients of the end-to-end filter elsewhere than at its multiples vanish."""
        return self.blocks[0].scale if self.blocks else 1

    @property
    def merged_filter_sizes(self) -> tuple[int, ...]:
        """Filter sizes after layers of equal scale have been merged; (1,) if all filters have size 1."""
        return tuple(block.degree + 1 for block in self.blocks) or (1,)

    def widths(self, outputs: int) -> tuple[int, ...]:
        """Return (d_0, ..., d_L) with d_L = ``outputs``, no input being unused: ``d_{l-1} = s_l (d_l - 1) + k_l``.

        >>> Architecture((5, 3, 3), (2, 2, 2)).widths(2)
        (25, 11, 5, 2)
        """
        found = [as_size("outputs", outputs)]
        for k, s in zip(reversed(self.filter_sizes), reversed(self.strides), strict=True):
            found.append(s * (found[-1] - 1) + k)
        return tuple(reversed(found))

    def widths_of(self, inputs: int) -> tuple[int, ...]:
        """Return (d_0, ..., d_L) with d_0 = ``inputs`` and ``d_l = floor((d_{l-1} - k_l) / s_l) + 1``.

        Warns (UserWarning) where a layer does not read its last inputs.  Raises ValueError if a filter is longer than
        what it is applied to.

        >>> Architecture((3, 2), (2, 1)).widths_of(9)
        (9, 4, 3)
        """
        found = [as_size("inputs", inputs)]
        if found[0] < self.end_to_end_size:
            required = f"at least {self.end_to_end_size}, the end-to-end filter size"
            raise invalid("inputs", required, f"{inputs}", "use longer inputs, or smaller filters and strides")
        for layer, (k, s) in enumerate(zip(self.filter_sizes, self.strides, strict=True), start=1):
            width = found[-1]
            found.append((width - k) // s + 1)
            unused = (width - k) % s
            if unused:
                warnings.warn(
                    f"layer {layer} (filter size {k}, stride {s}) reads only {width - unused} of its {width} inputs; "
                    f"all are read of {self.end_to_end_size} + {self.end_to_end_stride} m inputs, m >= 0",
                    stacklevel=2,
                )
        return tuple(found)


def as_sizes(name: str, given: object) -> tuple[int, ...]:
    """Return a sequence of integers >= 1, not empty, as a tuple; TypeError for no sequence, ValueError for others.

    >>> as_sizes("filter_sizes", [3, 2])
    (3, 2)
    """
    fix = "list the layers from input to output, as in (3, 2)"
    if isinstance(given, str | bytes | Set | Mapping) or not isinstance(given, Iterable):
        raise invalid(name, "a sequence of integers >= 1", brief(given), fix, TypeError)
    found = tuple(as_size(name, k) for k in given)
    if not found:
        raise invalid(name, "at least one layer", "none", fix)
    return found


def as_size(name: str, given: object) -> int:
    """Return an integer >= 1 as an int; others, bools and floats are a ValueError.

    >>> as_size("stride", 2)
    2
    """
    with suppress(ValueError):
        size = as_nonnegative_int(name, given)
        if size:
            return size
    raise invalid(name, "an integer >= 1", brief(given), "use whole numbers, at least 1")
