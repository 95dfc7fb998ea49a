"""A table of text that fits its terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import combining, east_asian_width

from server.client.terminal import Terminal


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its cells, and how early it goes when the terminal is narrow (0: never)."""

    heading: str
    cells: tuple[str, ...]
    expendable: int = 0
    left: bool = False


def display_width(text: str) -> int:
    """Columns that a text takes on a terminal; wide East Asian characters take two."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def shortened(text: str, width: int, ellipsis: str = "…") -> str:
    """A text cut to a width, the cut shown."""
    if display_width(text) <= width:
        return text
    kept = ""
    for character in text:
        if display_width(kept + character) + display_width(ellipsis) > width:
            break
        kept += character
    return kept + ellipsis


def padded(text: str, width: int, *, left: bool) -> str:
    """A text filled up with spaces, to the left or right edge."""
    space = " " * max(0, width - display_width(text))
    return text + space if left else space + text


def fitting(columns: Sequence[Column], width: int) -> list[Column]:
    """The columns that fit side by side: the most expendable go first."""
    kept = list(columns)
    while sum(_width(column) + 2 for column in kept) - 2 > width:
        expendable = max(kept, key=lambda column: column.expendable)
        if not expendable.expendable:
            break
        kept.remove(expendable)
    return kept


def _width(column: Column) -> int:
    return max(display_width(text) for text in (column.heading, *column.cells))


def draw(columns: Sequence[Column], terminal: Terminal) -> list[str]:
    """The table's lines: heading, rule, rows. The first column gives way when the rest needs its place."""
    kept = fitting(columns, terminal.width)
    widths = [_width(column) for column in kept]
    overflow = sum(widths) + 2 * (len(widths) - 1) - terminal.width
    widths[0] = min(widths[0], max(8, widths[0] - max(0, overflow)))
    ellipsis = "…" if terminal.unicode else ".."

    def line(cells: Sequence[str]) -> str:
        parts = [
            padded(shortened(cell, width, ellipsis), width, left=column.left)
            for cell, width, column in zip(cells, widths, kept, strict=True)
        ]
        return "  ".join(parts).rstrip()

    rule = ("─" if terminal.unicode else "-") * (sum(widths) + 2 * (len(widths) - 1))
    rows = zip(*(column.cells for column in kept), strict=True)
    return [
        terminal.bold(line([column.heading for column in kept])),
        terminal.faint(rule),
        *(line(row) for row in rows),
    ]
