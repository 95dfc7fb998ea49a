"""The GPUs of this machine; everything here is skipped where there is none."""

from __future__ import annotations

import pytest

from compute.backends.gpu import Driver, open_driver
from compute.errors import EngineUnavailable


@pytest.fixture(scope="session")
def driver() -> Driver:
    """CuPy's driver; skips without a GPU or without CuPy."""
    try:
        return open_driver()
    except EngineUnavailable as problem:
        pytest.skip(f"skipped: no GPU ({problem.message})")
