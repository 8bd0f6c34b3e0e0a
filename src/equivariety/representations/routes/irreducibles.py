"""Real irreducibles of a group on a few orbits, found numerically and proved by integers.

The reduced set holds one orbit of each class, L points in all.  Eigenspaces of a random symmetric element of the
commutant are irreducible, almost surely; one vector of each tells which are equivalent and over which algebra (Schur);
copies are turned into the basis of the first; and the result is accepted only with small residuals and the identity
``sum_i dim D_i d_it d_iu = number of orbitals`` of each two orbits, which leave nothing else possible.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from equivariety._typing import FloatArray, IntArray
from equivariety.linalg import FIELD_DIM, Field
from equivariety.linalg.threads import limited_blas
from equivariety.representations.orbits.units import commutator, unit_basis
from equivariety.representations.routes.commutant import Commutant
from equivariety.representations.routes.eigenspaces import Eigenspace, eigenspaces
from equivariety.tolerances import certificate_tolerance, schur_tolerance

__all__ = ["Irreducible", "irreducibles"]

_SAMPLES = 4
_ATTEMPTS = 5


@dataclass(frozen=True, eq=False)
class Irreducible:
    """All copies of one real irreducible in the reduced set.

    Attributes:
        field: "R", "C" or "H".
        dim: real dimension delta.
        multiplicities: copies in each orbit, shape (T,).
        frames: per orbit t the copies, shape (d_t, l_t, delta): orthonormal columns, aligned among all copies, in the
            order (e, m) of the units of the algebra and the remaining coordinates.
        actions: matrices of the generators on the coordinates of a copy, shape (g, delta, delta).
    """

    field: Field
    dim: int
    multiplicities: IntArray
    frames: tuple[FloatArray, ...]
    actions: FloatArray


def irreducibles(commutant: Commutant, seed: int = 0) -> tuple[Irreducible, ...]:
    """Return the irreducibles of the action on the reduced set, with a certificate that has been checked.

    Raises ArithmeticError if five attempts with different random numbers fail.

    >>> found = irreducibles(Commutant([np.array([[1, 2, 0], [1, 0, 2]])]))
    >>> sorted((i.field, i.dim, i.multiplicities.tolist()) for i in found)
    [('R', 1, [1]), ('R', 2, [1])]
    """
    reason = ""
    with limited_blas(commutant.starts[-1]):
        for attempt in range(_ATTEMPTS):
            try:
                found = decompose(commutant, np.random.default_rng([seed, attempt]))
            except (ValueError, np.linalg.LinAlgError) as problem:
                reason = str(problem)
                continue
            reason = fault(commutant, found)
            if not reason:
                return found
    raise ArithmeticError(f"no decomposition passed its certificate in {_ATTEMPTS} attempts: {reason}")


def decompose(commutant: Commutant, rng: np.random.Generator) -> tuple[Irreducible, ...]:
    """Return a decomposition without a proof; ValueError where the random numbers contradict Schur's lemma."""
    samples = [commutant.sample(rng) for _ in range(_SAMPLES)]
    spaces = [space for t in range(len(commutant.lengths)) for space in eigenspaces(commutant, samples[0], t)]
    relations = _Relations.of(commutant, spaces, samples, rng)
    return tuple(_aligned(commutant, spaces, samples, relations, members) for members in relations.classes())


def fault(commutant: Commutant, found: Sequence[Irreducible]) -> str:
    """Return what contradicts the decomposition, in words; empty if it is proved."""
    tolerance = certificate_tolerance(np.float64)
    counted = np.zeros_like(commutant.num_orbitals)
    for one in found:
        counted += FIELD_DIM[one.field] * np.outer(one.multiplicities, one.multiplicities)
    if not np.array_equal(counted, commutant.num_orbitals):
        return f"the commutant has dimensions {commutant.num_orbitals.tolist()}, the blocks {counted.tolist()}"
    for t, length in enumerate(commutant.lengths):
        basis = np.concatenate([f for one in found for f in one.frames[t]], axis=1) if found else np.zeros((length, 0))
        if basis.shape != (length, length):
            return f"the frames of orbit {t} have shape {basis.shape} instead of {(length, length)}"
        if not np.abs(basis.T @ basis - np.eye(length)).max() <= tolerance:
            return f"the frames of orbit {t} are not orthonormal"
        start = commutant.starts[t]
        for g, images in enumerate(commutant.images):
            row = images[start : start + length] - start
            for one in found:
                for frame in one.frames[t]:
                    if not np.abs(frame[row] - frame @ one.actions[g]).max() <= tolerance:
                        return f"generator {g} does not act on a copy as on the others"
    for one in found:
        if not commutator(one.field, one.actions) <= tolerance:
            return f"the units of {one.field} do not commute with the generators"
    return ""


@dataclass(frozen=True, eq=False)
class _Relations:
    """What one random vector of each eigenspace, moved by all samples, tells about equivalence and type.

    Attributes:
        dims: dimensions of the K spaces.
        strengths: norm of the image in space a of the vector of space b, times the root of the dimension, (S, K, K).
        skew: per space the images of its vector under the skew parts of the samples within it, (S, delta).
    """

    dims: IntArray
    strengths: FloatArray
    skew: tuple[FloatArray, ...]

    @classmethod
    def of(
        cls,
        commutant: Commutant,
        spaces: Sequence[Eigenspace],
        samples: Sequence[FloatArray],
        rng: np.random.Generator,
    ) -> _Relations:
        """Raises ValueError where the symmetric part within a space is no multiple of the identity."""
        dims = np.array([s.dim for s in spaces])
        ends = np.cumsum(dims)
        vectors = np.zeros((commutant.starts[-1], len(spaces)))
        for b, space in enumerate(spaces):
            w = rng.standard_normal(space.dim)
            vectors[commutant.points_of(space.orbit), b] = space.basis @ (w / np.linalg.norm(w))
        orbits = range(len(commutant.lengths))
        bases = [np.concatenate([s.basis for s in spaces if s.orbit == t], axis=1) for t in orbits]

        def coordinates(columns: FloatArray) -> FloatArray:
            return np.concatenate([q.T @ columns[commutant.points_of(t)] for t, q in enumerate(bases)])

        space_of = np.repeat(np.arange(len(spaces)), dims)
        rows = np.arange(len(space_of))
        own = coordinates(vectors)[rows, space_of]
        strengths, skew = [], []
        for x in samples:
            moved, back = coordinates(x @ vectors), coordinates(x.T @ vectors)
            strengths.append(np.sqrt(np.add.reduceat(moved**2, ends - dims, axis=0) * dims[:, None]))
            here, there = moved[rows, space_of], back[rows, space_of]
            skew.append(0.5 * (here - there))
            along = np.add.reduceat(own * here, ends - dims)
            rest = 0.5 * (here + there) - own * along[space_of]
            worst = float(np.sqrt(np.add.reduceat(rest**2, ends - dims) * dims).max())
            if not worst <= schur_tolerance():
                raise ValueError(f"an eigenspace is not irreducible: it violates Schur's lemma by {worst:.3g}")
        stacked = np.stack(skew)
        return cls(dims, np.stack(strengths), tuple(stacked[:, e - d : e] for d, e in zip(dims, ends, strict=True)))

    def classes(self) -> Sequence[IntArray]:
        """Return the members of each class of equivalent spaces."""
        linked = self.strengths.max(axis=0) > schur_tolerance()
        count, labels = connected_components(csr_array(linked), directed=False)
        members = [np.flatnonzero(labels == c) for c in range(count)]
        if any(len(set(self.dims[m].tolist())) > 1 for m in members):
            raise ValueError("spaces of different dimensions seem equivalent")
        return members

    def field(self, a: int) -> Field:
        """Return the endomorphism algebra of space ``a``, by the number of independent skew endomorphisms."""
        skew = self.skew[a] * np.sqrt(self.dims[a])
        independent = int(np.count_nonzero(np.linalg.svd(skew, compute_uv=False) > schur_tolerance()))
        if independent not in (0, 1, 3):
            raise ValueError(f"an irreducible has {independent} independent skew endomorphisms")
        return "R" if independent == 0 else "C" if independent == 1 else "H"


def _aligned(
    commutant: Commutant,
    spaces: Sequence[Eigenspace],
    samples: Sequence[FloatArray],
    relations: _Relations,
    members: IntArray,
) -> Irreducible:
    """Turn the copies into the basis of the first one, in which the units of the algebra act from the left."""
    first = int(members[0])
    reference = spaces[first]
    field, dim, here = relations.field(first), reference.dim, commutant.points_of(reference.orbit)
    turn: FloatArray = np.eye(dim)
    if field != "R":
        moved = [reference.basis.T @ (x[here, here] @ reference.basis) for x in samples]
        skew = np.stack([0.5 * (s - s.T) for s in moved]).reshape(len(samples), -1)
        span = np.linalg.svd(skew, full_matrices=False)[2][: 1 if field == "C" else 2]
        turn = unit_basis([_polar(s.reshape(dim, dim)) for s in span])
    images: dict[tuple[int, int], FloatArray] = {}
    frames: list[list[FloatArray]] = [[] for _ in commutant.lengths]
    for a in members.tolist():
        space = spaces[a]
        frame = space.basis
        if a != first:
            k = int(relations.strengths[:, a, first].argmax())
            if (k, space.orbit) not in images:
                block = samples[k][commutant.points_of(space.orbit), here]
                images[k, space.orbit] = block @ reference.basis
            frame = frame @ _polar(frame.T @ images[k, space.orbit])
        frames[space.orbit].append(frame @ turn)
    start = reference.basis @ turn
    rows = [images[here] - here.start for images in commutant.images]
    return Irreducible(
        field,
        dim,
        np.array([len(f) for f in frames]),
        tuple(np.stack(f) if f else np.zeros((0, l, dim)) for f, l in zip(frames, commutant.lengths, strict=True)),
        np.stack([start.T @ start[row] for row in rows]) if rows else np.zeros((0, dim, dim)),
    )


def _polar(scaled: FloatArray) -> FloatArray:
    """Return the orthogonal matrix of which ``scaled`` is a multiple, up to rounding."""
    size = float(np.linalg.norm(scaled))
    if not size > 0:
        raise ValueError("two equivalent spaces have no intertwiner")
    q = scaled * (np.sqrt(len(scaled)) / size)
    for _ in range(2):
        q = 1.5 * q - 0.5 * (q @ (q.T @ q))
    return np.asarray(q)
