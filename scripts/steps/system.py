"""Packages of the operating system that the tests use: found, installed where that is allowed, or named."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from steps.console import say, timed

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
CHROMIUM_PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
POSTGRESQL_PLACES = ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin")


@dataclass(frozen=True, slots=True)
class Tool:
    """A program of the system, the packages that bring it, and what is skipped without it."""

    name: str
    debian: str
    homebrew: str
    needed_for: str


TOOLS = (
    Tool("chromium", "chromium fonts-liberation", "--cask chromium", "browser tests"),
    Tool("redis-server", "redis-server", "redis", "tests against a real Redis"),
    Tool("postgres", "postgresql", "postgresql", "tests against a real PostgreSQL"),
    Tool("xmllint", "libxml2-utils", "libxml2", "the add-in manifest against its XML schema"),
)


def find(name: str) -> str | None:
    """Where a tool of ``TOOLS`` is on this machine; None when it is missing."""
    if name == "chromium":
        return next((p for p in map(shutil.which, CHROMIUM_NAMES) if p), None) or next(
            (p for p in CHROMIUM_PLACES if Path(p).exists()), None
        )
    if name == "postgres":
        folders = sorted((f for place in POSTGRESQL_PLACES for f in glob.glob(place)), reverse=True)  # noqa: PTH207
        return shutil.which("postgres") or next((p for f in folders if (p := shutil.which("postgres", path=f))), None)
    return shutil.which(name)


def administrator() -> list[str] | None:
    """The words before a command that lets it change the system: none for root, sudo without a password, or None."""
    if os.name == "nt":
        return None
    if os.geteuid() == 0:
        return []
    if (
        shutil.which("sudo")
        and subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0
    ):
        return ["sudo", "-n"]
    return None


def install(packages: Sequence[str]) -> str | None:
    """Install Debian packages when that is allowed without asking; otherwise return what the person should do."""
    words = " ".join(packages)
    if not shutil.which("apt-get"):
        return f"Install it with the system's package manager ({words})."
    before = administrator()
    if before is None:
        return f"Install it: sudo apt-get install {words}"
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    keep = ["env", "DEBIAN_FRONTEND=noninteractive"] if before else []
    command = [*before, *keep, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages]
    with timed(f"installing {words} from the system's packages"):
        done = _run(command, quiet)
        if done.returncode:
            _run([*before, *keep, "apt-get", "update", "-qq"], quiet)
            done = _run(command, quiet)
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        return f"apt-get could not install {words}: {lines[-1] if lines else 'no reason given'}"
    return None


def _run(command: Sequence[str], environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        env=environment,
        capture_output=True,
        text=True,
        errors="replace",
        stdin=subprocess.DEVNULL,
        check=False,
    )


def provide_tools() -> None:
    """Bring the test tools of the system, or say which package is missing and which tests skip."""
    missing = [tool for tool in TOOLS if find(tool.name) is None]
    if not missing:
        return
    advice = install([name for tool in missing for name in tool.debian.split()]) if shutil.which("apt-get") else None
    for tool in missing:
        if find(tool.name) is None:
            how = f"brew install {tool.homebrew}" if sys.platform == "darwin" else advice or f"install {tool.debian}"
            say(f"!! {tool.name} is missing, so the {tool.needed_for} skip. {how}")


def delete_tree(folder: Path) -> None:
    """Delete a folder of this project; absent is fine."""
    shutil.rmtree(folder, ignore_errors=True)
