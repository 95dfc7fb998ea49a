"""Lines on the terminal, and the error that ends a set-up with a plain message."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


class SetupError(Exception):
    """Something that the person has to do before the command can go on; the message says what."""


def colour_wanted() -> bool:
    """Whether stderr may be coloured: a terminal, and no NO_COLOR."""
    return sys.stderr.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def say(text: str) -> None:
    """One line for the person."""
    sys.stdout.flush()
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def heading(text: str) -> None:
    """A line that can be found again in a long log."""
    line = f"== {text} " + "=" * max(4, 100 - len(text))
    say(f"\n\033[1m{line}\033[0m" if colour_wanted() else f"\n{line}")


@contextmanager
def timed(text: str) -> Iterator[None]:
    """Announce a step of the set-up and how long it took."""
    say(f"-- {text} …")
    started = time.monotonic()
    yield
    say(f"   done in {time.monotonic() - started:.1f} s")


def call(
    command: Sequence[str | Path],
    *,
    folder: Path = ROOT,
    environment: Mapping[str, str] | None = None,
    quiet: bool = False,
) -> int:
    """Run a program with its output on this terminal; returns its exit status. ``quiet`` shows it on failure only."""
    words = [str(word) for word in command]
    full = {**os.environ, **(environment or {})}
    try:
        if not quiet:
            return subprocess.call(words, cwd=folder, env=full)
        done = subprocess.run(
            words, cwd=folder, env=full, capture_output=True, text=True, errors="replace", check=False
        )
    except FileNotFoundError as error:
        raise SetupError(f"{words[0]} was not found") from error
    if done.returncode:
        sys.stderr.write(done.stdout + done.stderr)
    return done.returncode


def must(
    command: Sequence[str | Path], what: str, *, folder: Path = ROOT, environment: Mapping[str, str] | None = None
) -> None:
    """Run a quiet step of the set-up. Raises SetupError naming the step when it fails."""
    status = call(command, folder=folder, environment=environment, quiet=True)
    if status:
        raise SetupError(f"{what} failed (status {status}); the lines above say why")
