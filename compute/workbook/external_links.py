"""The values that Excel keeps of other workbooks (``[1]Sheet!A1``)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from compute.errors import CellError, DamagedWorkbook, Scalar, UnknownCell
from compute.formulas.addresses import parse_address
from compute.workbook.attributes import is_true, whole_number
from compute.workbook.markup import Element
from compute.workbook.model import Cell
from compute.workbook.strings import unescape


def read_external_values(link: Element, part: str) -> Mapping[str, Mapping[Cell, Scalar]]:
    """Sheet name → cell → value of one externalLink part; empty for DDE and OLE links.

    Every sheet that the link names is a key, with or without values. Raises DamagedWorkbook.
    """
    names = [
        unescape(element.attributes.get("val", "")) for element in link.all("externalBook", "sheetNames", "sheetName")
    ]
    sheets: dict[str, Mapping[Cell, Scalar]] = {name: MappingProxyType({}) for name in names}
    for data in link.all("externalBook", "sheetDataSet", "sheetData"):
        index = whole_number(data.attributes.get("sheetId"))
        if index is not None and index < len(names):
            sheets[names[index]] = MappingProxyType(_values(data, part))
    return MappingProxyType(sheets)


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
