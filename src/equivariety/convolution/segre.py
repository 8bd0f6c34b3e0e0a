"""Generic Euclidean distance degree of Segre varieties: the number of critical points of a convolutional network."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from math import comb, factorial, perm, prod

from equivariety.convolution.architecture import as_sizes
from equivariety.errors import BudgetError, invalid
from equivariety.tolerances import SEGRE_PRODUCTS_BUDGET

__all__ = ["generic_ed_degree", "polar_degrees", "segre_degree"]


def generic_ed_degree(filter_sizes: Sequence[int]) -> int:
    """Return the generic ED degree of the Segre variety of P^{k_1 - 1} x ... x P^{k_L - 1}, an exact int.

    It is the number of complex critical points with non-zero end-to-end filter, up to scaling of the layers, of the
    squared error of a convolutional network with these filter sizes for generic data, whatever the strides; and the
    sum of the polar degrees (Draisma, Horobet, Ottaviani, Sturmfels, Thomas, Found. Comput. Math. 16, 2016).

    Args:
        filter_sizes: integers >= 1; their order does not matter.

    >>> [generic_ed_degree(k) for k in [(3, 2), (3, 3), (2, 2, 2), (4, 3), (3, 2, 2)]]
    [10, 39, 34, 83, 100]
    """
    degrees = _degrees(filter_sizes)
    n = sum(degrees)
    return sum((-1) ** i * (2 ** (n + 1 - i) - 1) * c for i, c in enumerate(_chern_degrees(degrees)))


def polar_degrees(filter_sizes: Sequence[int]) -> tuple[int, ...]:
    """Return the polar degrees delta_0, ..., delta_n of the Segre variety of dimension n, from its Chern classes.

    ``delta_j = sum_i (-1)^i C(n + 1 - i, j + 1) c_i``, c_i being the degree of the i-th Chern class.  The last one is
    the degree.

    >>> polar_degrees((2, 2)), polar_degrees((3, 2))
    ((2, 2, 2), (0, 3, 4, 3))
    """
    degrees = _degrees(filter_sizes)
    n = sum(degrees)
    chern = _chern_degrees(degrees)
    return tuple(sum((-1) ** i * comb(n + 1 - i, j + 1) * chern[i] for i in range(n + 1 - j)) for j in range(n + 1))


def segre_degree(filter_sizes: Sequence[int]) -> int:
    """Return the degree ``n! / prod_i (k_i - 1)!`` of the Segre variety, n = sum_i (k_i - 1).

    >>> segre_degree((3, 2)), segre_degree((2, 2, 2))
    (3, 6)
    """
    degrees = _degrees(filter_sizes)
    return prod(comb(total, d) for total, d in zip(accumulate(degrees), degrees, strict=True))


def _degrees(filter_sizes: Sequence[int]) -> tuple[int, ...]:
    return tuple(k - 1 for k in as_sizes("filter_sizes", filter_sizes))


def _chern_degrees(degrees: tuple[int, ...]) -> list[int]:
    """Degrees of the Chern classes: ``(n - i)!`` times the coefficient of t^i in ``prod_j sum_a C(d_j + 1, a)
    t^a / (d_j - a)!``."""
    n = sum(degrees)
    products = sum(total * d for total, d in zip(accumulate(degrees), degrees, strict=True))
    if products > SEGRE_PRODUCTS_BUDGET:
        required, got = f"such that at most {SEGRE_PRODUCTS_BUDGET} products count them", f"{products}"
        raise invalid("filter_sizes", required, got, "use fewer or smaller filters", BudgetError)
    total = [1]  # times the product of the factorials d_j!
    for d in degrees:
        factor = [comb(d + 1, a) * perm(d, a) for a in range(d + 1)]
        product = [0] * (len(total) + d)
        for i, x in enumerate(total):
            for a, y in enumerate(factor):
                product[i + a] += x * y
        total = product
    common = prod(factorial(d) for d in degrees)
    return [factorial(n - i) * x // common for i, x in enumerate(total)]
