"""How a general variety is shown: plain text, LaTeX, HTML, with the facts that are known already."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from equivariety.varieties.algebraic.polynomial_input import Polynomial
from equivariety.varieties.algebraic.polynomial_output import latex_name, polynomial_latex, polynomial_text

__all__ = ["html_table", "latex_text", "plain_repr", "plain_text", "short_text", "shortened"]

_MOST_SHOWN = 8
_TITLES = {"dim": "dimension", "degree": "degree", "ed_degree": "ED degree"}


def shortened(text: str, length: int = 80) -> str:
    """Return the text, cut to a length.

    >>> shortened("x" * 100, 5)
    'xxxx…'
    """
    return text if len(text) <= length else text[: length - 1] + "…"


def short_text(polynomials: Sequence[Polynomial], names: Sequence[str]) -> str:
    """Return V(...) in at most 80 characters."""
    return shortened(f"V({', '.join(polynomial_text(one, names) for one in polynomials)})")


def plain_repr(polynomials: Sequence[Polynomial], names: Sequence[str], known: Mapping[str, int]) -> str:
    """Return what a prompt shows."""
    facts = "".join(f", {name}={value}" for name, value in known.items())
    return f"<AlgebraicVariety {short_text(polynomials, names)} in C^{len(names)}{facts}>"


def plain_text(polynomials: Sequence[Polynomial], names: Sequence[str], known: Mapping[str, int]) -> str:
    """Return what ``print`` shows."""
    facts = "".join(f", {_TITLES[name]} {value}" for name, value in known.items())
    return f"{short_text(polynomials, names)} in C^{len(names)} with coordinates {', '.join(names)}{facts}"


def latex_text(polynomials: Sequence[Polynomial], names: Sequence[str]) -> str:
    """Return a formula between dollar signs, of at most eight of the polynomials."""
    shown = [polynomial_latex(one, names) for one in polynomials[:_MOST_SHOWN]]
    if len(polynomials) > _MOST_SHOWN:
        shown.append(r"\ldots")
    inside = r",\; ".join(shown)
    coordinates = ", ".join(map(latex_name, names))
    return rf"$\mathrm{{V}}\left({inside}\right) \subset \mathbb{{C}}^{{{len(names)}}}_{{{coordinates}}}$"


def html_table(polynomials: Sequence[Polynomial], names: Sequence[str], known: Mapping[str, int]) -> str:
    """Return the formula above a table of facts."""
    facts = [("coordinates", ", ".join(names)), *((_TITLES[name], f"{value:,}") for name, value in known.items())]
    rows = "".join(f"<tr><th>{html.escape(k)}</th><td>{html.escape(v)}</td></tr>" for k, v in facts)
    return f"<p>{html.escape(latex_text(polynomials, names))}</p><table>{rows}</table>"
