"""Figures to files whose format their names say: PNG, PDF or SVG."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

from equivariety.errors import brief, invalid
from equivariety.files import write_atomically
from equivariety.plots.style import DPI

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["SUFFIXES", "save_figure"]

#: Formats, and what makes their files the same every time.
_METADATA: dict[str, dict[str, None]] = {
    ".png": {"Software": None},
    ".pdf": {"CreationDate": None},
    ".svg": {"Date": None},
}

SUFFIXES = tuple(_METADATA)


def save_figure(figure: Figure, path: str | os.PathLike[str]) -> None:
    """Write a figure to a .png (150 dots per inch), .pdf or .svg file, completely or not at all.

    The same figure gives the same bytes; for small PNG files see :func:`save_png`.  Raises ValueError for another
    suffix or a folder that does not exist, TypeError if ``path`` is no path, and OSError if the file cannot be written.
    The old file is untouched then.

    >>> import tempfile
    >>> from equivariety.plots.style import new_figure
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save_figure(new_figure(1, 1), f"{folder}/empty.svg")
    ...     Path(folder, "empty.svg").read_text()[:5]
    '<?xml'
    """
    if not isinstance(path, str | os.PathLike):
        raise invalid("path", "the name of a file", path, "pass a str or a pathlib.Path", TypeError)
    suffix = Path(path).suffix.lower()
    if suffix not in _METADATA:
        raise invalid("path", f"a name that ends in {', '.join(SUFFIXES)}", brief(str(path)), "write picture.png")
    import matplotlib

    stream = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "equivariety"}):
        figure.savefig(stream, format=suffix[1:], dpi=DPI, metadata=_METADATA[suffix])
    write_atomically(path, stream.getvalue())
