"""Sphinx configuration; build with ``make docs``."""

import builtins
from importlib.metadata import version as installed_version

project = "equivariety"
author = "The equivariety developers"
copyright = f"2026, {author}"
version = release = installed_version("equivariety")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.mathjax",
    "sphinx.ext.napoleon",
    "sphinx.ext.viewcode",
]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "equivariety"

myst_enable_extensions = ["amsmath", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

autodoc_member_order = "bysource"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"

# The build works without a network, so names of other projects cannot be looked up; our own are all checked.
_elsewhere = [
    *(name for name in dir(builtins) if not name.startswith("_")),
    "AnyArray",
    "AnyFilter",
    "AnyFilters",
    "BlockOrder",
    "FixedFilters",
    "FloatArray",
    "IntArray",
    "Position",
    "Status",
    "array_like",
    "View",
    "callable",
    r"equivariety\.deep\.classification\.PointVerdict",
    "optional",
    "collections",
    "fractions",
    "matplotlib",
    "np",
    "numpy",
    "os",
    "pathlib",
    "scipy",
    "sklearn",
    "sympy",
    "torch",
    "types",
    "typing",
]
_type_variables = r"(equivariety\.\w+\.(\w+\.)*)?[PS]"
# Attributes that are called like the builtin ``type`` make its mention in signatures ambiguous.
suppress_warnings = ["ref.python"]
nitpick_ignore_regex = [(r"py:.*", rf"({'|'.join(_elsewhere)})(\..+)?"), (r"py:class", _type_variables)]
