"""The folder that holds a server's files, and the lock that keeps a second server out of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import IO

from server.errors import StartupError


def write_atomically(target: Path, content: bytes) -> None:
    """Write a file so that readers see the old one or the whole new one, also after a power cut."""
    temporary = target.with_name(f".{target.name}.part")
    with temporary.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(target)


def make_durable(folder: Path) -> None:
    """Have every file of a folder on the disk itself, before a database says that it is there."""
    for path in folder.iterdir():
        with path.open("rb+") as stream:
            os.fsync(stream.fileno())


class FolderLock:
    """An exclusive lock on a folder. The operating system frees it when the process ends, however it ends."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "server.lock"
        self._stream: IO[bytes] | None = None

    def acquire(self) -> None:
        """Raises StartupError if another process holds the lock."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        stream = self._path.open("ab")
        try:
            _lock(stream)
        except OSError:
            stream.close()
            raise StartupError(
                f"Another Montecell server already uses {self._path.parent}. Stop it, or set MONTECELL_DATA_FOLDER "
                "to another folder."
            ) from None
        self._stream = stream

    def release(self) -> None:
        if self._stream is not None:
            self._stream.close()
            self._stream = None


if sys.platform == "win32":
    import msvcrt

    def _lock(stream: IO[bytes]) -> None:
        stream.seek(0)
        msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(stream: IO[bytes]) -> None:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
