"""One run on the digits, shared by the tests of this folder."""

from __future__ import annotations

import pytest

from equivariety.experiments import ReproductionConfig, ReproductionResult, run


@pytest.fixture(scope="session")
def digits() -> ReproductionResult:
    return run(ReproductionConfig())
