"""A script for Singular that finds dimension, degree and ED degree of a component anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equivariety.varieties.equations.script_parts import PRIME, Part, Script, list_of, script_of

if TYPE_CHECKING:
    from equivariety.varieties.component import Component

__all__ = ["singular_script"]

_CHECK = """proc check(string what, bigint found, bigint expected)
{
  if (found <> expected)
  {
    ERROR("FAILED " + what + ": found " + string(found) + ", expected " + string(expected));
  }
}
"""

_SINGULAR_DIM = """
// Dimension of the singular locus, by the Jacobian criterion: minors of random combinations of the equations, until
// one more draw no longer lowers the dimension.
proc singularDim(ideal I, int c)
{
  matrix J = transpose(jacob(I));
  ideal locus = std(I);
  int previous = dim(locus) + 1;
  while (dim(locus) < previous)
  {
    previous = dim(locus);
    locus = std(locus + minor(J * matrix(random(16000, ncols(J), c)), c));
  }
  return(previous);
}
"""


def singular_script(component: Component, *, whole: bool = False) -> str:
    """Return the script; :meth:`Component.to_singular`.

    >>> import equivariety as ev
    >>> print(singular_script(ev.linear_maps(2, 2, rank=1).component([1])).splitlines()[1])
    // expected: dim 3, degree 2, ed_degree 2
    """
    return _written(script_of(component, whole=whole))


def _written(script: Script) -> str:
    lines = [
        f"// {script.title}",
        f"// expected: dim {script.dim}, degree {script.degree}, ed_degree {script.ed_degree}",
        *(f"// linear, dimension and degrees are plain: {title}" for title in script.linear),
        f"// Ideals over QQ; critical points and singular points over ZZ/{PRIME}.",
        *_CHECK.splitlines(),
    ]
    if any(part.checks_singular_locus for part in script.parts):
        lines += _SINGULAR_DIM.splitlines()
    lines += [f"bigint dimAll = {script.linear_dim};", "bigint degreeAll = 1;", "bigint eddegreeAll = 1;"]
    for k, part in enumerate(script.parts, start=1):
        lines += ["", *_part(k, part)]
    lines += ["", "// The component is the product."]
    numbers = ("dim", script.dim), ("degree", script.degree), ("ed_degree", script.ed_degree)
    for name, expected in numbers:
        variable = name.replace("_", "") + "All"
        lines += [f'print("{name} " + string({variable}));', f'check("{name}", {variable}, bigint({expected}));']
    return "\n".join([*lines, "exit;"]) + "\n"


def _part(k: int, part: Part) -> list[str]:
    unit_names = tuple(name for name, _ in part.units)
    gradient = [f"diff(f{k}, {name})" for name in part.parameters]
    units = [f"{name}*({text})-1" for name, text in part.units]
    lines = [
        f"// {part.title}",
        f"ring R{k} = 0, ({list_of(part.variables)}), dp;",
        f"ideal I{k} = {list_of(part.polynomials or ('0',))};",
        f"ideal G{k} = std(I{k});",
        f"dimAll = dimAll + dim(G{k});",
        f"degreeAll = degreeAll * mult(G{k});",
        f'check("dimension of part {k}", dim(G{k}), {part.dim});',
        f'check("degree of part {k}", mult(G{k}), {part.degree});',
    ]
    if part.checks_singular_locus:
        lines += [
            f"ring F{k} = {PRIME}, ({list_of(part.variables)}), dp;",
            f"int singular{k} = singularDim(imap(R{k}, I{k}), {part.codim});",
            f'print("singular_dim " + string(singular{k}));',
            f'check("singular locus of part {k}", singular{k}, {part.singular_dim});',
        ]
    elif part.singular_dim >= 0:
        lines.append(f"// left out: the singular locus, of dimension {part.singular_dim}: large minors of the Jacobian")
    return [
        *lines,
        "// Critical points of the distance from random data, in a chart of almost all matrices of this rank.",
        f"ring S{k} = {PRIME}, ({list_of(part.parameters + unit_names)}), dp;",
        f"ideal chart{k} = {list_of(part.chart)};",
        f"intvec data{k} = {list_of(part.data)};",
        f"intvec weights{k} = {list_of(part.weights)};",
        f"poly f{k} = 0;",
        "int i;" if k == 1 else "",
        f"for (i = 1; i <= {len(part.chart)}; i++) {{ f{k} = f{k} + weights{k}[i] * (chart{k}[i] - data{k}[i])^2; }}",
        f"ideal J{k} = {list_of(tuple(gradient + units))};",
        f"J{k} = std(J{k});",
        f'check("dimension of the critical points of part {k}", dim(J{k}), 0);',
        f"eddegreeAll = eddegreeAll * vdim(J{k});",
        f'check("ED degree of part {k}", vdim(J{k}), {part.ed_degree});',
    ]
