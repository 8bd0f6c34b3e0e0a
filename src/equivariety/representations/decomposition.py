"""The interface of every isotypic decomposition, whatever route computed it.

Coordinates of block i are arrays ``(..., d, e, m)``: d copies, e the real dimension of the field, e * m the real
dimension of the irreducible.  A map that commutes with the group acts on the left, as a (d, d) matrix over the
field; a group element acts on the right.  The change of basis is orthogonal, so norms of parts are norms of data.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import as_nonnegative_int, invalid
from equivariety.groups.signed import AnyPermutation
from equivariety.linalg import FIELD_DIM, as_float_array
from equivariety.representations.blocks import IsotypicBlock
from equivariety.representations.certificates import DecompositionCertificate
from equivariety.representations.orbits.units import commutator
from equivariety.representations.stacking import StackedTransform
from equivariety.tolerances import DENSE_ENTRIES_BUDGET, certificate_tolerance

__all__ = ["IsotypicDecomposition", "check_rows"]

_PROBES = 3


def check_rows(name: str, values: object, width: int) -> AnyArray:
    """Return ``values`` as a finite float32 or float64 array whose last axis has length ``width``.

    Integers and other floats become float64.  Raises TypeError for values that are not real numbers and ValueError
    for a wrong width, NaN or inf.
    """
    array = as_float_array(name, values)
    if array.ndim == 0 or array.shape[-1] != width:
        raise invalid(name, f"an array of shape (..., {width})", f"shape {array.shape}", "put one sample in each row")
    return array


class IsotypicDecomposition(ABC):
    """An orthogonal change of basis of R^n into isotypic blocks of a permutation group.

    Subclasses give the transforms; everything a user calls is here.

    >>> import equivariety as ev
    >>> dec = ev.isotypic_decomposition(ev.PermutationGroup.from_cycles("(1 3 4)(2 5)", degree=5))
    >>> [(b.label, b.field, b.multiplicity) for b in dec.blocks]
    [('(1,1)', 'R', 2), ('(3,2)', 'C', 1), ('(2,1)', 'R', 1)]
    >>> dec.certificate().ok
    True
    """

    __slots__ = ()

    @property
    @abstractmethod
    def degree(self) -> int:
        """Number of points n."""

    @property
    @abstractmethod
    def generators(self) -> tuple[AnyPermutation, ...]:
        """Generators of the acting group."""

    @property
    @abstractmethod
    def blocks(self) -> tuple[IsotypicBlock, ...]:
        """The blocks, in the library's order."""

    @property
    def trivial_index(self) -> int | None:
        """Position of the block of vectors that the group fixes; None if it fixes none but 0."""
        return 0

    @property
    def fingerprint(self) -> str:
        """What tells apart two bases of the same action; empty for routes that know one only."""
        return ""

    @property
    def is_numerical(self) -> bool:
        """Whether the basis was found numerically, so that it depends on the machine and is invariant up to 1e-13."""
        return bool(self.fingerprint)

    @property
    @abstractmethod
    def num_orbitals(self) -> int:
        """Number of orbits of the group on pairs of points, counted combinatorially."""

    @abstractmethod
    def _split(self, x: AnyArray) -> list[AnyArray]:
        """Transform without checks; ``x`` is float32 or float64 of shape ``(..., n)``."""

    @abstractmethod
    def _assemble(self, parts: Sequence[AnyArray | None], leading: tuple[int, ...], dtype: np.dtype[Any]) -> AnyArray:
        """Inverse of ``_split``; a part that is None is zero."""

    @abstractmethod
    def columns(self, dtype: np.dtype[Any]) -> StackedTransform:
        """Return the plan of the same transform for many samples of one dtype, with equal blocks stacked."""

    @abstractmethod
    def _block_action(self, block: int, generator: int) -> FloatArray:
        """:meth:`block_action` without checks."""

    def block_action(self, block: int, generator: int) -> FloatArray:
        """Return the (e*m, e*m) orthogonal matrix by which a generator acts on one copy in a block.

        It acts on columns: with the last two axes flattened, the part of ``generator.apply(x)`` is that of ``x`` times
        the transposed matrix.  Both are positions, in ``blocks`` and in ``generators``; ValueError for others.

        >>> import equivariety as ev
        >>> ev.isotypic_decomposition(ev.groups.cyclic(4)).block_action(1, 0).round(12).tolist()
        [[0.0, -1.0], [1.0, 0.0]]
        """
        for name, value, count in (("block", block, len(self.blocks)), ("generator", generator, len(self.generators))):
            if as_nonnegative_int(name, value) >= count:
                raise invalid(name, f"an integer from 0 to {count - 1}", value, f"count from 0; see .{name}s")
        return self._block_action(block, generator)

    def split(self, x: object) -> list[AnyArray]:
        """Return the coordinates of ``x``, shape ``(..., n)``, one array ``(..., d, e, m)`` per block.

        The norm of ``x`` is the norm of all parts together.  float32 stays float32.  Parts may be views of one
        common array.  Raises TypeError or ValueError for input that is not real, finite and of n columns.
        """
        return self._split(check_rows("x", x, self.degree))

    def assemble(self, parts: Sequence[object]) -> AnyArray:
        """Return the array ``(..., n)`` whose coordinates are ``parts``; inverse of :meth:`split`.

        Raises ValueError if the parts do not fit the blocks or each other.
        """
        if not isinstance(parts, Sequence):
            raise invalid("parts", "a list of arrays", parts, "pass what split() returned", TypeError)
        if len(parts) != len(self.blocks):
            raise invalid(
                "parts", f"a list of {len(self.blocks)} arrays", f"{len(parts)}", "pass what split() returned"
            )
        arrays: list[AnyArray] = []
        leading: tuple[int, ...] | None = None
        for part, block in zip(parts, self.blocks, strict=True):
            array = as_float_array(f"parts[{block.label}]", part)
            unit = FIELD_DIM[block.field]
            tail = (block.multiplicity, unit, block.irrep_dim // unit)
            if array.ndim < 3 or array.shape[-3:] != tail:
                raise invalid(
                    f"parts[{block.label}]",
                    f"a real array of shape (..., {tail[0]}, {tail[1]}, {tail[2]})",
                    f"shape {array.shape}",
                    "pass what split() returned",
                )
            leading = array.shape[:-3] if leading is None else leading
            if array.shape[:-3] != leading:
                raise invalid("parts", f"arrays with leading shape {leading}", str(array.shape[:-3]), "split one array")
            arrays.append(array)
        dtype = np.dtype(np.float32 if all(a.dtype == np.float32 for a in arrays) else np.float64)
        return self._assemble(arrays, leading or (), dtype)

    def group_average(self, x: object) -> AnyArray:
        """Return the average of ``x``, shape ``(..., n)``, over the group: its nearest point fixed by all generators.

        Raises TypeError or ValueError as :meth:`split` does.

        >>> import equivariety as ev
        >>> ev.isotypic_decomposition(ev.groups.cyclic(3)).group_average([1.0, 2.0, 6.0]).round(12).tolist()
        [3.0, 3.0, 3.0]
        """
        rows = check_rows("x", x, self.degree)
        kept: list[AnyArray | None] = [None] * len(self.blocks)
        if self.trivial_index is not None:
            kept[self.trivial_index] = self._split(rows)[self.trivial_index]
        return self._assemble(kept, rows.shape[:-1], rows.dtype)

    def matrix(self) -> FloatArray:
        """Return the orthogonal (n, n) matrix Q whose columns are the new basis, in the order of the blocks.

        ``Q.T @ x`` are the coordinates of ``x``.  For small n and for pictures; raises ValueError beyond the
        dense budget.
        """
        n = self.degree
        if n * n > DENSE_ENTRIES_BUDGET:
            raise invalid("degree", f"at most {int(DENSE_ENTRIES_BUDGET**0.5)} for a dense basis", n, "use split()")
        parts = self._split(np.eye(n))
        return np.concatenate([part.reshape(n, -1) for part in parts], axis=1)

    def residual(self) -> float:
        """Return the larger of the two residuals of :meth:`certificate`."""
        certificate = self.certificate()
        return max(certificate.orthogonality, certificate.equivariance)

    def certificate(self) -> DecompositionCertificate:
        """Return the evidence that the decomposition is right: residuals on probe vectors, identity of integers."""
        rng = np.random.default_rng(0)
        x = rng.standard_normal((_PROBES, self.degree))
        parts = self._split(x)
        scale = float(np.linalg.norm(x))
        back = self._assemble(parts, (_PROBES,), np.dtype(np.float64))
        norm = float(np.sqrt(sum(float(np.linalg.norm(part)) ** 2 for part in parts)))
        return DecompositionCertificate(
            orthogonality=max(float(np.linalg.norm(back - x)), abs(norm - scale)) / scale,
            equivariance=max(self._equivariance_residual(x), self._unit_residual()),
            commutant_dim=self._commutant_dim(),
            num_orbitals=self.num_orbitals,
            tolerance=certificate_tolerance(np.float64),
        )

    def _equivariance_residual(self, x: AnyArray) -> float:
        """Largest error of "split after a generator = the generator's block action after split", relative to ``x``."""
        parts, worst = self._split(x), 0.0
        for g, generator in enumerate(self.generators):
            total = 0.0
            for i, (part, image) in enumerate(zip(parts, self._split(generator.apply(x)), strict=True)):
                copies = part.reshape(*part.shape[:-2], -1)
                expected = copies @ self._block_action(i, g).T
                total += float(np.linalg.norm(expected - image.reshape(copies.shape))) ** 2
            worst = max(worst, total**0.5)
        return worst / float(np.linalg.norm(x))

    def _unit_residual(self) -> float:
        """Largest entry of a commutator of a block action with the units of the block's algebra."""
        pairs = ((i, g) for i in range(len(self.blocks)) for g in range(len(self.generators)))
        return max((commutator(self.blocks[i].field, self._block_action(i, g)[None]) for i, g in pairs), default=0.0)

    def _commutant_dim(self) -> int:
        return sum(FIELD_DIM[b.field] * b.multiplicity**2 for b in self.blocks)
