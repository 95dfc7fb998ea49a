"""The functions of native code against mpmath, in units of the last place, and bit for bit between processors."""

from __future__ import annotations

import ctypes.util

import llvmlite.binding as llvm
import numpy as np
import pytest
from mpmath import mp, mpf

from compute.backends.native.mathematics.library import FUNCTIONS
from compute.backends.native.mathematics.power import ORDINARY
from tests.compute.backends.native.mathematics.compiled import compiled, machine_for, optimised

RANDOM = np.random.default_rng(20261123)
N = 1_600
INF = float("inf")


def _everywhere(low: float, high: float) -> np.ndarray:
    """Numbers of every size between two bounds, as many near as far from 0."""
    sizes = 2.0 ** RANDOM.uniform(-60, 10, N)
    spread = np.concatenate([RANDOM.uniform(low, high, N), sizes, -sizes])
    return spread[(spread > low) & (spread < high)]


_POSITIVE = np.concatenate(
    [2.0 ** RANDOM.uniform(-1070, 1023, N), 1 + RANDOM.uniform(-0.5, 0.5, N), 1 + 2.0 ** RANDOM.uniform(-50, -2, N)]
)
_SHARES = np.concatenate(
    [RANDOM.uniform(0, 1, N), 10.0 ** RANDOM.uniform(-300, -1, N), 1 - 2.0 ** RANDOM.uniform(-53, -1, N)]
)
_BASES = np.concatenate([RANDOM.uniform(0.01, 3, N), 10.0 ** RANDOM.uniform(-20, 20, N)])
_POWERS = np.concatenate([RANDOM.uniform(-60, 60, N), RANDOM.uniform(-14, 14, N)])

_ANGLES = np.concatenate(
    [
        _everywhere(-1e3, 1e3),
        RANDOM.uniform(-(2.0**27), 2.0**27, N),
        RANDOM.integers(-(2**20), 2**20, N) * (np.pi / 4),
        RANDOM.integers(-(2**20), 2**20, N) * (np.pi / 2) + RANDOM.uniform(-1e-6, 1e-6, N),
    ]
)
_UNIT = np.concatenate(
    [_everywhere(-1.0, 1.0), 1 - 2.0 ** RANDOM.uniform(-50, -1, N), 2.0 ** RANDOM.uniform(-50, -1, N) - 1]
)
_LINE = np.concatenate([_everywhere(-700.0, 700.0), RANDOM.uniform(-3, 3, N)])
_SIDES = (
    np.concatenate([RANDOM.uniform(-3, 3, 2 * N), _LINE]),
    np.concatenate([RANDOM.uniform(-3, 3, 2 * N), _LINE[::-1]]),
)

CASES = {
    "exp": (mp.exp, 1.0, (_everywhere(-740.0, 709.0),)),
    "expm1": (mp.expm1, 1.5, (_everywhere(-40.0, 709.0),)),
    "log": (mp.log, 1.0, (_POSITIVE,)),
    "log1p": (mp.log1p, 1.5, (np.concatenate([_everywhere(-0.999, 1e6), _POSITIVE]),)),
    "pow": (mp.power, 1.5, (_BASES, _POWERS)),
    "sin": (lambda x: mp.sin(_turned(x)), 1.0, (_ANGLES,)),
    "cos": (lambda x: mp.cos(_turned(x)), 1.0, (_ANGLES,)),
    "tan": (lambda x: mp.tan(_turned(x)), 1.0, (_ANGLES,)),
    "asin": (mp.asin, 1.0, (_UNIT,)),
    "acos": (mp.acos, 1.0, (_UNIT,)),
    "atan": (mp.atan, 1.0, (_everywhere(-1e6, 1e6),)),
    "atan2": (mp.atan2, 1.0, _SIDES),
    "sinh": (mp.sinh, 1.5, (_LINE,)),
    "cosh": (mp.cosh, 1.5, (_LINE,)),
    "tanh": (mp.tanh, 1.5, (_LINE,)),
    "asinh": (mp.asinh, 2.0, (np.concatenate([_LINE, _POSITIVE, -_POSITIVE]),)),
    "acosh": (mp.acosh, 2.0, (np.concatenate([1 + abs(_LINE), 1 + 2.0 ** RANDOM.uniform(-50, 60, N)]),)),
    "atanh": (mp.atanh, 2.0, (_UNIT,)),
    "erf": (mp.erf, 1.0, (np.concatenate([_LINE, RANDOM.uniform(-6, 6, N)]),)),
    "erfc": (mp.erfc, 2.0, (np.concatenate([RANDOM.uniform(-6, 26.5, N), RANDOM.uniform(-1, 2, N)]),)),
    "normal_probability": (mp.ncdf, 2.0, (np.concatenate([RANDOM.uniform(-37.5, 9, N), RANDOM.uniform(-2, 2, N)]),)),
    "normal_quantile": (lambda p: mp.sqrt(2) * mp.erfinv(2 * p - 1) if p > 1e-10 else _far(p), 2.0, (_SHARES,)),
}  # fmt: skip
"""The function of mpmath, the units of the last place allowed, the arguments."""


def _turned(x: mpf) -> mpf:
    """The angle as Excel sees it, whose quarter turn is π / 2 rounded to 64 bits."""
    excess = mpf(float(np.pi / 2)) + mpf(565) * mpf(2) ** -63 - mp.pi / 2
    return x - mp.nint(x * 2 / mp.pi) * excess


def _far(p: mpf) -> mpf:
    """The normal quantile of a very small probability: Newton's steps on log Φ from the leading terms of its tail."""
    t = mp.sqrt(-2 * mp.log(p))
    z = -(t - mp.log(t * mp.sqrt(2 * mp.pi)) / t)
    for _ in range(12):
        tail = mp.erfc(-z / mp.sqrt(2)) / 2
        z -= mp.log(tail / p) * tail / (mp.exp(-z * z / 2) / mp.sqrt(2 * mp.pi))
    return z


def units(found: np.ndarray, exact: list[mpf]) -> np.ndarray:
    """By how many units of the last place each number differs from the exact one."""
    return np.array(
        [
            float(abs(mpf(f) - e) / mpf(float(np.spacing(abs(float(e))))))
            for f, e in zip(found.tolist(), exact, strict=True)
        ]
    )


@pytest.mark.parametrize("name", CASES)
def test_units_in_the_last_place(name: str) -> None:
    function, allowed, arguments = CASES[name]
    size = arguments[0].size // 8 * 8
    given = [a[:size] for a in arguments]
    found = compiled(name)(*given)
    step = 1 if name != "normal_quantile" else 4
    with mp.workdps(60):
        exact = [function(*(mpf(x) for x in row)) for row in zip(*(a[::step].tolist() for a in given), strict=True)]
        normal = np.array([mpf(2.0**-1022) < abs(e) < mpf(1.7e308) for e in exact])
        errors = units(found[::step], exact)
    assert errors[normal].max() <= allowed
    # Below the smallest normal number the last place is as wide as that number's.
    assert not (~normal).any() or errors[~normal].max() <= 2.0


SPECIAL: dict[str, list[tuple[tuple[float, ...], float]]] = {
    "exp": [((0.0,), 1.0), ((-0.0,), 1.0), ((INF,), INF), ((-INF,), 0.0), ((710.0,), INF), ((-746.0,), 0.0)],
    "expm1": [((0.0,), 0.0), ((INF,), INF), ((-INF,), -1.0), ((-50.0,), -1.0)],
    "log": [((1.0,), 0.0), ((0.0,), -INF), ((-0.0,), -INF), ((INF,), INF), ((-1.0,), np.nan)],
    "log1p": [((0.0,), 0.0), ((-1.0,), -INF), ((-2.0,), np.nan), ((INF,), INF)],
    "pow": [
        ((2.0, 10.0), 1024.0), ((-2.0, 3.0), -8.0), ((-2.0, 0.5), np.nan), ((0.0, 0.0), 1.0), ((0.0, 2.0), 0.0),
        ((0.0, -1.0), INF), ((1.0, INF), 1.0), ((2.0, INF), INF), ((0.5, INF), 0.0), ((INF, -1.0), 0.0),
        ((10.0, 400.0), INF), ((10.0, -400.0), 0.0),
    ],
    "normal_quantile": [((0.0,), -INF), ((1.0,), INF), ((0.5,), 0.0), ((-0.1,), np.nan), ((1.1,), np.nan)],
    "sin": [((0.0,), 0.0), ((-0.0,), -0.0), ((2.0**27,), np.nan), ((-INF,), np.nan), ((1e-300,), 1e-300)],
    "cos": [((0.0,), 1.0), ((2.0**27,), np.nan), ((np.pi / 2,), 6.12574227454310e-17)],
    "tan": [((0.0,), 0.0), ((-0.0,), -0.0), ((-(2.0**27),), np.nan)],
    "asin": [((0.0,), 0.0), ((-0.0,), -0.0), ((1.0,), np.pi / 2), ((-1.0,), -np.pi / 2), ((1.1,), np.nan)],
    "acos": [((1.0,), 0.0), ((-1.0,), np.pi), ((0.0,), np.pi / 2), ((-1.1,), np.nan)],
    "atan": [((0.0,), 0.0), ((-0.0,), -0.0), ((INF,), np.pi / 2), ((-1e300,), -np.pi / 2), ((1.0,), np.pi / 4)],
    "atan2": [
        ((0.0, 0.0), np.nan), ((0.0, 5.0), 0.0), ((0.0, -5.0), np.pi), ((3.0, 0.0), np.pi / 2),
        ((-3.0, 0.0), -np.pi / 2),
        ((1e308, 1e308), np.pi / 4), ((1e-310, 1e-310), np.pi / 4), ((1e-300, 1e300), 0.0),
        ((-1e300, -1e-300), -np.pi / 2),
    ],
    "sinh": [((0.0,), 0.0), ((-0.0,), -0.0), ((711.0,), INF), ((-711.0,), -INF), ((1e-200,), 1e-200)],
    "cosh": [((0.0,), 1.0), ((711.0,), INF), ((-711.0,), INF)],
    "tanh": [((0.0,), 0.0), ((-0.0,), -0.0), ((INF,), 1.0), ((-1e300,), -1.0)],
    "asinh": [((0.0,), 0.0), ((-0.0,), -0.0), ((INF,), INF), ((-INF,), -INF)],
    "acosh": [((1.0,), 0.0), ((0.5,), np.nan), ((-4.0,), np.nan), ((INF,), INF)],
    "atanh": [((0.0,), 0.0), ((1.0,), INF), ((-1.0,), -INF), ((1.5,), np.nan)],
    "erf": [((0.0,), 0.0), ((-0.0,), -0.0), ((INF,), 1.0), ((-INF,), -1.0), ((1e200,), 1.0)],
    "erfc": [((0.0,), 1.0), ((INF,), 0.0), ((-INF,), 2.0), ((30.0,), 0.0)],
    "normal_probability": [((0.0,), 0.5), ((INF,), 1.0), ((-INF,), 0.0), ((-40.0,), 0.0), ((1e200,), 1.0)],
    "sqrt": [((4.0,), 2.0), ((0.0,), 0.0), ((-1.0,), np.nan), ((INF,), INF)],
}  # fmt: skip


@pytest.mark.parametrize("name", SPECIAL)
def test_special_arguments(name: str) -> None:
    for arguments, expected in SPECIAL[name]:
        found = compiled(name)(*(np.full(8, a) for a in arguments))
        np.testing.assert_array_equal(found, np.full(8, expected), err_msg=f"{name}{arguments}")
        # Equality takes -0 for 0.
        assert np.isnan(expected) or (np.signbit(found) == np.signbit(expected)).all(), f"{name}{arguments}"
        passed = compiled(name)(*(np.full(8, np.nan if i == 0 else 1.5) for i in range(len(arguments))))
        assert np.isnan(passed).all()


def test_ordinary_powers_are_the_bits_of_powers() -> None:
    bases = np.concatenate([RANDOM.uniform(0.5, 2, N), 2.0 ** RANDOM.uniform(-1022, 1023, N), np.ones(8)])
    with mp.workdps(60):
        logarithms = [mp.log(mpf(x)) for x in bases.tolist()]
        heads = np.array([float(v) for v in logarithms])
        tails = np.array([float(v - mpf(h)) for v, h in zip(logarithms, heads.tolist(), strict=True)])
    farthest = np.minimum(ORDINARY / np.maximum(np.abs(heads), 1e-3), 1e4) * (1 - 1e-15)
    for share in (RANDOM.uniform(-1, 1, bases.size), np.ones(bases.size), -np.ones(bases.size), np.zeros(bases.size)):
        exponents = farthest * share
        expected = compiled("pow_of_log")(bases, heads, tails, exponents)
        found = compiled("ordinary_pow_of_log")(heads, tails, exponents)
        np.testing.assert_array_equal(found.view(np.int64), expected.view(np.int64))


@pytest.mark.parametrize("name", CASES)
def test_the_same_bits_for_every_width_and_processor(name: str) -> None:
    arguments = [a[: a.size // 8 * 8] for a in CASES[name][2]]
    expected = compiled(name, 4)(*arguments)
    ours = set(llvm.get_host_cpu_features().keys()) if llvm.get_host_cpu_features() else set()
    runnable = {"avx2": "avx2" in ours and "fma" in ours, "avx512": "avx512f" in ours, "sse2": _has_fma_function()}
    for processor in (
        "host",
        *(p for p, can in runnable.items() if can and llvm.get_host_cpu_features().get(_needs(p), True)),
    ):
        for width in (1, 2, 4, 8):
            found = compiled(name, width, processor)(*arguments)
            np.testing.assert_array_equal(
                found.view(np.uint64), expected.view(np.uint64), err_msg=f"{processor} {width}"
            )


def _needs(processor: str) -> str:
    return {"avx2": "avx2", "avx512": "avx512f"}.get(processor, "sse2")


def _has_fma_function() -> bool:
    """Makes the C library's fma known to the linker, which processors without the instruction need."""
    library = ctypes.util.find_library("m")
    return library is not None and not llvm.load_library_permanently(library)


@pytest.mark.parametrize("triple", ["aarch64-unknown-linux-gnu", "x86_64-unknown-linux-gnu"])
@pytest.mark.parametrize("name", sorted(FUNCTIONS))
def test_code_for_other_processors_is_written(name: str, triple: str) -> None:
    processor = "generic" if triple.startswith("aarch64") else "avx512"
    machine = machine_for(processor, triple)
    code = machine.emit_assembly(optimised(name, 4, machine))
    assert "sqrt" in code if name == "sqrt" else any(fused in code for fused in ("fmadd", "fmla", "fnmadd"))
