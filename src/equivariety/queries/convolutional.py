"""Convolutional networks from the words of a user, and what is known about them, as JSON types."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from equivariety.errors import brief, invalid

if TYPE_CHECKING:
    from equivariety.convolution import CriticalFilters, FilterPoint, LinearConvolutionalNetwork
    from equivariety.experiments import TheoremExperiment

__all__ = [
    "build_network",
    "critical_filters_answer",
    "end_to_end_answer",
    "equations_answer",
    "filter_point_answer",
    "function_space_answer",
    "membership_answer",
    "parse_filter",
    "theorem_answer",
]

_LONGEST_NUMBER = 1000
_MOST_NUMBERS = 10_000


def build_network(filter_sizes: str, strides: str) -> LinearConvolutionalNetwork:
    """Return the network of filter sizes and strides that a user wrote, such as "3,2" and "2,1".

    Raises ValueError for what are not whole numbers separated by commas, and for sizes that no network has.

    >>> build_network("3,2", "2,1")
    LinearConvolutionalNetwork(filter_sizes=(3, 2), strides=(2, 1))
    """
    from equivariety.convolution import LinearConvolutionalNetwork

    return LinearConvolutionalNetwork(_whole_numbers("filter_sizes", filter_sizes), _whole_numbers("strides", strides))


def parse_filter(text: str, argument: str = "v") -> list[Fraction] | list[float]:
    """Return the numbers of a filter: Fractions if all are whole numbers or fractions, else floats.

    Args:
        text: numbers separated by commas, of at most 1,000 digits each.
        argument: what a refusal calls it.

    Raises ValueError for anything else.

    >>> parse_filter("1, 0, -1/2"), parse_filter("1,.5")
    ([Fraction(1, 1), Fraction(0, 1), Fraction(-1, 2)], [1.0, 0.5])
    """
    parts = [part.strip() for part in text.split(",")]
    fix = "write it like 1,0,-1/2 or 0.5,1e-3"
    if len(parts) > _MOST_NUMBERS:
        raise invalid(argument, f"at most {_MOST_NUMBERS:,} numbers", f"{len(parts):,}", fix)
    digits = f"[0-9]{{0,{_LONGEST_NUMBER}}}"
    exact = True
    found: list[Any] = []
    for part in parts:
        if re.fullmatch(rf"[+-]?[0-9]{digits}(/0*[1-9]{digits})?", part):
            found.append(Fraction(part))
        elif re.fullmatch(rf"[+-]?(?=\.?[0-9]){digits}\.?{digits}([eE][+-]?[0-9]{{1,6}})?", part):
            exact = False
            found.append(float(part))
        else:
            if re.search(r"[0-9]{1000}", part):
                got, shorter = f"{len(part):,} characters", "round them, or divide all by a common factor"
                raise invalid(argument, f"numbers of at most {_LONGEST_NUMBER:,} digits", got, shorter)
            raise invalid(argument, "numbers separated by commas", brief(part), fix)
    if exact:
        return found
    try:
        return [float(x) for x in found]
    except OverflowError:
        raise invalid(
            argument, "in the range of floating-point numbers", brief(text), "write all numbers exactly"
        ) from None


def function_space_answer(network: LinearConvolutionalNetwork) -> dict[str, Any]:
    """Return what is known about the end-to-end filters of a network.

    Keys: ``filter_sizes``, ``strides``, ``end_to_end_size``, ``end_to_end_stride``, ``dim``, ``ambient_dim``,
    ``is_thick``, ``fills_ambient``, ``is_zariski_closed``, ``degree``, ``fiber_count``, ``num_critical_points`` and
    ``num_regular_critical_points`` (complex, for general data, up to scaling), ``closure_only_filter`` (or None) and
    ``text``, all of it in words.

    >>> answer = function_space_answer(build_network("3,2", "2,1"))
    >>> answer["dim"], answer["num_critical_points"], answer["closure_only_filter"]
    (4, 10, [1, 0, 1, 0, 1])
    """
    space = network.function_space
    keys = ("dim", "ambient_dim", "is_thick", "fills_ambient", "is_zariski_closed", "degree", "fiber_count")
    return {
        "filter_sizes": list(network.filter_sizes),
        "strides": list(network.strides),
        "end_to_end_size": network.end_to_end_size,
        "end_to_end_stride": network.end_to_end_stride,
        **{key: getattr(space, key) for key in (*keys, "num_critical_points", "num_regular_critical_points")},
        "closure_only_filter": space.closure_only_filter(),
        "text": space.describe(),
    }


def theorem_answer(experiment: TheoremExperiment) -> dict[str, Any]:
    """Return the outcome of the experiment on the theorem about critical points.

    Keys: ``claims`` (the fields of :class:`~equivariety.experiments.TheoremClaim`, and ``text``; one for each number of
    outputs), ``expected``, ``expected_regular``, ``runs`` (the fields of
    :class:`~equivariety.experiments.TheoremRun`), ``contradictions``, how many runs contradict the theorem, and
    ``summary``.

    >>> from equivariety.experiments import run_theorem
    >>> answer = theorem_answer(run_theorem(build_network("2,2", "2,1"), samples=[4], seeds=[0]))
    >>> answer["runs"][0]["found"], answer["contradictions"], answer["summary"]
    (6, 0, 'claimed: holds 1 of 1 runs')
    """
    return {
        "claims": [_plain({**asdict(claim), "text": str(claim)}) for claim in experiment.claims],
        "expected": experiment.expected,
        "expected_regular": experiment.expected_regular,
        "runs": [asdict(run) for run in experiment.runs],
        "contradictions": len(experiment.contradictions),
        "summary": experiment.summary,
    }


def critical_filters_answer(network: LinearConvolutionalNetwork, found: CriticalFilters) -> dict[str, Any]:
    """Return all critical points that were found.

    Keys: ``filter_sizes``, ``strides``, ``expected``, ``found``, ``complete``, ``nongeneric_reason`` (or None),
    ``reason``, ``seconds``, ``num_real`` and ``points``, real ones first, by increasing loss.  Of a point: ``is_real``,
    ``kind``, ``is_regular``, ``index`` and ``position`` (None for complex points), ``loss``, ``squared_error``,
    ``gradient_norm``, ``end_to_end_filter`` and ``filters``; complex numbers are pairs [re, im].

    >>> import numpy as np
    >>> net = build_network("2,2", "2,1")
    >>> found = net.critical_points(np.eye(4) + 1, [[1], [2], [3], [5]])
    >>> answer = critical_filters_answer(net, found)
    >>> answer["complete"], [point["kind"] for point in answer["points"][: answer["num_real"]]]
    (True, ['pure', 'pure'])
    """
    return {
        "filter_sizes": list(network.filter_sizes),
        "strides": list(network.strides),
        "expected": found.expected,
        "found": len(found),
        "complete": found.complete,
        "nongeneric_reason": found.nongeneric_reason,
        "reason": found.reason,
        "seconds": found.seconds,
        "num_real": len(found.real_points),
        "points": [
            {
                "is_real": p.is_real,
                "kind": p.kind,
                "is_regular": p.is_regular,
                "index": p.index,
                "position": p.position,
                "loss": _plain(p.loss),
                "squared_error": _plain(p.squared_error),
                "gradient_norm": p.gradient_norm,
                "end_to_end_filter": _plain(p.end_to_end_filter),
                "filters": _plain(p.filters),
            }
            for p in found
        ],
    }


def filter_point_answer(network: LinearConvolutionalNetwork, point: FilterPoint) -> dict[str, Any]:
    """Return what kind of point given filters are.

    Keys: ``filter_sizes``, ``strides``, ``is_critical`` (None if too close to say), ``kind``, ``reason``, ``loss``,
    ``squared_error``, ``gradient_norm``, ``index``, ``nullity``, ``rank``, ``dim`` (the full rank), ``is_regular``,
    ``end_to_end_filter`` and ``filters``, rescaled to equal norms.

    >>> net = build_network("2,2", "1,1")
    >>> point = net.classify([[1, 0], [1, 0]], [[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[1], [0], [1]])
    >>> answer = filter_point_answer(net, point)
    >>> answer["kind"], answer["index"], answer["rank"], answer["dim"]
    ('spurious', 0, 2, 3)
    """
    keys = ("is_critical", "kind", "reason", "loss", "squared_error", "gradient_norm", "index", "nullity", "rank")
    return {
        "filter_sizes": list(network.filter_sizes),
        "strides": list(network.strides),
        **{key: _plain(getattr(point, key)) for key in keys},
        "dim": network.function_space.dim,
        **{key: _plain(getattr(point, key)) for key in ("is_regular", "end_to_end_filter", "filters")},
    }


def membership_answer(
    network: LinearConvolutionalNetwork,
    v: Sequence[Any],
    *,
    factorizations: bool = False,
    tolerance: float | None = None,
) -> dict[str, Any]:
    """Return whether a filter is an end-to-end filter of a network, with filters of its layers.

    Args:
        network: of any filter sizes and strides.
        v: numbers, as :func:`parse_filter` returns them.
        factorizations: list all choices of filters, up to scaling; there are infinitely many for v = 0, a ValueError.
        tolerance: relative distance up to which floats are members; None for the library's.

    Keys: ``filter_sizes``, ``strides``, ``filter``, ``exact``, ``status`` ("member", "not_member", "undecided"),
    ``in_closure``, ``position``, ``reason``, ``filters`` (None for non-members), ``block_filters``, ``residual``,
    ``conditioning``, ``gap``, ``distance_bound``, ``real_roots``, ``relative_boundary``, ``filters_exact`` for
    members, and ``factorizations`` if asked for.  Exact numbers that are not whole are texts such as "1/2".

    >>> answer = membership_answer(build_network("3,2", "2,1"), parse_filter("8,8,14,12,3"))
    >>> answer["status"], answer["block_filters"]
    ('member', [[4, 4, 1], [2, 3]])
    """
    from equivariety.convolution.filters import as_filter, is_exact

    space = network.function_space
    verdict = space.membership(v, tolerance)
    keys = ("status", "in_closure", "position", "reason", "filters", "block_filters", "residual", "conditioning", "gap")
    answer = {
        "filter_sizes": list(network.filter_sizes),
        "strides": list(network.strides),
        "filter": _plain(list(v)),
        "exact": all(isinstance(x, int | Fraction) for x in v),
        **{key: _plain(getattr(verdict, key)) for key in (*keys, "distance_bound", "real_roots", "relative_boundary")},
    }
    if verdict.filters is not None:
        answer["filters_exact"] = all(is_exact(as_filter("filters", w)) for w in verdict.filters)
    if factorizations:
        answer["factorizations"] = _plain(space.factorizations(v))
    return answer


def end_to_end_answer(network: LinearConvolutionalNetwork, filters: Sequence[Sequence[Any]]) -> dict[str, Any]:
    """Return the end-to-end filter of given filters.

    Keys: ``filter_sizes``, ``strides``, ``end_to_end_filter``, ``end_to_end_stride`` and ``exact``.

    >>> answer = end_to_end_answer(build_network("3,2", "2,1"), [parse_filter("1,2,3"), parse_filter("1,-1/2")])
    >>> answer["end_to_end_filter"], answer["exact"]
    ([1, 2, '5/2', -1, '-3/2'], True)
    """
    v = network.compose(filters)
    return {
        "filter_sizes": list(network.filter_sizes),
        "strides": list(network.strides),
        "end_to_end_filter": _plain(v),
        "end_to_end_stride": network.end_to_end_stride,
        "exact": isinstance(v, list),
    }


def equations_answer(network: LinearConvolutionalNetwork) -> dict[str, Any]:
    """Return equations of the Zariski closure of the end-to-end filters, in their coefficients p0, p1, ...

    Keys: ``filter_sizes``, ``strides``, ``equations``, polynomials as texts, ``is_prime_ideal`` (None where that is not
    known), ``real_conditions``, the function space by equations and signs of polynomials, a text, and None where that
    is not written out, for the ``reason``.  Raises ValueError where there are too many equations.

    >>> answer = equations_answer(build_network("3,2", "2,1"))
    >>> answer["equations"], answer["is_prime_ideal"]
    (['p0*p3^2 + p1^2*p4 - p1*p2*p3'], True)
    """
    space = network.function_space
    closure = space.equations()
    conditions, reason = None, None
    try:
        conditions = str(space.inequalities())
    except ValueError as problem:
        reason = str(problem)
    return {
        "filter_sizes": list(network.filter_sizes),
        "strides": list(network.strides),
        "equations": list(closure),
        "is_prime_ideal": closure.is_prime_ideal,
        "real_conditions": conditions,
        "reason": reason,
    }


def _whole_numbers(name: str, text: str) -> tuple[int, ...]:
    if re.fullmatch(r"[0-9,\s]*[0-9]{10}[0-9,\s]*", text):
        raise invalid(name, "whole numbers of at most 9 digits", brief(text), "write it like 3,2, input to output")
    if not re.fullmatch(r"\s*[0-9]{1,9}\s*(,\s*[0-9]{1,9}\s*){0,99}", text):
        raise invalid(name, "whole numbers separated by commas", brief(text), "write it like 3,2, input to output")
    return tuple(int(part) for part in text.split(","))


def _plain(value: Any) -> Any:
    """Exact numbers as ints or texts, complex ones as pairs, arrays and tuples as lists; inf and NaN as None."""
    import numpy as np

    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, list | tuple):
        return [_plain(x) for x in value]
    if isinstance(value, dict):
        return {key: _plain(x) for key, x in value.items()}
    if isinstance(value, complex):
        return [value.real, value.imag]
    if isinstance(value, Fraction):
        return value.numerator if value.denominator == 1 else str(value)
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value
