"""The symmetries of given data: automorphisms of graphs, permutations that leave a matrix unchanged."""
