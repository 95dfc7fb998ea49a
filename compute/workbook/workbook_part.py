"""The workbook part: the list of sheets, defined names and calculation settings."""

from __future__ import annotations

from math import isfinite
from typing import Literal

from compute.errors import DamagedWorkbook
from compute.records import dataclass
from compute.workbook.attributes import is_true, whole_number
from compute.workbook.markup import Element
from compute.workbook.model import DefinedName
from compute.workbook.package import Relationship
from compute.workbook.safety import REPAIR
from compute.workbook.strings import unescape

_STATES: dict[str, Literal["visible", "hidden", "veryHidden"]] = {
    "visible": "visible",
    "hidden": "hidden",
    "veryHidden": "veryHidden",
}


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A line of the sheet list; ``relationship`` is None where the package has no part for the sheet.

    Excel writes an empty ``r:id`` for the module sheets of Excel 95, which live on as VBA: ``is_module``.
    """

    name: str
    state: Literal["visible", "hidden", "veryHidden"]
    relationship: Relationship | None
    is_module: bool = False


@dataclass(frozen=True, slots=True)
class Calculation:
    """``calcPr``: defaults of ECMA-376 part 1, 18.2.2."""

    iterative: bool = False
    iterative_count: int = 100
    iterative_change: float = 0.001
    precision_as_displayed: bool = False


def read_sheet_entries(workbook: Element, relationships: tuple[Relationship, ...]) -> tuple[SheetEntry, ...]:
    """The sheets in tab order; those without ``r:id`` take the unclaimed sheet parts. Raises DamagedWorkbook."""
    by_id = {relationship.id: relationship for relationship in relationships}
    elements = list(workbook.all("sheets", "sheet"))
    claimed = {element.attributes.get("r:id") for element in elements}
    spare = iter([item for item in relationships if item.kind == "worksheet" and item.id not in claimed])
    entries = []
    for element in elements:
        identifier = element.attributes.get("r:id")
        relationship = next(spare, None) if identifier is None else by_id.get(identifier)
        state = _STATES.get(element.attributes.get("state", "visible"), "visible")
        name = unescape(element.attributes.get("name", ""))
        entries.append(SheetEntry(name, state, relationship, is_module=identifier == ""))
    _refuse_twins(entries)
    return tuple(entries)


def read_defined_names(workbook: Element, entries: tuple[SheetEntry, ...]) -> tuple[DefinedName, ...]:
    """The defined names as stored, hidden ones and those of macros included."""
    return tuple(_defined_name(element, entries) for element in workbook.all("definedNames", "definedName"))


def read_calculation(workbook: Element) -> Calculation:
    """The calculation settings; what is absent or unreadable has its default."""
    element = workbook.first("calcPr")
    if element is None:
        return Calculation()
    attributes = element.attributes
    return Calculation(
        iterative=is_true(attributes.get("iterate")),
        iterative_count=_count(attributes.get("iterateCount", "")),
        iterative_change=_change(attributes.get("iterateDelta", "")),
        precision_as_displayed=not is_true(attributes.get("fullPrecision", "1")),
    )


def uses_date_1904(workbook: Element) -> bool:
    """Whether serial numbers count from 1904."""
    properties = workbook.first("workbookPr")
    return properties is not None and is_true(properties.attributes.get("date1904"))


def _defined_name(element: Element, entries: tuple[SheetEntry, ...]) -> DefinedName:
    attributes = element.attributes
    scope = attributes.get("localSheetId")
    sheet = None
    if scope is not None:
        index = whole_number(scope)
        if index is None or index >= len(entries):
            name = attributes.get("name")
            message = (
                f"The name {name} belongs to sheet number {scope[:40]}, which the workbook does not have. {REPAIR}"
            )
            raise DamagedWorkbook(message, code="workbook.bad_name")
        sheet = entries[index].name
    return DefinedName(
        name=unescape(attributes.get("name", "")),
        text=unescape(element.text.strip()).removeprefix("="),
        sheet=sheet,
        hidden=is_true(attributes.get("hidden")),
        macro=is_true(attributes.get("function")) or is_true(attributes.get("vbProcedure")),
    )


def _refuse_twins(entries: list[SheetEntry]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.name.casefold() in seen:
            message = f"The workbook has two sheets named {entry.name}. {REPAIR}"
            raise DamagedWorkbook(message, code="workbook.duplicate_sheets")
        seen.add(entry.name.casefold())


def _count(text: str) -> int:
    count = whole_number(text)
    return 100 if count is None else min(count, 32_767)


def _change(text: str) -> float:
    try:
        change = float(text)
    except ValueError:
        return 0.001
    return change if isfinite(change) and change >= 0 else 0.001
