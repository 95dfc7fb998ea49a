"""What Excel keeps of other workbooks: values (``[1]Sheet!A1``) and what their names stand for (``[1]!Rate``)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from compute.errors import CellError, DamagedWorkbook, Scalar, UnknownCell
from compute.formulas.addresses import parse_address
from compute.records import dataclass
from compute.workbook.attributes import is_true, whole_number
from compute.workbook.markup import Element
from compute.workbook.model import Cell, DefinedName
from compute.workbook.strings import unescape


@dataclass(frozen=True, slots=True)
class ExternalLink:
    """``values``: sheet name → cell → value; ``names`` with what each stood for when the link was last updated."""

    values: Mapping[str, Mapping[Cell, Scalar]]
    names: tuple[DefinedName, ...]


def read_external_link(link: Element, part: str) -> ExternalLink:
    """One externalLink part; empty for DDE and OLE links.

    Every sheet that the link names is a key of the values, with or without any. Raises DamagedWorkbook.
    """
    sheets = [
        unescape(element.attributes.get("val", "")) for element in link.all("externalBook", "sheetNames", "sheetName")
    ]
    values: dict[str, Mapping[Cell, Scalar]] = {name: MappingProxyType({}) for name in sheets}
    for data in link.all("externalBook", "sheetDataSet", "sheetData"):
        index = whole_number(data.attributes.get("sheetId"))
        if index is not None and index < len(sheets):
            values[sheets[index]] = MappingProxyType(_values(data, part))
    return ExternalLink(MappingProxyType(values), tuple(_names(link, sheets)))


def _names(link: Element, sheets: list[str]) -> Iterator[DefinedName]:
    for element in link.all("externalBook", "definedNames", "definedName"):
        text = unescape(element.attributes.get("refersTo", "")).removeprefix("=")
        scope = whole_number(element.attributes.get("sheetId"))
        sheet = sheets[scope] if scope is not None and scope < len(sheets) else None
        if text:
            yield DefinedName(unescape(element.attributes.get("name", "")), text, sheet)


def _values(data: Element, part: str) -> dict[Cell, Scalar]:
    values: dict[Cell, Scalar] = {}
    for cell in data.all("row", "cell"):
        stored = cell.first("v")
        if stored is None:
            continue
        reference = cell.attributes.get("r", "")
        try:
            values[parse_address(reference)] = _value(cell.attributes.get("t", "n"), stored.text)
        except (UnknownCell, ValueError) as error:
            message = f"The linked values in {part} are damaged at {reference!r}. Update the links in Excel and save."
            raise DamagedWorkbook(message, code="workbook.bad_link") from error
    return values


def _value(kind: str, text: str) -> Scalar:
    if kind == "n":
        return float(text)
    if kind == "b":
        return is_true(text.strip())
    if kind == "e":
        return CellError(text.strip())
    return unescape(text)
