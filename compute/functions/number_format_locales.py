"""How a section with a locale tag writes months, days, eras and halves of a day."""

from __future__ import annotations

from typing import Protocol

from compute.errors import UnsupportedFormula
from compute.functions.number_format_names import (
    EAST_ASIAN_DAYS,
    ENGLISH,
    HALVES,
    JAPANESE,
    LANGUAGES,
    TAIWAN,
    Names,
    japanese_era,
)
from compute.functions.number_format_tokens import Section
from compute.records import dataclass

GREGORIAN_CALENDARS = frozenset({0, 1, 2})
JAPANESE_CALENDAR, THAI_CALENDAR = 3, 7
_GENITIVE = 0xF800
_REPUBLIC_OF_CHINA = 1911
_FIRST_YEAR = "\u5143"


class Day(Protocol):
    """A date of the Gregorian calendar."""

    @property
    def year(self) -> int: ...
    @property
    def month(self) -> int: ...
    @property
    def day(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Place:
    """A locale: Windows' identifier of its language, without the flag for months in the genitive."""

    language: int
    genitive: bool = False
    gannen: bool = False

    @classmethod
    def of(cls, section: Section) -> Place:
        """A section's locale, English where it names none. Raises UnsupportedFormula for calendars not known here."""
        if section.calendar not in GREGORIAN_CALENDARS | {JAPANESE_CALENDAR, THAI_CALENDAR}:
            raise UnsupportedFormula(f"number formats of the calendar {section.calendar:02X} are not supported")
        language = ENGLISH if section.language is None else section.language
        flagged = language & _GENITIVE == _GENITIVE
        return cls(language & ~_GENITIVE if flagged else language, flagged, section.gannen)

    @property
    def primary(self) -> int:
        """The language without its region."""
        return self.language & 0x3FF

    @property
    def halves(self) -> tuple[str, str] | None:
        """What AM and PM are, None where they stay."""
        return HALVES.get(self.primary)

    def month(self, length: int, month: int) -> str:
        """A month's name: ``mmm`` short, ``mmmm`` whole, ``mmmmm`` its first letter."""
        names = self._names()
        whole = names.genitive if self.genitive and names.genitive else names.months
        if length == 5:
            return names.months[month - 1][:1]
        return self._known(names.short_months if length == 3 else whole)[month - 1]

    def day(self, code: str, weekday: int) -> str:
        """A weekday's name, Sunday 0: ``ddd`` and ``aaa`` short, ``dddd`` and ``aaaa`` whole."""
        if code == "aaa" and self.primary in EAST_ASIAN_DAYS:
            return EAST_ASIAN_DAYS[self.primary][weekday]
        names = self._names()
        return self._known(names.short_days if len(code) == 3 else names.days)[weekday]

    def era(self, code: str, day: Day) -> str:
        """``g``: the era's name, of three lengths; ``e``: the year in it; without eras nothing and the year."""
        if self.primary == JAPANESE:
            era, year = japanese_era(day.year, day.month, day.day)
            if code[0] == "g":
                return era.names[min(len(code), 3) - 1]
            return _FIRST_YEAR if self.gannen and year == 1 else str(year).rjust(min(len(code), 2), "0")
        if self.language == TAIWAN:
            if code[0] == "g":
                raise UnsupportedFormula("number formats with the era of Taiwan are not supported")
            return str(day.year - _REPUBLIC_OF_CHINA).rjust(min(len(code), 2), "0")
        return "" if code[0] == "g" else str(day.year)

    def _names(self) -> Names:
        names = LANGUAGES.get(self.primary)
        if names is None:
            raise UnsupportedFormula(f"month and day names of the language {self.language:X} are not known")
        return names

    def _known(self, names: tuple[str, ...]) -> tuple[str, ...]:
        if not names:
            raise UnsupportedFormula(f"short month and day names of the language {self.language:X} are not known")
        return names
