"""Writes the manifests of one environment: ``python -m manifests.generate [--url https://montecell.example.com]``.

Without an address they are for the server on this machine (``make run HTTPS=1``). Next to the two manifests lies
montecell.zip, the package in which the unified one is installed.
"""

from __future__ import annotations

import argparse
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

from manifests.icons import FOLDER as ICONS
from manifests.json_manifest import json_manifest
from manifests.source import DEVELOPMENT, MONTECELL, Environment, SourceError
from manifests.xml_manifest import xml_manifest

DIST = Path(__file__).resolve().parent / "dist"
XML_NAME, JSON_NAME, PACKAGE_NAME = "montecell.xml", "manifest.json", "montecell.zip"
PACKAGE_ICONS = ("color.png", "outline.png")
LONG_AGO = (1980, 1, 1, 0, 0, 0)


def _package(manifest: str, target: Path) -> None:
    contents = {JSON_NAME: manifest.encode()} | {name: (ICONS / name).read_bytes() for name in PACKAGE_ICONS}
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in contents.items():
            # The same input gives the same bytes on every day.
            package.writestr(zipfile.ZipInfo(name, LONG_AGO), content, zipfile.ZIP_DEFLATED)


def write(environment: Environment, folder: Path) -> tuple[Path, Path, Path]:
    """Write both manifests and the package into ``folder``; returns their paths: XML, JSON, zip."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = folder / XML_NAME, folder / JSON_NAME, folder / PACKAGE_NAME
    unified = json_manifest(MONTECELL, environment)
    paths[0].write_text(xml_manifest(MONTECELL, environment), encoding="utf-8")
    paths[1].write_text(unified, encoding="utf-8")
    _package(unified, paths[2])
    return paths


def main(words: Sequence[str] | None = None) -> int:
    """The command line; status 2 when the address cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m manifests.generate", description="Write the add-in's manifests.")
    parser.add_argument("--url", help="https address of the server, for example https://montecell.example.com")
    parser.add_argument("--environment", help="name of the environment (default: dev on this machine, else prod)")
    parser.add_argument("--folder", type=Path, help="where to write (default: manifests/dist/ENVIRONMENT)")
    options = parser.parse_args(words)
    try:
        url = (options.url or DEVELOPMENT.base_url).rstrip("/")
        name = options.environment or (DEVELOPMENT.name if url == DEVELOPMENT.base_url else "prod")
        paths = write(Environment(name, url), options.folder or DIST / name)
    except SourceError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for path in paths:
        sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
