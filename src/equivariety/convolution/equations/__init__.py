"""Equations and inequalities of function spaces."""
