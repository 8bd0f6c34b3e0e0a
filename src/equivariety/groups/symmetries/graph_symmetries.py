"""Automorphism groups of graphs and of weighted matrices.

The search itself is BLISS (Junttila and Kaski, "Engineering an efficient canonical labeling tool for large and sparse
graphs", ALENEX 2007), in igraph.  It knows colours of nodes only, so edge colours are written in binary: one layer of
copies of the nodes for each binary digit, the copies of a node joined to a path, and an edge in each layer where its
colour has a one.  Three steps before that keep dense and weighted graphs small: colour refinement, after which colours
of edges matter only between two given cells and constant blocks drop out; and interchangeable nodes, which stand for
a symmetric group each and enter the search as one node.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from equivariety._typing import IntArray
from equivariety.groups._checks import check_room
from equivariety.groups.group import PermutationGroup
from equivariety.groups.permutation import Permutation
from equivariety.groups.symmetries.edge_colours import ColouredGraph, coloured_graph

__all__ = ["graph_automorphisms"]

#: Rounds of colour refinement: long paths would need as many as they have nodes, and the search refines on its own.
_ROUNDS = 12

#: Largest number of pairs of nodes for which unjoined pairs are listed.
_DENSE_PAIRS = 2**24

#: Colours of edges for which interchangeable neighbours are looked for.
_TWIN_COLOURS = 3


def graph_automorphisms(
    graph: Any, node_attribute: str | None = None, edge_attribute: str | None = None
) -> PermutationGroup:
    """Return the automorphism group of a graph, on its nodes in their order.

    Args:
        graph: a networkx graph (directed, multi-edges and loops included), an igraph graph, or a square adjacency
            matrix, NumPy or SciPy sparse, whose non-zero entries are edges with weights; a matrix that is not
            symmetric is a directed graph, and diagonal entries colour the nodes.
        node_attribute: name of the attribute that automorphisms have to keep on nodes; None for none.
        edge_attribute: the same for edges, such as "weight"; None for none.  Values are compared exactly.

    Returns:
        The group, with generators p for which the pair (p(i), p(j)) is joined as (i, j) is, each one checked.

    Raises:
        ValueError: for a matrix that is not square or holds NaN, or an attribute that is missing or NaN.
        ModuleNotFoundError: without igraph, where a search is needed; it comes with the extra ``graphs``.

    >>> cycle = np.roll(np.eye(5, dtype=int), 1, axis=1)
    >>> graph_automorphisms(cycle + cycle.T).order(), graph_automorphisms(cycle).order()
    (10, 5)
    """
    full = coloured_graph(graph, node_attribute, edge_attribute)
    reduced = _local_colours(_refined(full))
    twins = _twin_classes(reduced)
    n = full.nodes.size
    found: list[IntArray] = [*_twin_generators(twins), *_lifted_generators(reduced, twins)]
    check_room(len(found), n)
    for images in found:
        _verify(full, images)
    return PermutationGroup([Permutation(images) for images in found], n)


def _both_ways(graph: ColouredGraph) -> tuple[IntArray, IntArray, IntArray]:
    """Return tails, heads and colours of all pairs seen from both ends, the backward ones with odd colours.

    Once is enough where each pair is joined both ways alike.
    """
    if graph.is_symmetric:
        return graph.tails, graph.heads, 2 * graph.colours
    tails, heads = np.concatenate([graph.tails, graph.heads]), np.concatenate([graph.heads, graph.tails])
    return tails, heads, np.concatenate([2 * graph.colours, 2 * graph.colours + 1])


def _rows(tails: IntArray, keys: IntArray, n: int) -> list[bytes]:
    """Return the sorted keys of each tail, as bytes."""
    order = np.lexsort((keys, tails))
    stops = np.cumsum(np.bincount(tails, minlength=n))
    return [part.tobytes() for part in np.split(keys[order], stops[:-1])]


def _refined(graph: ColouredGraph) -> ColouredGraph:
    """Return the graph with finer node colours: nodes whose neighbours look different get different ones."""
    n = graph.nodes.size
    tails, heads, colours = _both_ways(graph)
    cells = graph.nodes
    count = int(np.unique(cells).size)
    for _ in range(_ROUNDS):
        number: dict[tuple[int, bytes], int] = {}
        seen = zip(cells.tolist(), _rows(tails, colours * n + cells[heads], n), strict=True)
        cells = np.array([number.setdefault(node, len(number)) for node in seen], dtype=np.int64)
        if len(number) == count:
            break
        count = len(number)
    return ColouredGraph(cells, graph.tails, graph.heads, graph.colours)


def _local_colours(graph: ColouredGraph) -> ColouredGraph:
    """Return the graph with edge colours numbered anew between each two cells, the commonest colour left out.

    Between two given cells, colours mean nothing but equality, and being joined is one colour more.
    """
    n = graph.nodes.size
    cells = np.unique(graph.nodes, return_inverse=True)[1].reshape(-1)
    sizes = np.bincount(cells)
    block = cells[graph.tails] * sizes.size + cells[graph.heads]
    span = int(graph.colours.max(initial=0)) + 1
    kinds, kind, counts = np.unique(block * span + graph.colours, return_inverse=True, return_counts=True)
    blocks, place = np.unique(kinds // span, return_inverse=True)
    order = np.lexsort((kinds, -counts, place))
    rank = np.empty(order.size, dtype=np.int64)
    rank[order] = np.arange(order.size) - np.searchsorted(place[order], place[order])
    tail, head = np.divmod(blocks, sizes.size)
    absent = sizes[tail] * (sizes[head] - (tail == head)) - np.bincount(place, weights=counts, minlength=blocks.size)
    commonest = np.maximum.reduceat(counts, np.searchsorted(place, np.arange(blocks.size))) if blocks.size else absent
    # Blocks that list their unjoined pairs instead of the commonest colour: there are fewer of these.
    swapped = commonest > absent
    local = (rank + 1)[kind.reshape(-1)]
    if (swapped & (absent > 0)).any():
        if n * n > _DENSE_PAIRS:
            swapped &= absent == 0
        else:
            dense = np.zeros((n, n), dtype=np.int64)
            dense[graph.tails, graph.heads] = local
            is_swapped = np.zeros(sizes.size**2, dtype=bool)
            is_swapped[blocks[swapped]] = True
            exchange = is_swapped[cells[:, np.newaxis] * sizes.size + cells] & (dense <= 1)
            dense[exchange] = 1 - dense[exchange]
            np.fill_diagonal(dense, 0)
            tails, heads = np.nonzero(dense)
            return ColouredGraph(cells, tails, heads, dense[tails, heads])
    local -= swapped[place[kind.reshape(-1)]]
    kept = local > 0
    return ColouredGraph(cells, graph.tails[kept], graph.heads[kept], local[kept])


def _twin_classes(graph: ColouredGraph) -> IntArray:
    """Return a class of each node, shape (n,), its smallest member; nodes of a class may be exchanged freely."""
    n = graph.nodes.size
    tails, heads, colours = _both_ways(graph)
    nodes = np.arange(n)
    classes = nodes.copy()
    for colour in range(min(_TWIN_COLOURS, int(graph.colours.max(initial=0))) + 1):
        keys = colours * n + heads
        ends = tails
        if colour:  # each node joined to itself, so that neighbours that see the same nodes look the same
            sides = (2 * colour,) if graph.is_symmetric else (2 * colour, 2 * colour + 1)
            keys = np.concatenate([keys, *(side * n + nodes for side in sides)])
            ends = np.concatenate([tails, *(nodes for _ in sides)])
        first: dict[tuple[int, bytes], int] = {}
        seen = enumerate(zip(graph.nodes.tolist(), _rows(ends, keys, n), strict=True))
        leaders = np.array([first.setdefault(node, i) for i, node in seen], dtype=np.int64)
        classes = np.minimum(classes, leaders)
    return classes


def _twin_generators(classes: IntArray) -> list[IntArray]:
    """Return a cycle and an exchange for each class, which generate all its permutations."""
    n = classes.size
    order = np.argsort(classes, kind="stable")
    found: list[IntArray] = []
    for members in np.split(order, np.flatnonzero(np.diff(classes[order])) + 1):
        for some in (members, members[:2])[: min(members.size - 1, 2)]:
            images = np.arange(n)
            images[some] = np.roll(some, -1)
            found.append(images)
    return found


def _lifted_generators(graph: ColouredGraph, classes: IntArray) -> list[IntArray]:
    """Return automorphisms that generate those of the graph with one node for each class, lifted to all nodes."""
    leaders, number, sizes = np.unique(classes, return_inverse=True, return_counts=True)
    number = number.reshape(-1)
    # Whether members of a class are joined to each other needs no colour: refinement has seen it in their neighbours.
    kinds = np.stack([graph.nodes[leaders], sizes])
    nodes = np.unique(kinds, axis=1, return_inverse=True)[1].reshape(-1)
    kept = (classes[graph.tails] == graph.tails) & (classes[graph.heads] == graph.heads)
    quotient = ColouredGraph(nodes, number[graph.tails[kept]], number[graph.heads[kept]], graph.colours[kept])
    if leaders.size == np.unique(nodes).size:
        return []
    members = np.argsort(number, kind="stable")
    starts = np.cumsum(sizes) - sizes
    place = np.empty_like(members)
    place[members] = np.arange(members.size) - np.repeat(starts, sizes)
    return [members[starts[images[number]] + place] for images in _search(quotient)]


def _search(graph: ColouredGraph) -> list[IntArray]:
    """Return generators of the automorphism group, each of shape (n,), from igraph."""
    try:
        import igraph
    except ModuleNotFoundError as problem:
        message = "graph_automorphisms needs igraph here. Fix: pip install 'equivariety[graphs]'."
        raise ModuleNotFoundError(message, name="igraph") from problem
    n = graph.nodes.size
    directed = not graph.is_symmetric
    layers = max(1, int(graph.colours.max(initial=0)).bit_length())
    nodes = np.arange(n)
    tails, heads = [], []
    for layer in range(layers):
        chosen = (graph.colours >> layer & 1).astype(bool)
        if not directed:
            chosen &= graph.tails < graph.heads
        tails.append(graph.tails[chosen] + layer * n)
        heads.append(graph.heads[chosen] + layer * n)
        if layer:
            tails.append(nodes + (layer - 1) * n)
            heads.append(nodes + layer * n)
    edges = np.column_stack([np.concatenate(tails), np.concatenate(heads)])  # igraph reads its memory
    colours = (graph.nodes * layers + np.arange(layers)[:, np.newaxis]).reshape(-1)
    layered = igraph.Graph(n=n * layers, edges=edges, directed=directed)
    return [np.array(row[:n], dtype=np.int64) for row in layered.automorphism_group(color=colours.tolist())]


def _verify(graph: ColouredGraph, images: IntArray) -> None:
    moved = np.lexsort((images[graph.heads], images[graph.tails]))
    there = np.lexsort((graph.heads, graph.tails))
    same = np.array_equal(graph.nodes[images], graph.nodes) and all(
        np.array_equal(first[moved], second[there])
        for first, second in [
            (images[graph.tails], graph.tails),
            (images[graph.heads], graph.heads),
            (graph.colours, graph.colours),
        ]
    )
    if not same:
        raise ArithmeticError("a permutation that the search returned is no automorphism of the graph")
