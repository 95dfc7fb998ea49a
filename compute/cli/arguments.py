"""The command line: its commands, options and what they mean."""

from __future__ import annotations

import argparse
import re
from typing import TypeAlias, get_args

from compute.cli.fit_arguments import elicit_options, fit_options
from compute.cli.sips import simulate_options, sipmath_options
from compute.cli.steering_arguments import STEERING, stop_options
from compute.details import DETAIL_SECTIONS, ConventionName
from compute.errors import SpecificationError
from compute.protocol import (
    DEFAULT_ITERATIONS,
    DEFAULT_SEED,
    MONTECELL_VERSION,
    CorrelationOptions,
    EngineName,
    InputSpec,
    OutputSpec,
    RunnerName,
    SamplingMethod,
    SimulationSpec,
)
from compute.runners.details import sections_of

EXIT_CODES = """exit codes:
  0  done (verify: every cell equal)
  1  verify found cells that differ or are not supported; goal-seek did not reach its target; try-gpu found a difference
  2  the model cannot be simulated as asked: no input, no output, a wrong parameter, an option out of its limits
  3  the file cannot be used: missing, damaged, encrypted, not a workbook
  4  an engine, a runner or the server is not available
  130  stopped by Ctrl-C
"""
Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"
_GIVEN_INPUT = re.compile(r"(?P<cell>.+?)=(?P<law>[A-Za-z0-9]+)\((?P<parameters>.*)\)")


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    top = argparse.ArgumentParser(
        prog="montecell",
        description="Monte Carlo simulation of Excel workbooks.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="version", version=f"montecell {MONTECELL_VERSION}")
    commands = top.add_subparsers(dest="command", required=True, metavar="command")
    inspect = _command(commands, "inspect", "show inputs, outputs and what is not supported")
    _model_options(inspect)
    inspect.add_argument(
        "--plan", action="store_true", help="also show what the power engine compiles, and what not and why"
    )
    _command(commands, "recalculate", "compute every formula and print the values")
    verify = _command(commands, "verify", "compare every formula with the value that Excel stored")
    verify.add_argument("--show", type=int, default=20, metavar="N", help="cells to list (default 20)")
    simulate = _command(commands, "simulate", "run the simulation")
    _model_options(simulate)
    _run_options(simulate)
    for name, text, add in STEERING:
        steering = _command(commands, name, text)
        add(steering)
        _sampling_options(steering, length=name != "sensitivity")
    for name, text, add in (
        ("fit", "fit laws, time series or copulas to data, with the formula to paste", fit_options),
        ("elicit", "laws from an expert's percentiles, with the formula to paste", elicit_options),
        ("sipmath", "list, import or export SIPmath 3.0 libraries", sipmath_options),
    ):
        add(_described(commands, name, text))
    trial = _command(commands, "try-gpu", "compare this machine's GPUs with native code, so that auto may take them")
    _model_options(trial)
    serve = commands.add_parser("serve", help="start the server with the playground")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--host", default="127.0.0.1")
    return top


def _described(commands: Commands, name: str, text: str) -> argparse.ArgumentParser:
    return commands.add_parser(
        name, help=text, description=text, epilog=EXIT_CODES, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def _command(commands: Commands, name: str, text: str) -> argparse.ArgumentParser:
    command = _described(commands, name, text)
    command.add_argument("workbook", help="an .xlsx or .xlsm file")
    command.add_argument("--json", action="store_true", help="print JSON on standard output")
    return command


def _model_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--input", action="append", default=[], metavar="CELL=LAW(…)", help='for example "Inputs!B2=NORMAL(100,10)"'
    )
    command.add_argument(
        "--output", action="append", default=[], metavar="CELL[=NAME]", help='for example "Model!F20=Profit"'
    )


def _sampling_options(command: argparse.ArgumentParser, own: str = "", length: bool = True) -> None:
    """How a run is sampled and computed; ``length``: how long it is as well."""
    if length:
        command.add_argument(
            "--iterations", type=_whole, default=None, metavar="N", help=f"default: {own}{DEFAULT_ITERATIONS:,}"
        )
        stop_options(command)
    command.add_argument("--seed", type=_whole, default=None, metavar="N", help=f"default: {own}{DEFAULT_SEED}")
    usual = f"{own}latin_hypercube" if length else "sobol"
    command.add_argument("--sampling", choices=get_args(SamplingMethod), default=None, help=f"default: {usual}")
    command.add_argument("--engine", choices=get_args(EngineName), default="auto")
    command.add_argument("--runner", choices=get_args(RunnerName), default="local")
    command.add_argument(
        "--correlation-method", choices=("copula", "iman_conover"), default="copula", help="how correlations are met"
    )
    command.add_argument(
        "--correlation-measure", choices=("score", "spearman"), default="score", help="what a matrix's numbers mean"
    )
    command.add_argument(
        "--adjust-correlations", action="store_true", help="use the nearest possible matrix for an impossible one"
    )
    command.add_argument("--threads", type=int, default=None, metavar="N", help="default: all cores")
    command.add_argument("--quiet", action="store_true", help="no progress on standard error")


def _run_options(command: argparse.ArgumentParser) -> None:
    own = "the workbook's own setting, else"
    _sampling_options(command, f"{own} ")
    command.add_argument(
        "--simulations",
        type=_whole,
        default=None,
        metavar="N",
        help="runs with the same draws, one for each value of RiskSimtable and its kin; files get -1, -2 … "
        f"(default: {own} 1)",
    )
    command.add_argument("--save", metavar="FILE.xlsx", help="write a copy of the workbook with a results sheet")
    command.add_argument(
        "--save-settings",
        metavar="FILE.xlsx",
        help="write a copy of the workbook that asks for this run's iterations, seed, sampling and simulations",
    )
    command.add_argument("--samples", metavar="FILE.csv", help="write every iteration's outputs and inputs")
    command.add_argument(
        "--keep",
        metavar="FILE.parquet",
        help="keep every iteration in this file and none in memory: the arrow engine, for runs of any length",
    )
    command.add_argument(
        "--keep-inputs",
        metavar="all|none|NAME",
        action="append",
        help="which inputs to keep beside the outputs; as often as needed (default all)",
    )
    simulate_options(command)
    command.add_argument(
        "--report",
        action="append",
        default=[],
        metavar="SECTION,…",
        help=f"details to show as well: {', '.join(DETAIL_SECTIONS)}, or all",
    )
    command.add_argument(
        "--convention",
        choices=get_args(ConventionName),
        default="atrisk",
        help="whose percentiles, mode and kurtosis the details show (default atrisk)",
    )
    command.add_argument(
        "--fan", action="append", default=[], metavar="RANGE", help="outputs of a fan chart, for example Model!B5:F5"
    )


def _whole(text: str) -> int:
    """A whole number, thousands separators and 1e6 allowed."""
    plain = text.replace(",", "").replace("_", "")
    try:
        number = float(plain)
        return int(plain) if plain.lstrip("+-").isdigit() else int(number) if number == int(number) else _refuse(text)
    except (ValueError, OverflowError):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None


def _refuse(text: str) -> int:
    raise ValueError(text)


def input_of(text: str) -> InputSpec:
    """``Inputs!B2=NORMAL(100,10)`` as a message. Raises SpecificationError."""
    match = _GIVEN_INPUT.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError
        parameters = tuple(_parameter(p) for p in re.findall(r"\{[^}]*\}|[^,]+", match["parameters"]))
    except ValueError:
        raise SpecificationError(
            f'--input {text!r} is not understood; write it like "Inputs!B2=NORMAL(100,10)"', code="simulation.input"
        ) from None
    law = match["law"].upper()
    return InputSpec(cell=match["cell"].strip(), law=law.removeprefix("MC."), parameters=parameters)


def _parameter(text: str) -> float | tuple[float, ...]:
    text = text.strip()
    if text.startswith("{"):
        return tuple(float(p) for p in re.split(r"[,;]", text.strip("{}")))
    return float(text)


def output_of(text: str) -> OutputSpec:
    """``Model!F20=Profit`` as a message."""
    cell, equals, name = text.partition("=")
    return OutputSpec(cell=cell.strip(), name=name.strip() if equals and name.strip() else None)


def report_sections(options: argparse.Namespace) -> tuple[str, ...]:
    """The sections that ``--report`` asks for; ``--fan`` and ``--convention excel`` alone ask for theirs.

    Raises SpecificationError for a section that there is not, before anything is simulated.
    """
    named = [part for text in options.report for part in text.split(",")]
    if not named and options.convention != "atrisk":
        named.append("statistics")
    return sections_of([*named, *(["fan"] if options.fan else [])])


def specification(options: argparse.Namespace) -> SimulationSpec:
    """The specification that the options of ``simulate`` or ``inspect`` describe.

    Numbers outside their limits pass unchecked: the run itself refuses them with the limit.
    """
    given: dict[str, object] = {
        "inputs": tuple(input_of(t) for t in options.input),
        "outputs": tuple(output_of(t) for t in options.output),
    }
    if options.command not in ("inspect", "try-gpu"):
        for name in ("iterations", "batch", "seed", "sampling", "engine", "runner"):
            if getattr(options, name, None) is not None:
                given[name] = getattr(options, name)
        given["correlations"] = CorrelationOptions(
            method=options.correlation_method,
            measure=options.correlation_measure,
            adjust=options.adjust_correlations,
        )
    return SimulationSpec.model_construct(**given)  # type: ignore[arg-type]
