"""A script for HomotopyContinuation.jl (Julia) that finds dimension, degree and ED degree numerically."""

from __future__ import annotations

from typing import TYPE_CHECKING

from equivariety.varieties.equations.script_parts import Part, Script, list_of, script_of

if TYPE_CHECKING:
    from equivariety.varieties.component import Component

__all__ = ["homotopy_continuation_script"]


def homotopy_continuation_script(component: Component, *, whole: bool = False) -> str:
    """Return the script; :meth:`Component.to_homotopycontinuation`.

    >>> import equivariety as ev
    >>> print(homotopy_continuation_script(ev.linear_maps(2, 2, rank=1).component([1])).splitlines()[1])
    # expected: dim 3, degree 2, ed_degree 2
    """
    return _written(script_of(component, whole=whole))


def _written(script: Script) -> str:
    lines = [
        f"# {script.title}",
        f"# expected: dim {script.dim}, degree {script.degree}, ed_degree {script.ed_degree}",
        *(f"# linear, dimension and degrees are plain: {title}" for title in script.linear),
        "# Degrees are numbers of solutions that monodromy finds: for slices by linear spaces of complementary",
        "# dimension, and for the gradient of the squared distance from generic data, in a chart of almost all points.",
        "using HomotopyContinuation, LinearAlgebra",
    ]
    for k, part in enumerate(script.parts, start=1):
        lines += ["", *_part(k, part)]
    numbers = range(1, len(script.parts) + 1)
    lines += ["", "# The component is the product."]
    for name, expected, start, sign in (
        ("dim", script.dim, str(script.linear_dim), " + "),
        ("degree", script.degree, "1", " * "),
        ("ed_degree", script.ed_degree, "1", " * "),
    ):
        total = sign.join([start, *(f"{name}_{k}" for k in numbers)])
        lines += [f"{name}_all = {total}", f'println("{name} ", {name}_all)', f"@assert {name}_all == {expected}"]
    return "\n".join(lines) + "\n"


def _part(k: int, part: Part) -> list[str]:
    size = len(part.variables)
    names = tuple(dict.fromkeys(part.variables + part.parameters))
    lines = [
        f"# {part.title}",
        f"@var {' '.join(names)}",
        f"@var u_{k}[1:{size}] b_{k}[1:{part.dim}]",
        f"coordinates_{k} = [{list_of(part.variables)}]",
        f"parameters_{k} = [{list_of(part.parameters)}]",
        f"chart_{k} = Expression[{list_of(part.chart)}]",
        f"weights_{k} = [{list_of(part.weights)}]",
        f"point_{k} = randn(ComplexF64, {len(part.parameters)})",
        f"image_{k} = evaluate(chart_{k}, parameters_{k} => point_{k})",
        f"dim_{k} = rank(evaluate(differentiate(chart_{k}, parameters_{k}), parameters_{k} => point_{k}))",
        f"@assert dim_{k} == {part.dim}",
    ]
    if part.polynomials:
        lines += [
            "# The equations vanish on the chart, and their Jacobian has the codimension as its rank there.",
            f"equations_{k} = Expression[{list_of(part.polynomials)}]",
            f"@assert norm(evaluate(equations_{k}, coordinates_{k} => image_{k})) < 1e-8",
            f"jacobian_{k} = evaluate(differentiate(equations_{k}, coordinates_{k}), coordinates_{k} => image_{k})",
            f"@assert rank(jacobian_{k}; rtol = 1e-8) == {part.codim}",
        ]
    return [
        *lines,
        f"slice_{k} = randn(ComplexF64, {part.dim}, {size}) * chart_{k} - b_{k}",
        f"degree_{k} = nsolutions(monodromy_solve(System(slice_{k}; variables = parameters_{k}, parameters = b_{k})))",
        f"@assert degree_{k} == {part.degree}",
        f"distance_{k} = sum(weights_{k} .* (chart_{k} - u_{k}) .^ 2)",
        f"gradient_{k} = differentiate(distance_{k}, parameters_{k})",
        f"critical_{k} = System(gradient_{k}; variables = parameters_{k}, parameters = u_{k})",
        f"ed_degree_{k} = nsolutions(monodromy_solve(critical_{k}))",
        f"@assert ed_degree_{k} == {part.ed_degree}",
    ]
