"""Over which field a question about a variety is asked."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from equivariety.errors import brief, invalid

__all__ = ["Ground", "as_ground"]

#: "real" for real points, "complex" for complex ones.
Ground: TypeAlias = Literal["real", "complex"]


def as_ground(field: object) -> Ground:
    """Return ``field`` if it is "real" or "complex"; ValueError otherwise.

    >>> as_ground("real")
    'real'
    """
    for known in get_args(Ground):
        if isinstance(field, str) and field == known:
            return known  # type: ignore[no-any-return]
    raise invalid("field", "'real' or 'complex'", brief(field), "leave it out for 'real'")
