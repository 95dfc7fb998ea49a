"""Tests of the raw stream: p-values that are uniform if its numbers are uniform and independent.

A sequence is taken in one of the three orders of ``raw_stream``: along the iterations of one draw, across neighbouring
cells, across neighbouring seeds. Sources: Knuth, The Art of Computer Programming 2, 3.3.2 (chi-square, serial test);
Fishman, Monte Carlo, chapter 7 (lag correlations).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import numpy.typing as npt
from scipy import stats

from compute.sampling.streams import WordArray, to_unit
from raw_stream import NEIGHBOURS, blocks

FloatArray = npt.NDArray[np.float64]
LAGS = (*range(1, 65), 128, 256, 512, 1023, 1024, 1025, 2048, 4096)
WAVES = 8


def sequence(order: str, seed: int, count: int) -> WordArray:
    """The first ``count`` numbers of an order, 64 bits each; no two seeds share any of them.

    The order of seeds takes 1,024 of them, so that its sequences lie as far apart.
    """
    found: list[WordArray] = []
    for block in blocks(order, seed * NEIGHBOURS if order == "seeds" else seed):
        found.append(block)
        if sum(b.size for b in found) >= count:
            break
    return np.concatenate(found)[:count]


def _evenly(cells: npt.NDArray[np.intp], number: int) -> float:
    return float(stats.chisquare(np.bincount(cells, minlength=number)).pvalue)


def frequency(words: WordArray) -> float:
    """Chi-square over 1,024 equal cells."""
    return _evenly((words >> np.uint64(54)).astype(np.intp), 1024)


def low_bits(words: WordArray) -> float:
    """Chi-square over the lowest ten of the 53 bits that a draw takes."""
    return _evenly(((words >> np.uint64(11)) & np.uint64(1023)).astype(np.intp), 1024)


def kolmogorov(words: WordArray) -> float:
    """Kolmogorov and Smirnov's distance from uniformity, by its limit law with Stephens's correction."""
    ordered, n = np.sort(to_unit(words)), words.size
    steps = np.arange(n + 1) / n
    distance = max(float(np.max(steps[1:] - ordered)), float(np.max(ordered - steps[:-1])))
    return float(stats.kstwobign.sf(distance * (n**0.5 + 0.12 + 0.11 / n**0.5)))


def lag_correlations(words: WordArray) -> float:
    """Chi-square of the autocorrelations at 72 lags up to 4,096, whose squares over their variances add up."""
    centred = (to_unit(words) - 0.5) * 12**0.5
    scores = [float(centred[lag:] @ centred[:-lag]) / (words.size - lag) ** 0.5 for lag in LAGS]
    return float(stats.chi2.sf(sum(score**2 for score in scores), len(LAGS)))


def _powers(turns: npt.NDArray[np.complex128]) -> npt.NDArray[np.complex128]:
    """The powers −8 … 8, in rows."""
    rows = np.cumprod(np.broadcast_to(turns, (WAVES, turns.size)), axis=0)
    return np.concatenate((rows[::-1].conj(), np.ones((1, turns.size)), rows))


def waves(words: WordArray) -> FloatArray:
    """|Σ exp 2πi(h·u)|²/n over pairs u that do not overlap, for the 144 directions h up to 8: exponential variables."""
    u = to_unit(words)[: words.size // 2 * 2]
    total = np.zeros((2 * WAVES + 1, 2 * WAVES + 1), dtype=np.complex128)
    for start in range(0, u.size, 1 << 15):
        pairs = np.exp(2j * np.pi * u[start : start + (1 << 15)])
        total += _powers(pairs[0::2]) @ _powers(pairs[1::2]).T
    # Opposite directions have the same strength; the middle one has none.
    half: FloatArray = np.abs(total.ravel()[: total.size // 2]) ** 2 / (u.size // 2)
    return half


def all_waves(words: WordArray) -> float:
    """Kolmogorov and Smirnov's test of the waves' strengths."""
    return float(stats.kstest(waves(words), "expon").pvalue)


def highest_wave(words: WordArray) -> float:
    """The chance of a wave as high as the highest; a lattice of pairs would make it as large as n."""
    strengths = waves(words)
    return float(-np.expm1(strengths.size * np.log1p(-np.exp(-strengths.max()))))


def serial(words: WordArray, dimensions: int) -> float:
    """Chi-square of tuples that do not overlap over equal cubes, at least 16 tuples to each."""
    tuples = words.size // dimensions
    sides = int((tuples / 16) ** (1 / dimensions))
    places = (to_unit(words[: tuples * dimensions]) * sides).astype(np.intp).reshape(tuples, dimensions)
    cells = np.zeros(tuples, dtype=np.intp)
    for column in places.T:
        cells = cells * sides + column
    return _evenly(cells, sides**dimensions)


TESTS: Mapping[str, Callable[[WordArray], float]] = MappingProxyType(
    {
        "frequency (chi-square)": frequency,
        "lowest bits (chi-square)": low_bits,
        "Kolmogorov–Smirnov": kolmogorov,
        "lag correlations": lag_correlations,
        "spectral, pairs: all waves": all_waves,
        "spectral, pairs: the highest": highest_wave,
        "serial, 3 dimensions": lambda words: serial(words, 3),
        "serial, 4 dimensions": lambda words: serial(words, 4),
        "serial, 5 dimensions": lambda words: serial(words, 5),
    }
)


def p_values(order: str, seeds: range, count: int) -> Mapping[str, FloatArray]:
    """Each test's p-values, one for each seed."""
    table = []
    for seed in seeds:
        words = sequence(order, seed, count)
        table.append([test(words) for test in TESTS.values()])
    return dict(zip(TESTS, np.array(table).T, strict=True))


def judged(found: FloatArray) -> tuple[float, float]:
    """The least p-value, and the p-value of all being uniform."""
    return float(found.min()), float(stats.kstest(found, "uniform").pvalue)
