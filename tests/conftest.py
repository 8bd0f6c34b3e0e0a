"""Fixtures and Hypothesis profiles shared by all tests."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]

os.environ.setdefault("MPLBACKEND", "Agg")

settings.register_profile("default", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("default"), derandomize=True, print_blob=True)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "default"))


@pytest.fixture
def rng(request: pytest.FixtureRequest) -> np.random.Generator:
    """A generator seeded by the name of the test: the same in every order, process and run."""
    return np.random.default_rng(zlib.crc32(request.node.name.encode()))


@pytest.fixture(scope="session")
def mnist_path() -> Path:
    """The MNIST file: ``$EQUIVARIETY_MNIST``, or ``../shared/data/mnist.npz`` seen from the repository root."""
    named = os.environ.get("EQUIVARIETY_MNIST")
    path = Path(named) if named else ROOT.parent / "shared" / "data" / "mnist.npz"
    if not path.is_file():
        pytest.skip(f"MNIST is not at {path}; set EQUIVARIETY_MNIST to the path of mnist.npz")
    return path
