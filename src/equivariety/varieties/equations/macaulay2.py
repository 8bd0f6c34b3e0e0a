"""A script for Macaulay2 that finds dimension, degree and ED degree of a component anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equivariety.varieties.equations.script_parts import PRIME, Part, Script, list_of, script_of

if TYPE_CHECKING:
    from equivariety.varieties.component import Component

__all__ = ["macaulay2_script"]

_SINGULAR_DIM = """
-- Dimension of the singular locus, by the Jacobian criterion: minors of random combinations of the equations, until
-- one more draw no longer lowers the dimension.
singularDim = (I, c) -> (
    R := ring I;
    J := jacobian I;
    locus := I;
    previous := dim I + 1;
    while dim locus < previous do (
        previous = dim locus;
        combinations := map(R^(numgens I), R^c, (i, j) -> random coefficientRing R);
        locus = locus + minors(c, J * combinations, Strategy => Cofactor));
    previous)
"""


def macaulay2_script(component: Component, *, whole: bool = False) -> str:
    """Return the script; :meth:`Component.to_macaulay2`.

    >>> import equivariety as ev
    >>> print(macaulay2_script(ev.linear_maps(2, 2, rank=1).component([1])).splitlines()[1])
    -- expected: dim 3, degree 2, ed_degree 2
    """
    return _written(script_of(component, whole=whole))


def _written(script: Script) -> str:
    lines = [
        f"-- {script.title}",
        f"-- expected: dim {script.dim}, degree {script.degree}, ed_degree {script.ed_degree}",
        *(f"-- linear, dimension and degrees are plain: {title}" for title in script.linear),
        f"-- Ideals over QQ; critical points and singular points over ZZ/{PRIME}.",
    ]
    if any(part.checks_singular_locus for part in script.parts):
        lines += _SINGULAR_DIM.splitlines()
    for k, part in enumerate(script.parts, start=1):
        lines += ["", *_part(k, part)]
    numbers = range(1, len(script.parts) + 1)
    lines += ["", "-- The component is the product."]
    for name, expected, start, sign in (
        ("dim", script.dim, str(script.linear_dim), " + "),
        ("degree", script.degree, "1", " * "),
        ("ed_degree", script.ed_degree, "1", " * "),
    ):
        variable = name.replace("_", "")
        total = sign.join([start, *(f"{variable}{k}" for k in numbers)])
        lines += [f"{variable}All = {total}", f'print("{name} " | toString {variable}All)']
        lines += [f"assert({variable}All == {expected})"]
    return "\n".join(lines) + "\n"


def _part(k: int, part: Part) -> list[str]:
    unit_names = tuple(name for name, _ in part.units)
    units = [f" + ideal({name}*({text}) - 1)" for name, text in part.units]
    lines = [
        f"-- {part.title}",
        f"R{k} = QQ[{list_of(part.variables)}]",
        f"I{k} = ideal({list_of(part.polynomials)})" if part.polynomials else f"I{k} = ideal(0_R{k})",
        f"dim{k} = dim I{k}",
        f"degree{k} = degree I{k}",
        f"assert(dim{k} == {part.dim} and degree{k} == {part.degree})",
    ]
    if part.checks_singular_locus:
        ring = f"(ZZ/{PRIME})[{list_of(part.variables)}]"
        lines += [
            f"F{k} = {ring}",
            f"singular{k} = singularDim(sub(I{k}, F{k}), {part.codim})",
            f'print("singular_dim " | toString singular{k})',
            f"assert(singular{k} == {part.singular_dim})",
        ]
    elif part.singular_dim >= 0:
        lines.append(f"-- left out: the singular locus, of dimension {part.singular_dim}: large minors of the Jacobian")
    return [
        *lines,
        "-- Critical points of the distance from random data, in a chart of almost all matrices of this rank.",
        f"S{k} = (ZZ/{PRIME})[{list_of(part.parameters + unit_names)}]",
        f"chart{k} = {{{list_of(part.chart)}}}",
        f"data{k} = {{{list_of(part.data)}}}",
        f"weights{k} = {{{list_of(part.weights)}}}",
        f"f{k} = sum(#chart{k}, i -> weights{k}#i * (chart{k}#i - data{k}#i)^2)",
        f"J{k} = ideal apply({{{list_of(part.parameters)}}}, v -> diff(v, f{k})){''.join(units)}",
        f"assert(dim J{k} == 0)",
        f"eddegree{k} = degree J{k}",
        f"assert(eddegree{k} == {part.ed_degree})",
    ]
