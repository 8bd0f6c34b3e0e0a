"""Isotypic blocks: of one representation, and of the maps between two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from equivariety.errors import as_nonnegative_int, brief, invalid
from equivariety.linalg import FIELD_DIM, Field

__all__ = ["IsotypicBlock", "MapBlock", "RankVector", "RankedBlock", "block_label", "label_index", "numbered_labels"]


def block_label(character: tuple[int, int]) -> str:
    """Return the text of the character ``(l, m)`` of a cyclic group.

    >>> block_label((28, 27))
    '(28,27)'
    """
    return f"({character[0]},{character[1]})"


def numbered_labels(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names, repeated ones numbered from the second on.

    >>> numbered_labels(["R1", "R1", "C2", "R1"])
    ('R1', 'R1.2', 'C2', 'R1.3')
    """
    seen: Counter[str] = Counter()
    labels = []
    for name in names:
        seen[name] += 1
        labels.append(name if seen[name] == 1 else f"{name}.{seen[name]}")
    return tuple(labels)


@dataclass(frozen=True, slots=True)
class IsotypicBlock:
    """One isotypic block of a real representation: ``multiplicity`` copies of one real irreducible.

    Attributes:
        label: name of the irreducible; "(l,m)" for cyclic groups, "R1", "C16", "H4", "R1.2", ... for others.
        field: "R", "C" or "H", the endomorphisms of the irreducible.
        irrep_dim: real dimension of the irreducible.
        multiplicity: number of copies.

    >>> IsotypicBlock("(28,27)", "C", 2, 28).dim
    56
    """

    label: str
    field: Field
    irrep_dim: int
    multiplicity: int

    @property
    def dim(self) -> int:
        """Real dimension of the block."""
        return self.irrep_dim * self.multiplicity


@dataclass(frozen=True, slots=True)
class MapBlock:
    """One block of the equivariant maps between two representations: all ``(rows, cols)`` matrices over ``field``.

    Attributes:
        label: name of the shared irreducible.
        field: "R", "C" or "H".
        irrep_dim: real dimension of the irreducible; the real rank that one rank over ``field`` costs.
        rows: multiplicity in the target.
        cols: multiplicity in the source.

    >>> MapBlock("(3,2)", "C", 2, rows=4, cols=5).dim
    40
    """

    label: str
    field: Field
    irrep_dim: int
    rows: int
    cols: int

    @property
    def max_rank(self) -> int:
        """Largest rank over ``field`` of a matrix in the block."""
        return min(self.rows, self.cols)

    @property
    def dim(self) -> int:
        """Real dimension of the block."""
        return FIELD_DIM[self.field] * self.rows * self.cols

    def num_parameters(self, rank: int) -> int:
        """Number of real entries of an encoder and a decoder of the given rank: ``dim D * rank * (rows + cols)``."""
        return FIELD_DIM[self.field] * rank * (self.rows + self.cols)


class RankedBlock(Protocol):
    """A block of maps, real or complex, as far as ranks are concerned.

    >>> block: RankedBlock = MapBlock("(3,2)", "C", 2, rows=4, cols=5)
    >>> block.label, block.irrep_dim, block.max_rank
    ('(3,2)', 2, 4)
    """

    @property
    def label(self) -> str:
        """Name of the block."""

    @property
    def irrep_dim(self) -> int:
        """The rank that one rank of the block costs."""

    @property
    def max_rank(self) -> int:
        """Largest rank of a matrix in the block."""


class RankVector(tuple[int, ...]):
    """Ranks of the blocks, in the order of the blocks, also found by label.

    A tuple of ints whose items answer to a block's position, its label ``"(28,27)"`` or the pair ``(28, 27)``.

    >>> r = RankVector((1, 0), ("(1,1)", "(2,1)"))
    >>> r[0], r["(2,1)"], r[1, 1], r.by_label
    (1, 0, 1, {'(1,1)': 1, '(2,1)': 0})
    """

    labels: tuple[str, ...]

    def __new__(cls, ranks: Iterable[int], labels: Sequence[str]) -> RankVector:
        self = super().__new__(cls, ranks)
        self.labels = tuple(labels)
        return self

    def __getnewargs__(self) -> tuple[tuple[int, ...], tuple[str, ...]]:
        return tuple(self), self.labels

    @property
    def by_label(self) -> dict[str, int]:
        """The ranks as a mapping from block label to rank."""
        return dict(zip(self.labels, self, strict=True))

    def __getitem__(self, key: object) -> int:  # type: ignore[override]
        if isinstance(key, tuple | str):
            try:
                return tuple.__getitem__(self, label_index(self.labels, key))
            except ValueError as error:
                raise KeyError(str(error)) from None
        return tuple.__getitem__(self, key)  # type: ignore[call-overload, no-any-return]

    @classmethod
    def parse(
        cls,
        ranks: Mapping[object, int] | Sequence[int],
        blocks: Sequence[RankedBlock],
        name: str = "ranks",
        *,
        capped: bool = True,
    ) -> RankVector:
        """Return the rank vector given as a mapping from labels (missing ones are 0) or a sequence in block order.

        ``capped=False`` is for inner dimensions of factorizations, which may exceed the size of the block.

        Raises ValueError for unknown labels, a wrong number of entries, entries that are not integers and ranks
        outside 0..max_rank of their block; TypeError if ``ranks`` is neither a mapping nor a sequence.
        """
        labels = tuple(block.label for block in blocks)
        if isinstance(ranks, Mapping):
            values: list[object] = [0] * len(blocks)
            named: set[int] = set()
            for key, rank_of_key in ranks.items():
                position = label_index(labels, key, name)
                if position in named:
                    raise invalid(name, "a mapping that names each block once", f"{labels[position]} twice", "drop one")
                named.add(position)
                values[position] = rank_of_key
        elif isinstance(ranks, str | bytes) or not isinstance(ranks, Iterable) or getattr(ranks, "ndim", 1) == 0:
            raise invalid(
                name,
                "a mapping from block label to rank or a sequence of ranks",
                ranks,
                "write {'(1,1)': 2}",
                TypeError,
            )
        else:
            values = list(ranks)
            if len(values) != len(blocks):
                raise invalid(
                    name,
                    f"a sequence of {len(blocks)} ranks, one per block",
                    f"{len(values)} of them",
                    "name the blocks",
                )
        out = []
        for value, block in zip(values, blocks, strict=True):
            rank = as_nonnegative_int(f"{name}[{block.label}]", value)
            if capped and rank > block.max_rank:
                raise invalid(
                    f"{name}[{block.label}]", f"at most {block.max_rank}", rank, "lower it to the size of the block"
                )
            out.append(rank)
        return cls(out, labels)


def label_index(labels: Sequence[str], key: object, name: str = "label") -> int:
    """Return the position of a block given by label text or the pair ``(l, m)``; ValueError for anything else.

    >>> label_index(("(1,1)", "(3,2)"), (3, 2))
    1
    """
    if isinstance(key, tuple) and len(key) == 2:
        key = block_label(key)
    if isinstance(key, str):
        text = key.replace(" ", "")
        if text in labels:
            return labels.index(text)
    shown = ", ".join(labels[:8]) + (", …" if len(labels) > 8 else "")
    raise invalid(name, f"one of the block labels {shown}", brief(key), "see .blocks for the labels")
