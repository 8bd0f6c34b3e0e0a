"""Data: digits, MNIST and the shifts of the talk; random mirror-symmetric bodies; arrays from and to files."""

from equivariety.datasets.digits import load_digits
from equivariety.datasets.images import ImageData
from equivariety.datasets.mirror import MirrorData, make_mirror_symmetric
from equivariety.datasets.mnist import load_mnist
from equivariety.datasets.shifts import random_horizontal_shifts
from equivariety.datasets.table_output import save_array
from equivariety.datasets.tables import load_array

__all__ = [
    "ImageData",
    "MirrorData",
    "load_array",
    "load_digits",
    "load_mnist",
    "make_mirror_symmetric",
    "random_horizontal_shifts",
    "save_array",
]
