"""Orbits, orbits of pairs, stabilizers and orders."""
