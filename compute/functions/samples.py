"""The numbers that SUM, AVERAGE, STDEV and their kin see in their arguments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from compute.functions.reductions import first_code, flat, ordered_sum
from compute.functions.signature import CallContext, LanesDiffer, Operand
from compute.records import dataclass
from compute.values import Array, Booleans, Codes, Floats, Kind, Reference, first_error, to_numbers


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Numbers of shape (elements, lanes), 0 where an element does not count.

    ``counted`` is None when every element counts; ``codes`` of shape (lanes,) has the first error of each lane, None
    where there is none at all.
    """

    values: Floats
    counted: Booleans | None = None
    codes: Codes | None = None

    @property
    def count(self) -> Floats:
        """How many numbers each lane has, shape (lanes,) or (1,)."""
        if self.counted is None:
            return np.full(1, float(self.values.shape[0]))
        return np.asarray(self.counted.sum(axis=0), np.float64)

    @property
    def lanes(self) -> int:
        return int(self.values.shape[1])

    def mask(self) -> Booleans:
        """Where an element counts, at full shape."""
        return np.ones(self.values.shape, np.bool_) if self.counted is None else self.counted

    def sum_of(self, values: Floats) -> Floats:
        """The ordered sum of ``values`` (shape as the sample's) over the elements that count."""
        return ordered_sum(values if self.counted is None else np.where(self.counted, values, 0.0))

    @property
    def mean(self) -> Floats:
        return self.sum_of(self.values) / self.count

    @property
    def squared_deviations(self) -> Floats:
        """The sum of squared distances from the mean, shape (lanes,)."""
        return self.sum_of(np.square(self.values - self.mean))

    def ascending(self) -> Floats:
        """The numbers in rising order, NaN after the last one that counts."""
        values = self.values if self.counted is None else np.where(self.counted, self.values, np.nan)
        return np.sort(values, axis=0)


def areas(context: CallContext, operand: Operand) -> Iterator[Array]:
    """The values of each area of a whole-range argument."""
    if operand.reference is None or len(operand.reference.areas) == 1:
        yield operand.array
        return
    for area in operand.reference.areas:
        yield context.dereference(Reference((area,)))


def is_direct(operand: Operand) -> bool:
    """A single value written into the call, not a range or an array."""
    return operand.reference is None and operand.array.is_single


def blocks(context: CallContext, operands: Iterable[Operand], *, texts_count: bool = False) -> Iterator[Sample]:
    """One sample for each area of each argument.

    In ranges and arrays only numbers count; with ``texts_count`` (AVERAGEA and its kin) text is 0 and booleans are 0
    and 1. A value written into the call is converted as an operator would.
    """
    for operand in operands:
        if is_direct(operand):
            values, codes = to_numbers(operand.array, context.date_1904)
            yield Sample(flat(values), None, None if codes is None else codes.reshape(-1))
        else:
            for array in areas(context, operand):
                yield numbers_in(array, texts_count=texts_count)


def numbers_in(array: Array, *, texts_count: bool = False) -> Sample:
    """The numbers of one range."""
    numbers = flat(array.numbers)
    if array.kinds is None:
        return Sample(numbers)
    kinds = array.kinds.reshape(numbers.shape)
    counted = kinds == Kind.NUMBER
    if texts_count:
        counted = counted | (kinds == Kind.BOOLEAN) | (kinds == Kind.TEXT)
    codes = first_code(numbers, kinds)
    if counted.all():
        return Sample(numbers, None, codes)
    return compact(np.where(counted, numbers, 0.0), counted, codes)


def compact(values: Floats, counted: Booleans, codes: Codes | None) -> Sample:
    """A sample without the elements that count in no lane."""
    kept = counted.any(axis=1)
    values, counted = values[kept], counted[kept]
    return Sample(values, None if counted.all() else counted, codes)


def demand_same_counted(*samples: Sample) -> None:
    """Asks the evaluator to split the lanes where other elements count in one than in another."""
    for sample in samples:
        if sample.counted is not None:
            labels = np.unique(sample.counted, axis=1, return_inverse=True)[1].reshape(-1)
            if labels.max(initial=0) > 0:
                raise LanesDiffer(labels)


def lane_numbers(argument: Array) -> tuple[Floats, Codes | None]:
    """A single number argument of a ``@function``, shape (lanes,), and the errors met."""
    values, codes = to_numbers(argument)
    return values.reshape(-1), None if codes is None else codes.reshape(-1)


def sample_of(context: CallContext, operands: Sequence[Operand], *, texts_count: bool = False) -> Sample:
    """All numbers of all arguments, in order, as one sample."""
    parts = list(blocks(context, operands, texts_count=texts_count))
    if len(parts) == 1:
        return parts[0]
    lanes = max(max(p.lanes, 1 if p.codes is None else p.codes.shape[0]) for p in parts)
    values = np.concatenate([np.broadcast_to(p.values, (p.values.shape[0], lanes)) for p in parts])
    counted = None
    if any(p.counted is not None for p in parts):
        counted = np.concatenate([np.broadcast_to(p.mask(), (p.values.shape[0], lanes)) for p in parts])
    return Sample(values, counted, first_error(*(p.codes for p in parts)))
