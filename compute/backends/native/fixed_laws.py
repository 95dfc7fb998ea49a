"""Laws that stay the same in every iteration: the table that native code draws them by, its location and its scale.

Tables are made of a law's shape alone and kept, so that laws which differ in place and size share one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from functools import lru_cache
from typing import Any

import numpy as np

from compute.backends.native.lined_draws import lines_table
from compute.distributions.bounded import PERT, Beta
from compute.distributions.columns import Columns, LawColumns, ShiftedColumns, TruncatedColumns
from compute.distributions.counts import CountLaw
from compute.distributions.discrete import ListedLaw
from compute.distributions.gamma_family import Erlang
from compute.distributions.normal import Normal, normal_score
from compute.distributions.parameters import FloatArray
from compute.distributions.piecewise import PiecewiseLaw
from compute.distributions.positive import Gamma
from compute.distributions.quantile_tables import Quantile, quantile_table
from compute.distributions.scaled import ScaledLaw
from compute.distributions.step_tables import MOST_VALUES, step_table
from compute.records import dataclass

MOST_WORK = 256
"""The most tables that one program is worth; laws whose quantile is dear count for several."""
_DEAR = {"SKEWNORMAL": 64, "INVGAUSS": 16, "F": 4, "PEARSON6": 4, "METALOG": 4, "JOHNSONMOMENTS": 4}
_KEPT = 1024


@dataclass(frozen=True, slots=True, eq=False)
class FixedLaw:
    """location + scale · the value that the table of a ``kind`` ("quantiles", "steps" or "lines") gives."""

    kind: str
    location: float
    scale: float
    words: FloatArray
    key: tuple[Any, ...]
    """Equal for equal tables."""
    work: int


@dataclass(frozen=True, slots=True)
class _Shape:
    """A law without place and size: equal keys stand for equal functions."""

    key: tuple[Any, ...]
    quantile: Quantile = field(compare=False)


def fixed_law(columns: Columns) -> FixedLaw | None:
    """How to draw from a law whose parameters are columns of one; None where no table is true to it."""
    if not _is_simple(columns) or not columns.valid.all():
        return None
    if columns.is_discrete:
        words = _steps(_Discrete(_key(columns), columns))
        return None if words is None else FixedLaw("steps", 0.0, 1.0, words, ("steps", _key(columns)), 1)
    pieces = _lines(columns)
    if pieces is not None:
        return pieces
    location, scale, shape = _shape(columns)
    if not (np.isfinite(location) and np.isfinite(scale)):
        return None
    words = _quantiles(shape)
    if words is None:
        return None
    return FixedLaw("quantiles", location, scale, words, ("quantiles", shape.key), _DEAR.get(_name(columns), 1))


def moved_law(columns: LawColumns) -> tuple[FixedLaw, FloatArray, FloatArray] | None:
    """One law for all columns, with the location and the scale of each; None where their shapes differ or are not told.

    Each is what ``fixed_law`` gives for its column alone.
    """
    if columns.is_discrete or not columns.valid.all():
        return None
    law, parameters = columns.law, columns.parameters
    shapes: tuple[FloatArray, ...] = ()
    if law is Normal:
        location, scale = parameters
    elif issubclass(law, ScaledLaw) and not issubclass(law, PiecewiseLaw):
        location, scale, shapes = law.form(*parameters)
    else:
        return None
    size = parameters[0].size
    if any(np.size(s) not in (1, size) or (np.ravel(s) != np.ravel(s)[0]).any() for s in shapes):
        return None
    first = fixed_law(LawColumns(law, tuple(p[:1] for p in parameters)))
    if first is None or first.kind != "quantiles" or not (np.isfinite(location) & np.isfinite(scale)).all():
        return None
    return (
        first,
        np.array(np.broadcast_to(location, size), np.float64),
        np.array(np.broadcast_to(scale, size), np.float64),
    )


def _lines(columns: Columns) -> FixedLaw | None:
    """A density of straight pieces, moved or not."""
    by = 0.0
    while isinstance(columns, ShiftedColumns):
        by += float(columns.by[0])
        columns = columns.base
    if not isinstance(columns, LawColumns) or not issubclass(columns.law, PiecewiseLaw):
        return None
    words = lines_table(columns.law.lines(*columns.parameters))
    return None if words is None else FixedLaw("lines", by, 1.0, words, ("lines", _key(columns)), 1)


def _is_simple(columns: Columns) -> bool:
    """Whether it is a named law, truncated or shifted any number of times."""
    while isinstance(columns, ShiftedColumns | TruncatedColumns):
        columns = columns.base
    return isinstance(columns, LawColumns)


def _shape(columns: Columns) -> tuple[float, float, _Shape]:
    """A continuous law as location, scale and the rest."""
    if isinstance(columns, ShiftedColumns) and isinstance(columns.base, LawColumns):
        location, scale, shape = _shape(columns.base)
        return location + float(columns.by[0]), scale, shape
    if not isinstance(columns, LawColumns):
        return 0.0, 1.0, _Shape(_key(columns), columns.quantile)
    law, parameters = columns.law, columns.parameters
    if law is PERT:
        low, mode, high = (float(p[0]) for p in parameters)
        width = high - low
        # As the law itself computes them; a constant takes any shape.
        shapes = (1.0 + 4.0 * ((mode - low) / width), 1.0 + 4.0 * ((high - mode) / width)) if width > 0 else (3.0, 3.0)
        return low, width, _standard(Beta.quantile_kernel, shapes)
    if law is Beta:
        return 0.0, 1.0, _standard(Beta.quantile_kernel, tuple(float(p[0]) for p in parameters))
    if law is Normal:
        return float(parameters[0][0]), float(parameters[1][0]), _standard(normal_score, ())
    if law is Gamma:
        return 0.0, float(parameters[1][0]), _standard(Erlang.standard_quantile, (float(parameters[0][0]),))
    if issubclass(law, ScaledLaw):
        location, scale, shapes = law.form(*parameters)
        numbers = tuple(float(np.ravel(s)[0]) for s in shapes)
        if all(np.size(s) == 1 for s in shapes):
            return _number(location), _number(scale), _standard(law.standard_quantile, numbers)
    return 0.0, 1.0, _Shape(_key(columns), columns.quantile)


def _standard(kernel: Callable[..., FloatArray], shapes: tuple[float, ...]) -> _Shape:
    """A standard form with these shapes; laws that inherit one kernel from their family share its tables."""
    arrays = tuple(np.array([s]) for s in shapes)
    return _Shape((kernel.__module__, kernel.__qualname__, shapes), lambda p, q: kernel(p, q, *arrays))


def _number(value: Any) -> float:
    return float(np.ravel(value)[0])


def _name(columns: Columns) -> str:
    while isinstance(columns, ShiftedColumns | TruncatedColumns):
        columns = columns.base
    return columns.law.name if isinstance(columns, LawColumns) else ""


def _key(columns: Columns) -> tuple[Any, ...]:
    if isinstance(columns, LawColumns):
        return (columns.law.__name__, *((p.shape, p.tobytes()) for p in columns.parameters))
    if isinstance(columns, TruncatedColumns):
        return ("truncated", _key(columns.base), columns.low.tobytes(), columns.high.tobytes())
    assert isinstance(columns, ShiftedColumns)
    return ("shifted", _key(columns.base), columns.by.tobytes())


@lru_cache(maxsize=_KEPT)
def _quantiles(shape: _Shape) -> FloatArray | None:
    found = quantile_table(shape.quantile)
    return None if found is None else found.words


@dataclass(frozen=True, slots=True)
class _Discrete:
    key: tuple[Any, ...]
    columns: Columns = field(compare=False)


@lru_cache(maxsize=_KEPT)
def _steps(law: _Discrete) -> FloatArray | None:
    values = _values(law.columns)
    if values is None or values.size == 0:
        return None
    found = step_table(law.columns.quantile, law.columns.probability, values)
    return None if found is None else found.words


def _values(columns: Columns) -> FloatArray | None:
    """The possible values of a discrete law that are likelier than 2^−54 in sum, ascending; None for too many."""
    if isinstance(columns, ShiftedColumns):
        inner = _values(columns.base)
        return None if inner is None else inner + columns.by
    if isinstance(columns, TruncatedColumns):
        inner = _values(columns.base)
        return None if inner is None else inner[(inner >= columns.low) & (inner <= columns.high)]
    assert isinstance(columns, LawColumns)
    law = columns.law
    if issubclass(law, ListedLaw):
        listed, _ = law.listed(*columns.parameters)
        values = np.unique(listed[:, 0])
        return values if values.size <= MOST_VALUES else None
    if not issubclass(law, CountLaw):
        return None
    tail = np.array([2.0**-54])
    with np.errstate(all="ignore"):
        first, last = float(columns.quantile(tail, 1.0 - tail)[0]), float(columns.quantile(1.0 - tail, tail)[0])
    return np.arange(first, last + 1.0) if last - first < MOST_VALUES else None


__all__ = ["MOST_WORK", "FixedLaw", "fixed_law", "moved_law"]
