"""Every public function and class says what it is and shows an executed example."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil

import pytest

import equivariety


def public_objects() -> dict[str, object]:
    """Functions and classes of the ``__all__`` of the package and of its public sub-packages, each once."""
    homes = [equivariety]
    for found in pkgutil.iter_modules(equivariety.__path__):
        if not found.ispkg or found.name.startswith("_"):
            continue
        if found.name == "nn" and importlib.util.find_spec("torch") is None:
            continue
        homes.append(importlib.import_module(f"equivariety.{found.name}"))
    objects: dict[int, tuple[str, object]] = {}
    for home in homes:
        for name in getattr(home, "__all__", ()):
            thing = getattr(home, name)
            if inspect.isclass(thing) or inspect.isroutine(thing):
                objects.setdefault(id(thing), (f"{home.__name__}.{name}", thing))
    return dict(sorted(objects.values(), key=lambda pair: pair[0]))


def own_docstring(thing: object) -> str:
    """The docstring that was written for this very object: not inherited, not generated for a dataclass."""
    text = (vars(thing).get("__doc__") if inspect.isclass(thing) else getattr(thing, "__doc__", None)) or ""
    return "" if inspect.isclass(thing) and text.startswith(f"{thing.__name__}(") else text


def docstrings(thing: object) -> list[str]:
    """The docstring of the object and, for a class, those of its own public members."""
    members = vars(thing).items() if inspect.isclass(thing) else ()
    return [own_docstring(thing), *(member.__doc__ or "" for name, member in members if not name.startswith("_"))]


PUBLIC = public_objects()


def test_something_is_public():
    assert PUBLIC


@pytest.mark.parametrize("name", PUBLIC)
def test_has_docstring(name):
    assert own_docstring(PUBLIC[name]).strip(), f"{name} has no docstring of its own"


@pytest.mark.parametrize("name", PUBLIC)
def test_has_doctest(name):
    thing = PUBLIC[name]
    if inspect.isclass(thing) and issubclass(thing, BaseException):
        return  # an exception is shown where it is raised
    assert any(">>>" in text for text in docstrings(thing)), f"{name} has no example in its docstring"
