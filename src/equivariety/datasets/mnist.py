"""MNIST, from a file of the user or from OpenML."""

from __future__ import annotations

import http.client
import os
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

from equivariety._typing import AnyArray, FloatArray, IntArray
from equivariety.datasets._idx import find_idx, read_idx_images
from equivariety.datasets._npz import read_npz_images
from equivariety.datasets.images import ImageData, float_dtype
from equivariety.errors import brief, invalid

__all__ = ["load_mnist"]

_TRAIN, _TEST, _SIDE = 60_000, 10_000, 28


def load_mnist(path: str | os.PathLike[str] | None = None, dtype: DTypeLike = np.float32) -> ImageData:
    """Return MNIST as rows with values in [0, 1]: the stored bytes divided by 255.

    ``path`` is one of

    - an .npz file with integer arrays ``x_train`` (N, height, width) and ``x_test`` (M, height, width) with values
      in 0, ..., 255; ``y_train`` and ``y_test`` may be there and are not read;
    - a folder with the files ``train-images-idx3-ubyte`` and ``t10k-images-idx3-ubyte``, also gzipped (``.gz``) or
      spelled ``train-images.idx3-ubyte``; the files of labels may be there and are not read;
    - None: ``mnist_784`` from OpenML, which scikit-learn downloads once and keeps in its own cache.

    Args:
        path: file or folder, see above.
        dtype: float32 or float64.

    Returns:
        ImageData: ``train`` (60000, 784), ``test`` (10000, 784), ``shape`` (28, 28).  Files with other numbers of
            images or other sizes, square or not, are accepted as long as train and test have the same size.

    Raises:
        ValueError: if the file is missing, corrupt, or promises more than it holds or than 2 GiB; if OpenML cannot
            be reached.
        TypeError: if ``path`` is not a path.

    Nothing is ever unpickled.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder) / "tiny.npz"
    ...     np.savez(file, x_train=np.full((3, 2, 4), 255, np.uint8), x_test=np.zeros((1, 2, 4), np.uint8))
    ...     load_mnist(file).train.shape
    (3, 8)
    """
    kind = float_dtype(dtype)
    if path is None:
        source = "mnist_784 from OpenML"
        train, test = _from_openml()
    else:
        source = str(path)
        train, test = _from_path(path)
    if train.shape[1:] != test.shape[1:]:
        got = f"{train.shape[1:]} and {test.shape[1:]}"
        raise invalid(source, "a data set with train and test images of one size", got, "pass files of one data set")
    return ImageData("mnist", _scaled(train, kind, source), _scaled(test, kind, source), train.shape[1:])


def _from_path(path: object) -> list[IntArray]:
    if not isinstance(path, str | os.PathLike):
        raise invalid("path", "a path or None", path, "pass the name of a file or a folder", TypeError)
    place = Path(path)
    try:
        if place.is_dir():
            files = [find_idx(place, stem) for stem in ("train-images", "t10k-images")]
            return [read_idx_images(file) for file in files]
        if place.is_file() and zipfile.is_zipfile(place):
            return read_npz_images(place, ("x_train", "x_test"))
    except OSError as error:
        raise invalid("path", "readable", f"{place}: {error}", "check its permissions") from error
    what = "which is no .npz file" if place.is_file() else "which does not exist"
    fix = "pass mnist.npz, or the folder that holds train-images-idx3-ubyte"
    raise invalid("path", "an .npz file or a folder with IDX files", f"{brief(str(place))}, {what}", fix)


def _from_openml() -> list[AnyArray]:
    from sklearn.datasets import fetch_openml

    fix = "pass path= with mnist.npz or a folder with the IDX files, which needs no network"
    try:
        pixels: AnyArray = fetch_openml("mnist_784", version=1, as_frame=False, parser="liac-arff").data
    # URLError is an OSError; scikit-learn reports refusals and wrong checksums as ValueError.
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise invalid("path", "given unless OpenML can be reached", f"None, and {brief(error)}", fix) from error
    if pixels.shape != (_TRAIN + _TEST, _SIDE * _SIDE) or pixels.dtype.kind not in "iuf":
        raise invalid("mnist_784 from OpenML", "a (70000, 784) array", f"{pixels.shape}, {pixels.dtype}", fix)
    images = pixels.reshape(-1, _SIDE, _SIDE)
    return [images[:_TRAIN], images[_TRAIN:]]


def _scaled(images: AnyArray, dtype: np.dtype[Any], source: str) -> FloatArray:
    low, high = images.min(), images.max()
    if not (low >= 0 and high <= 255):
        got = f"values in [{low}, {high}]"
        raise invalid(source, "a data set with values in 0, ..., 255", got, "save uint8 images")
    rows = images.reshape(len(images), -1)
    scaled: FloatArray = np.divide(rows, 255, dtype=dtype, casting="same_kind")
    scaled.flags.writeable = False
    return scaled
