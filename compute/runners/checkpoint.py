"""Finished chunks kept on disk, so that a run that was killed goes on where it was."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from compute.backends.reference import BlockResult

_FIELDS = ("outputs", "output_codes", "inputs", "input_codes")


class Checkpoint:
    """A folder of chunk files, good for one run: another workbook, specification or engine class starts afresh."""

    def __init__(self, folder: Path, run_key: str) -> None:
        self._folder = folder / hashlib.sha256(run_key.encode()).hexdigest()[:16]
        if folder.exists():
            for other in folder.iterdir():
                if other != self._folder and other.is_dir():
                    shutil.rmtree(other)
        self._folder.mkdir(parents=True, exist_ok=True)

    def save(self, result: BlockResult) -> None:
        """Keeps a chunk; a crash while writing leaves no half file."""
        target = self._folder / f"{result.start}-{result.stop}.npz"
        partial = target.with_suffix(f".{os.getpid()}.part")
        with partial.open("wb") as file:
            np.savez(file, **{name: getattr(result, name) for name in _FIELDS})
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)

    def load(self) -> Iterator[BlockResult]:
        """The chunks kept so far, in their order; files that cannot be read are removed."""
        for path in sorted(self._folder.glob("*.npz"), key=_first_iteration):
            start, _, stop = path.stem.partition("-")
            try:
                with np.load(path, allow_pickle=False) as data:
                    result = BlockResult(int(start), int(stop), *(data[name] for name in _FIELDS))
            except (OSError, ValueError, KeyError, EOFError):
                path.unlink(missing_ok=True)
                continue
            yield result


def _first_iteration(path: Path) -> tuple[int, str]:
    start = path.stem.partition("-")[0]
    return int(start) if start.isdecimal() else -1, path.name
