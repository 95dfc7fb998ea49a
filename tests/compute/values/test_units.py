"""UTF-16 units."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from compute.values.units import text_units, unit_text


def test_characters_outside_the_first_plane_count_twice() -> None:
    assert [len(text_units(t)) for t in ("", "abc", "\u00e9", "a\U0001f600b")] == [0, 3, 1, 4]


@given(st.text())
def test_units_give_the_text_back(text: str) -> None:
    assert unit_text(text_units(text)) == text


def test_half_a_character_stays_half() -> None:
    assert unit_text(text_units("\U0001f600")[:1]) == "\ud83d"
