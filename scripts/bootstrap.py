"""The two commands of the project, on any system: ``python3 scripts/bootstrap.py run | test`` (``py`` on Windows).

Standard library only: this file is what runs before anything is installed. The Makefile is a thin face over it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

MINIMUM = (3, 11)


def newer_python() -> str | None:
    """The newest other Python on this machine that is new enough, for systems whose ``python3`` is old (macOS)."""
    for minor in range(19, MINIMUM[1] - 1, -1):
        found = shutil.which(f"python3.{minor}")
        if found:
            return found
    return None


def require_python() -> None:
    """Go on with a Python that is new enough, or say which one is needed and stop with status 5."""
    if sys.version_info >= MINIMUM:
        return
    other = newer_python()
    if other is None:
        sys.stderr.write(
            f"Montecell needs Python 3.11 or newer; this is Python {sys.version.split()[0]}. Install one "
            "(Debian/Ubuntu: apt install python3; macOS: brew install python) and run the command again.\n"
        )
        raise SystemExit(5)
    raise SystemExit(subprocess.call([other, *sys.argv]))


def main() -> int:
    """Read the command line and carry the command out."""
    require_python()
    sys.dont_write_bytecode = True
    os.environ.setdefault("PYTHONUTF8", "1")
    from steps import commands

    return commands.main(sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
