"""Scripts for computer algebra: their polynomials here, and the numbers they find where the program is installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import sympy
from sympy.polys.rings import PolyElement, PolyRing

import equivariety as ev
from equivariety.linalg import algebra
from equivariety.representations import MapBlock
from equivariety.varieties import Component
from equivariety.varieties.equations.block_coordinates import block_polynomials
from equivariety.varieties.equations.charts import Chart, block_chart
from equivariety.varieties.equations.script_parts import PRIME, list_of, script_of, text_of
from varieties.equation_instances import INSTANCES, doubled, named_group

WRITERS = ("to_macaulay2", "to_singular", "to_homotopycontinuation")
SMALL = ("linear 3x4", "rotation of 3x3, real and complex", "invariant", "quaternions, twice", "signed")
COMMANDS = {"to_macaulay2": ["M2", "--script"], "to_singular": ["Singular", "-q", "--no-tty"]}


def parsed(text: str, ring: PolyRing) -> PolyElement:
    """A polynomial with integer coefficients, written with + - * ^ and names of the ring; nothing is evaluated."""
    place = {str(symbol): k for k, symbol in enumerate(ring.symbols)}
    total = ring.zero
    terms = re.findall(r"([+-]?)([A-Za-z0-9*^]+)", text)
    assert "".join(a + b for a, b in terms) == text
    for sign, term in terms:
        value, powers = -1 if sign == "-" else 1, [0] * len(place)
        for factor in term.split("*"):
            name, _, power = factor.partition("^")
            if name.isdigit():
                value *= int(name)
            else:
                powers[place[name]] += int(power or 1)
        total += ring({tuple(powers): value})
    return total


def listed(script: str, name: str) -> list[str]:
    """The items of the list, ideal or tuple that a line of a script assigns."""
    found = re.search(rf"^(?:ideal )?{name} = (?:ideal|Expression)?[(\[{{]?([^()\[\]{{}};]*)[)\]}};]", script, re.M)
    assert found, name
    return [item.strip() for item in found[1].replace("\n", " ").split(",")]


def expected_line(component: Component) -> str:
    return f"expected: dim {component.dim}, degree {component.degree}, ed_degree {component.ed_degree}"


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("whole", [False, True])
class TestTexts:
    @pytest.mark.parametrize(
        ("writer", "ideal"),
        [("to_macaulay2", "I{}"), ("to_singular", "I{}"), ("to_homotopycontinuation", "equations_{}")],
    )
    def test_polynomials_are_the_equations(self, name: str, whole: bool, writer: str, ideal: str) -> None:
        component = INSTANCES[name]()
        equations = component.equations()
        ring = equations.elements[0].ring
        script = getattr(component, writer)(whole=whole)
        count = len(script_of(component, whole=whole).parts)
        texts = [text for k in range(1, count + 1) for text in listed(script, ideal.format(k))]
        found = {parsed(text, ring) for text in texts}
        assert found <= set(equations.elements)
        nonlinear = {p for p in equations.elements if max(map(sum, p.itermonoms())) > 1}
        assert found == set(equations.elements) if whole else found == nonlinear

    @pytest.mark.parametrize("writer", WRITERS)
    def test_expected_numbers_are_said(self, name: str, whole: bool, writer: str) -> None:
        component = INSTANCES[name]()
        assert expected_line(component) in getattr(component, writer)(whole=whole).splitlines()[1]

    def test_the_numbers_of_the_parts_make_those_of_the_component(self, name: str, whole: bool) -> None:
        component = INSTANCES[name]()
        script = script_of(component, whole=whole)
        assert script.linear_dim + sum(part.dim for part in script.parts) == component.dim
        assert np.prod([part.degree for part in script.parts]) == component.degree
        assert np.prod([part.ed_degree for part in script.parts]) == component.ed_degree
        if whole:
            assert script.parts[0].singular_dim == component.singular_locus("complex").dim
            names = tuple(v.name for v in component.equations().variables)
            assert script.parts[0].variables == names


@pytest.mark.parametrize("name", INSTANCES)
def test_the_quadratic_form_is_the_frobenius_norm(name: str, rng: np.random.Generator) -> None:
    component = INSTANCES[name]()
    (part,) = script_of(component, whole=True).parts
    member = component.sample(rng)
    values = component.equations().point(member)
    assert np.isclose(np.dot(part.weights, values**2), np.linalg.norm(member) ** 2)


@pytest.mark.parametrize(
    ("field", "rows", "cols"), [("R", 3, 4), ("R", 4, 2), ("C", 2, 3), ("C", 3, 2), ("H", 1, 2), ("H", 2, 2)]
)
class TestCharts:
    def test_the_polynomial_is_the_modulus_of_the_leading_minor(
        self, field: str, rows: int, cols: int, rng: np.random.Generator
    ) -> None:
        for rank in range(1, min(rows, cols)):
            block, chart = self.chart(field, rows, cols, rank)
            point = rng.integers(-5, 6, len(chart.variables)).tolist()
            over = algebra(block.field)
            values = np.array([float(c(*point)) for c in chart.coordinates]).reshape(over.dim, rows, cols)
            matrix = over.from_real(values.swapaxes(0, 1))
            top = np.linalg.det(matrix[: over.order * rank, : over.order * rank])
            assert chart.nonzero is not None
            assert np.isclose(float(chart.nonzero(*point)), abs(top) ** 2 if field == "C" else top.real)
            assert np.linalg.matrix_rank(matrix) == over.order * rank

    @staticmethod
    def chart(field: str, rows: int, cols: int, rank: int) -> tuple[MapBlock, Chart]:
        block = MapBlock("R1", field, 1, rows, cols)  # type: ignore[arg-type]
        return block, block_chart(block, rank, "R1")

    def test_equations_vanish_identically(self, field: str, rows: int, cols: int) -> None:
        for rank in range(min(rows, cols) + 1):
            block, chart = self.chart(field, rows, cols, rank)
            assert len(chart.coordinates) == block.dim
            for equation in block_polynomials(block, rank, "R1"):
                total = 0
                for monomial, coefficient in equation.terms():
                    factors = [c**k for c, k in zip(chart.coordinates, monomial, strict=True) if k]
                    term = coefficient
                    for factor in factors:
                        term = factor * term
                    total = term + total
                assert total == 0

    def test_an_immersion_where_the_polynomial_is_not_zero(
        self, field: str, rows: int, cols: int, rng: np.random.Generator
    ) -> None:
        for rank in range(1, min(rows, cols) + 1):
            _, chart = self.chart(field, rows, cols, rank)
            variety = ev.varieties.DeterminantalVariety(field, rows, cols, rank)  # type: ignore[arg-type]
            assert len(chart.variables) == variety.dim
            for point in (rng.integers(-9, 10, variety.dim).tolist(), [0] * variety.dim):
                derivatives = [[float(c.diff(x)(*point)) for x in c.ring.gens] for c in chart.coordinates]
                rank_found = np.linalg.matrix_rank(np.array(derivatives))
                nonzero = chart.nonzero is None or chart.nonzero(*point) != 0
                assert not nonzero or rank_found == variety.dim
            assert (chart.nonzero is None) == variety.is_linear
            assert nonzero == variety.is_linear  # at zero


def test_critical_points_counted_without_a_program() -> None:
    """The ideal of critical points of a 2x2 matrix of rank 1: its standard monomials are as many as the ED degree."""
    component = ev.linear_maps(2, 2, rank=1).component([1])
    (part,) = script_of(component, whole=False).parts
    ring = PolyRing([*part.parameters, *(name for name, _ in part.units)], sympy.ZZ)
    chart = [parsed(text, ring) for text in part.chart]
    distance = sum((c - u) ** 2 * w for c, u, w in zip(chart, part.data, part.weights, strict=True))
    unit = [ring.gens[-1] * parsed(text, ring) - 1 for _, text in part.units]
    ideal = [distance.diff(ring(name)) for name in ring.gens[: len(part.parameters)]] + unit
    basis = sympy.groebner([p.as_expr() for p in ideal], *ring.symbols, order="grevlex", modulus=PRIME)
    leading = [p.monoms(order="grevlex")[0] for p in basis.polys]
    standard = [
        m
        for m in product(range(5), repeat=len(ring.symbols))
        if not any(all(a >= b for a, b in zip(m, l, strict=True)) for l in leading)
    ]
    assert len(standard) == component.ed_degree == 2


@pytest.mark.parametrize("writer", WRITERS)
class TestBadInput:
    def test_whole_is_a_truth_value(self, writer: str) -> None:
        with pytest.raises(TypeError, match="whole must be True or False"):
            getattr(INSTANCES["invariant"](), writer)(whole="yes")

    def test_too_many_minors(self, writer: str) -> None:
        with pytest.raises(ValueError, match="352568750625 minors"):
            getattr(ev.linear_maps(30, 30, rank=5).component([5]), writer)()


def test_texts() -> None:
    assert list_of(("a" * 60, "b" * 60)) == f"{'a' * 60},\n  {'b' * 60}"
    _, x = sympy.ring("x", sympy.ZZ)
    assert [text_of(p) for p in (x - x, x**0, -x, 2 - 3 * x**2)] == ["0", "1", "-x", "-3*x^2+2"]


def _complex_block() -> Component:
    return ev.equivariant_maps(doubled(ev.groups.cyclic(3))).stratum({(3, 2): 1})


RUN = {
    **{name: INSTANCES[name] for name in (*SMALL, "rotation of 3x3, signs", "two shifts that act together")},
    "complex 2x2": _complex_block,
    "quaternionic 2x2": lambda: ev.equivariant_maps(doubled(named_group("Q8_regular"))).stratum({"H4": 1}),
    "linear 4x4": lambda: ev.linear_maps(4, 4, rank=2).component([2]),
    "all linear": lambda: ev.equivariant_maps(ev.groups.rotation(3)).stratum([3, 0, 2]),
}


@pytest.mark.slow
@pytest.mark.parametrize("whole", [False, True])
@pytest.mark.parametrize("name", RUN)
@pytest.mark.parametrize("writer", WRITERS)
def test_programs_find_the_same_numbers(name: str, writer: str, whole: bool, tmp_path: Path) -> None:
    program = (COMMANDS | {"to_homotopycontinuation": ["julia"]})[writer]
    if shutil.which(program[0]) is None:
        pytest.skip(f"{program[0]} is not installed")
    component = RUN[name]()
    path = tmp_path / "script"
    path.write_text(getattr(component, writer)(whole=whole), encoding="utf-8")
    done = subprocess.run(
        [*program, str(path)], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=600, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "FAILED" not in done.stdout + done.stderr
    numbers = dict(re.findall(r"^(dim|degree|ed_degree) (\d+)$", done.stdout, re.M))
    facts = {"dim": component.dim, "degree": component.degree, "ed_degree": component.ed_degree}
    assert numbers == {key: str(value) for key, value in facts.items()}


@pytest.mark.slow
@pytest.mark.parametrize("writer", COMMANDS)
def test_a_wrong_number_is_noticed(writer: str, tmp_path: Path) -> None:
    program = COMMANDS[writer]
    if shutil.which(program[0]) is None:
        pytest.skip(f"{program[0]} is not installed")
    script = getattr(INSTANCES["invariant"](), writer)()
    path = tmp_path / "script"
    path.write_text(re.sub(r"(eddegree1 == |vdim\(J1\), )2", r"\g<1>3", script), encoding="utf-8")
    done = subprocess.run(
        [*program, str(path)], capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=600, check=False
    )
    assert done.returncode != 0 or "FAILED" in done.stdout + done.stderr
