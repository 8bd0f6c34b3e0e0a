"""Polynomial equations of a variety of linear maps: SymPy polynomials, and their values at matrices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np

from equivariety._typing import AnyArray, FloatArray, IntArray

__all__ = ["Coordinates", "Equations"]

#: "blocks" for the real coordinates of the block matrices, "entries" for the entries of the whole matrix.
Coordinates: TypeAlias = Literal["blocks", "entries"]

#: Equations that are printed before the rest is only counted.
_SHOWN = 40


@dataclass(frozen=True, eq=False, repr=False)
class Equations:
    """Polynomials that vanish on a variety of linear maps and cut it out; iterable, with a length.

    Iterating gives ``polynomials``.  Those of a component generate the prime ideal of its Zariski closure;
    those of a union of components cut it out as a set.

    Attributes:
        elements: the polynomials as elements of one sparse SymPy ring (``sympy.polys.rings``), over the integers, an
            exact field of algebraic numbers, or RR where ``is_exact`` is False.
        variables: the ``sympy.Symbol`` objects, in the order of the coordinates.
        coordinates: "blocks" or "entries".
        is_exact: whether coefficients are exact; otherwise they are right up to rounding.
        values_at: function from a dense matrix to the values of ``variables``; see :meth:`point`.
        latex_names: how the variables are printed in LaTeX, by name.

    >>> import equivariety as ev
    >>> equations = ev.linear_maps(2, 2, rank=1).component([1]).equations("entries")
    >>> print(equations)
    m1c1*m2c2 - m1c2*m2c1 = 0
    >>> len(equations), equations.residuals([[1.0, 2.0], [3.0, 4.0]]).tolist()
    (1, [-2.0])
    """

    elements: tuple[Any, ...]
    variables: tuple[Any, ...]
    coordinates: Coordinates
    is_exact: bool
    values_at: Callable[[object], AnyArray]
    latex_names: Mapping[str, str]

    def __len__(self) -> int:
        return len(self.elements)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.polynomials)

    def __getitem__(self, position: int) -> Any:
        return self.polynomials[position]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Equations):
            return NotImplemented
        return (self.elements, self.variables) == (other.elements, other.variables)

    def __hash__(self) -> int:
        return hash((len(self), self.variables))

    def __repr__(self) -> str:
        shown = f"{len(self)} polynomials in {len(self.variables)} variables"
        return f"Equations({shown}, coordinates={self.coordinates!r}, is_exact={self.is_exact})"

    def __str__(self) -> str:
        lines = [f"{p.as_expr()} = 0" for p in self.elements[:_SHOWN]] or ["no equations"]
        return "\n".join(lines + self._rest("… and {} more"))

    def _repr_latex_(self) -> str:
        from sympy import latex

        names = {v: self.latex_names[v.name] for v in self.variables}
        lines = [f"{latex(p.as_expr(), symbol_names=names)} &= 0" for p in self.elements[:_SHOWN]]
        lines += self._rest(r"&\text{{and {} more}}")
        return "$\\displaystyle \\begin{aligned}" + r" \\ ".join(lines or [r"&\text{no equations}"]) + "\\end{aligned}$"

    def _rest(self, text: str) -> list[str]:
        return [text.format(len(self) - _SHOWN)] if len(self) > _SHOWN else []

    @cached_property
    def polynomials(self) -> tuple[Any, ...]:
        """The polynomials as ``sympy.Poly``, each in the variables that occur in it; made when first asked for.

        Ready for ``sympy.groebner(equations, *equations.variables)``; ``p.as_expr()`` is the expression.
        """
        from sympy import Poly

        out = []
        for element in self.elements:
            used = [k for k, power in enumerate(map(max, zip(*element.itermonoms(), strict=True))) if power]
            terms = {tuple(monomial[k] for k in used): c for monomial, c in element.terms()}
            out.append(Poly.from_dict(terms, *(self.variables[k] for k in used), domain=element.ring.domain))
        return tuple(out)

    def point(self, matrix: object) -> AnyArray:
        """Return the values of ``variables`` at a dense (m, n) matrix, shape (len(variables),).

        Raises ValueError or TypeError for anything that is not a real finite (m, n) matrix, and ValueError in block
        coordinates for one that is not equivariant.
        """
        return self.values_at(matrix)

    def residuals(self, matrix: object) -> FloatArray:
        """Return the values of the polynomials at a dense (m, n) matrix, shape (len(self),).

        They are the plain values, in float64: compare them with the size of the terms, ``|M|^degree``.  Raises as
        :meth:`point` does.
        """
        coefficients, factors, rows = self._terms
        values = np.append(self.point(matrix).astype(np.float64), 1.0)
        found: FloatArray = np.bincount(rows, coefficients * values[factors].prod(axis=1), len(self)).astype(np.float64)
        return found

    def jacobian(self, matrix: object) -> FloatArray:
        """Return the derivatives of the polynomials at a dense (m, n) matrix, shape (len(self), len(variables)).

        At a smooth point of an irreducible variety its rank is the number of variables less the dimension.  Raises as
        :meth:`point` does.

        >>> import equivariety as ev
        >>> C = ev.linear_maps(3, 4, rank=2).component([2])
        >>> int(np.linalg.matrix_rank(C.equations("entries").jacobian(C.sample(np.random.default_rng(0)))))
        2
        """
        coefficients, factors, rows = self._terms
        values = np.append(self.point(matrix).astype(np.float64), 1.0)
        out = np.zeros((len(self), len(values)))
        for k in range(factors.shape[1]):
            others = np.delete(factors, k, axis=1)
            np.add.at(out, (rows, factors[:, k]), coefficients * values[others].prod(axis=1))
        return out[:, :-1]

    @cached_property
    def _terms(self) -> tuple[FloatArray, IntArray, IntArray]:
        """Coefficients, numbers of the variables of each term, filled up with that of a constant 1, and polynomials."""
        coefficients: list[float] = []
        factors: list[list[int]] = []
        rows: list[int] = []
        known: dict[Any, float] = {}  # algebraic numbers take their time
        for row, element in enumerate(self.elements):
            for monomial, coefficient in element.terms():
                if coefficient not in known:
                    known[coefficient] = float(element.ring.domain.to_sympy(coefficient))
                coefficients.append(known[coefficient])
                factors.append([k for k, power in enumerate(monomial) if power for _ in range(power)])
                rows.append(row)
        degree = max(map(len, factors), default=0)
        filled = [row + [len(self.variables)] * (degree - len(row)) for row in factors]
        table = np.array(filled, dtype=np.int64).reshape(len(rows), degree)
        return np.array(coefficients), table, np.array(rows, dtype=np.int64)
