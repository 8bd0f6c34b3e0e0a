"""Equations of a variety of maps, read as those of a variety about which nothing is known."""

from __future__ import annotations

from typing import Any

import equivariety as ev

__all__ = ["variety_of"]


def variety_of(equations: Any) -> ev.AlgebraicVariety:
    """The common zeros of the polynomials, whose facts are found by Groebner bases."""
    texts = [str(p.as_expr()) for p in equations.polynomials]
    return ev.AlgebraicVariety(texts, [str(v) for v in equations.variables])
