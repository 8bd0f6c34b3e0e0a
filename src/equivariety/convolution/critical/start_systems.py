"""All critical points for random complex data, from which those for any data are reached.

For random Q and B the critical points of ``1/2 T' Q T - B' T`` on tensors T of rank one, T non-zero and up to scaling
of the layers, are as many as the generic ED degree of the Segre variety, and loops of the data permute them
transitively: over each tensor the data that make it critical are a vector space, so that pairs of both form an
irreducible variety (monodromy; Duff, Hill, Jensen, Lee, Leykin, Sommars, IMA J. Numer. Anal. 39, 2019).  Starting from
one point loops are followed until all are found.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import pairwise

import numpy as np

from equivariety._typing import AnyArray, ComplexArray, read_only
from equivariety.convolution.critical.path_tracking import Data, newton, track
from equivariety.convolution.critical.segre_tensors import SegreTensors
from equivariety.convolution.segre import generic_ed_degree
from equivariety.tolerances import same_filter, simple_point

__all__ = ["StartSystem", "distinct", "random_data", "start_system"]

# Loops without a new point before the search gives up; that many are all in vain with probability below 1e-6 if one
# point of many is missing.
_LOOPS_IN_VAIN = 24
_PATHS_AT_ONCE = 96


@dataclass(frozen=True, eq=False)
class StartSystem:
    """Random data and its critical points.

    Attributes:
        tensors: of the sizes of the layers.
        data: one objective.
        points: (n, sum_i k_i) filters of the critical points, up to scaling.
        expected: how many there are.
    """

    tensors: SegreTensors
    data: Data
    points: ComplexArray
    expected: int

    @property
    def complete(self) -> bool:
        """Whether all points were found."""
        return len(self.points) == self.expected


def start_system(
    sizes: tuple[int, ...], rng: np.random.Generator | None = None, tell: Callable[[float], bool] = lambda f: True
) -> StartSystem:
    """Return random data for layers of these sizes with all of its critical points.

    Args:
        sizes: filter sizes; sizes 1 are better left out.
        rng: randomness; None takes a fixed seed, and remembers the answer for the next time.
        tell: called with the fraction done; the search ends early when it returns False.
    """
    if rng is not None:
        return _search(SegreTensors(sizes), rng, tell)
    found = _remembered(sizes)
    if not found:
        system = _search(SegreTensors(sizes), np.random.default_rng(0), tell)
        if not system.complete:
            return system
        for array in (system.points, system.data.q, system.data.b):
            read_only(array)
        found.append(system)
    return found[0]


@lru_cache(maxsize=64)
def _remembered(sizes: tuple[int, ...]) -> list[StartSystem]:
    """The complete start system for these sizes once it has been found: the same at every call, since the seed is."""
    return []


def random_data(tensors: SegreTensors, rng: np.random.Generator, count: int, b_size: float) -> Data:
    """Return random complex objectives, the norm of Q T being about that of T, and B of this norm."""
    p = tensors.length
    q = _normal(rng, count, p, p) / np.sqrt(p)
    return Data((q + q.swapaxes(1, 2)) / np.sqrt(2), _normal(rng, count, p) * (b_size / np.sqrt(p)))


def distinct(tensors: AnyArray) -> AnyArray:
    """Return the positions of tensors (n, P) that are no repetition of an earlier one, relative to their norms."""
    from scipy.spatial import cKDTree

    norms = np.linalg.norm(tensors, axis=1, keepdims=True)
    unit = tensors / norms
    coordinates = np.hstack([unit.real, unit.imag, np.log(norms)])
    repeated = {int(max(pair)) for pair in cKDTree(coordinates).query_pairs(same_filter())}
    return np.array([i for i in range(len(tensors)) if i not in repeated], dtype=np.intp)


def _search(tensors: SegreTensors, rng: np.random.Generator, tell: Callable[[float], bool]) -> StartSystem:
    expected = generic_ed_degree(tensors.sizes)
    data, points = _first(tensors, rng)
    in_vain, go_on = 0, True
    while len(points) < expected and in_vain < _LOOPS_IN_VAIN and go_on:
        loops = max(1, _PATHS_AT_ONCE // len(points))
        reached = _around(tensors, data, points, loops, rng, partial(_unchanged, tell, len(points) / expected))
        together = np.vstack([points, reached])
        kept = together[distinct(tensors.tensor(together))]
        in_vain = in_vain + loops if len(kept) == len(points) else 0
        points = kept
        go_on = tell(len(points) / expected)
    return StartSystem(tensors, data, points, expected)


def _first(tensors: SegreTensors, rng: np.random.Generator) -> tuple[Data, ComplexArray]:
    """A random point, and data for which it is critical: ``B = Q T - n`` with n orthogonal to the tangent space."""
    w = tensors.balanced(_normal(rng, 1, tensors.num_weights))
    tensor, jacobian = tensors.tensor(w)[0], tensors.jacobian(w)[0]
    image = random_data(tensors, rng, 1, 1.0).q @ tensor
    basis = np.linalg.svd(jacobian)[0][:, 1 + sum(k - 1 for k in tensors.sizes) :].conj()
    q = random_data(tensors, rng, 1, 1.0).q
    normal = basis @ _normal(rng, basis.shape[1])
    if basis.shape[1]:
        normal *= np.linalg.norm(image) / np.linalg.norm(normal)
    return Data(q, q @ tensor - normal), w


def _around(
    tensors: SegreTensors,
    data: Data,
    points: ComplexArray,
    loops: int,
    rng: np.random.Generator,
    tell: Callable[[float], bool],
) -> ComplexArray:
    """Follow all points along triangles through random data; return where they come back."""
    size = float(np.linalg.norm(data.b))
    which, moved = np.repeat(np.arange(loops), len(points)), np.tile(points, (loops, 1))
    home = Data(np.repeat(data.q, loops, axis=0), np.repeat(data.b, loops, axis=0))
    corners = [home, *(random_data(tensors, rng, loops, size) for _ in range(2)), home]
    for start, end in pairwise(corners):
        tracked = track(tensors, start, end, moved, which, tell=tell)
        moved, which = tracked.points[tracked.arrived], which[tracked.arrived]
    polished, step = newton(tensors, data, moved)
    return polished[step < simple_point()]


def _unchanged(tell: Callable[[float], bool], done: float, fraction: float) -> bool:
    """Tell that no more is done than before, while a loop is followed."""
    return tell(done)


def _normal(rng: np.random.Generator, *shape: int) -> ComplexArray:
    return np.asarray((rng.standard_normal(shape) + 1j * rng.standard_normal(shape)) / np.sqrt(2))
