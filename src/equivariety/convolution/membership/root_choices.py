"""Which roots go to which scale and to which layer: feasibility by counting, and all choices one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from math import factorial, prod

from equivariety.convolution.membership.real_roots import RootKinds
from equivariety.convolution.membership.root_atoms import KINDS, Atoms, kinds_of
from equivariety.convolution.real_fibers import real_choices

__all__ = [
    "Level",
    "atom_choices",
    "interleaved",
    "kind_choices",
    "layer_choices",
    "least_number_of_layer_choices",
    "real_targets",
    "sub_multisets",
]


_GOLDEN_RATIO = (1 + 5**0.5) / 2


@dataclass(frozen=True)
class Level:
    """What one scale needs and has.

    Attributes:
        degree: of its form.
        num_odd: number of its layers of odd degree, at least as many real roots are needed.
        ratio: scale of the next level over this one; None for the last.
        kinds: roots of the part of the form that has this scale and no larger one.
    """

    degree: int
    num_odd: int
    ratio: int | None
    kinds: RootKinds


def kind_choices(levels: Sequence[Level]) -> Iterator[tuple[RootKinds, ...]]:
    """Yield, first level first, how many roots of each kind every level may take.

    The last level takes its roots among those of the part of largest scale.  Each root that it leaves becomes its
    roots of order ``ratio`` one level below, where they join the roots of that level's own part, and so on; the first
    level has to take all that is left.  Only the numbers of roots of each kind matter.

    >>> part = RootKinds(0, 0, 0, 0, 1)
    >>> list(kind_choices([Level(2, 0, 2, RootKinds(0, 0, 0, 0, 0)), Level(1, 1, None, part)]))
    []
    """
    last = len(levels) - 1

    def choices(i: int, available: RootKinds) -> Iterator[RootKinds]:
        need = levels[i]
        if i == 0:
            if available.degree == need.degree and available.real >= need.num_odd:
                yield available
            return
        ranges = [range(min(n, need.degree), -1, -1) for n in available[:4]]
        for positive, negative, zero, infinite in product(*ranges):
            real = positive + negative + zero + infinite
            pairs, odd = divmod(need.degree - real, 2)
            if real >= need.num_odd and not odd and 0 <= pairs <= available.pairs:
                yield RootKinds(positive, negative, zero, infinite, pairs)

    def below(i: int, rest: RootKinds) -> RootKinds:
        ratio = levels[i - 1].ratio
        return levels[i - 1].kinds.plus(rest.of_powers(ratio or 1))

    @cache
    def feasible(i: int, available: RootKinds) -> bool:
        if i == 0:
            return any(True for _ in choices(0, available))
        return any(feasible(i - 1, below(i, available.minus(one))) for one in choices(i, available))

    def search(i: int, available: RootKinds) -> Iterator[tuple[RootKinds, ...]]:
        if i == 0:
            yield from ((one,) for one in choices(0, available))
            return
        for one in choices(i, available):
            rest = below(i, available.minus(one))
            if feasible(i - 1, rest):
                yield from ((*lower, one) for lower in search(i - 1, rest))

    yield from search(last, levels[last].kinds)


def sub_multisets(atoms: Atoms, size: int) -> Iterator[Atoms]:
    """Yield all choices of ``size`` of the atoms, each at most as often as its multiplicity.

    >>> from equivariety.convolution.membership.root_atoms import Atom
    >>> a, b = (Atom("positive", name, 1.0, 0.0, ()) for name in "ab")
    >>> [{atom.label: m for atom, m in one.items()} for one in sub_multisets({a: 2, b: 1}, 2)]
    [{'a': 2}, {'a': 1, 'b': 1}]
    """
    items = list(atoms.items())
    left = [0] * (len(items) + 1)
    for i in range(len(items) - 1, -1, -1):
        left[i] = left[i + 1] + items[i][1]

    def search(i: int, size: int) -> Iterator[Atoms]:
        if size == 0:
            yield {}
        elif left[i] >= size:
            atom, most = items[i]
            for m in range(min(most, size), -1, -1):
                for rest in search(i + 1, size - m):
                    yield ({atom: m} if m else {}) | rest

    yield from search(0, size)


def _without(atoms: Atoms, taken: Atoms) -> Atoms:
    return {atom: m - taken.get(atom, 0) for atom, m in atoms.items() if m > taken.get(atom, 0)}


def _spread(atoms: Atoms) -> Atoms:
    """The same atoms in an order in which the first few, however many, are spread evenly by their angles.

    The numbers i for which the golden ratio times i is in [0, c) modulo 1 are a Sturmian sequence.
    """
    items = sorted(atoms.items(), key=lambda item: item[0].angle)
    return dict(items[i] for i in sorted(range(len(items)), key=lambda i: i * _GOLDEN_RATIO % 1.0))


def _of_kinds(atoms: Atoms, kinds: RootKinds) -> Iterator[Atoms]:
    """All choices of the given numbers of each kind."""
    groups = [_spread({atom: m for atom, m in atoms.items() if atom.kind == kind}) for kind in KINDS]

    def search(i: int) -> Iterator[Atoms]:
        if i == len(KINDS):
            yield {}
            return
        for one in sub_multisets(groups[i], kinds[i]):
            yield from (one | rest for rest in search(i + 1))

    yield from search(0)


def atom_choices(
    levels: Sequence[Level], own: Sequence[Atoms], of_powers: Callable[[Atoms, int], Atoms]
) -> Iterator[tuple[Atoms, ...]]:
    """Yield the atoms of every level's form, for all real factorizations into forms of the levels.

    Args:
        levels: first one first.
        own: per level the atoms of its own part, of kinds ``level.kinds``.
        of_powers: takes atoms one level down, as :meth:`RootField.of_powers` does.
    """

    def search(i: int, available: Atoms, wanted: Sequence[RootKinds]) -> Iterator[tuple[Atoms, ...]]:
        if i == 0:
            yield (available,)
            return
        for one in _of_kinds(available, wanted[i]):
            below = dict(own[i - 1])
            for atom, m in of_powers(_without(available, one), levels[i - 1].ratio or 1).items():
                below[atom] = below.get(atom, 0) + m
            yield from ((*lower, one) for lower in search(i - 1, below, wanted))

    last = len(levels) - 1
    for wanted in kind_choices(levels):
        yield from search(last, own[last], wanted)


def layer_choices(degrees: Sequence[int], atoms: Atoms) -> Iterator[tuple[Atoms, ...]]:
    """Yield all ways to give the atoms to layers of given degrees, each filled exactly.

    >>> from equivariety.convolution.membership.root_atoms import Atom
    >>> field_atoms = {Atom("positive", name, 1.0, 0.0, ()): 1 for name in "abc"}
    >>> len(list(layer_choices((2, 1), field_atoms)))
    3
    """
    reals = {atom: m for atom, m in atoms.items() if atom.kind != "pairs"}
    pairs = {atom: m for atom, m in atoms.items() if atom.kind == "pairs"}

    def search(i: int, reals: Atoms, pairs: Atoms) -> Iterator[tuple[Atoms, ...]]:
        if i == len(degrees):
            yield ()
            return
        num_odd = sum(d % 2 for d in degrees[i + 1 :])
        num_real, num_pairs = sum(reals.values()), sum(pairs.values())
        for a in range(degrees[i] % 2, min(degrees[i], num_real) + 1, 2):
            b = (degrees[i] - a) // 2
            if b > num_pairs or num_real - a < num_odd:
                continue
            for real in sub_multisets(reals, a):
                for pair in sub_multisets(pairs, b):
                    rest = search(i + 1, _without(reals, real), _without(pairs, pair))
                    yield from ((real | pair, *others) for others in rest)

    if kinds_of(atoms).degree == sum(degrees):
        yield from search(0, reals, pairs)


def least_number_of_layer_choices(degrees: Sequence[int], atoms: Atoms) -> int:
    """Return a lower bound of the number of :func:`layer_choices`; exact if no root is multiple.

    Multiple roots are counted as different ones, each choice then at most prod m! times.

    >>> from equivariety.convolution.membership.root_atoms import Atom
    >>> least_number_of_layer_choices((2, 1), {Atom("positive", name, 1.0, 0.0, ()): 1 for name in "abc"})
    3
    """
    kinds = kinds_of(atoms)
    if kinds.degree != sum(degrees):
        return 0
    return -(-real_choices(degrees, kinds.real, kinds.pairs) // prod(map(factorial, atoms.values())))


def real_targets(degrees: Sequence[int], num_real: int) -> tuple[int, ...]:
    """Return how many of the real roots each layer takes, as evenly as parities allow; at least one per odd degree.

    >>> real_targets((3, 3, 2), 4)
    (1, 1, 2)
    """
    found = [d % 2 for d in degrees]
    while sum(found) < num_real:
        i = max(range(len(degrees)), key=lambda i: (degrees[i] - found[i]) / max(degrees[i], 1))
        found[i] += 2
    return tuple(found)


def interleaved(targets: Sequence[int]) -> list[int]:
    """Return a sequence in which i occurs ``targets[i]`` times, each spread evenly.

    Neighbouring roots go to different layers: products of roots from all around the circle have coefficients of like
    size, those of one arc have not.

    >>> interleaved((2, 4))
    [1, 0, 1, 1, 0, 1]
    """
    return [i for _, i in sorted(((j + 0.5) / n, i) for i, n in enumerate(targets) for j in range(n))]
