"""What is known of the GPUs of this machine: a record beside the folder of compiled code, read by ``auto``."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from compute.backends.native.code_cache import cache_folder
from compute.engines.enhanced import EnhancedEngine
from compute.engines.estimate import GpuSpeed
from compute.message import Message


class GpuRecord(Message):
    """What a trial found on GPUs that agreed bit for bit; of use for the same engine class and devices alone."""

    version: Literal[1] = 1
    engine_class: str
    devices: tuple[str, ...]
    model: str
    iterations: int
    date: str
    start_seconds: float
    value_seconds: float
    sample_seconds: float

    @property
    def speed(self) -> GpuSpeed:
        """The figures of an estimate."""
        return GpuSpeed(self.start_seconds, self.value_seconds, self.sample_seconds)

    def holds_for(self, engine: EnhancedEngine) -> bool:
        """Whether this engine is the one that was tried."""
        return self.engine_class == engine.engine_class and self.devices == engine.device_names


def _path() -> Path | None:
    """Beside the folder of compiled code; None where nothing is to be kept."""
    folder = cache_folder()
    return None if folder is None else folder.with_name(f"{folder.name}-gpu.json")


def keep_record(record: GpuRecord) -> None:
    """Keeps a record for ``auto``, whole or not at all; a folder that cannot be written keeps none."""
    path = _path()
    if path is None:
        return
    with contextlib.suppress(OSError):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, partial = tempfile.mkstemp(dir=path.parent, prefix=".part-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(record.model_dump_json(indent=1))
        Path(partial).replace(path)


def forget_record() -> None:
    """Without a record ``auto`` takes no GPU."""
    path = _path()
    if path is not None:
        path.unlink(missing_ok=True)


def kept_record() -> GpuRecord | None:
    """The record of the last trial; None without one that can be read."""
    path = _path()
    try:
        return None if path is None else GpuRecord.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


__all__ = ["GpuRecord", "forget_record", "keep_record", "kept_record"]
