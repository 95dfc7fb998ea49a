"""Fewer rounds of Python's garbage collector while much is made that stays.

The collector looks at all young objects whenever 700 more were made than freed, and at everything from time to time.
Reading a workbook of 50,000 formulas makes two million objects, hardly any of them garbage: the collector then takes a
tenth of the time and finds nothing.
"""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

YOUNG = 100_000
"""Objects made between two rounds: garbage in circles stays small, and rounds are few."""
ROUNDS = (20, 100)
"""Rounds among the young before older objects are looked at, and the oldest."""

_LOCK = threading.Lock()
_within: list[tuple[int, int, int]] = []
"""The thresholds found by each that is within now, the first one's first."""


@contextmanager
def much_is_made() -> Iterator[None]:
    """The collector runs seldom until the end; then as before, unless somebody set it otherwise meanwhile.

    Of several within at a time the last sets it back. A collector that is off, or runs as seldom, is left alone.
    """
    relaxed = (YOUNG, *ROUNDS)
    with _LOCK:
        _within.append(_within[0] if _within else gc.get_threshold())
        if len(_within) == 1 and 0 < _within[0][0] < YOUNG:
            gc.set_threshold(*relaxed)
    try:
        yield
    finally:
        with _LOCK:
            before = _within.pop()
            if not _within and gc.get_threshold() == relaxed:
                gc.set_threshold(*before)


__all__ = ["much_is_made"]
