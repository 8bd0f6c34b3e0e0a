"""Pictures of real points: curves right at their singular points, surfaces, models in the triangle."""

from __future__ import annotations

import sys
from fractions import Fraction

import numpy as np
import pytest

import equivariety as ev
from equivariety.plots import implicit_surfaces, real_points, save_png
from equivariety.plots.implicit_curves import curve_pieces
from equivariety.plots.implicit_surfaces import Camera, first_zeros
from equivariety.plots.probability_triangle import on_the_plane, sum_equation
from equivariety.varieties.algebraic.numeric_polynomials import NumericPolynomials
from equivariety.varieties.algebraic.polynomial_input import read_polynomials

COIN = ["p0*p2 = (p0+p1)*p1", "p0 + p1 + p2 = 1"]
BOX = np.array([[-2.0, 2.0], [-2.0, 2.0]])


def terms(text, names=("x", "y")):
    return read_polynomials(text, names)[0][0]


def curve(figure):
    return [path.vertices for path in figure.axes[0].collections[-1].get_paths()]


def marked(figure):
    """Coordinates of the singular points."""
    return [line.get_xydata() for line in figure.axes[0].lines if line.get_marker() == "o"]


@pytest.fixture
def coarse(monkeypatch):
    monkeypatch.setattr(implicit_surfaces, "_PIXELS", 60)


@pytest.mark.parametrize(
    ("text", "singular", "ends"),
    [
        ("y^2 = x^2(x+1)", [[0, 0]], 4),
        ("y^2 = x^3", [[0, 0]], 2),
        ("x*y*(x - y)", [[0, 0]], 6),
        ("(x^2 + y^2)^3 = 4x^2y^2", [[0, 0]], 8),
        ("x^3 - x^2 - y^2", [[0, 0]], 0),
        ("y^2 = x^4 - x^6", [[0, 0]], 4),
        ("x^2 = 1", [], 0),
    ],
)
def test_branches_end_in_singular_points(text, singular, ends):
    points = np.array(singular, dtype=float).reshape(-1, 2)
    pieces = curve_pieces(terms(text), BOX, points)
    tips = np.array([piece[k] for piece in pieces for k in (0, -1)])
    assert sum((tips == point).all(axis=1).sum() for point in points) == ends
    numeric = NumericPolynomials([terms(text)], 2)
    step = 4.0 / 700
    for piece in pieces:
        # A vertex is on the curve, but for those at singular points, and within a step of the one before.
        away = (np.linalg.norm(piece[:, None] - points, axis=2) > 4 * step).all(axis=1)
        gradient = np.linalg.norm(numeric.jacobian(piece[away])[:, 0], axis=1)
        assert (np.abs(numeric.values(piece[away])[:, 0]) <= 1e-6 * np.maximum(gradient, 1e-3)).all()
        assert np.linalg.norm(np.diff(piece, axis=0), axis=1).max() < 8 * step


def test_the_whole_curve_is_drawn():
    points = np.array([[0.0, 0.0]])
    drawn = np.vstack(curve_pieces(terms("y^2 = x^2(x+1)"), BOX, points))
    t = np.linspace(-1.7, 1.7, 400)  # x = t^2 - 1, y = t (t^2 - 1)
    wanted = np.column_stack([t**2 - 1, t * (t**2 - 1)])
    wanted = wanted[(np.abs(wanted) < 2).all(axis=1)]
    nearest = np.linalg.norm(wanted[:, None] - drawn, axis=2).min(axis=1)
    assert nearest.max() < 8 * 4.0 / 700


def test_the_talk_s_nodal_curve(tmp_path):
    figure = real_points("y^2 = x^2(x+1)", box=1.5)
    axes = figure.axes[0]
    assert (axes.get_xlim(), axes.get_ylim(), axes.get_aspect()) == ((-1.5, 1.5), (-1.5, 1.5), 1.0)
    assert axes.get_title() == "$x^{3} + x^{2} - y^{2} = 0$"
    assert [one.tolist() for one in marked(figure)] == [[[0.0, 0.0]]]
    for name in ("a.png", "b.png"):
        save_png(real_points("y^2 = x^2(x+1)", box=1.5), tmp_path / name)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_the_talk_s_coin_model():
    figure = real_points(COIN)
    drawn = np.vstack(curve(figure))
    corners = np.array([[0.0, 0.0], [0.5, 0.75**0.5], [1.0, 0.0]])
    t = np.linspace(0, 1, 200)
    model = np.column_stack([t**2, t * (1 - t), 1 - t]) @ corners
    assert np.linalg.norm(model[:, None] - drawn, axis=2).min(axis=1).max() < 0.01
    assert {text.get_text() for text in figure.axes[0].texts} == {f"$p_{{{i}}}$$\\,= 1$" for i in range(3)}
    assert figure.axes[0].collections[-1].get_clip_path() is not None
    assert marked(figure) == []
    # The equation of the sum may be left out.
    other = np.vstack(curve(real_points(COIN[:1], simplex=True)))
    assert other == pytest.approx(drawn)


def test_the_talk_s_cubic_surface(coarse, tmp_path):
    figure = real_points(ev.AlgebraicVariety("x^2 y - y^3 - z^3"), box=1)
    picture = np.asarray(figure.axes[0].images[0].get_array())
    assert picture.shape == (60, 60, 4)
    assert 0.2 < (picture[..., 3] > 0).mean() < 0.9
    assert [one.tolist() for one in marked(figure)] == [[[0.0, 0.0]]]
    # Both sides are seen: blue and orange.
    seen = picture[picture[..., 3] == 1]
    assert (seen[:, 0] > seen[:, 2]).any()
    assert (seen[:, 0] < seen[:, 2]).any()
    save_png(figure, tmp_path / "surface.png")


def test_a_sphere_is_a_disc(coarse):
    figure = real_points("x^2 + y^2 + z^2 = 1", box=1.2)
    axes = figure.axes[0]
    picture = np.asarray(axes.images[0].get_array())
    low, high = axes.images[0].get_extent()[:2]
    side = low + (np.arange(60) + 0.5) * (high - low) / 60
    radius = np.hypot(*np.meshgrid(side, -side))
    assert (picture[..., 3][radius < 1 / 1.2 - 0.1] == 1).all()
    assert (picture[..., 3][radius > 1 / 1.2 + 0.1] == 0).all()
    assert marked(figure) == []


def test_first_zeros_are_the_first(rng):
    text = "(x - 1/4)(x - 1/2)(x - 3/4)"
    numeric = NumericPolynomials([terms(text, ("x", "y", "z"))], 3)
    start = np.array([[0.0, 0, 0], [0.3, 0, 0], [1.0, 5, 5], [0.8, 0, 0]])
    end = np.array([[1.0, 0, 0], [1.3, 1, 0], [0.0, 0, 5], [2.0, 0, 0]])
    assert first_zeros(numeric, 3, start, end) == pytest.approx([0.25, 0.2, 0.25, np.nan], abs=1e-6, nan_ok=True)
    close = NumericPolynomials([terms("(x - 0.26)(x - 0.275)(x - 0.295)", ("x", "y", "z"))], 3)
    assert first_zeros(close, 3, start[:1], end[:1]) == pytest.approx([0.26], abs=1e-6)


def test_the_camera_is_orthonormal():
    camera = Camera()
    frame = np.stack([camera.right, camera.up, camera.towards])
    assert frame @ frame.T == pytest.approx(np.eye(3))
    assert np.linalg.det(frame) == pytest.approx(1.0)
    corners = np.array([[a, b, c] for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)], dtype=float)
    assert np.abs(camera.place(corners)).max() == pytest.approx(camera.extent)


def test_finitely_many_points():
    figure = real_points(["x^2 + y^2 = 2", "y = x^2"])
    assert sorted(map(tuple, np.vstack(marked(figure)).round(9).tolist())) == [(-1.0, 1.0), (1.0, 1.0)]
    assert marked(real_points(["x = 5", "y = 5"])) == []  # out of the box
    assert marked(real_points(["x^2 = -1", "y = x"])) == []  # not real
    assert not real_points("x^2 + y^2 + 1").axes[0].collections[-1].get_paths()


def test_repeated_factors_do_not_matter():
    once, twice = (curve(real_points(text)) for text in ("x^2 + y^2 - 1", "(x^2 + y^2 - 1)^2"))
    assert len(once) == len(twice) == 1
    assert twice[0] == pytest.approx(once[0])


def test_the_third_probability_is_replaced():
    polynomials, _ = read_polynomials(["2p0 + 2p1 + 2p2 - 2", "p2^2 - p0*p1"])
    assert sum_equation(polynomials) == 0
    assert sum_equation(polynomials[1:]) is None
    (found,) = on_the_plane(polynomials)
    assert found == terms("(1 - x - y)^2 - x*y")


def test_titles_and_boxes():
    figure = real_points("x^2 + y^2 - 1", box=[(0, 2), (-1, 3)], title="a quarter")
    axes = figure.axes[0]
    assert (axes.get_title(), axes.get_xlim(), axes.get_ylim()) == ("a quarter", (0.0, 2.0), (-1.0, 3.0))
    assert real_points("x - y", title="").axes[0].get_title() == ""
    long = "+".join(f"{k}*x^{k}*y" for k in range(1, 20))
    assert real_points(long).axes[0].get_title() == ""


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: real_points("x*y*z*w"), ValueError, "variety must be in two or three variables; got 4"),
        (lambda: real_points("x^2 - 1"), ValueError, "two or three variables; got 1"),
        (lambda: real_points(3), TypeError, "polynomials must be a list"),
        (lambda: real_points("x(y"), ValueError, "two ways"),
        (lambda: real_points(["x*y", "x*z"]), ValueError, "a surface in three variables; got 2 equations"),
        (lambda: real_points("0", box=1), ValueError, "given where none occurs"),
        (lambda: real_points(ev.AlgebraicVariety("0", ["x", "y"])), ValueError, "one curve, or finitely many points"),
        (lambda: real_points(["x*y", "x*(x+1)"]), ValueError, "one curve, or finitely many points"),
        (lambda: real_points("x - y", simplex=True), ValueError, "simplex must be False in two variables"),
        (lambda: real_points("x - y", simplex="yes"), ValueError, "simplex must be True, False or None"),
        (lambda: real_points("x - y", box="wide"), TypeError, "box must be numbers"),
        (lambda: real_points("x - y", box=np.nan), ValueError, "box must be 2 pairs"),
        (lambda: real_points("x - y", box=[(1, 0), (0, 1)]), ValueError, "box must be 2 pairs"),
        (lambda: real_points("x - y", box=[(0, 1)] * 3), ValueError, "box must be 2 pairs"),
        (lambda: real_points("x - y", box=1e308), ValueError, "box must be within 10000 of 0"),
        (lambda: real_points("x^13 + y + z"), ValueError, "variety must be of degree at most 12 in 3 variables"),
        (lambda: real_points("x^41 + y"), ValueError, "variety must be of degree at most 40 in 2 variables"),
        (lambda: real_points("x - y", title=3), TypeError, "title must be"),
    ],
)
def test_mistakes_are_named(call, kind, words):
    with pytest.raises(kind, match=words):
        call()


def test_pyplot_is_not_loaded():
    before = "matplotlib.pyplot" in sys.modules
    real_points("x - y")
    assert ("matplotlib.pyplot" in sys.modules) == before


def test_exact_coefficients_are_drawn():
    (piece,) = curve_pieces({(1, 0): Fraction(1), (0, 0): Fraction(-1, 3)}, BOX, np.zeros((0, 2)))
    assert piece[:, 0] == pytest.approx(1 / 3)


def test_an_empty_picture_says_so():
    texts = [t.get_text() for t in real_points("x^2 + y^2 + 1").axes[0].texts]
    assert texts == ["no real points here"]
    assert not real_points("x^2 + y^2 - 1").axes[0].texts
