"""Cell styles that a workbook already has and that a results sheet may borrow.

The part xl/styles.xml stays as it is, so a number on the results sheet can only use a cell format that is there: one
with a fitting number format whose font, fill, borders and alignment are those of an untouched cell. Without one the
number stays General.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from compute.workbook.markup import Element
from compute.workbook.package import Package

NumberKind = Literal["percent", "integer", "decimal"]

# Built-in formats by ECMA-376 part 1, 18.8.30, best first.
_BUILT_IN: Mapping[NumberKind, tuple[str, ...]] = {
    "percent": ("10", "9"),
    "integer": ("3", "38", "37", "1"),
    "decimal": ("4", "40", "39", "2"),
}
_CUSTOM: Mapping[NumberKind, tuple[str, ...]] = {
    "percent": ("0.0%", "0.00%", "0.000%"),
    "integer": ("#,##0", "#,##0;-#,##0", "#,##0;[Red]-#,##0"),
    "decimal": ("#,##0.00", "#,##0.00;-#,##0.00", "#,##0.00;[Red]-#,##0.00", "#,##0.000"),
}
_LARGEST_TREE = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class BorrowedStyles:
    """Indexes into the workbook's cellXfs by kind of number, and the font of an untouched cell."""

    indexes: Mapping[NumberKind, int] = field(default_factory=dict)
    font_name: str = "Calibri"
    font_size: float = 11.0


def borrow_styles(package: Package, workbook_part: str) -> BorrowedStyles:
    """The styles to borrow; plain ones when the workbook has no style part, or one too large to look through."""
    for relationship in package.relationships(workbook_part):
        if relationship.kind == "styles" and relationship.target in package:
            if len(package.read(relationship.target)) > _LARGEST_TREE:
                break
            return _borrow(package.tree(relationship.target))
    return BorrowedStyles()


def _borrow(styles: Element) -> BorrowedStyles:
    formats = list(styles.all("cellXfs", "xf"))
    if not formats:
        return BorrowedStyles()
    codes = {
        fmt.attributes.get("numFmtId", ""): fmt.attributes.get("formatCode", "")
        for fmt in styles.all("numFmts", "numFmt")
    }
    plain = _looks(formats[0])
    usable = {
        fmt.attributes.get("numFmtId", "0"): index
        for index, fmt in reversed(list(enumerate(formats)))
        if _looks(fmt) == plain and fmt.first("alignment") is None and fmt.first("protection") is None
    }
    kinds: tuple[NumberKind, ...] = ("percent", "integer", "decimal")
    found = {kind: _find(kind, usable, codes) for kind in kinds}
    name, size = _font(styles, formats[0])
    return BorrowedStyles({kind: index for kind, index in found.items() if index is not None}, name, size)


def _looks(fmt: Element) -> tuple[str, ...]:
    return tuple(fmt.attributes.get(name, "0") for name in ("fontId", "fillId", "borderId", "quotePrefix"))


def _find(kind: NumberKind, usable: Mapping[str, int], codes: Mapping[str, str]) -> int | None:
    for number in _BUILT_IN[kind]:
        if number in usable and number not in codes:
            return usable[number]
    for code in _CUSTOM[kind]:
        for number, index in usable.items():
            if codes.get(number) == code:
                return index
    return None


def _font(styles: Element, plain: Element) -> tuple[str, float]:
    fonts = list(styles.all("fonts", "font"))
    number = plain.attributes.get("fontId", "0")
    font = fonts[int(number)] if number.isdecimal() and int(number) < len(fonts) else Element("font", {})
    name = font.first("name")
    size = font.first("sz")
    try:
        points = float(size.attributes.get("val", "11")) if size else 11.0
    except ValueError:
        points = 11.0
    return (name.attributes.get("val") or "Calibri" if name else "Calibri"), min(max(points, 8.0), 14.0)
