"""Crystal Ball's data of assumptions and forecasts, built as it lies in workbooks that Crystal Ball saved."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass, field
from typing import Any

from compute.workbook.model import DefinedName, Formula, ShapeScript, Sheet, Workbook
from tests.compute.workbook.nrbf_writer import Net, array_list, written_objects

STORE, DOMAIN, KERNEL = (f"Decisioneering.{n}." for n in ("CB.CBObjectStore.CB7", "CB.CBDomain", "OCB.SimKernel"))
PARAMETER, ASSUMPTION_NAME, FORECAST_NAME, COEFFICIENT = (
    "ParmControlId",
    "AsmValueRefEnum",
    "FrcValueRefEnum",
    "CorrelationCoefRefEnum",
)
Reference = tuple[str, int, str]
"""What a reference is for, the number of it, and the digits of its name CBCR_."""


def digits(number: int) -> str:
    """The 32 digits of an identifier."""
    return f"{number:032x}"


def guid(number: int) -> Net:
    text = digits(number)
    cuts = (0, 8, 12, *range(16, 32, 2))
    parts = [int(text[a:b], 16) for a, b in zip(cuts, [*cuts[1:], 32], strict=True)]
    signed = [parts[0] - (1 << 32) if parts[0] >= 1 << 31 else parts[0], *parts[1:]]
    return Net("System.Guid", dict(zip((f"_{c}" for c in "abcdefghijk"), signed, strict=True)), None)


def table(*entries: tuple[Any, Any]) -> Net:
    keys, values = [k for k, _ in entries], [v for _, v in entries]
    return Net("System.Collections.Hashtable", {"HashSize": 11, "Keys": keys, "Values": values}, None)


def references(*given: Reference) -> Net:
    entries = []
    for kind, number, name in given:
        purpose = Net(DOMAIN + kind, {"value__": number})
        cell = Net(
            STORE + "ExcelCellRef",
            {"mIsRefersToARangeName": True, "ValueRef+mGuidKey": f"CBCR_{name}", "ValueRef+mFor": purpose},
        )
        entries.append((purpose, cell))
    return Net(STORE + "ExcelCellRefs", {"mFors": table(*entries)})


def assumption(
    number: int,
    law: str,
    name: str = "",
    *given: Reference,
    kinds: tuple[float, ...] = (0.0, 1.0, 2.0, 3.0, 4.0),
    record: list[float] | None = None,
    context: dict[str, Any] | None = None,
    further: Any = None,
    **members: Any,
) -> Net:
    values = record or [9e307, *(float(v) for v in re.findall(r"=([-+.\dE]+)", law))]
    kernel = Net(
        KERNEL + "Dst", {"DstParms": Net(KERNEL + "DstParmSet", {"c": list(kinds), "d": values, "e": further})}
    )
    return Net(
        STORE + "AssumptionCellRef",
        {
            "mDstParms": law,
            "mExcelCellRefs": references(*given),
            "mVarName": name,
            "mVar": Net(KERNEL + "Asm", {"mDst": kernel, "mContextData": table(*(context or {}).items())}),
            "mUseRangeName": True,
            "mGuid": guid(number),
            **members,
        },
    )


def forecast(
    number: int, name: str, *given: Reference, filtered: bool = False, discards: bool = False, **members: Any
) -> Net:
    prefs = Net("Decisioneering.CB.CBPrefs.FrcFilterPrefs", {"fUseFilter": filtered, "fFilterAllOnDiscard": discards})
    own = {
        "mPreferences": Net("Decisioneering.CB.CBPrefs.FrcChartPrefs", {"fFilterPrefs": prefs}),
        "mExcelCellRefs": references(*given),
        "mVarName": name,
        "mGuid": guid(number),
    }
    return Net(STORE + "ForecastCellRef", own | members)


def decision(number: int, name: str) -> Net:
    return Net(STORE + "DecVarCellRef", {"mExcelCellRefs": references(), "mVarName": name, "mGuid": guid(number)})


def correlation(number: int, first: int, second: int, coefficient: float, *given: Reference) -> Net:
    members = {
        "mAssumption1Guid": guid(first),
        "mAssumption2Guid": guid(second),
        "mCoefficient": coefficient,
        "mExcelCellRefs": references(*given),
        "mGuid": guid(number),
    }
    return Net(STORE + "CorrelationRef", members)


def block_text(data: bytes) -> str:
    """Bytes as the text of a block: deflated, two swapped digits a byte, two digits a UTF-16 unit."""
    swapped = "".join(f"{byte & 15:x}{byte >> 4:x}" for byte in zlib.compress(data))
    return swapped.encode("ascii").decode("utf-16-le")


def block(*things: Net, number: int = 1) -> ShapeScript:
    return ShapeScript(f"CB_Block_7.0.0.0:{number}", block_text(written_objects(array_list(*things))))


@dataclass
class Stored:
    """A workbook of one sheet ``M``: ``cells`` has the cell (``B3``) of each object's number."""

    things: tuple[Net, ...]
    cells: dict[int, str] = field(default_factory=dict)
    values: dict[tuple[int, int], Any] = field(default_factory=dict)
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    cached: dict[tuple[int, int], Any] = field(default_factory=dict)
    refers: dict[str, str] = field(default_factory=dict)

    def names(self, sheet: str) -> tuple[DefinedName, ...]:
        own = {f"CB_{digits(n)}": f"{sheet}!{place}" for n, place in self.cells.items()}
        own |= {f"CBCR_{n}": text for n, text in self.refers.items()}
        return tuple(DefinedName(n, t, sheet=sheet, hidden=True) for n, t in own.items())

    def sheet(self, name: str = "M") -> Sheet:
        formulas = {cell: Formula(text) for cell, text in self.formulas.items()}
        return Sheet(name, values=self.values, formulas=formulas, cached=self.cached, scripts=(block(*self.things),))

    def book(self) -> Workbook:
        return Workbook((self.sheet(),), names=self.names("M"))
