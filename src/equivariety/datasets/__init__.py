"""Image data for experiments: the digits that come with scikit-learn, MNIST, and the shifts of the talk."""

from equivariety.datasets.digits import load_digits
from equivariety.datasets.images import ImageData
from equivariety.datasets.mnist import load_mnist
from equivariety.datasets.shifts import random_horizontal_shifts

__all__ = ["ImageData", "load_digits", "load_mnist", "random_horizontal_shifts"]
