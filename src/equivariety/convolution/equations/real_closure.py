"""Whether real filters give all real points of the Zariski closure, and a rational point that they do not give."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import count

from equivariety.convolution.architecture import Architecture, ScaleBlock
from equivariety.convolution.filters import dilated, product_of
from equivariety.convolution.membership.binary_forms import primitive
from equivariety.convolution.membership.scaled_form import ScaledForm, needed_degrees

__all__ = ["closure_only_filter", "fills_real_closure"]


def fills_real_closure(architecture: Architecture) -> bool:
    """Return whether the function space F is V(R), the real points of its Zariski closure V.

    It is if and only if (1) no scale has two layers of odd degree, and (2) for each block b but the first, of degree
    D_b and scale S_b, D_b is even or ``sum_{c < b} D_c S_c < S_b`` (scales relative to the first).  If a scale has two
    such layers, a form of it with at most one real root is no product of theirs.  If not, real factors are chosen from
    the last block to the first, each as a divisor of degree D_b of the common factor of the slices of what is left: a
    real one exists unless D_b is odd, the common factor has no real root, and so a larger, even degree, for which
    there is room if (2) fails.

    For two layers of different scales, k_1 and k_2: F = V(R) if and only if k_1 is at most the stride or k_2 is odd.

    >>> [fills_real_closure(Architecture(k, (2, 1))) for k in [(2, 2), (3, 2), (3, 3)]]
    [True, False, True]
    >>> fills_real_closure(Architecture((2, 2), (1, 1)))
    False
    """
    return not _many_odd(architecture.blocks) and _crowded(architecture) is None


def closure_only_filter(architecture: Architecture) -> list[int] | None:
    """Return a real point of the Zariski closure that is not in the function space; None if there is none.

    It is the product of complex filters, not of real ones; the function space being closed, it is no limit of
    end-to-end filters either.

    >>> closure_only_filter(Architecture((3, 2), (2, 1))), closure_only_filter(Architecture((2, 2), (1, 1)))
    ([1, 0, 1, 0, 1], [1, 1, 1])
    """
    many = _many_odd(architecture.blocks)
    crowded = _crowded(architecture)
    if many:
        found = _with_complex_roots(architecture, many[0])
    elif crowded is not None:
        found = _with_excess(architecture, crowded)
    else:
        return None
    return list(dilated(found, architecture.step))


def _many_odd(blocks: Sequence[ScaleBlock]) -> list[int]:
    """Blocks with two layers of odd degree or more, whose forms have two real roots or more."""
    return [b for b, block in enumerate(blocks) if block.num_odd >= 2]


def _crowded(architecture: Architecture) -> int | None:
    """The first block of odd degree at whose scale there may be more common roots than it takes."""
    for b, excess in enumerate(_room(architecture)):
        if b and architecture.blocks[b].degree % 2 and excess >= 0:
            return b
    return None


def _room(architecture: Architecture) -> list[int]:
    """For each block b the number ``sum_{c < b} D_c S_c - S_b``."""
    blocks, step = architecture.blocks, architecture.step
    return [sum(c.degree * c.scale for c in blocks[:b]) // step - block.scale // step for b, block in enumerate(blocks)]


def _with_complex_roots(architecture: Architecture, odd: int) -> list[int]:
    """A smooth point of the closure, so that its factors are unique, one of which has at most one real root."""
    for shift in count(1):
        forms = [_general(block.degree, shift) for block in architecture.blocks]
        forms[odd] = _definite(architecture.blocks[odd].degree, shift)
        found = _product(architecture, forms)
        if not any(_excess(architecture, found)):
            break
    return found


def _with_excess(architecture: Architecture, crowded: int) -> list[int]:
    """A point at which the factor of one block may be chosen from one root too many, all of them complex.

    The blocks below the crowded one are replaced by what is left beside its one root more: the degrees at their scales
    are those that the conditions at these scales ask for.
    """
    blocks = architecture.blocks
    degrees = [block.degree for block in blocks]
    left, needed = -1, 0
    lower = [0] * crowded
    for a in reversed(range(crowded)):
        ratio = blocks[a].ratio or 1
        left = degrees[a] + ratio * left
        lower[a] = max(left, 0) - ratio * needed
        needed = max(left, 0)
    for shift in count(1):
        forms = [_general(d, shift) for d in (*lower, *degrees[crowded:])]
        forms[crowded] = _definite(degrees[crowded] + 1, shift)
        found = _product(architecture, forms)
        excess = _excess(architecture, found)
        # excess[b - 1] is that of block b: exact above the crowded one, one root more at it, none missing below.
        if excess[crowded - 1] == 1 and min(excess) >= 0 and not any(excess[crowded:]):
            break
    return found


def _excess(architecture: Architecture, form: Sequence[int]) -> list[int]:
    """For each block but the first by how much the degree of the common factor at its scale exceeds that needed."""
    found = ScaledForm(architecture, *primitive(form)).gcd_degrees
    return [has - needs for has, needs in zip(found, needed_degrees(architecture.blocks), strict=True)]


def _general(degree: int, shift: int) -> list[int]:
    """A form whose slices have no common factor at any scale: ``x^d + shift x y^{d - 1} + y^d``."""
    if degree == 0:
        return [1]
    return [1, shift, *[0] * (degree - 2), 1] if degree > 1 else [shift, 1]


def _definite(degree: int, shift: int) -> list[int]:
    """A form with as few real roots as its degree allows, none or one, all roots being different."""
    quadratic: Iterable[list[int]] = ([j, 1, 1] for j in range(shift, shift + degree // 2))
    factors = [*quadratic, *([[-shift, 1]] if degree % 2 else [])]
    return list(product_of(factors or [[1]], [1] * max(len(factors), 1)))


def _product(architecture: Architecture, forms: Sequence[list[int]]) -> list[int]:
    scales = [block.scale // architecture.step for block in architecture.blocks]
    return list(product_of(forms, scales))
