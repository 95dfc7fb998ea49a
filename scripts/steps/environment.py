"""The virtual environment: created, filled from a lock with hashes, and pointed at this tree."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path

from steps import stamps, system
from steps.console import ROOT, SetupError, must, say, timed

VENV = ROOT / ".venv"
LOCKS = ROOT / "requirements"
STAMP = VENV / "montecell-setup.json"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
# The test lock holds everything that the smaller ones hold, at the same versions.
CONTAINS = {
    "run": ("run",),
    "ray": ("run", "ray"),
    "fallback": ("run", "fallback"),
    "gpu": ("run", "gpu"),
    "gpu-check": ("gpu-check",),
    "node": ("node",),
    "lock": ("lock",),
    "test": ("run", "ray", "fallback", "test"),
}


def works() -> bool:
    """Whether .venv holds an interpreter that starts, is new enough and was set up for this folder."""
    if not PYTHON.exists():
        return False
    known = stamps.read(STAMP).get("root")
    if known is not None and known != str(ROOT):
        return False
    asked = [str(PYTHON), "-c", "import sys, pip; sys.exit(sys.version_info < (3, 11))"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def create() -> None:
    """Make .venv with the running Python. Debian keeps ``ensurepip`` in a package of its own, fetched when allowed."""
    if importlib.util.find_spec("ensurepip") is None:
        version = f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
        problem = system.install([version])
        if problem:
            raise SetupError(
                f"this Python cannot make virtual environments: the package {version} is missing. {problem}"
            )
    with timed(f"creating .venv with Python {sys.version.split()[0]}"):
        must([sys.executable, "-m", "venv", "--clear", VENV], "creating .venv")


def site_packages() -> Path:
    """The folder of .venv that holds its packages."""
    asked = [str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    return Path(subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip())


def link_project() -> None:
    """Make this tree importable in .venv and give it the ``montecell`` command, without a build backend."""
    packages = site_packages()
    (packages / "montecell.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    for old in packages.glob("montecell-*.dist-info"):
        system.delete_tree(old)
    about = packages / f"montecell-{version}.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: montecell\nVersion: {version}\n", encoding="utf-8")
    (about / "INSTALLER").write_text("montecell-bootstrap\n", encoding="utf-8")
    if os.name == "nt":
        (BIN / "montecell.cmd").write_text(f'@"{PYTHON}" -m compute.cli %*\r\n', encoding="utf-8")
        return
    launcher = BIN / "montecell"
    launcher.write_text(f'#!/bin/sh\nexec "{PYTHON}" -m compute.cli "$@"\n', encoding="utf-8")
    launcher.chmod(0o755)


def lock_digest(name: str) -> str:
    """What the stamp of a lock says when the lock is installed as it is now."""
    return stamps.digest_of([LOCKS / f"{name}.lock"], sysconfig.get_python_version())


def install(name: str) -> None:
    """Install ``requirements/NAME.lock`` unless it is installed already. Every file is checked against its hash."""
    if not works():
        create()
    if stamps.read(STAMP).get(name) == lock_digest(name):
        return
    lock = LOCKS / f"{name}.lock"
    with timed(f"installing {lock.relative_to(ROOT)} (hashes checked)"):
        pip: list[str | Path] = [PYTHON, "-m", "pip", "install", "--disable-pip-version-check", "--quiet", "--no-input"]
        strict: list[str | Path] = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "-r", lock]
        must([*pip, *strict], f"installing {lock.name}")
    link_project()
    stamps.write(STAMP, root=str(ROOT), **{part: lock_digest(part) for part in CONTAINS[name]})


def remove() -> None:
    """Delete .venv."""
    if VENV.exists():
        say(f"-- removing {VENV.relative_to(ROOT)}")
        system.delete_tree(VENV)
