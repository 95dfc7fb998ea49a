"""The collector's thresholds while much is made, and afterwards."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import compute
from compute.collecting import YOUNG, much_is_made


@pytest.fixture(autouse=True)
def thresholds() -> Iterator[None]:
    """Those of Python, whatever was set before."""
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield
    gc.set_threshold(*before)


def test_the_last_one_out_sets_the_thresholds_back() -> None:
    with much_is_made():
        with much_is_made():
            assert gc.get_threshold()[0] == YOUNG
        assert gc.get_threshold()[0] == YOUNG
    assert gc.get_threshold() == (700, 10, 10)


def test_an_error_sets_them_back_too() -> None:
    with pytest.raises(ZeroDivisionError), much_is_made():
        raise ZeroDivisionError
    assert gc.get_threshold() == (700, 10, 10)


@pytest.mark.parametrize("own", [(0, 10, 10), (YOUNG * 2, 5, 5)], ids=["off", "seldom"])
def test_a_collector_that_runs_as_seldom_is_left_alone(own: tuple[int, int, int]) -> None:
    gc.set_threshold(*own)
    with much_is_made():
        assert gc.get_threshold() == own
    assert gc.get_threshold() == own


def test_what_was_set_meanwhile_stays() -> None:
    with much_is_made():
        gc.set_threshold(500, 5, 5)
    assert gc.get_threshold() == (500, 5, 5)


def test_a_workbook_is_opened_with_few_rounds(book: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first byte read on, and no longer than until it is open."""
    path: Path = book({"S": {"A1": 1.0, "B1": "=A1*2"}})
    seen = []
    read = Path.read_bytes

    def read_and_told(self: Path) -> bytes:
        seen.append(gc.get_threshold()[0])
        return read(self)

    monkeypatch.setattr(Path, "read_bytes", read_and_told)
    compute.Model.open(path)
    assert set(seen) == {YOUNG}
    assert gc.get_threshold() == (700, 10, 10)
