"""Reading of the vectors in this folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["signature", "vectors", "with_one_generator"]


def vectors(name: str) -> list[dict[str, Any]]:
    text = (Path(__file__).parent / f"{name}.json").read_text(encoding="utf-8")
    found = json.loads(text)["vectors"]
    assert found
    return found


def with_one_generator(name: str) -> list[dict[str, Any]]:
    """Vectors whose group has at most one generator, identities and repetitions aside."""
    out = []
    for vector in vectors(name):
        identity = list(range(vector["n"]))
        distinct = {tuple(g) for g in vector.get("generators", []) if g != identity}
        if "generators" in vector and len(distinct) <= 1:
            out.append(vector)
    assert out
    return out


def signature(blocks: Any, ranks: Any) -> list[tuple[Any, ...]]:
    """Rank vector as a multiset of (type, delta, d, rank): comparable whatever the order of the blocks."""
    rows = []
    for block, rank in zip(blocks, ranks, strict=True):
        if isinstance(block, dict):
            rows.append((block["type"], block["delta"], block["d"], rank))
        else:
            rows.append((block.field, block.irrep_dim, block.rows, rank))
    return sorted(rows)
