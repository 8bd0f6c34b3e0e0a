"""Rank vectors as combinatorics: which fit a budget, how many, which is best, in which order."""
