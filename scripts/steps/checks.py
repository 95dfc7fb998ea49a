"""``make test``: every check in order, all of them to the end, and a summary."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from steps import environment, pane
from steps.console import call, heading, say

NO_TEST_COLLECTED = 5


@dataclass(frozen=True, slots=True)
class Check:
    """One check: what it is called and what runs it; the status is 0 when it holds."""

    title: str
    run: Callable[[], int]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a check ended."""

    title: str
    status: int
    seconds: float


def module(*words: str) -> Callable[[], int]:
    """A check that is a Python module with arguments, run in .venv."""
    return lambda: call([environment.PYTHON, "-m", *words])


def contracts() -> int:
    """The import contracts of pyproject.toml."""
    code = "import sys; from importlinter.cli import lint_imports_command as main; sys.exit(main())"
    return call([environment.PYTHON, "-c", code, "--no-logo"])


def pytest(*words: str) -> Callable[[], int]:
    """A check that is a pytest run; a selection that is empty counts as passed."""

    def run() -> int:
        status = call([environment.PYTHON, "-m", "pytest", *words])
        return 0 if status == NO_TEST_COLLECTED else status

    return run


def lint() -> tuple[Check, ...]:
    """The checks that read the code and don't run it."""
    return (
        Check("ruff check", module("ruff", "check", ".")),
        Check("ruff format", module("ruff", "format", "--check", ".")),
        Check("types (mypy)", module("mypy")),
        Check("import contracts", contracts),
    )


def everything(extra: Sequence[str] = ()) -> tuple[Check, ...]:
    """All checks of ``make test``; ``extra`` goes to pytest."""
    return (
        *lint(),
        Check("pytest", pytest("-n", "2", "-m", "not sweep and not browser", *extra)),
        Check("pane types", lambda: pane.npm(["run", "typecheck"], quiet=False)),
        Check("pane unit tests", lambda: pane.npm(["test"], quiet=False)),
        Check("browser tests", pytest("-m", "browser and not sweep", *extra)),
    )


def sweep() -> tuple[Check, ...]:
    """The long tests."""
    return (Check("sweep", pytest("-n", "2", "-m", "sweep")),)


def gpu(extra: Sequence[str] = ()) -> int:
    """All tests of kernels for GPUs, the long ones too."""
    folders = ("tests/compute/backends/gpu", "tests/compute/engines/test_enhanced.py", "tests/gpu")
    return pytest(*folders, "-m", "sweep or not sweep", *extra)()


def carry_out(checks: Sequence[Check]) -> int:
    """Run checks in order, to the end; prints a summary. The status is 0 only when every check held."""
    outcomes = []
    for check in checks:
        heading(check.title)
        started = time.monotonic()
        status = check.run()
        outcomes.append(Outcome(check.title, status, time.monotonic() - started))
    heading("summary")
    for outcome in outcomes:
        verdict = "passed" if outcome.status == 0 else f"FAILED (status {outcome.status})"
        say(f"{outcome.title:<20} {verdict:<20} {outcome.seconds:7.1f} s")
    return max((abs(outcome.status) for outcome in outcomes), default=0)
