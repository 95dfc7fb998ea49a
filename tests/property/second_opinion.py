"""Deterministic random workbooks of functions that LibreOffice shares with Excel, and LibreOffice's values of them."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import openpyxl

from compute.errors import CellError, Scalar
from compute.functions import REGISTRY, Parameter
from compute.workbook import build_workbook
from tests.property.grammar import DATES, RANDOM_FUNCTIONS, SHARES, SMALL, number_for

CONFIGURATION = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>
"""
_NEWER = """ARRAYTOTEXT CHOOSECOLS CHOOSEROWS DROP EXPAND FILTER GROUPBY HSTACK PERCENTOF PHONETIC PIVOTBY REGEXEXTRACT
 REGEXREPLACE REGEXTEST SEQUENCE SORT SORTBY TAKE TEXTAFTER TEXTBEFORE TEXTSPLIT TOCOL TOROW TRIMRANGE UNIQUE
 VALUETOTEXT  VSTACK WRAPCOLS WRAPROWS XLOOKUP XMATCH
 BYCOL BYROW NUMBERSTRING DATESTRING"""
_OF_THE_PLACE = (
    "CELL INFO INDIRECT FORMULATEXT SHEET SHEETS HYPERLINK GETPIVOTDATA ENCODEURL FILTERXML CALL REGISTER.ID"
)
_FOREIGN = """DBCS JIS ECMA.CEILING BAHTTEXT USDOLLAR DOLLAR ISO.CEILING WEBSERVICE IMAGE LEFTB RIGHTB MIDB LENB FINDB
 SEARCHB REPLACEB"""
LEFT_OUT = frozenset(f"{_NEWER} {_OF_THE_PLACE} {_FOREIGN}".split()) | RANDOM_FUNCTIONS
"""Functions that LibreOffice 7.4 lacks, that tell of the machine or the file, or that depend on the language."""
SHARED = tuple(sorted(n for n in REGISTRY if n not in LEFT_OUT))

CELLS: dict[str, bool | float | str] = {
    "A1": 1, "A2": 2.5, "A3": -3, "A4": 4, "A5": 0.5, "A6": 12, "A7": 7, "A8": 100,
    "B1": "apple", "B2": "Pear", "B3": "12", "B4": "fig", "B5": "apple", "B6": "a b", "B7": "Zoo", "B8": "1+2i",
    "C1": True, "C2": False, "C3": True, "D1": 40000, "D2": 43890, "D3": 45000, "D4": 44562, "D5": 44197,
    "E1": 3, "E2": 1, "E3": 4, "E4": 1.5, "E5": 9, "E6": 2, "E7": 6, "E8": 5, "F1": 0.1, "F2": 0.25, "F3": 0.4,
           "F4": 0.25,
}  # fmt: skip
NUMBER_CELLS = ("A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "E1", "E3", "F1", "F2", "G1")
RANGES = ("A1:A8", "E1:E8", "A1:B4", "F1:F4", "A1:A4", "E1:E4", "D1:D5", "B1:B8", "A1:B3", "G1:G3")
TEXTS = ('"apple"', '"Pear"', '"a"', '"p"', '"12"', '"1+2i"', '"#,##0.00"', '"0.0"', '"FF"', '"101"', '"17"',
           "B1", "B2", "B6",
         '">2"', '"2020-01-31"', '"XIV"', '"x y"')  # fmt: skip
OPERATORS = ("+", "-", "*", "/", "=", "<", ">=")


@dataclass(frozen=True)
class Cell:
    cell: str
    input: bool | float | str
    format: str | None = None


@dataclass(frozen=True)
class SheetOfCells:
    name: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Book:
    sheets: tuple[SheetOfCells, ...]
    names: tuple[object, ...] = ()


def argument(parameter: Parameter, random: Random) -> str:
    """An argument of the parameter's own type."""
    if parameter.type == "number":
        if random.random() < 0.35:
            return random.choice(NUMBER_CELLS)
        return plain(number_for(parameter.name, random))
    if parameter.type == "text":
        return random.choice((*TEXTS, "A2"))
    if parameter.type == "logical":
        return random.choice(("TRUE", "FALSE", "C1", "A1>2"))
    if parameter.type in ("range", "array"):
        return random.choice(RANGES)
    if parameter.type == "reference":
        return random.choice(("A1", "A1:B3", "E2:E4"))
    return random.choice((*NUMBER_CELLS, *TEXTS, "C1", *SMALL))


def plain(text: str) -> str:
    """A number of moderate size that names no cell of another workbook."""
    moderate = (*SMALL, *SHARES[:5], "10", "100", "12", "1.5", "-7", "255")
    return text if text in moderate or text in DATES[:8] else "2"


def formula(name: str, random: Random) -> str:
    """A call of a function with fitting arguments, now and then within an operation."""
    function = REGISTRY[name]
    most = function.maximum
    most = max(function.minimum, len(function.parameters)) if most is None else most
    count = random.randint(function.minimum, most)
    repeated = len(function.parameters) - count
    if function.group > 1 and repeated % function.group:
        count -= 1 if count > function.minimum else 0
    text = f"{name}({','.join(argument(function.parameter(i), random) for i in range(count))})"
    return f"{text}{random.choice(OPERATORS)}{random.choice(NUMBER_CELLS)}" if random.random() < 0.15 else text


def write(path: Path, formulas: Sequence[str]) -> None:
    """A workbook with the constants and the formulas down column J."""
    cells = [Cell(a, v) for a, v in CELLS.items()] + [Cell(f"J{i}", f"={t}") for i, t in enumerate(formulas, 20)]
    path.write_bytes(build_workbook(Book((SheetOfCells("Sheet1", tuple(cells)),))))


def recalculated(soffice: str, books: Sequence[Path], folder: Path) -> list[Path]:
    """The books as LibreOffice saves them after computing everything, by one start of the program."""
    profile = folder / "profile"
    (profile / "user").mkdir(parents=True, exist_ok=True)
    (profile / "user" / "registrymodifications.xcu").write_text(CONFIGURATION)
    out = folder / "out"
    subprocess.run(  # noqa: S603
        [soffice, f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", "xlsx", "--outdir",
           str(out),
         *map(str, books)],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    return [out / book.name for book in books]


def shown(path: Path, count: int) -> list[Scalar]:
    """The values that LibreOffice stored of the formulas; Err:5xx of its own as its number."""
    sheet = openpyxl.load_workbook(path, data_only=True)["Sheet1"]
    return [_value(sheet.cell(row, 10)) for row in range(20, 20 + count)]


def _value(cell: object) -> Scalar:
    value, kind = cell.value, cell.data_type  # type: ignore[attr-defined]
    if kind == "e":
        return CellError(str(value))
    if hasattr(value, "isoformat"):
        from openpyxl.utils.datetime import to_excel

        return float(to_excel(value))
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value
