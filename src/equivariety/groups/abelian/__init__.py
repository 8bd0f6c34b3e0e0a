"""Commuting permutations: lattices of relations, regular abelian normal subgroups."""
