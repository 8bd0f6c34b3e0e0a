"""How far a given map is from equivariance, generator by generator and block by block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from equivariety._typing import AnyArray, FloatArray
from equivariety.errors import UnsupportedGroupError, brief, invalid
from equivariety.groups import PermutationGroup
from equivariety.groups.signed import AnyPermutation, SignedPermutation
from equivariety.groups.signed_group import AnyGroup, SignedPermutationGroup
from equivariety.linalg import algebra, as_float_array, frobenius_norm
from equivariety.representations.decomposition import IsotypicDecomposition
from equivariety.representations.maps.affine_map import AffineMap
from equivariety.representations.maps.equivariant_map import EquivariantMap
from equivariety.representations.maps.hom import HomSpace
from equivariety.representations.maps.orbital_basis import orbital_basis
from equivariety.representations.pairing import hom_space
from equivariety.tolerances import DENSE_ENTRIES_BUDGET

__all__ = ["BlockShare", "EquivarianceError", "equivariance_error"]

#: Random rows on which a function is measured unless the caller gives some.
_PROBES = 256

#: They are fewer, but at least three, where they would hold more numbers than this.
_PROBE_ENTRIES = 2**24

#: Most lines of the table in ``repr``.
_MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class BlockShare:
    """What one isotypic block has to do with a map.

    Shares are of the sum of squares of all entries, ``|M|^2`` (of a function: of its values on the probes).

    Attributes:
        label: name of the irreducible.
        inside: share of M that is equivariant and lies in the block; None for functions.
        outside_from: share of the part outside Hom that reads the block's inputs; None for functions.
        outside_into: share of the part outside Hom that writes the block's outputs.  For functions the part is
            the defect ``f(g x) - g f(x)``, its mean square over the generators.

    >>> BlockShare("R2", 0.5, 0.0, 0.01).outside_into
    0.01
    """

    label: str
    inside: float | None
    outside_from: float | None
    outside_into: float


@dataclass(frozen=True, slots=True, repr=False)
class EquivarianceError:
    """Equivariance of a map, measured; ``float(error)`` is :attr:`worst`.

    Attributes:
        by_generator: ``|M P - P' M| / |M|`` per pair of generators, in Frobenius norms; for a function the same
            ratio of ``f(g x) - g f(x)`` to ``f(x)`` on the probes.
        distance: ``|M - proj M| / |M|``, the relative distance to the nearest equivariant map; None for functions and
            for matrices beyond ``tolerances.DENSE_ENTRIES_BUDGET``.
        blocks: shares per isotypic block, inputs and outputs together; empty where the group has no known bases and
            where ``distance`` is missing for size.
        is_sampled: whether it was measured on probes, as for functions, and not for the map as a whole.

    >>> import equivariety as ev
    >>> ev.equivariance_error(np.diag([1.0, 1.0, 4.0]), ev.groups.cyclic(3))
    EquivarianceError: worst 1, distance 0.57735
      generator 0: 1
      block  inside  outside, from  outside, into
      (1,1)  22.2 %         11.1 %         11.1 %
      (3,2)  44.4 %         22.2 %         22.2 %
    """

    by_generator: tuple[float, ...]
    distance: float | None
    blocks: tuple[BlockShare, ...]
    is_sampled: bool = False

    @property
    def worst(self) -> float:
        """Largest error over the generators; 0 for the trivial group."""
        return max(self.by_generator, default=0.0)

    def __float__(self) -> float:
        return self.worst

    def __repr__(self) -> str:
        head = f"EquivarianceError: worst {self.worst:.6g}"
        head += f", distance {self.distance:.6g}" if self.distance is not None else ""
        lines = [head + (", on probes" if self.is_sampled else "")]
        lines += [f"  generator {i}: {error:.6g}" for i, error in enumerate(self.by_generator[:_MOST_LINES])]
        lines += [f"  … {len(self.by_generator)} generators"] if len(self.by_generator) > _MOST_LINES else []
        return "\n".join([*lines, *self._table()])

    def _table(self) -> list[str]:
        if not self.blocks:
            return []
        shown = sorted(range(len(self.blocks)), key=lambda i: -self._size(self.blocks[i]))[:_MOST_LINES]
        width = max(5, *(len(self.blocks[i].label) for i in shown))
        columns = [("inside", "inside"), ("outside, from", "outside_from"), ("outside, into", "outside_into")]
        columns = [(title, name) for title, name in columns if getattr(self.blocks[0], name) is not None]
        out = [f"  {'block':{width}}" + "".join(f"  {title}" for title, _ in columns)]
        for i in sorted(shown):
            cells = [f"{100 * getattr(self.blocks[i], name):.3g} %".rjust(len(title)) for title, name in columns]
            out.append("  ".join([f"  {self.blocks[i].label:{width}}", *cells]))
        return out + (
            [f"  … {len(self.blocks)} blocks, the largest are shown"] if len(shown) < len(self.blocks) else []
        )

    @staticmethod
    def _size(share: BlockShare) -> float:
        return (share.inside or 0.0) + (share.outside_from or 0.0) + share.outside_into


def equivariance_error(
    mapping: Any,
    group: AnyGroup,
    target: AnyGroup | None = None,
    *,
    probes: object = None,
    rng: np.random.Generator | None = None,
) -> EquivarianceError:
    """Return how far a map is from commuting with a group, per generator and per isotypic block.

    Args:
        mapping: a dense (m, n) array, a SciPy sparse matrix, an :class:`EquivariantMap` or :class:`AffineMap`, or any
            function that takes rows (N, n) to rows (N, m), float64 arrays, each row by itself: a trained layer.  An
            AffineMap's generators count its offset c too, by ``|P' c - c| / |c|``.
        group: acts on the n inputs, by permutations or signed permutations.
        target: acts on the m outputs, generator by generator with ``group``; None means the same action.
        probes: rows (N, n) on which a function is measured, such as samples; None draws at most 256 standard
            normal rows.  Matrices need none.
        rng: draws the probes; None is ``numpy.random.default_rng(0)``.

    Returns:
        The errors; all are 0 for the zero map.

    Raises:
        ValueError: for shapes that do not fit, NaN or inf, unpaired generators, and values of a function that are not
            one row of m numbers for each row.
        TypeError: for arguments of other kinds.

    >>> import equivariety as ev
    >>> turn = ev.groups.rotation(3)
    >>> mean = np.full((9, 9), 1 / 9)
    >>> equivariance_error(mean, turn).worst, equivariance_error(np.tanh, turn).worst
    (0.0, 0.0)
    >>> round(equivariance_error(lambda x: x * np.arange(9), turn).worst, 2)
    0.77
    """
    for name, value in (("group", group), ("target", group if target is None else target)):
        if not isinstance(value, PermutationGroup | SignedPermutationGroup):
            raise invalid(name, "a PermutationGroup", value, "build one with PermutationGroup(generators)", TypeError)
    other = group if target is None else target
    pairs = _pairs(group, other)
    shape = other.degree, group.degree
    if isinstance(mapping, EquivariantMap | AffineMap) and mapping.shape != shape:
        raise invalid("mapping", f"of shape {shape}", f"shape {mapping.shape}", "pass the groups that act on it")
    if isinstance(mapping, AffineMap):
        linear = equivariance_error(mapping.linear, group, target, probes=probes, rng=rng)
        moved = [_offset_error(mapping.offset, t) for _, t in pairs]
        errors = tuple(max(pair) for pair in zip(linear.by_generator, moved, strict=True))
        return EquivarianceError(errors, linear.distance, linear.blocks, linear.is_sampled)
    if isinstance(mapping, EquivariantMap) and shape[0] * shape[1] <= DENSE_ENTRIES_BUDGET:
        mapping = mapping.to_dense()
    hom = _hom_space(group, other)
    if callable(mapping):
        return _of_function(mapping, pairs, shape, hom, _probes(probes, rng, shape[1]))
    return _of_matrix(mapping, pairs, shape, hom)


def _pairs(group: AnyGroup, target: AnyGroup) -> list[tuple[AnyPermutation, AnyPermutation]]:
    left: list[Any] = list(group.generators)
    right: list[Any] = list(target.generators)
    if len(left) != len(right):
        if group.is_trivial:
            left = [type(right[0]).identity(group.degree)] * len(right)
        elif target.is_trivial:
            right = [type(left[0]).identity(target.degree)] * len(left)
    return list(zip(left, right, strict=False))  # hom_space refuses the rest


def _hom_space(group: AnyGroup, target: AnyGroup) -> HomSpace | None:
    try:
        return hom_space(group, target)
    except UnsupportedGroupError:
        return None


def _offset_error(offset: FloatArray, generator: AnyPermutation) -> float:
    size = frobenius_norm(offset)
    return frobenius_norm(generator.apply(offset) - offset) / size if size else 0.0


def _of_matrix(
    matrix: Any, pairs: list[tuple[AnyPermutation, AnyPermutation]], shape: tuple[int, int], hom: HomSpace | None
) -> EquivarianceError:
    from scipy.sparse import csr_array, issparse

    sparse = csr_array(matrix) if issparse(matrix) else None
    values = as_float_array("mapping", matrix if sparse is None else sparse.data)
    found = values.shape if sparse is None else sparse.shape
    if found != shape:
        fix = "rows are outputs, columns inputs; pass target where outputs transform in another way"
        raise invalid("mapping", f"of shape {shape}", f"shape {found}", fix)
    norm = frobenius_norm(values)
    if sparse is None:
        moved = [frobenius_norm(values - s.apply(t.apply(values.T).T)) for s, t in pairs]
    else:
        sparse = csr_array((values, sparse.indices, sparse.indptr), shape=shape)
        moved = [frobenius_norm((sparse - _moved(sparse, s, t)).data) for s, t in pairs]
    errors = tuple(error / norm if norm else 0.0 for error in moved)
    if shape[0] * shape[1] > DENSE_ENTRIES_BUDGET:
        return EquivarianceError(errors, None, ())
    dense = values if sparse is None else sparse.toarray()
    scaled = dense.astype(np.float64) / (norm or 1.0)
    try:
        nearest = None if hom is None else hom.project(scaled)
    except UnsupportedGroupError:  # the blocks are known, their bases are not
        nearest = None
    if hom is None or nearest is None:
        return EquivarianceError(errors, _distance_by_orbitals(scaled, pairs), ())
    rest = scaled - nearest
    blocks = hom.block_matrices(scaled)
    reading, writing = _energies(hom.source, rest), _energies(hom.target, rest.T)
    shares = []
    for i, (block, inside) in enumerate(zip(hom.blocks, blocks, strict=True)):
        at = hom.source_index(i), hom.target_index(i)
        shares.append(
            BlockShare(
                block.label,
                block.irrep_dim * algebra(block.field).squared_norm(inside),
                0.0 if at[0] is None else reading[at[0]],
                0.0 if at[1] is None else writing[at[1]],
            )
        )
    return EquivarianceError(errors, frobenius_norm(rest), tuple(shares))


def _distance_by_orbitals(matrix: FloatArray, pairs: list[tuple[AnyPermutation, AnyPermutation]]) -> float | None:
    try:
        basis = orbital_basis([s for s, _ in pairs], [t for _, t in pairs], matrix.shape[1], matrix.shape[0])
    except ValueError:  # over the budget
        return None
    return frobenius_norm(matrix - basis.project(matrix))


def _moved(matrix: Any, s: AnyPermutation, t: AnyPermutation) -> Any:
    """Return P' M P^T of a sparse matrix."""
    from scipy.sparse import diags_array

    moved = matrix[t.images][:, s.images]
    if isinstance(t, SignedPermutation):
        moved = diags_array(t.signs.astype(moved.dtype)) @ moved
    if isinstance(s, SignedPermutation):
        moved = moved @ diags_array(s.signs.astype(moved.dtype))
    return moved


def _of_function(
    function: Callable[[AnyArray], object],
    pairs: list[tuple[AnyPermutation, AnyPermutation]],
    shape: tuple[int, int],
    hom: HomSpace | None,
    rows: FloatArray,
) -> EquivarianceError:
    values = _values(function, rows, shape[0])
    norm = frobenius_norm(values)
    defects = [_values(function, s.apply(rows), shape[0]) - t.apply(values) for s, t in pairs]
    errors = tuple(frobenius_norm(defect) / norm if norm else 0.0 for defect in defects)
    if hom is None:
        return EquivarianceError(errors, None, (), is_sampled=True)
    written = np.zeros(len(hom.target.blocks))
    try:
        for defect in defects if norm else []:
            written += np.array(_energies(hom.target, defect / norm)) / len(defects)
    except UnsupportedGroupError:  # the blocks are known, their bases are not
        return EquivarianceError(errors, None, (), is_sampled=True)
    shares = tuple(
        BlockShare(b.label, None, None, float(share)) for b, share in zip(hom.target.blocks, written, strict=True)
    )
    return EquivarianceError(errors, None, shares, is_sampled=True)


def _values(function: Callable[[AnyArray], object], rows: AnyArray, outputs: int) -> FloatArray:
    values = as_float_array("mapping(rows)", function(rows))
    if values.shape != (len(rows), outputs):
        required = f"of shape {(len(rows), outputs)}, one row for each row"
        raise invalid("mapping(rows)", required, f"shape {values.shape}", "let the function act on rows")
    return values.astype(np.float64)


def _probes(probes: object, rng: np.random.Generator | None, width: int) -> FloatArray:
    if probes is None:
        if rng is not None and not isinstance(rng, np.random.Generator):
            fix = "pass numpy.random.default_rng(seed)"
            raise invalid("rng", "a numpy.random.Generator, or None", brief(rng), fix, TypeError)
        count = min(_PROBES, max(3, _PROBE_ENTRIES // width))
        return (rng or np.random.default_rng(0)).standard_normal((count, width))
    rows = as_float_array("probes", probes)
    if rows.ndim != 2 or rows.shape[1] != width or not len(rows):
        raise invalid("probes", f"of shape (N, {width})", f"shape {rows.shape}", "put one sample in each row")
    return rows.astype(np.float64)


def _energies(decomposition: IsotypicDecomposition, rows: AnyArray) -> list[float]:
    """Return the sum of squares of each block's coordinates of all rows."""
    return [float(np.vdot(part, part)) for part in decomposition.split(np.ascontiguousarray(rows))]
