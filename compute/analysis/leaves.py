"""The fixed grid of leaves over which every sum is taken, so that the same samples always give the same bits.

Iterations are cut at multiples of ``LEAF``, whatever chunks computed them. Each leaf gives its central moments; leaves
merge one after the other in their order. Source: Chan, Golub, LeVeque, Stanford STAN-CS-79-773 (1979); Pébay, Sandia
SAND2008-6212 (2008).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from compute.records import dataclass

FloatArray = npt.NDArray[np.float64]

LEAF = 4096
"""Iterations in a leaf. Part of the contract: results change in their last bits if this does."""


@dataclass(frozen=True, slots=True)
class CentralMoments:
    """Count, mean and the sums of the 2nd, 3rd and 4th powers of the distances from the mean; extremes too.

    The mean is held as ``origin + offset``, the origin being a sample: means of values near 1e15 would otherwise lose
    the digits in which leaves differ.
    """

    count: int
    origin: float
    offset: float
    m2: float
    m3: float
    m4: float
    minimum: float
    maximum: float

    @property
    def mean(self) -> float:
        """The arithmetic mean; 0 without samples."""
        return self.origin + self.offset

    def merged(self, other: CentralMoments) -> CentralMoments:
        """The moments of both sets of samples together; ``other`` holds the later leaves."""
        if self.count == 0 or other.count == 0:
            return other if self.count == 0 else self
        a, b = float(self.count), float(other.count)
        n = a + b
        delta = (other.origin - self.origin) + (other.offset - self.offset)
        step = delta / n
        square = delta * step * a * b
        m3 = self.m3 + other.m3 + square * step * (a - b) + 3.0 * step * (a * other.m2 - b * self.m2)
        m4 = self.m4 + other.m4 + square * step * step * (a * a - a * b + b * b)
        m4 += 6.0 * step * step * (a * a * other.m2 + b * b * self.m2) + 4.0 * step * (a * other.m3 - b * self.m3)
        return CentralMoments(
            count=self.count + other.count,
            origin=self.origin,
            offset=self.offset + step * b,
            m2=self.m2 + other.m2 + square,
            m3=m3,
            m4=m4,
            minimum=min(self.minimum, other.minimum),
            maximum=max(self.maximum, other.maximum),
        )


NO_SAMPLES = CentralMoments(0, 0.0, 0.0, 0.0, 0.0, 0.0, np.inf, -np.inf)


def leaf_moments(leaf: FloatArray) -> CentralMoments:
    """The moments of one leaf's samples; NaN marks an iteration that ended in an error and is left out."""
    samples = leaf[~np.isnan(leaf)]
    if samples.size == 0:
        return NO_SAMPLES
    # Distances from one of the samples: exact zeros for a constant, no lost digits for values near 1e15.
    origin = samples[0]
    offset = (samples - origin).sum() / samples.size
    distance = (samples - origin) - offset
    # What rounding left in the mean.
    offset += distance.sum() / samples.size
    distance = (samples - origin) - offset
    square = distance * distance
    return CentralMoments(
        count=int(samples.size),
        origin=float(origin),
        offset=float(offset),
        m2=float(square.sum()),
        m3=float((square * distance).sum()),
        m4=float((square * square).sum()),
        minimum=float(samples.min()),
        maximum=float(samples.max()),
    )


def central_moments(samples: FloatArray) -> CentralMoments:
    """The moments of a run's samples, from iteration 0 on, leaf by leaf; NaN samples are left out."""
    total = NO_SAMPLES
    # Values near the largest double overflow to inf, which the statistics then leave undetermined.
    with np.errstate(over="ignore", invalid="ignore"):
        for start in range(0, samples.size, LEAF):
            total = total.merged(leaf_moments(np.ascontiguousarray(samples[start : start + LEAF])))
    return total
