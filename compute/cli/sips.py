"""``montecell sipmath``, and SIPmath libraries going into and out of ``montecell simulate``."""

from __future__ import annotations

import argparse
import csv
import datetime
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from compute.analysis import Measure
from compute.cli.data import columns_of
from compute.cli.tables import number, with_formulas
from compute.dialects.written import montecell_formula
from compute.distributions import Metalog
from compute.errors import InvalidDistribution, SpecificationError
from compute.runners import Result
from compute.runners.sips import SipBinding, bound_by_name
from compute.sipmath import ArraySip, LibraryError, SipLibrary, draw, metalog_library, read_library, trials_library
from compute.sipmath.library import Hdr
from compute.workbook import read_workbook

FORMS = ("trials", "metalog")
SHOWN_TRIALS = 1_000
_FIGURES = ("mean", "p5", "median", "p95")


def sipmath_options(command: argparse.ArgumentParser) -> None:
    """Adds the commands of ``sipmath``."""
    actions = command.add_subparsers(dest="action", required=True, metavar="list|import|export")
    shown = actions.add_parser("list", help="the variables of a library, with formulas for those that are metalogs")
    shown.add_argument("library", help="a SIPmath 3.0 library (.json)")
    _parameter_option(shown)
    shown.add_argument("--json", action="store_true", help="print JSON on standard output")
    taken = actions.add_parser("import", help="write the trials of a library's variables as a .csv")
    taken.add_argument("library", help="a SIPmath 3.0 library (.json)")
    taken.add_argument("--samples", required=True, metavar="FILE.csv", help="the file to write, a column a variable")
    taken.add_argument("--trials", type=int, default=SHOWN_TRIALS, metavar="N", help="how many (default 1,000)")
    taken.add_argument("--variable", action="append", default=[], metavar="NAME", help="only this one; repeatable")
    _parameter_option(taken)
    given = actions.add_parser("export", help="make a library of the columns of a .csv, or of a workbook's range")
    given.add_argument("data", help="a .csv, .xlsx or .xlsm file")
    given.add_argument("range", nargs="?", help="the range of a workbook, for example Sheet1!A1:C1000")
    given.add_argument("--column", action="append", default=[], metavar="NAME", help="only this column; repeatable")
    given.add_argument("--out", required=True, metavar="FILE.json", help="the library to write")
    given.add_argument("--name", help="the library's name (default: the file's)")
    given.add_argument("--form", choices=FORMS, default="trials", help="every trial, or metalogs (default trials)")


def _parameter_option(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--sip-parameter", action="append", default=[], metavar="NAME=N", help="a seed that the library leaves open"
    )


def simulate_options(command: argparse.ArgumentParser) -> None:
    """Adds the options of ``simulate`` that concern libraries."""
    command.add_argument(
        "--sip",
        metavar="LIBRARY.json",
        help="a SIPmath 3.0 library; its variables go into the cells that bear their names, or those of --sip-input",
    )
    command.add_argument(
        "--sip-input", action="append", default=[], metavar="CELL=VARIABLE", help='for example "Inputs!B2=Demand"'
    )
    _parameter_option(command)
    command.add_argument("--sip-out", metavar="FILE.json", help="write outputs and inputs as a SIPmath 3.0 library")
    command.add_argument("--sip-form", choices=FORMS, default="trials", help="of --sip-out (default trials)")


def binding_of(options: argparse.Namespace) -> SipBinding | None:
    """What ``--sip`` and its kin ask for, None without them. Raises SpecificationError and LibraryError."""
    if options.sip is None:
        if options.sip_input or options.sip_parameter:
            raise SpecificationError(
                "--sip-input and --sip-parameter need a library: --sip FILE", code="sipmath.binding"
            )
        return None
    text = Path(options.sip).read_text(encoding="utf-8")
    library = _named(options.sip, text)
    cells = dict(_bound(each) for each in options.sip_input) or bound_by_name(read_workbook(options.workbook), text)
    if not cells:
        listed = ", ".join(list(library.sips)[:20])
        raise SpecificationError(
            f"{options.sip}: no cell of the workbook bears the name of a variable ({listed}); give a cell that "
            'name, or write --sip-input "Sheet1!B2=VARIABLE"',
            code="sipmath.binding",
        )
    if not options.quiet:
        taken = ", ".join(f"{cell} takes {name}" for cell, name in cells.items())
        sys.stderr.write(f"montecell: from {options.sip}: {taken}\n")
    return SipBinding(text, cells, _parameters(options))


def _bound(text: str) -> tuple[str, str]:
    cell, equals, name = text.partition("=")
    if not (equals and cell.strip() and name.strip()):
        raise SpecificationError(
            f'--sip-input {text!r} is not understood; write it like "Inputs!B2=Demand"', code="sipmath.binding"
        )
    return cell.strip(), name.strip()


def _parameters(options: argparse.Namespace) -> dict[str, int]:
    found = {}
    for text in options.sip_parameter:
        name, _, value = text.partition("=")
        if not name.strip() or not value.strip().isdigit():
            raise SpecificationError(
                f"--sip-parameter {text!r} is not understood; write it like Company=7", code="sipmath.binding"
            )
        found[name.strip()] = int(value)
    return found


def _named(file: str, text: str) -> SipLibrary:
    try:
        return read_library(text)
    except LibraryError as problem:
        raise LibraryError(f"{file}: {problem.message}") from None


def write_library(result: Result, target: Path, form: str) -> None:
    """The run's outputs and inputs as a library, whole or not at all. Raises LibraryError for errors among them."""
    names, columns = result.samples_table()
    text = _library_text(target.stem, dict(zip(names, columns, strict=True)), form, result.certificate.workbook_name)
    _write(target, text)


def _library_text(name: str, samples: Mapping[str, Any], form: str, source: str) -> str:
    make = metalog_library if form == "metalog" else trials_library
    date = datetime.datetime.now(datetime.UTC).date()
    return make(name, samples, date=date, provenance=f"Montecell, from {source}")


def _write(target: Path, text: str) -> None:
    partial = target.with_name(target.name + ".part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(target)


def sipmath(options: argparse.Namespace) -> tuple[object, str]:
    """What ``sipmath list``, ``import`` or ``export`` did, as plain data and as text."""
    return {"list": _listed, "import": _imported, "export": _exported}[options.action](options)


def _listed(options: argparse.Namespace) -> tuple[object, str]:
    library = _named(options.library, Path(options.library).read_text(encoding="utf-8"))
    parameters = _parameters(options)
    variables = [_variable(library, name, parameters) for name in library.sips]
    data = {
        "name": library.name,
        "provenance": library.provenance,
        "date_created": library.date_created,
        "parameters": _open_seeds(library),
        "variables": variables,
    }
    rows = [("variable", "kind", "drawn by", *_FIGURES, "formula")]
    for found in variables:
        figures = [number(found[name]) for name in _FIGURES]
        rows.append((found["name"], found["kind"], found["source"], *figures, found["formula"] or ""))
    seeds = [f"the library asks for: {', '.join(_open_seeds(library))} (--sip-parameter NAME=N)"]
    head = f"{library.name}: {len(variables)} variables, {library.provenance}, {library.date_created}"
    return data, "\n\n".join(
        [head, *([with_formulas(rows, 3)] if variables else []), *(seeds if _open_seeds(library) else [])]
    )


def _variable(library: SipLibrary, name: str, parameters: dict[str, int]) -> dict[str, Any]:
    sip = library.sips[name]
    figures: dict[str, float | None] = dict.fromkeys(_FIGURES)
    if not set(_open_seeds(library)) - set(parameters):
        trials = sip.values.size if isinstance(sip, ArraySip) else SHOWN_TRIALS
        values = draw(library, name, 1, trials, parameters)
        levels = {"mean": Measure("mean"), "median": Measure("median")}
        levels |= {"p5": Measure("percentile", 0.05), "p95": Measure("percentile", 0.95)}
        figures = {figure: levels[figure].of(values) for figure in _FIGURES}
    formula = None
    if not isinstance(sip, ArraySip) and not sip.rounded:
        try:
            law = sip.law
            formula = montecell_formula(Metalog, (law.coefficients, law.min, law.max))
        except InvalidDistribution:
            formula = None
    return {
        "name": name,
        "kind": f"{sip.values.size:,} trials"
        if isinstance(sip, ArraySip)
        else f"metalog, {len(sip.coefficients)} terms",
        "source": sip.source.name if sip.source.layer is None else f"{sip.source.name}, {sip.source.layer}",
        "rounded": sip.rounded,
        **figures,
        "formula": formula,
    }


def _open_seeds(library: SipLibrary) -> list[str]:
    seeds = [
        seed
        for generator in library.generators.values()
        if isinstance(generator, Hdr)
        for seed in (generator.entity, generator.variable, generator.seed3, generator.seed4)
        if isinstance(seed, str)
    ]
    return list(dict.fromkeys(seeds))


def _imported(options: argparse.Namespace) -> tuple[object, str]:
    library = _named(options.library, Path(options.library).read_text(encoding="utf-8"))
    names = options.variable or list(library.sips)
    parameters = _parameters(options)
    columns = [draw(library, name, 1, options.trials, parameters) for name in names]
    target = Path(options.samples)
    partial = target.with_name(target.name + ".part")
    with partial.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([f"'{name}" if name[:1] in "=+-@\t\r" else name for name in names])
        writer.writerows([repr(float(value)) for value in row] for row in np.column_stack(columns))
    partial.replace(target)
    return {"written": str(target), "variables": names, "trials": options.trials}, _wrote(names, options.trials, target)


def _exported(options: argparse.Namespace) -> tuple[object, str]:
    columns = columns_of(Path(options.data), options.range, options.column, keep_rows=True)
    target = Path(options.out)
    samples = {column.name: np.array(column.values) for column in columns}
    _write(target, _library_text(options.name or target.stem, samples, options.form, Path(options.data).name))
    names, trials = list(samples), len(columns[0].values)
    return {"written": str(target), "variables": names, "trials": trials}, _wrote(names, trials, target)


def _wrote(names: Sequence[str], trials: int, target: Path) -> str:
    return f"{trials:,} trials of {', '.join(names)}\n\nwritten: {target}"
