"""References as values: what OFFSET, INDIRECT, CHOOSE and ranges hand to functions that ask for a place, not its
content.
"""

from __future__ import annotations

from compute.records import dataclass


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of one sheet; ``sheet`` is the sheet's index in the workbook, rows and columns 1-based, inclusive,
    sorted.
    """

    sheet: int
    top: int
    left: int
    bottom: int
    right: int

    @property
    def rows(self) -> int:
        return self.bottom - self.top + 1

    @property
    def columns(self) -> int:
        return self.right - self.left + 1

    @property
    def is_single(self) -> bool:
        return self.top == self.bottom and self.left == self.right


@dataclass(frozen=True, slots=True)
class Reference:
    """One area, or several for a union ``(A1,B2:B5)`` and a 3-D reference. The same in every lane, always."""

    areas: tuple[Area, ...]

    @property
    def area(self) -> Area:
        """The first area."""
        return self.areas[0]
