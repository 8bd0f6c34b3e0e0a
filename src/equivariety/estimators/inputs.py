"""What estimators are given, checked once: samples stay memory maps, parameters become spaces of maps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_array
from sklearn.utils.validation import validate_data

from equivariety._typing import AnyArray
from equivariety.errors import brief, invalid
from equivariety.groups import PermutationGroup, trivial
from equivariety.groups.grammar import parse_group
from equivariety.groups.signed_group import AnyGroup, SignedPermutationGroup
from equivariety.linalg import as_real_array
from equivariety.linalg.memory_maps import release_pages
from equivariety.varieties import Component, RankBoundedMaps

__all__ = ["as_inputs", "as_targets", "by_rows", "group_of", "is_centered", "within"]

#: Rows are read and transformed in chunks of about this many numbers.
_CHUNK_ENTRIES = 2**22


def as_inputs(estimator: BaseEstimator, X: object, *, reset: bool) -> AnyArray:
    """Return ``X`` as a (N, n) array of real numbers, not copied and not converted where it is one.

    Entries are checked for NaN and inf when they are read.  Number and names of the features are remembered with
    ``reset`` and compared without.

    >>> from sklearn.base import BaseEstimator
    >>> as_inputs(BaseEstimator(), [[1, 2]], reset=True).dtype.kind
    'i'
    """
    if np.ma.isMaskedArray(X):  # scikit-learn would drop the mask
        X = as_real_array("X", X)
    found: AnyArray = validate_data(estimator, X, reset=reset, ensure_all_finite=False)
    return found


def as_targets(estimator: BaseEstimator, y: object, count: int) -> tuple[AnyArray, bool]:
    """Return ``y`` as a (N, m) array of real numbers, and whether it came as one target of shape (N,).

    Raises ValueError if it is missing or has not ``count`` rows.

    >>> from sklearn.base import BaseEstimator
    >>> as_targets(BaseEstimator(), [1.0, 2.0], 2)[0].shape
    (2, 1)
    """
    shapes = f"of shape ({count},) or ({count}, outputs)"
    if y is None:
        required = f"{shapes}: {type(estimator).__name__} requires y to be passed, but the target y is None"
        raise invalid("y", required, "None", "pass one target or one row of targets for each row of X")
    if np.ma.isMaskedArray(y):
        y = as_real_array("y", y)
    found: AnyArray = check_array(y, ensure_2d=False, ensure_all_finite=False, input_name="y", estimator=estimator)
    if len(found) != count:
        raise invalid("y", f"{shapes}, one row for each row of X", f"shape {found.shape}", "pass as many rows")
    single = found.ndim == 1
    return found[:, None] if single else found, single


def group_of(argument: str, value: object, degree: int, acts_on: str) -> AnyGroup:
    """Return the group that a parameter gives, on ``degree`` points; None is the trivial group.

    Args:
        argument: name of the parameter in messages.
        value: None, a PermutationGroup or SignedPermutationGroup, or a text such as "shift:8x8:axis=1".
        degree: number of points.
        acts_on: what these points are.

    Raises TypeError for other types and ValueError for other texts and degrees.

    >>> group_of("group", "cyclic:3", 3, "the features of X").n_orbits
    1
    """
    if value is None:
        return trivial(degree)
    group = parse_group(value, argument) if isinstance(value, str) else value
    if not isinstance(group, PermutationGroup | SignedPermutationGroup):
        required = "None, a PermutationGroup, a SignedPermutationGroup or a text"
        raise invalid(argument, required, group, 'pass for example "shift:8x8:axis=1"', TypeError)
    if group.degree != degree:
        required = f"a group on {degree} points, {acts_on}"
        raise invalid(argument, required, f"degree {group.degree} ({brief(value)})", "let it permute all of them")
    return group


def is_centered(center: object) -> bool:
    """Return whether the parameter ``center`` asks for centering; ValueError unless it is "group" or "none".

    >>> is_centered("group"), is_centered("none")
    (True, False)
    """
    if isinstance(center, str) and center in ("group", "none"):
        return center == "group"
    fix = 'leave it out for "group": subtracting anything but the group-averaged mean would break the symmetry'
    raise invalid("center", '"group" or "none"', brief(center), fix)


def within(maps: RankBoundedMaps, rank: Any, ranks: Any) -> RankBoundedMaps | Component:
    """Return the maps of rank at most ``rank``, or the stratum of the rank vector ``ranks``.

    Raises ValueError if both are given or one of them is none of these.

    >>> import equivariety as ev
    >>> within(ev.equivariant_maps(ev.groups.cyclic(3)), None, [1, 0])
    Component(shape=(3, 3), rank=1, ranks={'(1,1)': 1})
    """
    if ranks is None:
        return RankBoundedMaps(maps.hom, rank)
    if rank is not None:
        raise invalid("rank", "None where ranks are given", brief(rank), "drop rank, or drop ranks to choose the best")
    return maps.stratum(ranks)


def by_rows(function: Callable[[AnyArray], AnyArray], x: AnyArray, width: int) -> AnyArray:
    """Return ``function(x)``, (N, width), in chunks of rows; memory-mapped rows are given back.

    >>> by_rows(lambda rows: rows[:, :1] + 0.5, np.array([[1, 2], [3, 4]]), 1).tolist()
    [[1.5], [3.5]]
    """
    step = max(1, _CHUNK_ENTRIES // max(width, x.shape[1]))
    out = np.empty((len(x), width), np.float32 if x.dtype == np.float32 else np.float64)
    for start in range(0, len(x), step):
        rows = x[start : start + step]
        out[start : start + step] = function(rows)
        release_pages(rows)
    return out
