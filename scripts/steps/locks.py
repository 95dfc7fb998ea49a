"""``make lock``: the lock files, resolved anew for every system and Python that the project runs on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from steps import environment
from steps.console import ROOT, must, timed

HEADER = "# Made by `make lock` from pyproject.toml. Holds for Linux, macOS and Windows, Python 3.11 and newer.\n"
OPTIONS = ("--universal", "--generate-hashes", "--python-version=3.11", "--no-annotate", "--no-header", "--quiet")
# The largest first: the others take their versions from it.
SELECTIONS: dict[str, tuple[str, ...]] = {
    "test": ("pyproject.toml", "--extra", "ray", "--extra", "postgresql", "--extra", "fallback", "--group", "test"),
    "ray": ("pyproject.toml", "--extra", "ray"),
    "fallback": ("pyproject.toml", "--extra", "fallback"),
    "gpu": ("pyproject.toml", "--extra", "gpu"),
    "gpu-check": ("--group", "pyproject.toml:gpu-check"),
    "run": ("pyproject.toml",),
    "node": ("requirements/node.in",),
    "lock": ("requirements/lock.in",),
}


def without_addresses(text: str) -> str:
    """A lock without comments, index addresses and places on this machine."""
    kept = [
        line
        for line in text.splitlines()
        if not re.match(r"\s*(#|--(extra-)?index-url|--find-links|--trusted-host)", line)
    ]
    return "\n".join(kept).strip() + "\n"


def compile_lock(name: str, selection: Sequence[str], *, upgrade: bool) -> None:
    """Resolve one selection into requirements/NAME.lock."""
    target = environment.LOCKS / f"{name}.lock"
    words = [*OPTIONS, *selection, *(["--upgrade"] if upgrade else [])]
    if name in ("run", "ray", "fallback", "gpu", "gpu-check"):
        words += ["--constraints", "requirements/test.lock"]
    command: list[str | Path] = [environment.PYTHON, "-m", "uv", "pip", "compile", *words]
    must([*command, "--output-file", target], f"resolving {target.name}", folder=ROOT)
    target.write_text(HEADER + without_addresses(target.read_text(encoding="utf-8")), encoding="utf-8")


def compile_all(*, upgrade: bool) -> None:
    """Make every lock; versions already locked stay unless ``upgrade``."""
    for name, selection in SELECTIONS.items():
        with timed(f"resolving requirements/{name}.lock"):
            compile_lock(name, selection, upgrade=upgrade)
