"""Automorphisms of graphs against NetworkX's own enumeration and known groups."""

from __future__ import annotations

import sys
from itertools import permutations
from math import factorial

import igraph
import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array, csr_array

from equivariety.groups import graph_automorphisms

from .brute import elements


def keep(matrix):
    """All permutations that leave a matrix as it is."""
    n = len(matrix)
    return {p for p in permutations(range(n)) if np.array_equal(matrix[np.ix_(p, p)], matrix)}


def group_of(group):
    return elements([g.images for g in group.generators], group.degree)


@given(st.integers(1, 6), st.integers(0, 3), st.booleans(), st.integers(0, 2**32))
def test_random_coloured_graphs(n, colours, directed, seed):
    """Few colours: interchangeable nodes, full blocks and layers of colours all occur."""
    matrix = np.random.default_rng(seed).integers(0, colours + 1, (n, n))
    if not directed:
        matrix = np.triu(matrix) + np.triu(matrix, 1).T
    assert group_of(graph_automorphisms(matrix)) == keep(matrix)
    assert graph_automorphisms(csr_array(matrix)) == graph_automorphisms(matrix)


@given(st.integers(2, 6), st.integers(0, 2**32))
def test_matrices_with_a_known_symmetry(n, seed):
    rng = np.random.default_rng(seed)
    p = rng.permutation(n)
    matrix = rng.integers(0, 5, (n, n)).astype(float)
    total, image = matrix.copy(), p
    while not np.array_equal(image, np.arange(n)):
        total += matrix[np.ix_(image, image)]
        image = p[image]
    found = group_of(graph_automorphisms(total))
    assert tuple(p.tolist()) in found
    assert found == keep(total)


@pytest.mark.parametrize("seed", range(5))
def test_networkx_counts_as_many(seed):
    graph = nx.gnp_random_graph(7, 0.5, seed=seed)
    count = sum(1 for _ in nx.isomorphism.GraphMatcher(graph, graph).isomorphisms_iter())
    assert graph_automorphisms(graph).order() == count
    directed = nx.gnp_random_graph(6, 0.4, seed=seed, directed=True)
    count = sum(1 for _ in nx.isomorphism.DiGraphMatcher(directed, directed).isomorphisms_iter())
    assert graph_automorphisms(directed).order() == count


@pytest.mark.parametrize(
    ("graph", "order"),
    [
        (nx.petersen_graph(), 120),
        (nx.complement(nx.petersen_graph()), 120),
        (nx.complete_graph(40), factorial(40)),
        (nx.empty_graph(40), factorial(40)),
        (nx.complete_bipartite_graph(9, 9), 2 * factorial(9) ** 2),
        (nx.star_graph(12), factorial(12)),
        (nx.hypercube_graph(5), 2**5 * factorial(5)),
        (nx.dodecahedral_graph(), 120),
        (nx.heawood_graph(), 336),
        (nx.frucht_graph(), 1),
        (nx.cycle_graph(200), 400),
        (nx.cycle_graph(200, create_using=nx.DiGraph), 200),
        (nx.path_graph(200), 2),
        (nx.paley_graph(29), 29 * 14),
        (nx.disjoint_union_all([nx.complete_graph(4)] * 3 + [nx.complete_graph(5)]), 24**3 * 6 * 120),
        (nx.balanced_tree(2, 4), 2**15),
        (nx.path_graph(1), 1),
    ],
)
def test_known_graphs(graph, order):
    group = graph_automorphisms(graph)
    assert group.order() == order
    assert group.degree == len(graph)


def test_nodes_keep_their_order():
    graph = nx.Graph([("c", "a"), ("a", "b")])  # nodes c, a, b
    assert graph_automorphisms(graph).cycle_text == ("(1 3)",)


def test_attributes():
    graph = nx.cycle_graph(6)
    assert graph_automorphisms(graph).order() == 12
    nx.set_node_attributes(graph, {i: "carbon" if i % 2 else "nitrogen" for i in graph}, "element")
    assert graph_automorphisms(graph, node_attribute="element").order() == 6
    for i, edge in enumerate(graph.edges):
        graph.edges[edge]["bond"] = 1 + (i in (1, 3))  # (0, 5) and (2, 3): opposite
    assert graph_automorphisms(graph, edge_attribute="bond").order() == 4
    assert graph_automorphisms(graph, "element", "bond").order() == 2
    assert graph_automorphisms(graph).order() == 12


def test_multigraphs_and_loops():
    graph = nx.MultiGraph([(0, 1), (0, 1), (1, 2), (2, 0)])
    assert graph_automorphisms(graph).order() == 2
    graph.add_edge(2, 0)
    graph.add_edge(1, 2)
    assert graph_automorphisms(graph).order() == 6
    graph.add_edge(0, 0)
    assert graph_automorphisms(graph).order() == 2
    kinds = nx.MultiDiGraph()
    kinds.add_edge(0, 1, kind="a")
    kinds.add_edge(0, 1, kind="b")
    kinds.add_edge(1, 0, kind="b")
    kinds.add_edge(1, 0, kind="a")
    assert graph_automorphisms(kinds, edge_attribute="kind").order() == 2
    kinds.add_edge(1, 0, kind="a")
    assert graph_automorphisms(kinds, edge_attribute="kind").order() == 1


def test_igraph_graphs():
    assert graph_automorphisms(igraph.Graph.Famous("Petersen")).order() == 120
    assert graph_automorphisms(igraph.Graph.Ring(7, directed=True)).order() == 7
    graph = igraph.Graph.Ring(6)
    graph.vs["colour"] = [0, 1] * 3
    graph.es["weight"] = [1, 2] * 3
    assert graph_automorphisms(graph, node_attribute="colour").order() == 6
    assert graph_automorphisms(graph, edge_attribute="weight").order() == 6
    assert graph_automorphisms(graph, "colour", "weight").order() == 3


def test_weighted_matrices():
    i = np.arange(12)
    circulant = np.sqrt(2.0 + np.minimum((i - i[:, None]) % 12, (i[:, None] - i) % 12))
    assert graph_automorphisms(circulant).order() == 24
    turning = np.exp((i - i[:, None]) % 12)
    assert graph_automorphisms(turning).order() == 12
    assert graph_automorphisms(coo_array(turning)).order() == 12
    assert graph_automorphisms(np.eye(5)).order() == 120
    assert graph_automorphisms(np.diag([1, 1, 2])).order() == 2
    assert graph_automorphisms(np.ones((5, 5), dtype=bool)).order() == 120


def test_interchangeable_nodes_in_classes_of_different_sizes():
    """A cycle of classes of 1, 1, 2, 2, 1, 1, 2, 2 nodes: all degrees are 3, only the sizes tell classes apart."""
    place = np.repeat(np.arange(8), [1, 1, 2, 2, 1, 1, 2, 2])
    matrix = np.isin((place - place[:, None]) % 8, [1, 7])
    graph = nx.from_numpy_array(matrix)
    count = sum(1 for _ in nx.isomorphism.GraphMatcher(graph, graph).isomorphisms_iter())
    assert graph_automorphisms(matrix).order() == count == 64


def test_sparse_duplicates_are_summed_and_zeros_are_no_edges():
    rows, columns = [0, 0, 1, 1], [1, 1, 0, 2]
    matrix = coo_array(([1.0, 1.0, 2.0, 0.0], (rows, columns)), shape=(3, 3))
    assert graph_automorphisms(matrix).cycle_text == ("(1 2)",)


@pytest.mark.parametrize("n", [300, 1000])
def test_large_graphs(n):
    assert graph_automorphisms(nx.empty_graph(n)).n_generators == 2
    regular = nx.random_regular_graph(3, n, seed=1)
    assert graph_automorphisms(regular).is_trivial
    assert graph_automorphisms(nx.circulant_graph(n, [1, 5])).orbit_sizes.tolist() == [n]


@pytest.mark.parametrize(
    ("graph", "options", "message"),
    [
        (np.array([[0, np.nan], [np.nan, 0]]), {}, r"without NaN; got NaN at \(0, 1\)"),
        (coo_array(np.array([[0, np.nan], [1, 0]])), {}, r"without NaN; got NaN at \(0, 1\)"),
        (np.array([[0, complex(0, np.nan)], [1, 0]]), {}, "without NaN"),
        (np.zeros((2, 3)), {}, r"shape \(2, 3\)"),
        (np.zeros((0, 0)), {}, r"shape \(0, 0\)"),
        (np.array([["a", "b"], ["b", "a"]]), {}, "dtype"),
        (np.eye(2), {"edge_attribute": "weight"}, "edge_attribute must be None for a matrix"),
        (nx.path_graph(3), {"node_attribute": "colour"}, "node_attribute must be an attribute of all nodes"),
        (nx.path_graph(3), {"edge_attribute": "weight"}, "edge_attribute must be an attribute of all"),
        (nx.Graph(), {}, "number of nodes"),
        ([[0, 1], [1]], {}, "^graph must be"),
    ],
)
def test_bad_graphs(graph, options, message):
    with pytest.raises(ValueError, match=message):
        graph_automorphisms(graph, **options)


def test_nan_and_lists_as_attributes():
    graph = nx.path_graph(3)
    nx.set_edge_attributes(graph, float("nan"), "weight")
    with pytest.raises(ValueError, match="without NaN"):
        graph_automorphisms(graph, edge_attribute="weight")
    nx.set_edge_attributes(graph, [1, 2], "weight")
    with pytest.raises(ValueError, match="hashable"):
        graph_automorphisms(graph, edge_attribute="weight")


@pytest.mark.parametrize("graph", ["graph", None, 5, np.zeros(3)])
def test_other_objects(graph):
    with pytest.raises((TypeError, ValueError), match=r"^graph must be a networkx graph"):
        graph_automorphisms(graph)


def test_without_igraph(monkeypatch):
    monkeypatch.setitem(sys.modules, "igraph", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'equivariety\[graphs\]'"):
        graph_automorphisms(nx.petersen_graph())
    assert graph_automorphisms(nx.complete_graph(6)).order() == 720  # no search is needed


def test_a_wrong_answer_of_the_search_is_noticed(monkeypatch):
    monkeypatch.setattr("igraph.Graph.automorphism_group", lambda self, color: [[1, 0, 2, 3, 4, 5]])
    with pytest.raises(ArithmeticError, match="no automorphism"):
        graph_automorphisms(nx.cycle_graph(6))
