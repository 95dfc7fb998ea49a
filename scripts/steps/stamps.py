"""Stamps: a step that was done for exactly these inputs isn't done again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path


def digest_of(paths: Iterable[Path], *words: str) -> str:
    """SHA-256 over the names and contents of files, and over words such as versions. Missing files count as absent."""
    total = hashlib.sha256("\0".join(words).encode())
    for path in sorted(paths):
        if path.is_file():
            total.update(f"\0{path.name}\0".encode())
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def files_below(folder: Path, skip: frozenset[str]) -> list[Path]:
    """All files below a folder, without the named sub-folders."""
    found: list[Path] = []
    for entry in sorted(folder.iterdir()) if folder.is_dir() else []:
        if entry.name in skip:
            continue
        if entry.is_dir():
            found.extend(files_below(entry, skip))
        else:
            found.append(entry)
    return found


def read(stamp: Path) -> dict[str, str]:
    """The entries of a stamp file; empty when it is absent or damaged."""
    try:
        content = json.loads(stamp.read_text())
    except (OSError, ValueError):
        return {}
    return {str(k): str(v) for k, v in content.items()} if isinstance(content, dict) else {}


def write(stamp: Path, **entries: str) -> None:
    """Add entries to a stamp file."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(json.dumps({**read(stamp), **entries}, indent=1))
