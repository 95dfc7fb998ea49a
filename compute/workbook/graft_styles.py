"""Cell styles that a workbook already has and that a results sheet may borrow.

The part xl/styles.xml stays as it is, so a number on the results sheet can only use a cell format that is there: one
with a fitting number format that looks like an untouched cell otherwise (font, fill, borders, alignment). Without one
the number stays General.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Literal, TypeVar

from compute.records import dataclass
from compute.workbook.markup import Element
from compute.workbook.package import Package

NumberKind = Literal["percent", "integer", "decimal"]

_CODES: Mapping[NumberKind, tuple[str, ...]] = {
    "percent": ("0.00%", "0.0%", "0.000%", "0%"),
    "integer": ("#,##0", "0"),
    "decimal": ("#,##0.00", "#,##0.000", "0.00"),
}
"""Number formats that suit a kind, best first."""

_BUILT_IN: Mapping[str, str] = {
    "1": "0",
    "2": "0.00",
    "3": "#,##0",
    "4": "#,##0.00",
    "9": "0%",
    "10": "0.00%",
    "37": "#,##0",
    "38": "#,##0",
    "39": "#,##0.00",
    "40": "#,##0.00",
    "41": "#,##0",
    "43": "#,##0.00",
}
"""Built-in formats that are not listed in the file, without their brackets and spaces (ECMA-376 part 1, 18.8.30)."""

_SPACING = re.compile(r"_.|\*.|\\[()]|[()]|\[(?:Black|Red|Blue|Color ?\d+)\]", re.IGNORECASE)
_BLACK = ({"theme": "1"}, {"indexed": "64"}, {"indexed": "8"}, {"rgb": "FF000000"}, {"auto": "1"})
_LARGEST_PART = 16 * 1024 * 1024
_Look = TypeVar("_Look")


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
            if len(package.read(relationship.target)) > _LARGEST_PART:
                break
            return _Wardrobe(package.tree(relationship.target)).borrow()
    return BorrowedStyles()


class _Wardrobe:
    def __init__(self, styles: Element) -> None:
        self.formats = list(styles.all("cellXfs", "xf"))
        self.fonts = [_font(font) for font in styles.all("fonts", "font")]
        self.fills = [_is_empty_fill(fill) for fill in styles.all("fills", "fill")]
        self.borders = [_is_empty_border(border) for border in styles.all("borders", "border")]
        self.codes = dict(_BUILT_IN)
        for code in styles.all("numFmts", "numFmt"):
            self.codes[code.attributes.get("numFmtId", "")] = _bare(code.attributes.get("formatCode", ""))

    def borrow(self) -> BorrowedStyles:
        if not self.formats or not self.fonts:
            return BorrowedStyles()
        plain = _pick(self.fonts, self.formats[0], "fontId") or self.fonts[0]
        usable: dict[str, int] = {}
        for index, fmt in enumerate(self.formats):
            code = self.codes.get(fmt.attributes.get("numFmtId", "0"))
            if code and self._is_plain(fmt, plain):
                usable.setdefault(code, index)
        indexes = {
            kind: next(usable[code] for code in codes if code in usable)
            for kind, codes in _CODES.items()
            if usable.keys() & set(codes)
        }
        name, size, _ = plain
        return BorrowedStyles(indexes, name, min(max(size, 8.0), 14.0))

    def _is_plain(self, fmt: Element, plain: tuple[str, float, bool]) -> bool:
        return (
            _pick(self.fonts, fmt, "fontId") == (*plain[:2], True)
            and _pick(self.fills, fmt, "fillId") is True
            and _pick(self.borders, fmt, "borderId") is True
            and fmt.attributes.get("quotePrefix", "0") in ("0", "false")
            and _is_upright(fmt.first("alignment"))
        )


def _pick(looks: list[_Look], fmt: Element, name: str) -> _Look | None:
    number = fmt.attributes.get(name, "0")
    return looks[int(number)] if number.isdecimal() and int(number) < len(looks) else None


def _bare(code: str) -> str:
    """The positive section of a number format without what only moves or colours it; currencies keep their sign."""
    return _SPACING.sub("", code.split(";")[0]).strip()


def _font(font: Element) -> tuple[str, float, bool]:
    """Name, size in points, and whether nothing else is special about a font."""
    name, size, color = font.first("name"), font.first("sz"), font.first("color")
    marks = ("b", "i", "u", "strike", "outline", "shadow", "vertAlign")
    plain = (color is None or color.attributes in _BLACK) and all(font.first(mark) is None for mark in marks)
    try:
        points = float(size.attributes.get("val", "11")) if size else 11.0
    except ValueError:
        points = 11.0
    return (name.attributes.get("val", "") if name else "") or "Calibri", points, plain


def _is_empty_fill(fill: Element) -> bool:
    pattern = fill.first("patternFill")
    return pattern is not None and pattern.attributes.get("patternType", "none") == "none"


def _is_empty_border(border: Element) -> bool:
    return all(side.attributes.get("style", "none") == "none" for side in border.children)


def _is_upright(alignment: Element | None) -> bool:
    if alignment is None:
        return True
    turned = ("wrapText", "textRotation", "indent", "shrinkToFit")
    return alignment.attributes.get("horizontal", "general") in ("general", "right") and not any(
        alignment.attributes.get(name, "0") not in ("0", "false") for name in turned
    )
