"""Equivariant linear maps between two permutation representations, block by block.

Hom_G(R^n, R^m) is the product over irreducibles of the (b_i, a_i) matrices over the irreducible's field, a_i and b_i
the multiplicities in source and target (Schur).  In the orthonormal bases of the two decompositions a map M is
block diagonal, |M|^2 = sum_i delta_i |B_i|^2 and rank M = sum_i delta_i rank B_i.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from functools import cached_property
from math import lcm
from typing import Any

import numpy as np

from equivariety._typing import AnyArray
from equivariety.errors import invalid
from equivariety.groups import Permutation, PermutationGroup
from equivariety.linalg import FIELD_DIM, from_real_coordinates, to_real_coordinates
from equivariety.representations.blocks import IsotypicBlock, MapBlock
from equivariety.representations.cyclic import CyclicDecomposition, num_cyclic_orbitals
from equivariety.representations.decomposition import IsotypicDecomposition
from equivariety.representations.dispatch import decompose_generators

__all__ = ["HomSpace", "hom_space"]


class HomSpace:
    """All linear maps R^n -> R^m that intertwine paired generators: M P_sigma = P_tau M for every pair.

    Attributes:
        source, target: the isotypic decompositions of the two sides under the same acting group.
        blocks: the blocks of the maps, in the library's order; blocks with 0 rows or columns are kept.

    >>> import equivariety as ev
    >>> hom = ev.equivariant_maps(ev.groups.cyclic(3)).hom
    >>> hom.shape, [block.label for block in hom.blocks]
    ((3, 3), ['(1,1)', '(3,2)'])
    """

    def __init__(
        self, source: CyclicDecomposition, target: CyclicDecomposition, *, only_trivial: bool = False
    ) -> None:
        self.source = source
        self.target = target
        self.only_trivial = only_trivial

    @property
    def shape(self) -> tuple[int, int]:
        """(m, n): target and source dimension."""
        return self.target.degree, self.source.degree

    @property
    def is_endomorphic(self) -> bool:
        """Whether source and target are the same action, so that an autoencoder makes sense."""
        return self.source.generators == self.target.generators and not self.only_trivial

    @cached_property
    def _matched(self) -> tuple[tuple[MapBlock, int | None, int | None], ...]:
        """Each block with its position in the source's and in the target's decomposition."""
        found: dict[str, list[Any]] = {}
        angles: dict[str, float] = {}
        for side, dec in enumerate((self.source, self.target)):
            table = dec.characters
            for i, (block, k, l) in enumerate(
                zip(dec.blocks, table.numerator.tolist(), table.denominator.tolist(), strict=True)
            ):
                found.setdefault(block.label, [None, None])[side] = (i, block)
                angles[block.label] = k / l
        labels = sorted(found, key=angles.__getitem__)
        if self.only_trivial:
            labels = labels[:1]
        out = []
        for label in labels:
            a, b = found[label]
            one: IsotypicBlock = (a or b)[1]
            rows, cols = (b[1].multiplicity if b else 0), (a[1].multiplicity if a else 0)
            out.append(
                (MapBlock(label, one.field, one.irrep_dim, rows, cols), a[0] if a else None, b[0] if b else None)
            )
        return tuple(out)

    @cached_property
    def blocks(self) -> tuple[MapBlock, ...]:
        """The blocks of the maps, by descending m/l from (1,1) to (2,1)."""
        return tuple(block for block, _, _ in self._matched)

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels of the blocks."""
        return tuple(block.label for block in self.blocks)

    @property
    def dim(self) -> int:
        """Real dimension of the space: the sum over blocks of ``dim D * rows * cols``."""
        return sum(block.dim for block in self.blocks)

    @property
    def num_orbitals(self) -> int:
        """Number of orbits of the acting group on [m] x [n], counted combinatorially; equals ``dim``."""
        if self.only_trivial:
            return self.target.degree * self.source.permutation.cycles.n_cycles
        return num_cyclic_orbitals(self.source.permutation, self.target.permutation)

    def source_index(self, block: int) -> int | None:
        """Position of a block in ``source.blocks``; None where the source lacks it."""
        return self._matched[block][1]

    def target_index(self, block: int) -> int | None:
        """Position of a block in ``target.blocks``; None where the target lacks it."""
        return self._matched[block][2]

    def block_matrices(self, matrix: AnyArray) -> list[AnyArray]:
        """Return the blocks of the orthogonal projection of a dense (m, n) matrix on the space.

        One (rows, cols) matrix over its field per block; ``matrix`` lies in the space iff nothing was lost.
        Costs O(m n log(mn)).
        """
        by_source = self.source._split(matrix)
        out = []
        for block, i, j in self._matched:
            unit = FIELD_DIM[block.field]
            if i is None or j is None:
                dtype = np.result_type(matrix.dtype, np.complex64) if block.field == "C" else matrix.dtype
                out.append(np.zeros((block.rows, block.cols), dtype))
                continue
            columns = np.moveaxis(by_source[i], 0, -1)  # (a, e, M, m): rows of the target last
            cells = self.target._split(np.ascontiguousarray(columns))[j]  # (a, e, M, b, e, M)
            if unit == 1:
                out.append(np.einsum("apqbpq->ba", cells) / block.irrep_dim)
            elif unit == 2:
                # Orthogonal projection of each 2x2 cell on the multiples of rotations [[p, -q], [q, p]].
                copies = block.irrep_dim // unit
                cell = np.einsum("aqxbpx->bpaq", cells) / copies
                real = 0.5 * (cell[:, 0, :, 0] + cell[:, 1, :, 1])
                imag = 0.5 * (cell[:, 1, :, 0] - cell[:, 0, :, 1])
                out.append(real + np.asarray(1j, np.result_type(cell.dtype, np.complex64)) * imag)
            else:
                raise NotImplementedError("blocks over H")
        return out

    def apply_factors(self, factors: Mapping[int, tuple[AnyArray, AnyArray]], x: AnyArray) -> AnyArray:
        """Apply the map with blocks ``left @ right^*`` to the rows of ``x``, shape (..., n); other blocks are zero."""
        parts = self.source._split(x)
        leading = x.shape[:-1]
        out: list[AnyArray | None] = [None] * len(self.target.blocks)
        for position, (left, right) in factors.items():
            block, i, j = self._matched[position]
            if i is None or j is None:
                continue
            z = np.swapaxes(from_real_coordinates(parts[i], block.field), -1, -2)  # (..., M, a)
            flat = z.reshape(-1, block.cols) @ right.conj() @ left.T
            image = np.swapaxes(flat.reshape(*z.shape[:-1], block.rows), -1, -2)
            out[j] = to_real_coordinates(image, block.field)
        return self.target._assemble(out, leading, x.dtype)

    def dense(self, factors: Mapping[int, tuple[AnyArray, AnyArray]], dtype: np.dtype[Any]) -> AnyArray:
        """Return the dense (m, n) matrix of the map with the given block factors."""
        return np.ascontiguousarray(self.apply_factors(factors, np.eye(self.shape[1], dtype=dtype)).T)

    def equivariance_error(self, apply: Any, probes: AnyArray) -> float:
        """Return the largest ``|M P x - P' M x| / |M x|`` over generators, on the rows of ``probes`` together.

        With the identity as probes this is the Frobenius ``|M P - P' M| / |M|``.  0 for the zero map.
        """
        images = apply(probes)
        scale = float(np.linalg.norm(images))
        worst = 0.0
        for g, h in zip(self.source.generators, self.target.generators, strict=True):
            worst = max(worst, float(np.linalg.norm(apply(g.apply(probes)) - h.apply(images))))
        return worst / scale if scale else 0.0


def hom_space(source: PermutationGroup, target: PermutationGroup, *, strict: bool = False) -> HomSpace:
    """Return the maps that intertwine the generators of ``source`` and ``target`` one by one.

    A trivial group pairs with anything.  If pairing makes a group larger than both, a map must respect relations
    that the user may not have meant: a UserWarning says the orders, or ValueError with ``strict=True``.

    >>> import equivariety as ev
    >>> hom_space(ev.groups.cyclic(3), ev.groups.trivial(2)).dim
    2
    """
    left = _padded(source, target.n_generators)
    right = _padded(target, source.n_generators)
    if len(left) != len(right):
        raise invalid(
            "target",
            f"a group with {source.n_generators} generators, paired with those of the source",
            f"{target.n_generators} generators",
            "list one target generator for each source generator",
        )
    pairs = list(dict.fromkeys((s, t) for s, t in zip(left, right, strict=True) if not (s.is_identity and t.is_identity)))
    if len(pairs) == 1:
        (s, t) = pairs[0]
        joint = lcm(s.order, t.order)
        if joint > max(s.order, t.order):
            message = (
                f"pairing the generators gives a group of order {joint}, larger than both orders {s.order} and "
                f"{t.order}: only maps that respect all of it are considered"
            )
            if strict:
                raise invalid("target", "an action of the source group", message, "pair generators of matching order")
            warnings.warn(message, UserWarning, stacklevel=3)
    sides = []
    for generators, degree in (([s for s, _ in pairs], source.degree), ([t for _, t in pairs], target.degree)):
        side = decompose_generators(generators, degree)
        assert isinstance(side, CyclicDecomposition)
        sides.append(side)
    return HomSpace(sides[0], sides[1])


def invariant_hom_space(source: PermutationGroup, outputs: int) -> HomSpace:
    """Return the maps R^n -> R^outputs with M P = M for all generators: the trivial block alone.

    Any list of generators has the invariants of one permutation whose cycles are the orbits.
    """
    return HomSpace(
        CyclicDecomposition(source.invariance_generator),
        CyclicDecomposition(Permutation.identity(outputs)),
        only_trivial=True,
    )


def _padded(group: PermutationGroup, count: int) -> list[Permutation]:
    if group.is_trivial:
        return [Permutation.identity(group.degree)] * max(count, group.n_generators)
    return list(group.generators)


__all__ += ["invariant_hom_space"]
