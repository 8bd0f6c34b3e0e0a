"""Homotopy continuation of many critical points at once: the data (Q, B) move along lines, the points follow.

A point is a vector of filters, up to scaling of the layers.  The gradient vanishes along these scalings and, at a
critical point, so does the Hessian; adding to it squares of forms that see them makes Newton's method and the
differential equation of the path solvable without charts, and filters are rescaled to equal norms after each step.
Each path has its own position and step: a Runge-Kutta predictor of order four, then Newton's method.  A step is taken
only if the first correction is small, so that a path does not jump to another one, and if Newton's method ends at
rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from equivariety._typing import AnyArray, ComplexArray, FloatArray
from equivariety.convolution.critical.segre_tensors import SegreTensors
from equivariety.tolerances import PATH_STEPS_BUDGET, path_correction, path_end, path_point

__all__ = ["Data", "Tracked", "conditioning", "newton", "track"]

#: Paths that move together: enough to hide the cost of a call, few enough for the caches.
_AT_ONCE = 256

#: First step of each path; the error estimates correct it at once.
_FIRST_STEP = 0.05


@dataclass(frozen=True, eq=False)
class Data:
    """Objectives ``1/2 T' Q T - B' T``, several of them.

    Attributes:
        q: symmetric matrices, shape (c, P, P).
        b: vectors, shape (c, P).
    """

    q: AnyArray
    b: AnyArray


@dataclass(frozen=True, eq=False)
class Tracked:
    """Where paths ended.

    Attributes:
        points: filters (n, sum_i k_i); of a lost path the last ones.
        arrived: (n,) whether the path reached the end.
        times: (n,) where it ended, 1 if it arrived.
    """

    points: ComplexArray
    arrived: AnyArray
    times: FloatArray


class _Paths:
    """Gradient, Hessian and derivative in time of points on the segments between data."""

    def __init__(self, tensors: SegreTensors, start: Data, end: Data, which: AnyArray) -> None:
        self.tensors, self.start, self.end, self.which = tensors, start, end, which

    def of(self, select: AnyArray) -> _Paths:
        return _Paths(self.tensors, self.start, self.end, self.which[select])

    def _form(self, data: Data, tensors: ComplexArray) -> ComplexArray:
        """Q T - B."""
        if len(data.q) == 1:
            return np.asarray(tensors @ data.q[0] - data.b[0])
        return np.asarray(np.matmul(data.q[self.which], tensors[:, :, None])[:, :, 0] - data.b[self.which])

    def _moved(self, jacobian: ComplexArray, t: FloatArray) -> ComplexArray:
        """Q_t J."""
        time = t[:, None, None]
        if len(self.start.q) == 1:
            return np.asarray((1 - time) * (self.start.q[0] @ jacobian) + time * (self.end.q[0] @ jacobian))
        return np.asarray(np.matmul((1 - time) * self.start.q[self.which] + time * self.end.q[self.which], jacobian))

    def solve(self, w: ComplexArray, t: FloatArray, *, tangent: bool) -> ComplexArray:
        """The derivative of the path in t, or Newton's step."""
        hessian, right = self.system(w, t, tangent=tangent)
        return -_solve(hessian, right)

    def system(self, w: ComplexArray, t: FloatArray, *, tangent: bool) -> tuple[ComplexArray, ComplexArray]:
        """The Hessian with the forms that see scalings, and the derivative of the gradient in t, or the gradient."""
        tensors = self.tensors
        product = tensors.tensor(w)
        start, end = self._form(self.start, product), self._form(self.end, product)
        rho = (1 - t)[:, None] * start + t[:, None] * end
        jacobian = tensors.jacobian(w)
        transposed = jacobian.swapaxes(1, 2)
        hessian = np.matmul(transposed, self._moved(jacobian, t)) + tensors.contracted_second(w, rho)
        forms = tensors.scaling_forms(w)
        size = np.linalg.norm(hessian, axis=(1, 2)) * np.linalg.norm(w, axis=1) ** 2 / tensors.depth
        hessian += size[:, None, None] * np.matmul(forms.swapaxes(1, 2), forms)
        return hessian, np.matmul(transposed, (end - start if tangent else rho)[:, :, None])


def track(
    tensors: SegreTensors,
    start: Data,
    end: Data,
    points: ComplexArray,
    which: AnyArray | None = None,
    *,
    first_correction: float | None = None,
    tell: Callable[[float], bool] = lambda fraction: True,
) -> Tracked:
    """Follow critical points of the start data to critical points of the end data, along segments.

    Args:
        tensors: of the layers' sizes.
        start, end: as many objectives.
        points: filters (n, sum_i k_i), critical points for the start data.
        which: (n,) number of the objectives of each path; None if there is one.
        first_correction: largest relative Newton correction of a predicted point that is accepted; None for the
            library's tolerance.
        tell: called with the fraction done after each step; paths that have not arrived are given up when it returns
            False.
    """
    bound = path_correction() if first_correction is None else first_correction
    n = len(points)
    found, times, steps = tensors.balanced(points), np.zeros(n), np.full(n, _FIRST_STEP)
    counts = np.zeros(n, dtype=np.intp)
    lost = np.zeros(n, dtype=bool)
    paths = _Paths(tensors, start, end, np.zeros(n, dtype=np.intp) if which is None else which)
    with np.errstate(all="ignore"):
        while True:
            active = np.flatnonzero(~lost & (times < 1.0))[:_AT_ONCE]
            if not len(active):
                break
            part, w, t = paths.of(active), found[active], times[active]
            h = np.minimum(steps[active], 1.0 - t)
            now = np.where(h >= 1.0 - t, 1.0, t + h)
            predicted = _runge_kutta(part, w, t, h)
            corrected, first, good = _corrected(part, predicted, now, bound)
            found[active[good]] = tensors.balanced(corrected[good])
            times[active[good]] = now[good]
            growth = 0.8 * (0.3 * bound / np.maximum(first, 1e-30)) ** 0.2
            steps[active] = h * np.where(good, np.clip(growth, 0.5, 2.5), np.clip(growth, 0.1, 0.5))
            counts[active] += 1
            lost[active] = (~good & (steps[active] < path_end())) | (counts[active] >= PATH_STEPS_BUDGET)
            lost &= times < 1.0
            if not tell(float(np.where(lost, 1.0, times).mean())):
                lost[times < 1.0] = True
    return Tracked(found, ~lost, times)


def newton(tensors: SegreTensors, data: Data, w: ComplexArray, rounds: int = 4) -> tuple[ComplexArray, FloatArray]:
    """Return points after Newton steps for one objective, and the size of the last step relative to the filters."""
    paths = _Paths(tensors, data, data, np.zeros(len(w), dtype=np.intp))
    t, size = np.ones(len(w)), np.full(len(w), np.inf)
    with np.errstate(all="ignore"):
        for _ in range(rounds):
            step = paths.solve(w, t, tangent=False)
            size = _relative(step, w)
            w = tensors.balanced(w + step)
    return w, size


def conditioning(tensors: SegreTensors, data: Data, w: ComplexArray) -> FloatArray:
    """Return the smallest over the largest singular value of the Hessian modulo scaling, (n,); 0 where it is singular.

    Points that are not isolated have 0, although Newton's method may stand still there.
    """
    paths = _Paths(tensors, data, data, np.zeros(len(w), dtype=np.intp))
    with np.errstate(all="ignore"):
        hessian = paths.system(w, np.ones(len(w)), tangent=False)[0]
    known = np.isfinite(hessian).all(axis=(1, 2))
    hessian[~known] = 0.0
    sizes = np.asarray(np.linalg.svd(hessian, compute_uv=False))
    largest = np.where(sizes[:, 0] > 0, sizes[:, 0], 1.0)
    return np.asarray(sizes[:, -1] / largest)


def _runge_kutta(part: _Paths, w: ComplexArray, t: FloatArray, h: FloatArray) -> ComplexArray:
    step = h[:, None]
    k1 = part.solve(w, t, tangent=True)
    k2 = part.solve(w + step / 2 * k1, t + h / 2, tangent=True)
    k3 = part.solve(w + step / 2 * k2, t + h / 2, tangent=True)
    k4 = part.solve(w + step * k3, t + h, tangent=True)
    return np.asarray(w + step / 6 * (k1 + 2 * k2 + 2 * k3 + k4))


def _corrected(part: _Paths, w: ComplexArray, t: FloatArray, bound: float) -> tuple[ComplexArray, FloatArray, AnyArray]:
    """Newton's method: points, size of the first step relative to the filters, whether the last one is at rounding."""
    step = part.solve(w, t, tangent=False)
    first = _relative(step, w)
    w = w + step
    left = np.flatnonzero(first <= bound)
    converged = np.zeros(len(w), dtype=bool)
    for _ in range(2):
        if not len(left):
            break
        step = part.of(left).solve(w[left], t[left], tangent=False)
        w[left] += step
        done = _relative(step, w[left]) < path_point()
        converged[left[done]] = True
        left = left[~done]
    return w, np.where(np.isfinite(first), first, np.inf), converged


def _relative(step: ComplexArray, w: ComplexArray) -> FloatArray:
    return np.asarray(np.linalg.norm(step, axis=1) / np.linalg.norm(w, axis=1))


def _solve(matrix: ComplexArray, right: ComplexArray) -> ComplexArray:
    try:
        return np.asarray(np.linalg.solve(matrix, right)[:, :, 0])
    except np.linalg.LinAlgError:  # one of many is exactly singular: perturbed, and the step of that path is refused
        safe = np.where(np.isfinite(matrix), matrix, 0.0)
        scale = np.linalg.norm(safe, axis=(1, 2), keepdims=True)
        return np.asarray(np.linalg.solve(safe + (1e-15 * scale + 1e-300) * np.eye(matrix.shape[1]), right)[:, :, 0])
