"""The only door to the package ``formulas`` (EUPL-1.2), used unmodified through its public ``get_functions()``.

It is imported when a first call needs it: that takes a second or two and loads pandas and statsmodels.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from importlib.util import find_spec
from numbers import Real
from typing import Any

import numpy as np

from compute.errors import CODES_BY_TEXT, ErrorCode, Scalar

PACKAGES = ("formulas", "pandas", "statsmodels")
"""What must be there: the second and third are imported by the first when it forecasts."""
COMMAND = "pip install 'montecell[fallback]'"
MOST_KEPT = 4096

Argument = float | tuple[float, ...]
"""A number, or a series that is handed over as a column."""

_one_at_a_time = threading.Lock()
"""Filters of warnings belong to the whole process, so that only one call at a time may set them aside."""


def missing_packages() -> tuple[str, ...]:
    """The packages that a call would need and this Python lacks."""
    return tuple(name for name in PACKAGES if find_spec(name) is None)


def refusal() -> str | None:
    """Why a call cannot be evaluated here and what to do; None where it can."""
    missing = missing_packages()
    if not missing:
        return None
    return (
        f"it is evaluated by the package formulas, and {', '.join(missing)} "
        f"{'is' if len(missing) == 1 else 'are'} not installed: {COMMAND}"
    )


@cache
def _library() -> Mapping[str, Callable[..., Any]]:
    import formulas

    found: Mapping[str, Callable[..., Any]] = formulas.get_functions()
    return found


@lru_cache(maxsize=MOST_KEPT)
def evaluate(name: str, *arguments: Argument) -> Scalar | ErrorCode:
    """The value of one call in one iteration; equal argument sets are computed once.

    Whatever goes wrong inside is #VALUE!; numbers that are not finite are #NUM!.
    """
    given = [np.array(a)[:, None] if isinstance(a, tuple) else a for a in arguments]
    try:
        with _one_at_a_time, warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            return translated(_library()[name](*given))
    except Exception:
        return ErrorCode.VALUE


def translated(result: Any) -> Scalar | ErrorCode:
    """The first element of what the library returned, as one of our values; #VALUE! for what is none."""
    elements = np.asarray(result, object).ravel()
    if not elements.size:
        return ErrorCode.VALUE
    value = elements[0]
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, Real):
        return float(value) if np.isfinite(float(value)) else ErrorCode.NUM
    words = str(value)
    return CODES_BY_TEXT.get(words, words if type(value) is str else ErrorCode.VALUE)
