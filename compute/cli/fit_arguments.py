"""Options of ``fit`` and ``elicit``: data, laws, ranking, percentiles."""

from __future__ import annotations

import argparse

from compute.cli.steering_arguments import share
from compute.errors import SpecificationError

RANKS = {
    "aic": "aic",
    "bic": "bic",
    "chi-square": "chi_square",
    "ad": "anderson_darling",
    "ks": "kolmogorov_smirnov",
    "likelihood": "average_log_likelihood",
}
DEFAULT_RESAMPLES = 1_000


def fit_options(command: argparse.ArgumentParser) -> None:
    """Adds the options of ``fit``."""
    command.add_argument("data", help="a .csv, .xlsx or .xlsm file")
    command.add_argument("range", nargs="?", help="the range of a workbook, for example Sheet1!A1:A200")
    command.add_argument(
        "--column", action="append", default=[], metavar="NAME", help="a column of the .csv, by heading or number"
    )
    what = command.add_mutually_exclusive_group()
    what.add_argument("--series", action="store_true", help="fit time series processes, the oldest value first")
    what.add_argument("--copula", action="store_true", help="fit correlations and copulas to several columns")
    _law_options(command)
    command.add_argument("--lower", type=float, metavar="X", help="the lower end of the laws' support, if it is known")
    command.add_argument("--upper", type=float, metavar="X", help="the upper end of the laws' support, if it is known")
    command.add_argument("--shift", action="store_true", help="let laws that start at 0 be moved")
    command.add_argument("--rank", choices=tuple(RANKS), default="aic", help="what the list is ranked by (default aic)")
    command.add_argument(
        "--intervals",
        type=int,
        nargs="?",
        const=DEFAULT_RESAMPLES,
        metavar="N",
        help=f"intervals of the best law's parameters from N resamples (default {DEFAULT_RESAMPLES:,})",
    )
    command.add_argument("--confidence", type=share, default=0.95, metavar="P", help="of the intervals (default 95%%)")
    command.add_argument("--seed", type=int, default=1, metavar="N", help="of the resamples (default 1)")
    command.add_argument(
        "--measure",
        choices=("spearman", "pearson", "kendall"),
        default="spearman",
        help="the correlations that --copula shows (default spearman)",
    )


def elicit_options(command: argparse.ArgumentParser) -> None:
    """Adds the options of ``elicit``."""
    command.add_argument(
        "percentiles", nargs="+", metavar="P=X", help="for example 10%%=80 50%%=100 90%%=140, three or more"
    )
    command.add_argument("--lower", type=float, metavar="X", help="the lower bound of the metalog")
    command.add_argument("--upper", type=float, metavar="X", help="the upper bound of the metalog")
    command.add_argument(
        "--terms", type=int, metavar="N", help="terms of the metalog (default: one for each percentile)"
    )
    _law_options(command)


def _law_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--laws", action="append", default=[], metavar="LAW,…", help="only these, for example GAMMA,LOGNORMAL"
    )
    command.add_argument("--atrisk", action="store_true", help="write formulas as @RISK does, where it has the law")
    command.add_argument("--show", type=int, default=10, metavar="N", help="laws to list (default 10)")
    command.add_argument("--json", action="store_true", help="print JSON on standard output")


def names_of(texts: list[str]) -> list[str] | None:
    """``["GAMMA,NORMAL"]`` as capital names without ``MC.``; None for no names."""
    names = [part.strip().upper().removeprefix("MC.") for text in texts for part in text.split(",") if part.strip()]
    return names or None


def percentiles_of(texts: list[str]) -> tuple[list[float], list[float]]:
    """``10%=80`` … as probabilities and values. Raises SpecificationError."""
    p, x = [], []
    for text in texts:
        left, equals, right = text.partition("=")
        try:
            if not equals:
                raise ValueError
            p.append(share(left))
            x.append(float(right.replace(",", "").replace("_", "")))
        except (ValueError, argparse.ArgumentTypeError):
            raise SpecificationError(
                f"{text!r} is no percentile; write the probability and the value, like 10%=80", code="fitting.points"
            ) from None
    return p, x
