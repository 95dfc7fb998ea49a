"""The sub-commands of the bootstrap: run, test, lint, sweep, bench, gpu-check, validation, setup, lock, clean."""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence

from steps import checks, environment, locks, pane, system
from steps.console import ROOT, SetupError, call, say

SETUP_FAILED = 5
USAGE = 64
# The variables of `make run NAME=value` and the options they stand for.
VARIABLES = {
    "WORKBOOK": "--workbook",
    "ITERATIONS": "--iterations",
    "SEED": "--seed",
    "SAMPLING": "--sampling",
    "PORT": "--port",
    "RESULTS": "--results",
}
SWITCHES = {"ONCE": "--once", "HTTPS": "--https"}
OFF = ("", "0", "no", "false", "off")


def words_from_make(environ: dict[str, str]) -> list[str]:
    """The options that Makefile variables stand for; read from the environment: any name is safe."""
    words = [word for name, option in VARIABLES.items() if environ.get(name) for word in (option, environ[name])]
    return words + [option for name, option in SWITCHES.items() if environ.get(name, "").lower() not in OFF]


def run(words: Sequence[str]) -> int:
    """Set up what a run needs, then hand over to the demonstration."""
    environment.install("run")
    pane.build()
    command = [str(environment.PYTHON), "-P", "-m", "server.client", *words]
    if os.name != "nt":
        os.execv(command[0], command)  # the demonstration takes this process over, so that Ctrl+C reaches it alone
    return subprocess.call(command)


def test(words: Sequence[str]) -> int:
    """Set up everything and run every check."""
    environment.install("test")
    system.provide_tools()
    pane.install_packages()
    pane.install_packages(pane.TEST_HOST, "the packages of the browser tests")
    pane.build()
    return checks.carry_out(checks.everything(words))


def lint(_words: Sequence[str]) -> int:
    """The checks that need no test to run."""
    environment.install("test")
    return checks.carry_out(checks.lint())


def sweep(_words: Sequence[str]) -> int:
    """The long tests."""
    environment.install("test")
    system.provide_tools()
    pane.build()
    return checks.carry_out(checks.sweep())


def bench(words: Sequence[str]) -> int:
    """How long things take: a table, and JSON in results/."""
    environment.install("test")
    folder = ROOT / "tests" / "bench"
    names = "engines.py", "draws.py", "cost_curves.py", "first_results.py", "every_trial.py"
    status = call([environment.PYTHON, folder / "recalculation.py", *words])
    for name in names:
        status = status or call([environment.PYTHON, folder / name])
    return status


def gpu_check(words: Sequence[str]) -> int:
    """Kernels for GPUs: all of them assembled, and run where there is a GPU; then what they use and what they cost."""
    environment.install("test")
    environment.install("gpu-check")
    if shutil.which("nvidia-smi"):
        environment.install("gpu")
    return checks.gpu(words) or call([environment.PYTHON, ROOT / "tests" / "bench" / "gpu_kernels.py"])


def validation(words: Sequence[str]) -> int:
    """Measure known models and the random numbers again, and write docs/validation.md; some parts only, if named."""
    environment.install("test")
    os.environ["PYTHONPATH"] = os.pathsep.join((str(ROOT), str(ROOT / "scripts")))
    return call([environment.PYTHON, ROOT / "scripts" / "make_validation_page.py", *words])


def setup(_words: Sequence[str]) -> int:
    """Everything that ``test`` needs, without running it."""
    environment.install("test")
    system.provide_tools()
    pane.install_packages()
    pane.build()
    return 0


def lock(words: Sequence[str]) -> int:
    """Resolve the locks again; ``--upgrade`` takes newer versions."""
    environment.install("lock")
    locks.compile_all(upgrade="--upgrade" in words)
    return 0


def clean(_words: Sequence[str]) -> int:
    """Delete what was installed, built and cached. Workbooks, results and data stay."""
    environment.remove()
    pane.remove()
    for name in (".cache", ".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache", ".hypothesis"):
        system.delete_tree(ROOT / name)
    return 0


COMMANDS: dict[str, Callable[[Sequence[str]], int]] = {
    "run": run,
    "test": test,
    "lint": lint,
    "sweep": sweep,
    "bench": bench,
    "gpu-check": gpu_check,
    "validation": validation,
    "setup": setup,
    "lock": lock,
    "clean": clean,
}


def main(words: Sequence[str]) -> int:
    """Carry a command out; returns its exit status (5: the set-up failed)."""
    parser = argparse.ArgumentParser(prog="bootstrap.py", description="Set up and run, or set up and test.")
    parser.add_argument("command", choices=COMMANDS, help="run: docs/cli.md lists its options")
    parser.add_argument("--from-make", action="store_true", help=argparse.SUPPRESS)
    options, rest = parser.parse_known_args(words)
    if options.from_make and options.command == "run":
        rest = words_from_make(dict(os.environ))
    try:
        return COMMANDS[options.command](rest)
    except SetupError as error:
        say(f"\nSet-up stopped: {error}")
        return SETUP_FAILED
    except KeyboardInterrupt:
        return 130
