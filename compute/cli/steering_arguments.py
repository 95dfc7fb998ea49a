"""Options of runs that steer themselves: rules of convergence, stressed inputs, targets, designs."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from pydantic import ValidationError

from compute.analysis import Measure
from compute.errors import SpecificationError
from compute.stopping import ConvergenceOptions, ConvergenceRule, Watched

_NAMES = {"sd": "standard_deviation", "min": "minimum", "max": "maximum"}
_PERCENTILE = re.compile(r"p(\d+(?:\.\d+)?)")
_WATCHED: dict[str, Watched] = {
    "mean": "mean",
    "standard_deviation": "standard_deviation",
    "percentile": "percentile",
    "probability_at_most": "probability",
}
WORKBOOK = "workbook"
STATISTICS = "mean, sd, median, p95 (a percentile), prob=100 (the probability of at most 100)"


def stop_options(command: argparse.ArgumentParser) -> None:
    """Adds the options of a run that ends by itself."""
    command.add_argument(
        "--until-converged",
        action="append",
        default=[],
        metavar="STATISTIC:TOLERANCE[:OUTPUT]",
        help="end when a statistic is known well enough, for example mean:1%% or p95:500:Profit; tolerances in %% are "
        "shares of it; --iterations is then the most. The word workbook stands for the workbook's own rules "
        "(RiskConvergence, @RISK's settings)",
    )
    command.add_argument(
        "--confidence", type=share, default=0.95, metavar="P", help="of the rules of --until-converged (default 95%%)"
    )
    command.add_argument(
        "--batch", type=int, metavar="N", help="iterations that a Latin hypercube stratifies together (default: all)"
    )


def convergence_of(
    options: argparse.Namespace, own: Callable[[], tuple[ConvergenceRule, ...]] = tuple
) -> ConvergenceOptions | None:
    """The rules that ``--until-converged`` gives; None without it. Raises SpecificationError.

    ``own`` gives the workbook's own rules, which the word ``workbook`` stands for.
    """
    if not options.until_converged:
        return None
    given = [text for text in options.until_converged if text.strip().casefold() != WORKBOOK]
    rules = tuple(_rule(text, options.confidence) for text in given)
    if len(given) < len(options.until_converged):
        rules += (taken := own())
        if not taken:
            raise SpecificationError(
                "--until-converged workbook: the workbook states no rule of convergence that is understood; montecell "
                "inspect shows what it asks for",
                code="convergence.workbook",
            )
    try:
        return ConvergenceOptions(rules=rules, at_most=options.iterations)
    except ValidationError:
        raise SpecificationError(
            f"iterations is {options.iterations}; it must be a whole number from 1 to 10,000,000",
            code="simulation.iterations",
        ) from None


def _rule(text: str, confidence: float) -> ConvergenceRule:
    statistic, _, rest = text.partition(":")
    tolerance, _, output = rest.partition(":")
    try:
        measure = measure_of(statistic)
        relative = tolerance.strip().endswith("%")
        return ConvergenceRule(
            statistic=_WATCHED[measure.name],
            level=measure.level,
            tolerance=float(tolerance.strip().removesuffix("%")) / (100.0 if relative else 1.0),
            relative=relative,
            confidence=confidence,
            outputs=(output.strip(),) if output.strip() else (),
        )
    except (ValueError, KeyError, argparse.ArgumentTypeError):
        raise SpecificationError(
            f"--until-converged {text!r} is not understood; write a statistic (mean, sd, p95, prob=100) and how well "
            "it must be known, more than 0: mean:1%, or p95:500:Profit",
            code="convergence.rule",
        ) from None


def measure_of(text: str) -> Measure:
    """``mean``, ``sd``, ``p95``, ``prob=100`` or any other statistic without a level."""
    plain = text.strip().casefold()
    try:
        if match := _PERCENTILE.fullmatch(plain):
            return Measure("percentile", float(Fraction(match[1]) / 100))
        if plain.startswith("prob="):
            return Measure("probability_at_most", float(plain.removeprefix("prob=")))
        name: Any = _NAMES.get(plain, plain)
        return Measure(name)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a statistic; write one of {STATISTICS}") from None


def share(text: str) -> float:
    """``5%`` or ``0.05``."""
    plain = text.strip()
    try:
        value = float(Fraction(plain.removesuffix("%")) / (100 if plain.endswith("%") else 1))
    except (ValueError, ZeroDivisionError):
        raise argparse.ArgumentTypeError(f"{text!r} is not a share; write 5% or 0.05") from None
    if not 0.0 <= value <= 1.0:
        raise argparse.ArgumentTypeError(f"{text!r} is not between 0 and 1 (0% and 100%)")
    return value


class _Stressed(argparse.Action):
    """``--input Price --low 0 --high 5%``: the limits belong to the input before them; laws go where they go always."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[Any] | float | None,
        option_string: str | None = None,
    ) -> None:
        stressed: list[dict[str, Any]] = namespace.stressed
        if self.dest == "input" and "=" in str(values):
            namespace.input = [*namespace.input, values]
        elif self.dest == "input":
            namespace.stressed = [*stressed, {"input": values}]
        elif not stressed:
            parser.error(f"{option_string} {values}: name the input first: --input Price {option_string} {values}")
        else:
            namespace.stressed = [*stressed[:-1], stressed[-1] | {self.dest: values}]


def stress_options(command: argparse.ArgumentParser) -> None:
    """Adds the options of ``stress``."""
    command.set_defaults(stressed=[])
    command.add_argument(
        "--input",
        action=_Stressed,
        default=[],
        metavar="INPUT",
        help="an input to stress, by name or cell, followed by --low and --high; CELL=LAW(…) gives a cell a law",
    )
    for name, text in (("low", "lowest"), ("high", "highest")):
        command.add_argument(
            f"--{name}", action=_Stressed, type=share, metavar="P", help=f"{text} percentile of the input before it"
        )
    _output_option(command)
    command.add_argument(
        "--statistic",
        action="append",
        type=measure_of,
        default=[],
        help=f"what to compare (default mean): {STATISTICS}",
    )


def goal_seek_options(command: argparse.ArgumentParser) -> None:
    """Adds the options of ``goal-seek``."""
    _input_option(command)
    _output_option(command)
    command.add_argument("--cell", required=True, metavar="CELL", help="the constant to vary, for example Inputs!B3")
    command.add_argument("--of", required=True, metavar="OUTPUT", help="the output, by name or cell")
    command.add_argument("--statistic", type=measure_of, default=Measure("mean"), help=f"default mean; {STATISTICS}")
    for name, text in (("target", "what the statistic is to be"), ("low", "lowest value"), ("high", "highest value")):
        command.add_argument(f"--{name}", type=float, required=True, metavar="X", help=text)
    command.add_argument(
        "--tolerance", type=float, metavar="X", help="how near (default: a thousandth of its change from low to high)"
    )
    command.add_argument("--most-steps", type=int, default=50, metavar="N", help="most runs (default 50)")


def sensitivity_options(command: argparse.ArgumentParser) -> None:
    """Adds the options of ``sensitivity``."""
    _input_option(command)
    _output_option(command)
    command.add_argument("--method", choices=("sobol", "shapley"), default="sobol")
    command.add_argument("--of", action="append", default=[], metavar="OUTPUT", help="outputs (default: all)")
    command.add_argument(
        "--base", type=int, metavar="N", help="iterations of a block (default 1,024; shapley: 10,000 for the variance)"
    )
    command.add_argument("--permutations", type=int, metavar="N", help="of shapley, beyond 8 inputs (default 1,000)")
    command.add_argument("--confidence", type=share, default=0.95, metavar="P", help="of the intervals (default 95%%)")


def _input_option(command: argparse.ArgumentParser) -> None:
    command.add_argument("--input", action="append", default=[], metavar="CELL=LAW(…)", help="a law for a cell")


def _output_option(command: argparse.ArgumentParser) -> None:
    command.add_argument("--output", action="append", default=[], metavar="CELL[=NAME]", help="a cell to watch as well")


STEERING: tuple[tuple[str, str, Callable[[argparse.ArgumentParser], None]], ...] = (
    ("stress", "simulate with inputs drawn from a part of their laws, beside the run without", stress_options),
    ("goal-seek", "vary a constant until a statistic of an output is on target", goal_seek_options),
    ("sensitivity", "share out the variance of outputs among the inputs, by designed runs", sensitivity_options),
)
