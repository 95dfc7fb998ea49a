"""Primitive polynomials over GF(2), in the order in which Sobol dimensions use them: by degree, then by value."""

from __future__ import annotations

import functools

import numpy as np

from compute.sampling.streams import WordArray


@functools.lru_cache(maxsize=32)
def primitive_polynomials(count: int) -> tuple[int, ...]:
    """The first ``count`` of them as bit patterns: x + 1 is 3, x² + x + 1 is 7, x³ + x + 1 is 11."""
    found: list[int] = []
    degree = 1
    while len(found) < count:
        found += _of_degree(degree)
        degree += 1
    return tuple(found[:count])


@functools.cache
def _of_degree(degree: int) -> tuple[int, ...]:
    if degree == 1:
        return (3,)
    # A primitive polynomial has a constant term and an odd number of terms.
    candidates = np.arange((1 << degree) + 1, 1 << (degree + 1), 2, dtype=np.uint64)
    candidates = candidates[np.bitwise_count(candidates) % 2 == 1]
    order = (1 << degree) - 1
    candidates = candidates[_power_of_x(order, candidates, degree) == 1]
    for factor in _prime_factors(order):
        if factor < order:
            candidates = candidates[_power_of_x(order // factor, candidates, degree) != 1]
    return tuple(int(value) for value in candidates)


def _power_of_x(exponent: int, moduli: WordArray, degree: int) -> WordArray:
    """x^exponent modulo each polynomial."""
    power = np.ones_like(moduli)
    for bit in bin(exponent)[2:]:
        power = _product(power, power, moduli, degree)
        if bit == "1":
            power = _reduced(power << np.uint64(1), moduli, degree)
    return power


def _product(left: WordArray, right: WordArray, moduli: WordArray, degree: int) -> WordArray:
    result = np.zeros_like(left)
    for bit in reversed(range(degree)):
        result = _reduced(result << np.uint64(1), moduli, degree)
        result ^= np.where(right >> np.uint64(bit) & np.uint64(1), left, np.uint64(0))
    return result


def _reduced(values: WordArray, moduli: WordArray, degree: int) -> WordArray:
    return values ^ np.where(values >> np.uint64(degree) & np.uint64(1), moduli, np.uint64(0))


def _prime_factors(number: int) -> tuple[int, ...]:
    factors, divisor = [], 2
    while divisor * divisor <= number:
        if number % divisor == 0:
            factors.append(divisor)
            while number % divisor == 0:
                number //= divisor
        divisor += 1
    return (*factors, number) if number > 1 else tuple(factors)
