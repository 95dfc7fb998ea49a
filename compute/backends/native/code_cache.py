"""Machine code kept on disk, so that a model that was compiled once is not compiled again.

An entry is named by what made it: for code the text of the module, the processor's name and features, LLVM and the
level of optimisation; for a blueprint the digest of its program. It begins with a digest of what is behind it; one that
is damaged or of another make is made anew and replaced. The folder belongs to the user alone, since what
lies in it is run.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

VARIABLE = "MONTECELL_CODE_CACHE"
"""Names another folder; ``off`` for none."""
MOST_BYTES = 256 * 2**20
"""Beyond this the entries that were used least recently go."""
_MARK = b"montecell code 1\n"
_DIGEST_BYTES = 32


def cache_folder() -> Path | None:
    """Where code is kept: the user's cache folder, or where the environment says; None where it is not to be."""
    named = os.environ.get(VARIABLE, "")
    if named.casefold() == "off":
        return None
    if named:
        return Path(named)
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache")
    return base / "montecell" / "code"


class CodeCache:
    """The entries of a folder; None keeps nothing. What cannot be read or written is as if it were not there."""

    def __init__(self, folder: Path | None, most_bytes: int = MOST_BYTES) -> None:
        self._folder, self._most = folder, most_bytes

    def key(self, parts: Iterable[str]) -> str:
        """The name of the entry that these made."""
        running = hashlib.sha256(_MARK)
        for part in parts:
            data = part.encode()
            running.update(len(data).to_bytes(8, "little") + data)
        return running.hexdigest()

    def get(self, key: str) -> bytes | None:
        """The code of that name; None without a whole one."""
        if self._folder is None or not _is_own(self._folder):
            return None
        path = self._folder / key
        try:
            kept = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        head = len(_MARK) + _DIGEST_BYTES
        code = kept[head:]
        is_whole = kept[: len(_MARK)] == _MARK and kept[len(_MARK) : head] == hashlib.sha256(code).digest()
        return code if is_whole else None

    def put(self, key: str, code: bytes) -> None:
        """Keeps code, whole or not at all."""
        if self._folder is None:
            return
        with contextlib.suppress(OSError):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not _is_own(self._folder):
                return
            handle, partial = tempfile.mkstemp(dir=self._folder, prefix=".part-")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_MARK + hashlib.sha256(code).digest() + code)
                Path(partial).replace(self._folder / key)
            except OSError:
                Path(partial).unlink(missing_ok=True)
                raise
            self._make_room()

    def _make_room(self) -> None:
        assert self._folder is not None
        found = [(entry.stat(), entry.path) for entry in os.scandir(self._folder) if entry.is_file()]
        held = sum(status.st_size for status, _ in found)
        for status, path in sorted(found, key=lambda each: each[0].st_mtime_ns):
            if held <= self._most:
                return
            Path(path).unlink(missing_ok=True)
            held -= status.st_size


def _is_own(folder: Path) -> bool:
    """Whether nobody but this user may write there."""
    if not hasattr(os, "getuid"):
        return True
    try:
        status = folder.stat()
    except OSError:
        return False
    return status.st_uid == os.getuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


__all__ = ["CodeCache", "cache_folder"]
