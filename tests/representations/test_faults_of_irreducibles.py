"""Faults put into decompositions: in what was found, the certificate names them; on the way, nothing wrong gets out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import scipy.linalg

from equivariety.representations.routes import eigenspaces as spectra
from equivariety.representations.routes import irreducibles as core
from equivariety.representations.routes.irreducibles import decompose, fault, irreducibles
from laws.reduced_sets import CASES, UNITS, assert_right, every_case

# ---- faults in what was found: `fault` must name each


def _changed(found, k, **parts):
    return (*found[:k], replace(found[k], **parts), *found[k + 1 :])


def _turned(one, q):
    """All copies in another orthonormal basis, consistently."""
    return replace(one, frames=tuple(f @ q for f in one.frames), actions=q.T @ one.actions @ q)


def _first_orbit(one):
    return int(np.flatnonzero(one.multiplicities)[0])


def _with_frame(one, change):
    """One copy changed, the last of its first orbit."""
    t = _first_orbit(one)
    frames = one.frames[t].copy()
    frames[-1] = change(frames[-1])
    return replace(one, frames=tuple(frames if u == t else f for u, f in enumerate(one.frames)))


def _merged_pairs(found):
    for a, first in enumerate(found):
        for b, second in enumerate(found[:a]):
            if first.dim == second.dim and first.field == second.field:
                frames = tuple(np.concatenate(pair) for pair in zip(second.frames, first.frames, strict=True))
                both = replace(second, frames=frames, multiplicities=second.multiplicities + first.multiplicities)
                yield "inequivalent ones merged", (*found[:b], both, *found[b + 1 : a], *found[a + 1 :])
            if first.dim == second.dim:
                frames = first.frames, second.frames
                yield "frames exchanged", _changed(_changed(found, a, frames=frames[1]), b, frames=frames[0])


def _split_copies(found):
    for k, one in enumerate(found):
        if one.multiplicities.sum() > 1:
            t = _first_orbit(one)
            alone = tuple(f[:1] if u == t else f[:0] for u, f in enumerate(one.frames))
            rest = tuple(f[1:] if u == t else f for u, f in enumerate(one.frames))
            parts = [replace(one, frames=f, multiplicities=np.array([len(x) for x in f])) for f in (alone, rest)]
            yield "equivalent ones held apart", (*found[:k], *parts, *found[k + 1 :])


def _doubled(found):
    """Two copies over R, or two inequivalent ones, taken for one irreducible over C or H: the integers may agree."""
    for k, one in enumerate(found):
        t = _first_orbit(one)
        if one.multiplicities.sum() == 2 and one.multiplicities[t] == 2:
            frames = tuple(
                np.concatenate(list(f), axis=1)[None] if u == t else np.zeros((0, f.shape[1], 2 * one.dim))
                for u, f in enumerate(one.frames)
            )
            actions = np.stack([scipy.linalg.block_diag(a, a) for a in one.actions])
            counts = (one.multiplicities > 0).astype(int)
            for field in "CH":
                if 2 * one.dim % UNITS[field] == 0:
                    fake = replace(one, field=field, dim=2 * one.dim, multiplicities=counts, frames=frames)
                    yield (
                        f"two copies taken for one over {field}",
                        _changed_by(found, k, replace(fake, actions=actions)),
                    )
    for a, first in enumerate(found):
        for b, second in enumerate(found[:a]):
            same = np.array_equal(first.multiplicities, second.multiplicities) and first.dim == second.dim
            if same and first.field == second.field == "R":
                frames = tuple(np.concatenate(pair, axis=2) for pair in zip(second.frames, first.frames, strict=True))
                pairs = zip(second.actions, first.actions, strict=True)
                fake = replace(second, field="C", dim=2 * second.dim, frames=frames)
                fake = replace(fake, actions=np.stack([scipy.linalg.block_diag(*p) for p in pairs]))
                yield "two taken for one over C", (*found[:b], fake, *found[b + 1 : a], *found[a + 1 :])


def _changed_by(found, k, one):
    return (*found[:k], one, *found[k + 1 :])


def faults(found, rng):
    for k, one in enumerate(found):
        yield "dropped", (*found[:k], *found[k + 1 :])
        yield "twice", (*found, one)
        for field in "RCH":
            if field != one.field and one.dim % UNITS[field] == 0:
                yield f"{one.field} taken for {field}", _changed(found, k, field=field)
        noise = 1e-6 * rng.standard_normal(one.frames[_first_orbit(one)][-1].shape)
        yield "perturbed frame", _changed_by(found, k, _with_frame(one, lambda f, noise=noise: f + noise))
        yield "a copy too long", _changed_by(found, k, _with_frame(one, lambda f: 1.001 * f))
        if len(one.frames[_first_orbit(one)]) > 1:
            first = one.frames[_first_orbit(one)][0]
            yield "a copy twice", _changed_by(found, k, _with_frame(one, lambda f, first=first: first))
            yield "copies mixed", _changed_by(found, k, _with_frame(one, lambda f, first=first: f + 0.1 * first))
        yield "perturbed actions", _changed(found, k, actions=one.actions + 1e-6)
        yield "not a number", _changed_by(found, k, _with_frame(one, lambda f: f * np.nan))
        yield "not a number", _changed(found, k, actions=one.actions * np.nan)
        if not np.allclose(one.actions, one.actions.swapaxes(1, 2)):
            yield "actions of the inverses", _changed(found, k, actions=one.actions.swapaxes(1, 2))
        if one.dim > 1:
            q = scipy.linalg.qr(rng.standard_normal((one.dim, one.dim)))[0]
            q[:, 0] *= -np.linalg.det(q)  # no rotation, which would be an endomorphism over C in dimension 2
            yield "unaligned copy", _changed_by(found, k, _with_frame(one, lambda f, q=q: f @ q))
            yield "exchanged columns", _changed_by(found, k, _with_frame(one, lambda f: f[:, ::-1]))
            if one.field == "H" or (one.field == "C" and one.dim > 2):
                yield "unaligned units", _changed_by(found, k, _turned(one, q))
            if one.field == "H":
                mirror = np.kron(np.diag([1, -1, -1, -1]), np.eye(one.dim // 4))
                yield "right units for left ones", _changed_by(found, k, _turned(one, mirror))
    yield from _merged_pairs(found)
    yield from _split_copies(found)
    yield from _doubled(found)


@every_case
def test_no_fault_passes_the_certificate(name, rng):
    commutant = CASES[name]()
    found = decompose(commutant, rng)
    assert fault(commutant, found) == ""
    kinds = set()
    for kind, wrong in faults(found, rng):
        assert fault(commutant, wrong) != "", kind
        kinds.add(kind)
    assert len(kinds) >= 5


@every_case
def test_a_wrong_number_of_orbitals_is_noticed(name, rng):
    commutant = CASES[name]()
    found = decompose(commutant, rng)
    for t, u in np.ndindex(commutant.num_orbitals.shape):
        for change in (-1, 1):
            commutant.num_orbitals[t, u] += change
            assert "commutant has dimensions" in fault(commutant, found)
            commutant.num_orbitals[t, u] -= change
    assert fault(commutant, found) == ""
    assert fault(commutant, ()) != ""


# ---- faults on the way: refused after all attempts, or right


def _tolerance(value):
    return lambda patch: patch.setattr(spectra, "eigenvalue_tolerance", lambda: value)


def _schur(value):
    return lambda patch: patch.setattr(core, "schur_tolerance", lambda: value)


def _field(change):
    def breaks(patch):
        true = core._Relations.field
        patch.setattr(core._Relations, "field", lambda self, a: change.get(true(self, a), true(self, a)))

    return breaks


def _classes(change):
    def breaks(patch):
        true = core._Relations.classes
        patch.setattr(core._Relations, "classes", lambda self: change(true(self)))

    return breaks


def _polar(change):
    def breaks(patch):
        true = core._polar
        patch.setattr(core, "_polar", lambda scaled: change(true(scaled)))

    return breaks


def _spaces(change):
    def breaks(patch):
        true = core.eigenspaces
        patch.setattr(core, "eigenspaces", lambda *given: change(true(*given)))

    return breaks


def _noisy(space):
    return replace(space, basis=space.basis + 1e-6 * np.sin(np.arange(space.basis.size)).reshape(space.basis.shape))


ON_THE_WAY = {
    "eigenvalues never equal": _tolerance(0.0),
    "eigenvalues hardly ever equal": _tolerance(1e-16),
    "eigenvalues too often equal": _tolerance(1e-3),
    "eigenvalues very often equal": _tolerance(1e-1),
    "eigenvalues always equal": _tolerance(10.0),
    "all equivalent": _schur(-1.0),
    "none equivalent": _schur(1e3),
    "some not equivalent": _schur(1.0),
    "R for C": _field({"C": "R"}),
    "R for H": _field({"H": "R"}),
    "C for H": _field({"H": "C"}),
    "C for R": _field({"R": "C"}),
    "H for R": _field({"R": "H"}),
    "H for C": _field({"C": "H"}),
    "copies not aligned": _polar(lambda q: np.eye(len(q))),
    "copies turned": _polar(lambda q: np.roll(q, 1, axis=1)),
    "one class dropped": _classes(lambda found: found[:-1]),
    "one class twice": _classes(lambda found: [*found, found[-1]]),
    "two classes merged": _classes(lambda found: [np.concatenate(found[:2]), *found[2:]]),
    "one copy dropped": _classes(lambda found: [m[:-1] if len(m) > 1 else m for m in found]),
    "copies held apart": _classes(lambda found: [m[k : k + 1] for m in found for k in range(len(m))]),
    "one space dropped": _spaces(lambda found: found[:-1]),
    "noise in the spaces": _spaces(lambda found: [_noisy(space) for space in found]),
    "two spaces merged": _spaces(
        lambda found: [replace(found[0], basis=np.concatenate([s.basis for s in found[:2]], axis=1)), *found[2:]]
    ),
}


@pytest.mark.parametrize("kind", ON_THE_WAY)
@pytest.mark.parametrize("seeds", [range(1), pytest.param(range(1, 12), marks=pytest.mark.slow)])
def test_faults_on_the_way_are_never_accepted(kind, seeds, monkeypatch):
    refused = 0
    for make in CASES.values():
        commutant = make()
        for seed in seeds:
            with monkeypatch.context() as patch:
                ON_THE_WAY[kind](patch)
                try:
                    found = irreducibles(commutant, seed)
                except ArithmeticError:
                    refused += 1
                    continue
            assert_right(commutant, found)
    # One tolerance or the other may be good enough for so few eigenvalues.
    assert refused or kind in ("eigenvalues hardly ever equal", "eigenvalues too often equal")


def test_an_unlucky_attempt_is_repeated_with_other_numbers(monkeypatch):
    commutant = CASES["SL(2,3)"]()
    true, seen = core.decompose, []

    def unlucky(given, rng):
        seen.append(rng.bit_generator.state["state"]["state"])
        found = true(given, rng)
        if len(seen) == 1:
            raise ValueError("bad draw")
        if len(seen) == 2:
            raise np.linalg.LinAlgError("no convergence")
        return found if len(seen) == 4 else found[:-1]

    monkeypatch.setattr(core, "decompose", unlucky)
    assert_right(commutant, irreducibles(commutant, 0))
    assert len(set(seen)) == len(seen) == 4
