"""The tracked files, read once."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Tree:
    """What git tracks: paths relative to the root, with ``/``, of files that are there."""

    root: Path
    paths: tuple[str, ...]

    def ending(self, *suffixes: str) -> list[str]:
        return [path for path in self.paths if path.endswith(suffixes)]

    def text(self, path: str) -> str:
        return (self.root / path).read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def tree(repo_root: Path) -> Tree:
    done = subprocess.run(["git", "ls-files", "-z"], cwd=repo_root, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this tree is not a git checkout")
    paths = [path for path in done.stdout.decode().split("\0") if path and (repo_root / path).is_file()]
    return Tree(repo_root, tuple(paths))
