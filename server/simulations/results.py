"""The results of a finished simulation in the formats of the API."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from weakref import WeakValueDictionary

from compute.details import DETAIL_SECTIONS, ConventionName
from server.errors import Conflict, FieldError, Invalid, NotAcceptable
from server.gateway.contract import Gateway, RunResult
from server.kit.data_folder import write_atomically
from server.kit.dependencies import Context
from server.simulations.details import DetailsRequest, KeptDetails
from server.simulations.models import Simulation
from server.simulations.schemas import ResultFormat
from server.simulations.storage import SUMMARY, TRIALS, SimulationFolder

ROWS_AT_ONCE = 2000
# OWASP "CSV Injection": a cell that begins so is taken for a formula by spreadsheet programs.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
PARQUET = "application/vnd.apache.parquet"
ACCEPTED: dict[str, ResultFormat] = {
    "application/json": "json",
    "text/csv": "csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.ms-excel.sheet.macroenabled.12": "xlsx",
    PARQUET: "parquet",
    "application/*": "json",
    "text/*": "csv",
    "*/*": "json",
}

ALL_SECTIONS = "all"

_writing: WeakValueDictionary[Path, asyncio.Lock] = WeakValueDictionary()


def wanted_format(asked: ResultFormat | None, accept: str | None) -> ResultFormat:
    """The format of ``?format=``, else the one the Accept header likes best. Raises NotAcceptable."""
    if asked is not None:
        return asked
    if not accept:
        return "json"
    for media_type in sorted(_media_types(accept), key=lambda each: -each[1]):
        if media_type[0] in ACCEPTED and media_type[1] > 0:
            return ACCEPTED[media_type[0]]
    raise NotAcceptable(f"Results come as JSON, CSV, a workbook or Parquet, not as {accept}.")


def _media_types(accept: str) -> Iterator[tuple[str, float]]:
    for entry in accept.split(","):
        name, _, parameters = entry.partition(";")
        quality = next((p.strip()[2:] for p in parameters.split(";") if p.strip().startswith("q=")), "1")
        try:
            yield name.strip().lower(), float(quality)
        except ValueError:
            yield name.strip().lower(), 0.0


def wanted_details(
    kind: ResultFormat, include: str | None, convention: ConventionName | None, fan: Sequence[str]
) -> DetailsRequest | None:
    """The details asked for, None where it is the results themselves.

    Raises Invalid for an unknown section, and for details in a format other than JSON.
    """
    if include is None:
        if convention is not None or fan:
            raise _invalid("include", "convention and fan are about details: name sections in include too")
        return None
    if kind != "json":
        raise _invalid("include", f"details come as JSON, not as {kind}")
    named = tuple(part.strip().lower() for part in include.split(",") if part.strip())
    known = (*DETAIL_SECTIONS, ALL_SECTIONS)
    unknown = [name for name in named if name not in known]
    if unknown or not named:
        what = f"there is no section {unknown[0]!r}" if unknown else "no section is named"
        raise _invalid("include", f"{what}; known are {', '.join(known)}")
    return DetailsRequest(tuple(dict.fromkeys(named)), convention or "atrisk", tuple(fan))


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(f"{field}: {message}", fields=(FieldError(f"query.{field}", message),))


async def details_json(gateway: Gateway, folder: Path, asked: DetailsRequest, most_kept: int) -> str:
    """The ResultDetails as JSON; made at the first request and kept. Raises ComputeError for a fan's range without
    outputs.
    """
    kept = KeptDetails(folder, most_kept)

    def made() -> str:
        found = kept.get(asked)
        if found is None:
            result = gateway.load_result(folder)
            found = result.details(asked.sections, asked.convention, fan=asked.fan).model_dump_json()
            kept.put(asked, found)
        return found

    # Equal requests at the same time wait for the first one's answer.
    async with _writing.setdefault(kept.file(asked), asyncio.Lock()):
        return await asyncio.to_thread(made)


def result_folder(context: Context, simulation: Simulation) -> Path:
    """Where the results lie. Raises Conflict for a simulation that has none (yet)."""
    if not simulation.ended:
        raise Conflict("The simulation is not finished yet.", code="simulation.not_finished")
    if simulation.result_folder is None:
        raise Conflict(f"The simulation has no results: it {simulation.status}.", code="simulation.without_results")
    return SimulationFolder.of(context.settings, simulation.id).path / simulation.result_folder


def check_analysis(simulation: Simulation, kind: ResultFormat, include: str | None) -> None:
    """Raises NotAcceptable and Invalid for what only a simulation has: samples, a workbook, details."""
    if simulation.analysis is None:
        return
    if kind != "json":
        raise NotAcceptable(f"The results of an analysis come as JSON, not as {kind}.")
    if include is not None:
        raise _invalid("include", "an analysis has no details; ask without include")


def trials_file(folder: Path) -> Path:
    """Every trial as Parquet. Raises NotAcceptable for a simulation that did not keep them."""
    file = folder / TRIALS
    if not file.exists():
        raise NotAcceptable(
            'Only a simulation with "engine": "arrow" keeps its trials as Parquet; this one has its samples as CSV.'
        )
    return file


def check_samples(folder: Path) -> None:
    """Raises NotAcceptable for samples as CSV of a simulation whose trials may be more than memory holds."""
    if (folder / TRIALS).exists():
        raise NotAcceptable("The samples of this simulation come as Parquet (format=parquet), not as CSV.")


def summary_file(folder: Path) -> Path:
    """The ResultSummary as JSON."""
    return folder / SUMMARY


async def csv_lines(gateway: Gateway, folder: Path) -> Iterator[str]:
    """The samples as CSV (RFC 4180), in pieces: a header with the variables' keys, then one row per iteration."""
    result = await asyncio.to_thread(gateway.load_result, folder)
    return _table(result)


def _table(result: RunResult) -> Iterator[str]:
    names, columns = result.samples_table()
    yield _lines([[safe_text(name) for name in names]])
    rows = len(columns[0]) if columns else 0
    for start in range(0, rows, ROWS_AT_ONCE):
        piece = [column[start : start + ROWS_AT_ONCE].tolist() for column in columns]
        yield _lines([[number_text(value) for value in row] for row in zip(*piece, strict=True)])


def _lines(rows: Sequence[Sequence[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue()


def safe_text(text: str) -> str:
    """Text that no spreadsheet program takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def number_text(value: float) -> str:
    """The shortest text that reads back as the same number; an iteration that ended in an error is an empty cell."""
    if math.isnan(value):
        return ""
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


@dataclass(frozen=True, slots=True)
class ResultsWorkbook:
    """The written workbook and what had to be left out of it."""

    path: Path
    notices: tuple[str, ...]


async def results_workbook(gateway: Gateway, folder: Path, original: Path) -> ResultsWorkbook:
    """The original workbook with the results in it; written at the first request and kept."""
    lock = _writing.setdefault(folder, asyncio.Lock())
    async with lock:
        return await asyncio.to_thread(_written, gateway, folder, original)


def _written(gateway: Gateway, folder: Path, original: Path) -> ResultsWorkbook:
    target = folder / f"workbook{original.suffix}"
    notices_file = folder / "notices.json"
    if not (target.exists() and notices_file.exists()):
        temporary = folder / f".workbook.part{original.suffix}"
        notices = gateway.load_result(folder).write_workbook(original, temporary)
        write_atomically(notices_file, json.dumps(notices).encode())
        temporary.replace(target)
    return ResultsWorkbook(target, tuple(json.loads(notices_file.read_bytes())))
