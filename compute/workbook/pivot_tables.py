"""Pivot tables as laid out on their sheet: which cell shows which total.

Row and column items are written as in ECMA-376 part 1, 18.10.1 (pivotTableDefinition, rowItems, colItems) and name
items of the cache definition's fields. The totals themselves are the constants that the sheet holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from compute.errors import CellError, Scalar
from compute.records import dataclass
from compute.workbook.attributes import is_true, whole_number
from compute.workbook.dates import serial_number
from compute.workbook.markup import Element
from compute.workbook.model import Cell, PivotField, PivotLine, PivotTable
from compute.workbook.rectangles import parse_rectangle
from compute.workbook.strings import unescape

DATA_FIELD = -2
"""Stands among the fields of an axis where several data fields are laid out along it."""


def read_pivot_table(definition: Element, cache: Element, sheet: str, date_1904: bool) -> PivotTable:
    """The layout of one pivot table. Raises DamagedWorkbook for a place that is none."""
    location = definition.first("location")
    attributes = {} if location is None else location.attributes
    reference = attributes.get("ref", "")
    top, left, bottom, right = parse_rectangle(reference, f"The pivot table {definition.attributes.get('name', '')}")
    fields = _fields(definition, cache, date_1904)
    pages = list(definition.all("pageFields", "pageField"))
    above = whole_number(attributes.get("rowPageCount")) or 0
    first = (
        top + (whole_number(attributes.get("firstDataRow")) or 0),
        left + (whole_number(attributes.get("firstDataCol")) or 0),
    )
    return PivotTable(
        sheet=sheet,
        range=(max(top - (above + 1 if above else 0), 1), left, bottom, right),
        fields=fields,
        data_fields=tuple(_data_field(element, fields) for element in definition.all("dataFields", "dataField")),
        rows=tuple(_lines(definition, "row", first[0])),
        columns=tuple(_lines(definition, "col", first[1])),
        pages={_signed(page.attributes.get("fld")): whole_number(page.attributes.get("item")) for page in pages},
    )


@dataclass(slots=True)
class _Member:
    """An item of a cache field: its value, and the caption that an OLAP source gives it."""

    value: Scalar
    caption: str | None


def _fields(definition: Element, cache: Element, date_1904: bool) -> tuple[PivotField, ...]:
    cached = list(cache.all("cacheFields", "cacheField"))
    found = []
    for index, element in enumerate(definition.all("pivotFields", "pivotField")):
        source = cached[index] if index < len(cached) else None
        members = [] if source is None else _members(source, date_1904)
        names = [element.attributes.get("name"), None if source is None else source.attributes.get("name")]
        if source is not None:
            names += [source.attributes.get("caption"), _hierarchy(source.attributes.get("name", ""))]
        items = tuple(_item(item, members) for item in element.all("items", "item"))
        shows_total = is_true(element.attributes.get("defaultSubtotal", "1"))
        heads = is_true(element.attributes.get("outline", "1")) and is_true(element.attributes.get("subtotalTop", "1"))
        found.append(PivotField(tuple(unescape(n) for n in names if n), items, shows_total and heads))
    return tuple(found)


def _hierarchy(level: str) -> str | None:
    """``[Dimension].[Hierarchy]`` of an OLAP level, by which formulas name it."""
    return level.rpartition(".[")[0] or None if level.startswith("[") else None


def _members(field: Element, date_1904: bool) -> list[_Member]:
    group = next(field.all("fieldGroup", "groupItems"), None)
    shared = field.first("sharedItems") if group is None else group
    if shared is None:
        return []
    return [_member(element, date_1904) for element in shared.children if element.tag in "mnbesd"]


def _member(element: Element, date_1904: bool) -> _Member:
    text = element.attributes.get("v", "")
    caption = element.attributes.get("c")
    return _Member(_value(element.tag, text, date_1904), None if caption is None else unescape(caption))


def _value(tag: str, text: str, date_1904: bool) -> Scalar:
    try:
        if tag == "n":
            return float(text)
        if tag == "d":
            return serial_number(text, date_1904)
    except ValueError:
        return text
    if tag == "b":
        return is_true(text)
    if tag == "e":
        return CellError(text)
    return "(blank)" if tag == "m" else unescape(text)


def _item(item: Element, members: list[_Member]) -> tuple[Scalar, ...]:
    """By which values a formula may name an item; none for the subtotals listed among the items."""
    if item.attributes.get("t", "data") not in ("data", "blank"):
        return ()
    index = whole_number(item.attributes.get("x"))
    member = members[index] if index is not None and index < len(members) else None
    caption = item.attributes.get("n")
    named: list[Scalar] = [] if caption is None else [unescape(caption)]
    if member is not None:
        named.append(member.value)
        if member.caption is not None:
            named.append(member.caption)
    return tuple(named)


def _data_field(element: Element, fields: tuple[PivotField, ...]) -> tuple[str, ...]:
    source = _signed(element.attributes.get("fld"))
    names = fields[source].names if 0 <= source < len(fields) else ()
    return (unescape(element.attributes.get("name", "")), *names)


def _lines(definition: Element, axis: str, first: int) -> Iterator[PivotLine]:
    fields = [_signed(element.attributes.get("x")) for element in definition.all(f"{axis}Fields", "field")]
    previous: list[int] = []
    for place, element in enumerate(definition.all(f"{axis}Items", "i"), start=first):
        kind = element.attributes.get("t", "data")
        repeated = whole_number(element.attributes.get("r")) or 0
        given = [whole_number(x.attributes.get("v", "0")) or 0 for x in element.all("x")]
        items = previous[:repeated] + given
        data = whole_number(element.attributes.get("i")) or 0
        if kind == "data":
            previous = items
        if kind not in ("data", "default", "grand"):
            continue
        chosen: dict[int, int] = {}
        for field, item in zip(fields, items, strict=False):
            if field == DATA_FIELD:
                data = item if kind == "data" else data
            elif kind != "grand":
                chosen[field] = item
        last = next((f for f in reversed(fields) if f != DATA_FIELD), None)
        yield PivotLine(place, chosen, data, is_head=kind == "data" and bool(chosen) and last not in chosen)


def _signed(text: str | None) -> int:
    """A field's index; -2 where several data fields stand."""
    return DATA_FIELD if text is None or text.startswith("-") else whole_number(text) or 0


def shown_at(table: PivotTable, data_field: str, wanted: Mapping[str, tuple[Scalar, ...]]) -> Cell | None:
    """The cell that shows the total of a data field for the items wanted of some fields; None where none does.

    ``wanted`` gives for each field the values that may stand for its item, the likeliest first.
    """
    data = _data_index(table, data_field)
    chosen = _chosen(table, wanted)
    if data is None or chosen is None:
        return None
    along_rows = {field for line in table.rows for field in line.items}
    across = {field for line in table.columns for field in line.items}
    if not chosen.keys() <= along_rows | across:
        return None
    several = len(table.data_fields) > 1
    rows = _matching(table, table.rows, {f: i for f, i in chosen.items() if f in along_rows})
    columns = _matching(table, table.columns, {f: i for f, i in chosen.items() if f in across})
    for row in rows:
        for column in columns:
            if not several or max(row.data, column.data) == data:
                return row.place, column.place
    return None


def _matching(table: PivotTable, lines: tuple[PivotLine, ...], chosen: dict[int, int]) -> list[PivotLine]:
    """The lines for exactly these items; a heading counts where its field shows the subtotal on top."""
    found = [line for line in lines if line.items == chosen]
    totals = [line for line in found if not line.is_head]
    return totals or [line for line in found if table.fields[list(line.items)[-1]].total_on_top]


def _data_index(table: PivotTable, name: str) -> int | None:
    wanted = name.strip().casefold()
    for position in range(max((len(names) for names in table.data_fields), default=0)):
        for index, names in enumerate(table.data_fields):
            if position < len(names) and names[position].strip().casefold() == wanted:
                return index
    return None


def _chosen(table: PivotTable, wanted: Mapping[str, tuple[Scalar, ...]]) -> dict[int, int] | None:
    """Field and item by index; what the report filter shows anyway is left out. None for what the table lacks."""
    chosen = {}
    for name, values in wanted.items():
        field = _field_index(table, name)
        item = None if field is None else _item_index(table.fields[field], values)
        if field is None or item is None:
            return None
        if field in table.pages:
            if table.pages[field] != item:
                return None
            continue
        chosen[field] = item
    return chosen


def _field_index(table: PivotTable, name: str) -> int | None:
    wanted = name.strip().casefold()
    return next((i for i, f in enumerate(table.fields) if wanted in (n.strip().casefold() for n in f.names)), None)


def _item_index(field: PivotField, values: tuple[Scalar, ...]) -> int | None:
    for value in values:
        for index, names in enumerate(field.items):
            if any(_same(name, value) for name in names):
                return index
    return None


def _same(name: Scalar, value: Scalar) -> bool:
    if isinstance(name, str) and isinstance(value, str):
        return name.strip().casefold() == value.strip().casefold()
    return type(name) is type(value) and name == value
