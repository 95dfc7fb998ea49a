"""The command line of ``make run``: ``python -m server.client --workbook my.xlsx --once``."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn, get_args

from pydantic import ValidationError

from compute.protocol import DEFAULT_ITERATIONS, DEFAULT_SEED, SamplingMethod, SimulationSpec
from server.client.demonstration import Wish, demonstrate
from server.client.problems import MODEL_PROBLEM, USAGE

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "project_cost.xlsx"


class Parser(argparse.ArgumentParser):
    """argparse ends with 2, which here means a model that cannot be simulated."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"{self.prog}: {message}\n")


def parser() -> Parser:
    """The options; those of ``make run NAME=value`` in small letters."""
    options = Parser(prog="run", description="Simulate a workbook through a server of your own and show the results.")
    options.add_argument("--workbook", type=Path, default=EXAMPLE, help="an .xlsx or .xlsm file (default: the example)")
    options.add_argument("--iterations", type=int, default=DEFAULT_ITERATIONS)
    options.add_argument("--seed", type=int, default=DEFAULT_SEED)
    options.add_argument("--sampling", choices=get_args(SamplingMethod), default="latin_hypercube")
    options.add_argument("--port", type=int, help="default: 8000, or the next free one")
    options.add_argument("--results", type=Path, default=Path("results"), help="folder for the results workbook")
    options.add_argument("--once", action="store_true", help="exit after the results instead of leaving the server")
    options.add_argument("--https", action="store_true", help="serve over HTTPS with a certificate for localhost")
    return options


def main(words: Sequence[str] | None = None) -> int:
    """Parse, simulate, show; returns the exit status (docs/cli.md)."""
    command_line = parser()
    chosen = command_line.parse_args(words)
    if chosen.port is not None and not 1 <= chosen.port <= 65535:
        command_line.error(f"argument --port: {chosen.port} is not a port (1 to 65535)")
    try:
        spec = SimulationSpec(iterations=chosen.iterations, seed=chosen.seed, sampling=chosen.sampling)
    except ValidationError as error:
        for problem in error.errors():
            field = ".".join(str(part) for part in problem["loc"])
            sys.stderr.write(f"{field} = {problem['input']}: {problem['msg']}\n")
        return MODEL_PROBLEM
    wish = Wish(chosen.workbook, spec, chosen.results, chosen.port, chosen.once, chosen.https)
    return demonstrate(wish)


def leave(number: int, _frame: object) -> NoReturn:
    """End in order on a signal, so that the server is stopped too."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), leave)
    raise SystemExit(main())
