"""Running a command and turning what goes wrong into a sentence and an exit code."""

from __future__ import annotations

import argparse
import json
import os
import runpy
import sys
from collections.abc import Callable, Sequence
from typing import Any

from compute.cli.arguments import parser, report_sections, specification
from compute.cli.fit import FITTING
from compute.cli.simulate import as_json, as_text, saved, simulated
from compute.cli.sips import sipmath
from compute.cli.steering import STEERED
from compute.cli.tables import table
from compute.cli.terminal import model_text
from compute.cli.verify import verify
from compute.errors import (
    Cancelled,
    CellError,
    ComputeError,
    EngineUnavailable,
    ModelError,
    SpecificationError,
    WorkbookError,
)
from compute.runners import recalculate
from compute.runners.files import open_file
from compute.workbook import read_workbook

OK, DIFFERS, MODEL, FILE, UNAVAILABLE, INTERRUPTED = 0, 1, 2, 3, 4, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs ``montecell`` and returns its exit code."""
    options = parser().parse_args(arguments)
    try:
        return _COMMANDS[options.command](options)
    except ComputeError as error:
        _say_error(error, getattr(options, "json", False))
        return _exit_code(error)
    except BrokenPipeError:
        # The reader of our output has gone (``| head``): nothing is wrong, and Python must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except OSError as error:
        sys.stderr.write(
            f"montecell: {error.filename or getattr(options, 'workbook', '')}: {error.strerror or error}\n"
        )
        return FILE
    except KeyboardInterrupt:
        sys.stderr.write("\nmontecell: stopped\n")
        return INTERRUPTED


def _exit_code(error: ComputeError) -> int:
    if isinstance(error, WorkbookError):
        return FILE
    if isinstance(error, ModelError | SpecificationError):
        return MODEL
    if isinstance(error, EngineUnavailable):
        return UNAVAILABLE
    return INTERRUPTED if isinstance(error, Cancelled) else MODEL


def _say_error(error: ComputeError, as_json: bool) -> None:
    if as_json:
        _print_json({"error": {"code": error.code, "message": error.message, "cells": list(error.cells)}})
    sys.stderr.write(f"montecell: {error.message}\n")


def _print_json(data: Any) -> None:
    json.dump(data, sys.stdout, indent=2, ensure_ascii=False)
    sys.stdout.write("\n")


def _inspect(options: argparse.Namespace) -> int:
    opened = open_file(options.workbook, specification(options))
    model = opened.describe()
    if options.json:
        _print_json(model.model_dump())
    else:
        print(model_text(model))
    if options.plan:
        from compute.cli.plan import plan_text  # noqa: PLC0415  LLVM takes long to load

        print(plan_text(opened.program), file=sys.stderr if options.json else sys.stdout)
    return OK


def _recalculate(options: argparse.Namespace) -> int:
    values = recalculate(options.workbook)
    if options.json:
        _print_json({s: {a: _plain(v) for a, v in cells.items()} for s, cells in values.items()})
    else:
        for sheet, cells in values.items():
            for place, value in cells.items():
                print(f"{sheet}!{place}\t{_plain(value)}")
    return OK


def _plain(value: Any) -> Any:
    return value.code if isinstance(value, CellError) else value


def _verify(options: argparse.Namespace) -> int:
    outcome = verify(read_workbook(options.workbook))
    if options.json:
        _print_json(outcome.as_json())
    else:
        print(
            f"equal {outcome.equal:,}, different {len(outcome.different):,}, unsupported {len(outcome.unsupported):,}, "
            f"without a stored value {outcome.without_value:,}"
        )
        rows = [(c, f"={f}"[:60], str(_plain(w)), str(_plain(g))) for c, f, w, g in outcome.different[: options.show]]
        if rows:
            print(table([("different", "formula", "Excel", "Montecell"), *rows], 2))
        for cell, text, reason in outcome.unsupported[: options.show]:
            print(f"unsupported  {cell}  ={text[:60]}  {reason}")
    return OK if outcome.is_clean else DIFFERS


def _simulate(options: argparse.Namespace) -> int:
    report_sections(options)
    results = simulated(options)
    written = saved(results, options)
    if options.json:
        _print_json(as_json(results, options))
    else:
        print(as_text(results, options))
        for path in written:
            print(f"\nwritten: {path}")
    return OK


def _steered(options: argparse.Namespace) -> int:
    data, text, went_well = STEERED[options.command](options)
    if options.json:
        _print_json(data)
    else:
        print(text)
    return OK if went_well else DIFFERS


def _of_data(options: argparse.Namespace) -> int:
    data, text = {**FITTING, "sipmath": sipmath}[options.command](options)
    if getattr(options, "json", False):
        _print_json(data)
    else:
        print(text)
    return OK


def _try_gpu(options: argparse.Namespace) -> int:
    from compute.cli.gpu import tried_gpu  # noqa: PLC0415  LLVM takes long to load

    data, text, agrees = tried_gpu(options)
    if options.json:
        _print_json(data)
    else:
        print(text)
    return OK if agrees else DIFFERS


def _serve(options: argparse.Namespace) -> int:
    os.environ["MONTECELL_HOST"], os.environ["MONTECELL_PORT"] = options.host, str(options.port)
    try:
        # Started by name: the engine's package may not import the server that stands on it.
        runpy.run_module("server", run_name="__main__")
    except ModuleNotFoundError as missing:
        sys.stderr.write(
            f"montecell: the server needs {missing.name}; install montecell with its server dependencies\n"
        )
        return UNAVAILABLE
    return OK


_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "inspect": _inspect,
    "recalculate": _recalculate,
    "verify": _verify,
    "simulate": _simulate,
    "serve": _serve,
    "try-gpu": _try_gpu,
    **dict.fromkeys(STEERED, _steered),
    **dict.fromkeys((*FITTING, "sipmath"), _of_data),
}
