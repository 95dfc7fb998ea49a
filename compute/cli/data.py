"""Numbers from files: a column of a .csv, a range of a workbook."""

from __future__ import annotations

import csv
import math
from pathlib import Path

from compute.errors import CellError, ComputeError, Scalar, SpecificationError, UnknownCell
from compute.formulas import address, cell_key, parse_cell_key
from compute.records import dataclass
from compute.workbook import Workbook, read_workbook

CODE = "fitting.data"
_NAMED = 20


@dataclass(frozen=True, slots=True)
class Column:
    """Numbers that stand one below the other, ``name`` says where; ``blanks`` were left out."""

    name: str
    values: tuple[float, ...]
    blanks: int = 0


def columns_of(file: Path, place: str | None, names: list[str], keep_rows: bool) -> tuple[Column, ...]:
    """The columns of a .csv (``names``: their headings or numbers), or of a workbook's range (``place``).

    Blanks are left out; with ``keep_rows`` they are refused, since what stands in a row belongs together. Raises
    SpecificationError that names the cell, OSError, and WorkbookError.
    """
    if file.suffix.casefold() in (".xlsx", ".xlsm"):
        if place is None:
            raise SpecificationError(f"{file}: name the range too, for example Sheet1!A1:A200", code=CODE)
        return _of_range(read_workbook(file), place, keep_rows)
    if place is not None:
        raise SpecificationError(
            f"{file}: {place!r} is a range of a workbook; name a column of a .csv with --column", code=CODE
        )
    return _of_csv(file, names, keep_rows)


def _of_range(workbook: Workbook, place: str, keep_rows: bool) -> tuple[Column, ...]:
    sheet_name, (top, left), (bottom, right) = _corners(workbook, place)
    try:
        sheet = workbook.sheet(sheet_name)
    except KeyError:
        known = ", ".join(s.name for s in workbook.sheets)
        raise UnknownCell(f"{place}: there is no sheet {sheet_name!r}; there are {known}", cells=(place,)) from None
    found = []
    bottom = min(bottom, max(sheet.last_row, top))
    for column in range(left, right + 1):
        cells: list[tuple[str, Scalar]] = [
            (cell_key(sheet.name, row, column), sheet.values.get((row, column), sheet.cached.get((row, column))))
            for row in range(top, bottom + 1)
        ]
        name = f"{sheet.name}!{address(top, column)}:{address(bottom, column)}"
        found.append(_checked(name, cells, keep_rows))
    return tuple(found)


def _corners(workbook: Workbook, place: str) -> tuple[str, tuple[int, int], tuple[int, int]]:
    for name in workbook.names:
        if name.name.casefold() == place.casefold():
            place = name.text
    plain = place.replace("$", "")
    first, colon, last = plain.rpartition(":")
    try:
        sheet, row, column = parse_cell_key(first if colon else plain)
        _, last_row, last_column = parse_cell_key(f"{sheet}!{last}") if colon else (sheet, row, column)
    except ComputeError:
        raise UnknownCell(
            f"{place!r} is no range: write it as Sheet1!A1:A200, or as a name of the workbook", cells=(place,)
        ) from None
    return sheet, (min(row, last_row), min(column, last_column)), (max(row, last_row), max(column, last_column))


def _of_csv(file: Path, names: list[str], keep_rows: bool) -> tuple[Column, ...]:
    with file.open(newline="", encoding="utf-8-sig") as stream:
        try:
            sample = stream.read(65_536)
            stream.seek(0)
            rows = [row for row in csv.reader(stream, _dialect(sample)) if row]
        except (UnicodeDecodeError, csv.Error) as problem:
            raise SpecificationError(f"{file}: it is no .csv in UTF-8 ({problem})", code=CODE) from None
    if not rows:
        raise SpecificationError(f"{file}: the file is empty", code=CODE)
    headed = any(cell.strip() and _number(cell) is None for cell in rows[0])
    headings = [cell.strip() for cell in rows[0]] if headed else [str(i + 1) for i in range(len(rows[0]))]
    chosen = [_place(file, name, headings) for name in names]
    if not chosen:
        if len(headings) > 1 and not keep_rows:
            listed = ", ".join(headings[:_NAMED])
            raise SpecificationError(f"{file}: it has the columns {listed}; choose one with --column", code=CODE)
        chosen = list(range(len(headings)))
    found = []
    for column in chosen:
        cells: list[tuple[str, Scalar]] = []
        for line, row in enumerate(rows[headed:], 1 + headed):
            text = row[column].strip() if column < len(row) else ""
            value = _number(text)
            cells.append((f"{file}, line {line}, {headings[column]}", text or None if value is None else value))
        found.append(_checked(headings[column], cells, keep_rows))
    return tuple(found)


def _dialect(sample: str) -> type[csv.Dialect]:
    """Commas unless the first line has semicolons or tabs and no commas."""
    first = sample.partition("\n")[0]

    class Found(csv.excel):
        delimiter = next((d for d in (",", ";", "\t") if d in first), ",")

    return Found


def _place(file: Path, name: str, headings: list[str]) -> int:
    same = [i for i, heading in enumerate(headings) if heading.casefold() == name.strip().casefold()]
    if len(same) == 1:
        return same[0]
    if not same and name.isdigit() and 1 <= int(name) <= len(headings):
        return int(name) - 1
    problem = "is there several times" if same else "is not there"
    raise SpecificationError(
        f"{file}: the column {name!r} {problem}; choose from {', '.join(headings[:_NAMED])}, or their numbers from 1",
        code=CODE,
    )


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _checked(name: str, cells: list[tuple[str, Scalar]], keep_rows: bool) -> Column:
    values: list[float] = []
    blanks = 0
    for where, value in cells:
        if value is None or value == "":
            if keep_rows:
                raise SpecificationError(
                    f"{where} is empty; in a series, and in rows of several columns, every value is needed. Fill it, "
                    "or leave its row out",
                    code=CODE,
                )
            blanks += 1
        elif isinstance(value, bool) or not isinstance(value, int | float):
            shown = value.code if isinstance(value, CellError) else repr(value)
            raise SpecificationError(
                f"{where} holds {shown}; every value must be a number. Correct it, or choose the data without it",
                code=CODE,
            )
        else:
            values.append(float(value))
    return Column(name, tuple(values), blanks)
