"""What all pictures share: figures outside of pyplot's global state, and colours that everyone can tell apart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from equivariety.errors import as_nonnegative_int, invalid

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["COLOURS", "DPI", "MARKERS", "TITLES", "data_title", "log_scale", "new_figure", "quiet", "save_png"]

#: Okabe and Ito's colours, told apart with every kind of colour vision; markers differ as well.
COLOURS = {
    "dense": "#000000",
    "best": "#0072B2",
    "talk": "#D55E00",
    "equal-rank": "#009E73",
    "high-pass": "#CC79A7",
}
MARKERS = {"dense": "s", "best": "o", "talk": "D", "equal-rank": "^", "high-pass": "v"}

#: Names of the models as readers see them.
TITLES = {
    "dense": "dense, no symmetry",
    "best": "best component",
    "talk": "talk's component",
    "equal-rank": "equal ranks",
    "high-pass": "high-pass",
}

DPI = 150


def new_figure(width: float, height: float) -> Figure:
    """Return an empty figure of the given size in inches, outside of pyplot."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), dpi=DPI, layout="constrained", facecolor="white")


def quiet(axes: Axes) -> None:
    """Leave out the frame above and on the right, and draw a faint grid."""
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(True, which="major", color="0.9", linewidth=0.8)
    axes.set_axisbelow(True)


def log_scale(axes: Axes, subdivisions: tuple[float, ...] = (1.0,)) -> None:
    """Make the vertical axis logarithmic, with ticks at these multiples of powers of ten written out where short."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=subdivisions, numticks=20))
    axes.yaxis.set_minor_formatter(NullFormatter())
    if len(subdivisions) > 1:
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.6f}".rstrip("0").rstrip(".")))


def data_title(name: str) -> str:
    """Return the name of the data as readers write it.

    >>> data_title("mnist")
    'MNIST'
    """
    return "MNIST" if name == "mnist" else name


def save_png(figure: Figure, path: str | Path, *, colours: int | None = None) -> None:
    """Write a figure to a PNG file of 150 dots per inch; the same figure gives the same bytes.

    ``colours``, from 2 to 256, makes the file several times smaller by as many colours chosen to fit the picture.
    Raises ValueError for another number.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_png(new_figure(1, 1), Path(folder) / "empty.png")
    ...     (Path(folder) / "empty.png").read_bytes()[1:4]
    b'PNG'
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    if colours is None:
        figure.savefig(path, format="png", dpi=DPI, metadata={"Software": None})
        return
    if as_nonnegative_int("colours", colours) not in range(2, 257):
        raise invalid("colours", "an integer from 2 to 256, or None", colours, "leave it out for all colours")
    from PIL import Image

    figure.set_dpi(DPI)
    canvas.draw()
    picture = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    picture.quantize(colours, dither=Image.Dither.NONE).save(path, format="PNG", optimize=True)
