"""Equivariant maps: their spaces and bases, maps by blocks, files, equivariance of given maps."""
