"""Two samples side by side: correlation, covariance, the straight line, sums over pairs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from compute.errors import ErrorCode
from compute.functions.reductions import Failure, first_code, flat, ordered_sum, per_lane
from compute.functions.samples import lane_numbers
from compute.functions.signature import CallContext, CellFailure, Operand, array, cells, function, number
from compute.records import dataclass
from compute.values import Array, Booleans, Codes, Floats, Kind, first_error


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Two columns of numbers, shape (pairs, lanes); a pair counts where both are numbers, and is (0, 0) elsewhere."""

    x: Floats
    y: Floats
    counted: Booleans
    codes: Codes | None
    complete: bool
    """Every pair counts."""

    @property
    def count(self) -> Floats:
        return np.asarray(self.counted.sum(axis=0), np.float64)

    def total(self, values: Floats) -> Floats:
        """The ordered sum over the pairs that count."""
        return ordered_sum(values if self.complete else np.where(self.counted, values, 0.0))

    def moments(self) -> tuple[Floats, Floats, Floats]:
        """The sums of squares of x, of y, and of products, all about the means."""
        dx, dy = self.x - self.total(self.x) / self.count, self.y - self.total(self.y) / self.count
        return self.total(dx * dx), self.total(dy * dy), self.total(dx * dy)


def pairs_of(x: Operand, y: Operand, *, same_shape: bool = False) -> Pairs:
    """The pairs of two ranges of as many cells; ranges of different size are #N/A."""
    left, right = x.array, y.array
    if left.rows * left.columns != right.rows * right.columns:
        raise CellFailure(ErrorCode.NA)
    if same_shape and left.rows != right.rows:
        raise CellFailure(ErrorCode.NA)
    lanes = max(left.lanes, right.lanes)
    shape = (left.rows * left.columns, lanes)
    a, b = np.broadcast_to(flat(left.numbers), shape), np.broadcast_to(flat(right.numbers), shape)
    counted = np.broadcast_to(_numbers(left) & _numbers(right), shape)
    if counted.all(axis=1).any() and not counted.all():
        kept = counted.any(axis=1)
        a, b, counted = a[kept], b[kept], counted[kept]
    codes = first_error(_codes(left), _codes(right))
    if counted.all():
        return Pairs(a, b, counted, codes, True)
    return Pairs(np.where(counted, a, 0.0), np.where(counted, b, 0.0), counted, codes, False)


def _numbers(values: Array) -> Booleans:
    return values.is_kind(Kind.NUMBER).reshape(-1, values.lanes)


def _codes(values: Array) -> Codes | None:
    return None if values.kinds is None else first_code(flat(values.numbers), values.kinds.reshape(-1, values.lanes))


Measure = Callable[[Pairs], tuple[Floats, tuple[Failure, ...]]]


def _register(names: str, first: str, second: str, measure: Measure) -> None:
    def implementation(context: CallContext, a: Operand, b: Operand) -> Array:
        pairs = pairs_of(b, a)
        found, failures = measure(pairs)
        return per_lane(found, *failures, codes=pairs.codes)

    function(names, cells(first), cells(second))(implementation)


def _few(pairs: Pairs, fewest: int) -> Failure:
    return np.asarray(pairs.count < fewest), ErrorCode.DIV0


def _correlation(pairs: Pairs) -> tuple[Floats, tuple[Failure, ...]]:
    xx, yy, xy = pairs.moments()
    return xy / np.sqrt(xx * yy), (_few(pairs, 1), ((xx == 0) | (yy == 0), ErrorCode.DIV0))


def _determination(pairs: Pairs) -> tuple[Floats, tuple[Failure, ...]]:
    found, failures = _correlation(pairs)
    return found * found, failures


def _covariance(lost: int) -> Measure:
    def measure(pairs: Pairs) -> tuple[Floats, tuple[Failure, ...]]:
        freedom = pairs.count - lost
        return pairs.moments()[2] / np.where(freedom > 0, freedom, 1.0), (_few(pairs, lost + 1),)

    return measure


def line(pairs: Pairs) -> tuple[Floats, Floats, Failure]:
    """Slope and intercept of y over x by least squares, and where x has no spread."""
    xx, _, xy = pairs.moments()
    slope = xy / np.where(xx == 0, 1.0, xx)
    intercept = pairs.total(pairs.y) / pairs.count - slope * (pairs.total(pairs.x) / pairs.count)
    return slope, intercept, ((xx == 0) | (pairs.count == 0), ErrorCode.DIV0)


def _slope(pairs: Pairs) -> tuple[Floats, tuple[Failure, ...]]:
    slope, _, failure = line(pairs)
    return slope, (failure,)


def _intercept(pairs: Pairs) -> tuple[Floats, tuple[Failure, ...]]:
    _, intercept, failure = line(pairs)
    return intercept, (failure,)


def _standard_error(pairs: Pairs) -> tuple[Floats, tuple[Failure, ...]]:
    xx, yy, xy = pairs.moments()
    left = np.maximum(yy - xy * xy / np.where(xx == 0, 1.0, xx), 0.0)
    return np.sqrt(left / (pairs.count - 2)), (_few(pairs, 3), (xx == 0, ErrorCode.DIV0))


_register("CORREL PEARSON", "array1", "array2", _correlation)
_register("COVARIANCE.P COVAR", "array1", "array2", _covariance(0))
_register("COVARIANCE.S", "array1", "array2", _covariance(1))
_register("RSQ", "known_y", "known_x", _determination)
_register("SLOPE", "known_y", "known_x", _slope)
_register("INTERCEPT", "known_y", "known_x", _intercept)
_register("STEYX", "known_y", "known_x", _standard_error)


@function("FORECAST FORECAST.LINEAR", number("x"), cells("known_y"), cells("known_x"))
def forecast(context: CallContext, x: Array, known_y: Operand, known_x: Operand) -> Array:
    """The straight line through the pairs, at x; #DIV/0! where the known x have no spread."""
    at, codes = lane_numbers(x)
    pairs = pairs_of(known_x, known_y)
    slope, intercept, failure = line(pairs)
    return per_lane(intercept + slope * at, failure, codes=first_error(codes, pairs.codes))


def _register_sum(name: str, term: Callable[[Floats, Floats], Floats]) -> None:
    def implementation(context: CallContext, x: Operand, y: Operand) -> Array:
        pairs = pairs_of(x, y)
        return per_lane(pairs.total(term(pairs.x, pairs.y)), codes=pairs.codes)

    function(name, array("array_x"), array("array_y"))(implementation)


_register_sum("SUMX2MY2", lambda x, y: x * x - y * y)
_register_sum("SUMX2PY2", lambda x, y: x * x + y * y)
_register_sum("SUMXMY2", lambda x, y: (x - y) * (x - y))
