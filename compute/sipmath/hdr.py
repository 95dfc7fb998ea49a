"""The HDR counter-based generator: a uniform for each trial from whole numbers alone, equal on any machine.

Every intermediate is below 2^53, so the arithmetic is exact in doubles (Excel) as it is in 64-bit integers.
Source: Hubbard, "A Multi-Dimensional, Counter-Based Pseudo Random Number Generator as a Standard for Monte Carlo
Simulations", Winter Simulation Conference 2019, 3064; ProbabilityManagement.org, HDR 2.0 seed assignment.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from compute.distributions.parameters import FloatArray
from compute.sipmath.errors import LibraryError

LARGEST_SEED = 100_000_000
_TOP = 10**15 - 11
# Multipliers of counter, variable, entity, seed 3, seed 4; then A, B, C, D, E, F of the paper.
_FIRST = ((2499997, 1800451, 2000371, 1796777, 2299603), 7450589, 4658, 7450581, 383, 99991, 7440893)
_SECOND = ((2246527, 2399993, 2100869, 1918303, 1624729), 7450987, 7580, 7560584, 17669, 7440893, 1343)


def hdr_uniforms(
    counter: npt.NDArray[np.int64], entity: int, variable: int, seed3: int = 0, seed4: int = 0
) -> FloatArray:
    """HDR 2.0: uniforms in (0, 1) for trial numbers (PM_Index, from 1), multiples of 2⁻³² plus 2⁻³³.

    Raises LibraryError for a counter or seed that is negative or above 100,000,000.
    """
    for name, seed in (("entity", entity), ("varId", variable), ("seed3", seed3), ("seed4", seed4)):
        if not 0 <= seed <= LARGEST_SEED:
            raise LibraryError(f"HDR: {name} is {seed}; it must be a whole number from 0 to {LARGEST_SEED:,}.")
    trials = np.asarray(counter, dtype=np.int64)
    if trials.size and not (trials.min() >= 0 and trials.max() <= LARGEST_SEED):
        raise LibraryError(f"HDR: the counter leaves 0 to {LARGEST_SEED:,}.")
    first = _term(trials, (variable, entity, seed3, seed4), _FIRST)
    second = _term(trials, (variable, entity, seed3, seed4), _SECOND)
    # F of the first term weighs that term alone, F of the second the sum.
    total = (first * _FIRST[-1] + second) * _SECOND[-1] % 2**32
    return np.asarray((total + 0.5) / 2.0**32)


def _term(
    trials: npt.NDArray[np.int64],
    seeds: tuple[int, ...],
    constants: tuple[tuple[int, ...], int, int, int, int, int, int],
) -> npt.NDArray[np.int64]:
    primes, a, b, c, d, e, _ = constants
    offset = sum(seed * prime for seed, prime in zip(seeds, primes[1:], strict=True))
    mixed = (trials * primes[0] + offset) % a * b + c
    return _TOP % mixed * d % e
