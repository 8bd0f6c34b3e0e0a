"""Graphs as coloured edges: what an automorphism has to keep, read from matrices, networkx and igraph.

A coloured graph has a colour for each node and for each ordered pair of nodes that is joined; colours are integers
and mean nothing but equality.  Undirected edges are two ordered pairs.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from equivariety._typing import AnyArray, IntArray
from equivariety.errors import brief, invalid
from equivariety.groups._checks import as_degree
from equivariety.tolerances import GENERATOR_ENTRIES_BUDGET

__all__ = ["ColouredGraph", "coloured_graph"]

_REQUIRED = "a networkx graph, an igraph graph, or a square adjacency matrix (NumPy or SciPy sparse)"


@dataclass(frozen=True, eq=False)
class ColouredGraph:
    """Node colours, shape (n,), and joined pairs (tail, head) with colours >= 1, each of shape (e,)."""

    nodes: IntArray
    tails: IntArray
    heads: IntArray
    colours: IntArray

    @cached_property
    def is_symmetric(self) -> bool:
        """Whether each pair is joined both ways with the same colour."""
        there = np.lexsort((self.colours, self.heads, self.tails))
        back = np.lexsort((self.colours, self.tails, self.heads))
        return all(
            np.array_equal(first[there], second[back])
            for first, second in [(self.tails, self.heads), (self.heads, self.tails), (self.colours, self.colours)]
        )


def coloured_graph(graph: Any, node_attribute: str | None, edge_attribute: str | None) -> ColouredGraph:
    """Return the coloured graph of any input of :func:`graph_automorphisms`; raises as documented there.

    >>> coloured_graph(np.array([[0, 2.5], [2.5, 0]]), None, None).colours.tolist()
    [1, 1]
    """
    if hasattr(graph, "get_edgelist") and hasattr(graph, "vs") and hasattr(graph, "es"):
        pairs = np.array(graph.get_edgelist(), dtype=np.int64).reshape(-1, 2)
        nodes = _attributes(graph.vs, node_attribute, "node_attribute", graph.vcount())
        edges = _attributes(graph.es, edge_attribute, "edge_attribute", graph.ecount())
        return _from_edges(nodes, pairs, edges, directed=bool(graph.is_directed()))
    if hasattr(graph, "nodes") and hasattr(graph, "edges") and hasattr(graph, "is_directed"):
        number = {node: i for i, node in enumerate(graph.nodes)}
        ends = [(number[edge[0]], number[edge[1]]) for edge in graph.edges]
        pairs = np.array(ends, dtype=np.int64).reshape(-1, 2)
        nodes = _attributes((graph.nodes[node] for node in graph.nodes), node_attribute, "node_attribute", len(number))
        edges = _attributes((graph.edges[edge] for edge in graph.edges), edge_attribute, "edge_attribute", len(ends))
        return _from_edges(nodes, pairs, edges, directed=bool(graph.is_directed()))
    for name, value in [("node_attribute", node_attribute), ("edge_attribute", edge_attribute)]:
        if value is not None:
            raise invalid(name, "None for a matrix", value, "the entries of the matrix are the colours of the edges")
    return _from_matrix(graph)


def _attributes(items: Iterable[Any], name: str | None, argument: str, count: int) -> IntArray:
    """Return a number for each value of an attribute, all zero without a name."""
    as_degree(max(count, 1), "the number of nodes or edges")
    if name is None:
        return np.zeros(count, dtype=np.int64)
    number: dict[Hashable, int] = {}
    colours = []
    for i, item in enumerate(items):
        try:
            value = item[name]
            colours.append(number.setdefault(value, len(number)))
        except KeyError:
            got = f"no such attribute at number {i}"
            raise invalid(argument, "an attribute of all nodes or edges", f"{brief(name)}: {got}", "set it") from None
        except TypeError:
            raise invalid(argument, "an attribute with hashable values", brief(value), "use numbers or text") from None
        if value != value:
            raise invalid(argument, "an attribute without NaN", f"NaN at number {i}", "remove or replace it")
    return np.array(colours, dtype=np.int64)


def _from_edges(nodes: IntArray, pairs: IntArray, edges: IntArray, *, directed: bool) -> ColouredGraph:
    """Return a coloured graph where parallel edges count by the multiset of their colours, loops as node colours."""
    as_degree(nodes.size, "the number of nodes")
    if not directed:
        proper = pairs[:, 0] != pairs[:, 1]
        pairs = np.concatenate([pairs, pairs[proper, ::-1]])
        edges = np.concatenate([edges, edges[proper]])
    order = np.lexsort((edges, pairs[:, 1], pairs[:, 0]))
    pairs, edges = pairs[order], edges[order]
    new = np.ones(len(pairs), dtype=bool)
    new[1:] = (pairs[1:] != pairs[:-1]).any(axis=1)
    if new.all():
        return _without_loops(nodes, pairs, edges + 1)
    first = np.flatnonzero(new)
    number: dict[bytes, int] = {}
    colours = [number.setdefault(part.tobytes(), len(number) + 1) for part in np.split(edges, first[1:])]
    return _without_loops(nodes, pairs[first], np.array(colours, dtype=np.int64))


def _without_loops(nodes: IntArray, pairs: IntArray, colours: IntArray) -> ColouredGraph:
    loops = pairs[:, 0] == pairs[:, 1]
    loop_colours = np.zeros(nodes.size, dtype=np.int64)
    loop_colours[pairs[loops, 0]] = colours[loops]
    both = np.unique(np.stack([nodes, loop_colours]), axis=1, return_inverse=True)[1].reshape(-1)
    return ColouredGraph(both, pairs[~loops, 0], pairs[~loops, 1], colours[~loops])


def _from_matrix(matrix: Any) -> ColouredGraph:
    from scipy.sparse import coo_array, issparse

    if issparse(matrix):
        shape, entries = matrix.shape, coo_array(matrix)
        entries.sum_duplicates()
        rows, columns, values = entries.row.astype(np.int64), entries.col.astype(np.int64), np.asarray(entries.data)
    else:
        array = _as_matrix(matrix)
        shape = array.shape
        rows, columns = np.nonzero(array)
        values = array[rows, columns]
    if len(shape) != 2 or shape[0] != shape[1] or not shape[0]:
        raise invalid("graph", _REQUIRED, f"shape {shape}", "pass one row and one column per node")
    if values.dtype.kind not in "biufc":
        raise invalid("graph", _REQUIRED, f"dtype {values.dtype}", "use numbers as weights")
    bad = np.isnan(values)
    if bad.any():
        at = int(bad.argmax())
        got = f"NaN at ({rows[at]}, {columns[at]})"
        raise invalid("graph", "a matrix without NaN", got, "remove or replace it: NaN equals nothing, not even itself")
    present = values != 0
    rows, columns, values = rows[present], columns[present], values[present]
    colours = np.unique(values, return_inverse=True)[1].reshape(-1) + 1
    nodes = np.zeros(as_degree(shape[0], "the number of nodes"), dtype=np.int64)
    return _without_loops(nodes, np.column_stack([rows, columns]), colours)


def _as_matrix(matrix: Any) -> AnyArray:
    try:
        array = np.asarray(matrix)
    except (TypeError, ValueError) as problem:
        raise invalid("graph", _REQUIRED, brief(matrix), "pass rows of equal length") from problem
    if array.ndim != 2:
        raise invalid("graph", _REQUIRED, brief(matrix), "pass one row and one column per node", TypeError)
    if array.size > GENERATOR_ENTRIES_BUDGET:
        raise invalid("graph", f"of at most {GENERATOR_ENTRIES_BUDGET} entries", f"{array.size}", "pass it as sparse")
    return array
