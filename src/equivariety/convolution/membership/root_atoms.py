"""Real roots and conjugate pairs: the atoms that real factors of a binary form are made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, TypeAlias

import numpy as np

from equivariety._typing import AnyArray
from equivariety.convolution.membership.binary_forms import Form, divides, multiplicity_at_ends, primitive
from equivariety.convolution.membership.real_roots import RootKinds, SquareFreePart, square_free_parts

__all__ = ["KINDS", "Atom", "Atoms", "RootField", "kinds_of"]

#: The kinds of atoms, in the order of :class:`RootKinds`.
KINDS = RootKinds._fields

_GUARD_DIGITS = 40
_NEWTON_STEPS = 30
_ONE = Fraction(1)


@dataclass(frozen=True)
class Atom:
    """A real root, or a conjugate pair of roots, of a form.

    Attributes:
        kind: one of ``KINDS``.
        label: equal for equal roots.
        root: the root, that above the real axis of a pair; None at infinity.
        angle: in radians, by which roots are spread: ``atan(root)`` or the argument of a pair.
        form: real coefficients (2 or 3) of the form with this root.
    """

    kind: str
    label: str
    root: Any = field(compare=False, repr=False)
    angle: float = field(compare=False)
    form: tuple[Any, ...] = field(compare=False, repr=False)

    @property
    def degree(self) -> int:
        """Degree of the form, 2 for a pair."""
        return 2 if self.kind == "pairs" else 1


#: Atoms with their multiplicities.
Atoms: TypeAlias = dict[Atom, int]


def kinds_of(atoms: Atoms) -> RootKinds:
    """Return how many roots of each kind there are, with multiplicity.

    >>> field = RootField(30)
    >>> kinds_of(field.atoms((0, 0, -1, 0, 1)))
    RootKinds(positive=1, negative=1, zero=2, infinite=0, pairs=0)
    """
    return RootKinds(*(sum(m for atom, m in atoms.items() if atom.kind == kind) for kind in KINDS))


class RootField:
    """Arithmetic with roots to a fixed number of digits.

    >>> field = RootField.for_form((-2, 0, 1))
    >>> [atom.kind for atom in field.atoms((-2, 0, 1))]
    ['negative', 'positive']
    """

    def __init__(self, digits: int) -> None:
        import mpmath

        self._context = mpmath.MPContext()
        self._context.dps = digits
        self._label_digits = min(digits - 8, 32)
        self._known: dict[tuple[Atom, int], tuple[Atom, ...]] = {}

    @classmethod
    def for_form(cls, form: Form) -> RootField:
        """Return a field precise enough to tell rational factors of the form from others.

        Coefficients of a factor with integer coefficients are at most ``2^d`` times the norm of the form (Mignotte).
        """
        digits = max((len(str(abs(c))) for c in form), default=1)
        return cls(_GUARD_DIGITS + 2 * digits + len(form))

    def atoms(self, form: Form) -> Atoms:
        """Return the atoms of a nonzero form; which roots are real is known exactly."""
        zero, infinite = multiplicity_at_ends(form)
        found: Atoms = {}
        if zero:
            found[self.atom("zero", 0)] = zero
        if infinite:
            found[self.atom("infinite", None)] = infinite
        for part in square_free_parts(form):
            for atom in self._simple(part):
                found[atom] = part.multiplicity
        return found

    def atom(self, kind: str, root: Any) -> Atom:
        """Return the atom of a kind with a root."""
        ctx = self._context
        if kind == "infinite":
            return Atom(kind, "infinity", None, np.pi / 2, (ctx.one, ctx.zero))
        if kind == "zero":
            return Atom(kind, "0", ctx.zero, 0.0, (ctx.zero, ctx.one))
        digits = self._label_digits
        if kind == "pairs":
            label = f"{ctx.nstr(root.real, digits)},{ctx.nstr(root.imag, digits)}"
            if abs(root.real) < abs(root) * ctx.mpf(10) ** (-digits):
                label = f"0,{ctx.nstr(root.imag, digits)}"
            return Atom(kind, label, root, float(ctx.arg(root)), (abs(root) ** 2, -2 * root.real, ctx.one))
        return Atom(kind, ctx.nstr(root, digits), root, float(ctx.atan(root)), (-root, ctx.one))

    def _simple(self, part: SquareFreePart) -> list[Atom]:
        num_real = part.positive + part.negative
        roots = self._roots([int(c) for c in part.poly.all_coeffs()], num_real)
        found = [self.atom("positive" if root.real > 0 else "negative", root.real) for root in roots[:num_real]]
        found.sort(key=lambda atom: atom.angle)
        return found + [self.atom("pairs", root) for root in roots[num_real:] if root.imag > 0]

    def _roots(self, coefficients: list[int], num_real: int) -> list[Any]:
        """All complex roots of a square-free polynomial, highest coefficient first; the real ones first."""
        ctx = self._context
        if len(coefficients) == 2:
            return [ctx.mpc(-ctx.mpf(coefficients[1]) / coefficients[0])]
        exact = [ctx.mpf(c) for c in coefficients]
        found = None
        with suppress(OverflowError, ZeroDivisionError, np.linalg.LinAlgError):
            found = self._polished(exact, np.roots([float(c) for c in coefficients]))
        if found is None or sum(root.imag == 0 for root in found) != num_real:
            found = [
                ctx.mpc(root) for root in ctx.polyroots(exact, maxsteps=2000, cleanup=False, extraprec=10 * len(exact))
            ]
        return sorted(found, key=lambda root: abs(root.imag))

    def _polished(self, exact: list[Any], start: AnyArray) -> list[Any] | None:
        """Roots by Newton's method from approximate ones; None unless it settles, on as many as there are."""
        ctx = self._context
        slopes = [c * (len(exact) - 1 - i) for i, c in enumerate(exact[:-1])]
        small = ctx.mpf(10) ** (-ctx.dps // 2)
        found: dict[str, Any] = {}
        for one in start:
            if one.imag < 0:
                continue
            root = ctx.mpf(float(one.real)) if one.imag == 0 else ctx.mpc(complex(one))
            for _ in range(_NEWTON_STEPS):
                step = ctx.polyval(exact, root) / ctx.polyval(slopes, root)
                root -= step
                if abs(step) <= small * abs(root):  # the next step is as small as rounding
                    break
            else:
                return None
            root = ctx.mpc(root - ctx.polyval(exact, root) / ctx.polyval(slopes, root))
            found[ctx.nstr(root, 15)] = root
            if one.imag > 0:
                found[ctx.nstr(ctx.conj(root), 15)] = ctx.conj(root)
        return list(found.values()) if len(found) == len(start) else None

    def of_powers(self, atoms: Atoms, ratio: int) -> Atoms:
        """Return the atoms of ``R(x^t, y^t)``, R having these and t being the ratio.

        >>> field = RootField(30)
        >>> [(one.label, m) for one, m in field.of_powers(field.atoms((-4, 1)), 2).items()]
        [('2.0', 1), ('-2.0', 1)]
        """
        found: Atoms = {}
        for atom, multiplicity in atoms.items():
            if (atom, ratio) not in self._known:
                self._known[atom, ratio] = self._powers(atom, ratio)
            for below in self._known[atom, ratio]:
                found[below] = found.get(below, 0) + multiplicity
        return found

    def _powers(self, atom: Atom, ratio: int) -> tuple[Atom, ...]:
        ctx = self._context
        if atom.kind in ("zero", "infinite"):
            return (atom,) * ratio
        size = ctx.root(abs(atom.root), ratio)
        if atom.kind == "pairs":
            first = ctx.arg(atom.root)
            roots = [size * ctx.expj((first + 2 * ctx.pi * k) / ratio) for k in range(ratio)]
            return tuple(self.atom("pairs", root if root.imag > 0 else ctx.conj(root)) for root in roots)
        # The arguments of the roots are pi n / ratio, n even for a positive and odd for a negative one.
        parity = int(atom.kind == "negative")
        found = [] if parity else [self.atom("positive", size)]
        if ratio % 2 == parity:
            found.append(self.atom("negative", -size))
        above = (n for n in range(1, ratio) if n % 2 == parity)
        return (*found, *(self.atom("pairs", size * ctx.expjpi(ctx.mpf(n) / ratio)) for n in above))

    def product(self, atoms: Iterable[tuple[Atom, int]]) -> list[Any]:
        """Return the coefficients of the form with these roots, to the digits of the field; monic but at infinity."""
        total = [self._context.one]
        for atom, multiplicity in atoms:
            for _ in range(multiplicity):
                longer = [self._context.zero] * (len(total) + atom.degree)
                for i, a in enumerate(total):
                    for j, b in enumerate(atom.form):
                        longer[i + j] += a * b
                total = longer
        return total

    def rational(self, values: Sequence[Any], container: Form, scale: int = 1) -> Form | None:
        """Return a form that is a factor at a scale of a container, as coprime integers; None if it is not rational.

        The leading coefficient of the container makes a monic rational factor integral (Gauss); what rounding gives
        is then checked by exact division.

        Args:
            values: coefficients as :meth:`product` gives them.
            container: form with coprime integers.
            scale: of the factor in the container.

        >>> field = RootField.for_form((-2, 0, 1))
        >>> [field.rational(field.product([(atom, 1)]), (-2, 0, 1)) for atom in field.atoms((-2, 0, 1))]
        [None, None]
        """
        lead = next(c for c in reversed(container) if c)
        ctx = self._context
        scaled = [lead * c for c in values]
        whole = [int(ctx.nint(c)) for c in scaled]
        if any(abs(c - n) > ctx.mpf(10) ** -12 for c, n in zip(scaled, whole, strict=True)):
            return None
        found = primitive(whole)[1]
        return found if divides(found, container, scale) else None

    def floats(self, values: Sequence[Any], factor: Fraction = _ONE) -> AnyArray:
        """Return coefficients times a factor as float64."""
        number = self._context.mpf(factor.numerator) / factor.denominator
        return np.array([float(c * number) for c in values])

    def quotient(self, numerator: complex, denominator: float) -> Any:
        """Return the quotient of two floats, which may be far larger than floats are."""
        return self._context.mpc(numerator) / self._context.mpf(denominator)

    def binary_exponent(self, values: Sequence[Any]) -> int:
        """Return n such that the largest of the values is between ``2^(n-1)`` and ``2^n``."""
        return int(self._context.frexp(max(abs(c) for c in values))[1])
