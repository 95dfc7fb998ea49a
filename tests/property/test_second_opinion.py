"""LibreOffice recalculates random workbooks and shows what we show, but for differences settled by Excel's pages.

LibreOffice is no authority on Excel. ``SETTLED`` holds, for each kind of disagreement met, a formula, our answer,
LibreOffice's, and what Excel's documentation says; ``differs_knowingly`` is the rule by which such cases are left out.
"""

from __future__ import annotations

import math
import re
import shutil
from pathlib import Path
from random import Random

import pytest

from compute.backends.reference.recalculate import recalculate_workbook
from compute.errors import CellError, Scalar
from compute.workbook import read_workbook
from tests.property import second_opinion as opinion

SOFFICE = shutil.which("soffice")
pytestmark = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is missing: install the package libreoffice-calc")

SETTLED: tuple[tuple[str, Scalar, Scalar, str], ...] = (
    ("COMBINA(12,100)", 473239787751081.0, "#VALUE!", "COMBINA: 111 choose 100; LibreOffice overflows"),
    ("BITXOR(3,1.9)", "#NUM!", 2.0, "BITXOR: a number that is no integer is #NUM!"),
    ("BITRSHIFT(2.5,1)", "#NUM!", 1.0, "BITRSHIFT: a number that is no integer is #NUM!"),
    ("DATE(0.5,100,2)", 3015.0, 39540.0, "DATE: a year of 0 to 1899 is added to 1900"),
    ("DAY(3)", 3.0, 2.0, "DATE systems: serial 1 is 1 January 1900; LibreOffice counts from 30 December 1899"),
    ("ERFC(C1)", "#VALUE!", 0.157299207050285, "ERFC: an argument that is no number is #VALUE!"),
    ("FIXED(1.9,100,TRUE)+1", 2.9, "#VALUE!", "FIXED: up to 127 decimals"),
    ("PERCENTRANK.INC(A1:A8,2,3)", 0.38, 0.381, "PERCENTRANK.INC: significance is where the share is cut, not rounded"),
    ("PERMUT(0,0)", "#NUM!", 1.0, "PERMUT: number <= 0 is #NUM!"),
    ("PERMUTATIONA(0,3)", "#NUM!", 0.0, "PERMUTATIONA: 0 of which more are chosen is #NUM!"),
    ("RANK(-1,A1:A4)", "#N/A", 4.0, "RANK: a number that is not among ref is #N/A"),
    ("SERIESSUM(2,-7,2,A1:B4)", "#VALUE!", 0.0, "SERIESSUM: an argument that is no number is #VALUE!"),
    ("SYD(2,3,-7,3)", "#NUM!", 0.952380952380952, "SYD: a life below 0 is #NUM!"),
    ("TIME(0.1,7,100)", 520 / 86400, 0.010185185185185186, "TIME: hours, minutes and seconds are whole numbers, cut"),
    ("ISNUMBER(C1)", False, True, "IS functions: a truth is no number; LibreOffice stores TRUE as 1"),
    ("EXPONDIST(-3,2,TRUE)", "#NUM!", 0.0, "EXPON.DIST: x < 0 is #NUM!"),
    ("COUPPCD(2.5,100,4)", "#NUM!", -82.0, "Excel has no date before 1900"),
)  # fmt: skip
BEFORE_MARCH_1900 = (
    r"COUP[A-Z]+|DATE|DATEDIF|DAYS?|DAYS360|EDATE|EOMONTH|MONTH|WEEKDAY|WEEKNUM|WORKDAY|NETWORKDAYS|YEAR|YEARFRAC"
    r"|ISO\.?WEEKNUM|TEXT|PRICE|YIELD|ACCRINTM?|M?DURATION|AMOR[A-Z]+|PRICEMAT|YIELDMAT|DISC|INTRATE|RECEIVED|PRICEDISC"
    r"|YIELDDISC|TBILL[A-Z]+|ODD[FL][A-Z]+|XNPV|XIRR|TIME|SECOND|MINUTE|HOUR"
)
OUTSIDE = (
    r"RANK[A-Z.]*|PERMUTA?|PERMUTATIONA|BIT[A-Z]+|SYD|SERIESSUM|EXPON[A-Z.]*|NEGBINOM[A-Z.]*|RRI|POISSON[A-Z.]*|ADDRESS"
    r"|CHI[A-Z.]*|LOGNORM[A-Z.]*|LOGINV|HYPGEOM[A-Z.]*|NUMBERVALUE|BESSEL[A-Z]|BETA[A-Z.]*|LCM|GCD|FVSCHEDULE|F\.?INV"
    r"|POWER|NPER|RATE|FREQUENCY|I?PMT|PPMT|MROUND|OFFSET|PROB|T\.[A-Z.0-9]*|ERF[A-Z.]*|VALUE|BASE|ISPMT|CUM[A-Z]+"
    r"|TRUNC|ROUND[A-Z]*|IRR|GAMMA[A-Z.]*|EFFECT|MULTINOMIAL|LINEST|LOGEST|TREND|GROWTH"
)
SHAPES = r"COVAR[A-Z.]*|INTERCEPT|SLOPE|CORREL|PEARSON|RSQ|STEYX|FORECAST[A-Z.]*|SUMX[A-Z0-9]*"
TRUTHS = (
    r"N|TYPE|CONCAT|TEXTJOIN|COUNT|(AVERAGE|COUNT|MAX|MIN|STDEVP?|VARP?)A|(COUNT|AVERAGE|SUM)IFS?|DELTA|GESTEP"
    r"|(BIN|OCT|DEC|HEX)2[A-Z]+"
)
ERRORS_ONLY = (OUTSIDE, SHAPES)
RULES: tuple[tuple[str, str], ...] = (
    (BEFORE_MARCH_1900, "dates before March 1900 and two-figure years are counted otherwise"),
    (r"LARGE|SMALL|LINEST|LOGEST", "a fraction of a place; a reference to an empty cell for a truth"),
    (OUTSIDE, "bounds that Excel's page states are not kept, or narrower ones are"),
    (SHAPES, "other shapes refused"),
    (TRUTHS, "a truth in a cell counts as the number 1"),
    (r"D(AVERAGE|COUNTA?|GET|MAX|MIN|PRODUCT|STDEVP?|SUM|VARP?)|HLOOKUP|VLOOKUP|LOOKUP|MATCH", "no order"),
    (r"PERCENTRANK[A-Z.]*|SKEW[.P]*|MODE[A-Z.]*", "rounded, not cut; the least mode, not the first"),
    (r"COMBINA|FIXED|DB|DDB|VDB|BESSELJ|LCM|FORECAST.ETS.SEASONALITY", "limits of LibreOffice's own, or open"),
    (r"UNICHAR|CHAR|IM[A-Z0-9]+", "control characters and small exponents are written otherwise"),
)  # fmt: skip
_TRUTH = re.compile(r"\bC[123]\b|\b(TRUE|FALSE|IS[A-Z]+|EXACT|AND|OR|XOR|NOT)\b")
"""LibreOffice saves a truth as the number 1 or 0, and compares and counts it as one."""


def differs_knowingly(formula: str, ours: Scalar, theirs: Scalar) -> bool:
    """Whether a rule covers the disagreement; bounds and shapes explain an error on one side, never two values."""
    name = formula.split("(", 1)[0]
    one_error = isinstance(ours, CellError) != isinstance(theirs, CellError)
    covering = [pattern for pattern, _ in RULES if re.fullmatch(pattern, name)]
    return _TRUTH.search(formula) is not None or any(one_error or p not in ERRORS_ONLY for p in covering)


def agree(ours: Scalar, theirs: Scalar) -> bool:
    """Whether both show the same: LibreOffice saves most errors as #VALUE!, and #NAME? for what it cannot read."""
    if isinstance(theirs, CellError) and (isinstance(ours, CellError) or theirs.code == "#NAME?"):
        return True
    if isinstance(ours, float) and isinstance(theirs, float) and not isinstance(theirs, bool):
        return math.isclose(ours, theirs, rel_tol=1e-7, abs_tol=1e-9)
    if isinstance(ours, str) and isinstance(theirs, str):
        return ours[:12].casefold() == theirs[:12].casefold()
    return (ours or "") == (theirs or "")


def opinions(folder: Path, sets: list[list[str]]) -> list[tuple[str, Scalar, Scalar]]:
    """Every formula with our value and LibreOffice's."""
    assert SOFFICE is not None
    books = [folder / f"book{i}.xlsx" for i in range(len(sets))]
    for book, formulas in zip(books, sets, strict=True):
        opinion.write(book, formulas)
    found = []
    for book, saved, formulas in zip(books, opinion.recalculated(SOFFICE, books, folder), sets, strict=True):
        values = recalculate_workbook(read_workbook(book))[0]["Sheet1"]
        ours = [values.get(f"J{i}") for i in range(20, 20 + len(formulas))]
        found += list(zip(formulas, ours, opinion.shown(saved, len(formulas)), strict=True))
    return found


def check(folder: Path, seeds: range) -> int:
    """Checks random workbooks and says how many cells agreed."""
    sets = []
    for seed in seeds:
        random = Random(seed)
        sets.append([opinion.formula(name, random) for name in opinion.SHARED])
    found = opinions(folder, sets)
    wrong = [
        f"{f}: {a!r}, LibreOffice {b!r}" for f, a, b in found if not agree(a, b) and not differs_knowingly(f, a, b)
    ]
    assert not wrong, "\n".join(wrong)
    return sum(agree(a, b) for _, a, b in found)


def test_settled_disagreements_are_as_excel_documents_them(tmp_path: Path) -> None:
    for formula, ours, _, source in SETTLED:
        path = tmp_path / "one.xlsx"
        opinion.write(path, [formula])
        value = recalculate_workbook(read_workbook(path))[0]["Sheet1"].get("J20")
        if isinstance(ours, str):
            assert isinstance(value, CellError), (formula, value, source)
            assert value.code == ours, (formula, source)
        else:
            assert value == pytest.approx(ours, rel=1e-12), (formula, source)


@pytest.mark.sweep
@pytest.mark.parametrize("first", range(1, 41, 8))
def test_libreoffice_agrees(tmp_path: Path, first: int) -> None:
    assert check(tmp_path, range(first, first + 8)) > 2_500
