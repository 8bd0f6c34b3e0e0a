"""Data: the digits that come with scikit-learn, MNIST and the shifts of the talk; arrays from and to files."""

from equivariety.datasets.digits import load_digits
from equivariety.datasets.images import ImageData
from equivariety.datasets.mnist import load_mnist
from equivariety.datasets.shifts import random_horizontal_shifts
from equivariety.datasets.table_output import save_array
from equivariety.datasets.tables import load_array

__all__ = ["ImageData", "load_array", "load_digits", "load_mnist", "random_horizontal_shifts", "save_array"]
