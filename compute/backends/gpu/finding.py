"""The way to the GPUs of this machine, or what is missing on it."""

from __future__ import annotations

from compute.backends.gpu.driver import Driver
from compute.errors import EngineUnavailable

_INSTEAD = "use engine='power', which needs none"


def open_driver() -> Driver:
    """The GPUs that CuPy finds; raises EngineUnavailable, saying what is missing and what to do."""
    try:
        from compute.backends.gpu.cupy_driver import CupyDriver  # noqa: PLC0415  CuPy takes seconds to load
    except ImportError as problem:
        raise EngineUnavailable(
            f"the enhanced engine (GPU) needs CuPy, which cannot be loaded ({problem}): "
            f'pip install "montecell[gpu]" on a machine with an NVIDIA GPU, or {_INSTEAD}'
        ) from problem
    return CupyDriver()


__all__ = ["open_driver"]
