"""``montecell simulate``: the workbook's own settings where no option is given, one simulation or several."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from compute.cli.arguments import report_sections, specification
from compute.cli.sections import details_text
from compute.cli.sips import binding_of, write_library
from compute.cli.steering_arguments import convergence_of
from compute.cli.terminal import ProgressBar, summary_text
from compute.details import ResultDetails
from compute.dialects.settings import settings
from compute.errors import SpecificationError
from compute.protocol import Progress, SimulationSpec
from compute.runners import Result
from compute.runners.files import open_file
from compute.runners.model import Model
from compute.runners.own_settings import with_settings, workbook_rules

SETTINGS = ("iterations", "seed", "sampling", "simulations")


def simulated(options: argparse.Namespace) -> tuple[Result, ...]:
    """The results of the run that the options ask for, one for each of its simulations.

    What no option says the workbook may: its notes tell which settings were taken from it.
    """
    spec = specification(options)
    show = None if options.quiet else ProgressBar()
    if show:
        show(Progress(stage="opening", done=0, total=spec.iterations, seconds=0.0))
    model = open_file(Path(options.workbook), spec, binding_of(options))
    spec = spec.model_copy(update={"convergence": convergence_of(options, lambda: workbook_rules(model.program))})
    spec, simulations, note = _completed(options, spec, model)
    run: dict[str, Any] = {n: getattr(spec, n) for n in ("iterations", "seed", "sampling", "engine", "runner", "batch")}
    run |= {
        "correlations": spec.correlations,
        "convergence": spec.convergence,
        "threads": options.threads,
        "on_progress": show,
        "keep": options.keep,
        "keep_inputs": kept_inputs(options),
    }
    results = (model.simulate(**run),) if simulations == 1 else model.simulate_each(simulations, **run)
    for result in results if note else ():
        result.notes = (*result.notes, note)
        result.forget_summary()
    return results


def kept_inputs(options: argparse.Namespace) -> tuple[str, ...] | None:
    """The inputs that ``--keep-inputs`` names, None for all of them; nothing is named where nothing is kept."""
    names = options.keep_inputs or ["all"]
    if "all" in names and (options.keep or not options.keep_inputs):
        return None
    needing = {"--save": options.save, "--samples": options.samples, "--sip-out": options.sip_out}
    needing |= {"--report": report_sections(options)}
    if options.keep and (first := next((name for name, wanted in needing.items() if wanted), None)):
        raise SpecificationError(f"{first} needs the trials of all inputs; keep them too", code="simulation.keep")
    return tuple(name for name in names if name != "none")


def _completed(options: argparse.Namespace, spec: SimulationSpec, model: Model) -> tuple[SimulationSpec, int, str]:
    """The specification and the number of simulations with the workbook's settings put in, and what was taken."""
    own = settings(model.workbook)
    taken = {n: getattr(own, n) for n in SETTINGS if getattr(options, n) is None and getattr(own, n) is not None}
    if spec.convergence is not None:
        taken.pop("iterations", None)
    listed = ", ".join(f"{name} {value}" for name, value in taken.items())
    note = f"taken from the workbook's settings of {own.product}: {listed}" if taken else ""
    simulations = taken.pop("simulations", 1 if options.simulations is None else options.simulations)
    return spec.model_copy(update=taken), simulations, note


def saved(results: Sequence[Result], options: argparse.Namespace) -> list[Path]:
    """Writes what ``--save``, ``--samples`` and ``--sip-out`` ask for; files of several simulations are numbered."""
    written: list[Path] = []
    if options.save_settings:
        written.append(write_settings(results, options))
    for number, result in enumerate(results, 1):
        if options.keep:
            written.append(numbered(Path(options.keep), number, len(results)))
        if options.save:
            target = numbered(Path(options.save), number, len(results))
            for notice in result.write_workbook(Path(options.workbook), target):
                sys.stderr.write(f"montecell: {notice}\n")
            written.append(target)
        if options.samples:
            target = numbered(Path(options.samples), number, len(results))
            write_samples(result, target)
            written.append(target)
        if options.sip_out:
            target = numbered(Path(options.sip_out), number, len(results))
            write_library(result, target, options.sip_form)
            written.append(target)
    return written


def write_settings(results: Sequence[Result], options: argparse.Namespace) -> Path:
    """A copy of the workbook that asks for a run like this one; one that ended by itself asks for no length."""
    certificate, target = results[0].certificate, Path(options.save_settings)
    kept: dict[str, int | str] = {} if options.until_converged else {"iterations": certificate.iterations}
    kept |= {"seed": certificate.seed, "sampling": certificate.sampling}
    if len(results) > 1 or options.simulations is not None:
        kept["simulations"] = len(results)
    data = with_settings(Path(options.workbook).read_bytes(), kept)
    partial = target.with_name(target.name + ".part")
    partial.write_bytes(data)
    partial.replace(target)
    return target


def numbered(target: Path, number: int, count: int) -> Path:
    """``samples.csv`` as it is for one simulation, ``samples-2.csv`` for the second of several."""
    return target if count == 1 else target.with_stem(f"{target.stem}-{number}")


def write_samples(result: Result, target: Path) -> None:
    """One row per iteration, whole or not at all; names that a spreadsheet would take for a formula get a leading
    quote.
    """
    names, columns = result.samples_table()
    partial = target.with_name(target.name + ".part")
    with partial.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["iteration", *(f"'{n}" if n[:1] in "=+-@\t\r" else n for n in names)])
        for i in range(result.iterations):
            writer.writerow([i + 1, *("" if c[i] != c[i] else repr(float(c[i])) for c in columns)])
    partial.replace(target)


def as_json(results: Sequence[Result], options: argparse.Namespace) -> object:
    """One simulation's summary, with the details asked for; of several a list under ``simulations``."""
    found = []
    for result in results:
        details = _details(result, options)
        found.append(result.summary().model_dump() | ({} if details is None else {"details": details.model_dump()}))
    return found[0] if len(found) == 1 else {"simulations": found}


def as_text(results: Sequence[Result], options: argparse.Namespace) -> str:
    """Each simulation's tables, under its number if there are several."""
    parts = []
    for number, result in enumerate(results, 1):
        details = _details(result, options)
        heading = [f"simulation {number} of {len(results)}"] if len(results) > 1 else []
        parts += [*heading, summary_text(result.summary()), *([] if details is None else [details_text(details)])]
    return "\n\n".join(parts)


def _details(result: Result, options: argparse.Namespace) -> ResultDetails | None:
    sections = report_sections(options)
    return result.details(sections, options.convention, fan=options.fan) if sections else None
