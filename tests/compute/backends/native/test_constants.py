"""Constants that are made once: bit for bit what was asked for, whatever was asked for before."""

from __future__ import annotations

import ctypes

import numpy as np
import pytest
from llvmlite import binding, ir

from compute.backends.native.constants import array_of, constant_in, places_in

DOUBLE, I64, I1 = ir.DoubleType(), ir.IntType(64), ir.IntType(1)
NUMBERS = np.array([0.0, -0.0, 1.5, -1e300, 5e-324, np.inf, -np.inf, np.nan])


def bits_kept(kind: ir.Type, constant: ir.Constant, count: int) -> bytes:
    """What LLVM puts into memory for a constant."""
    module = ir.Module()
    variable = ir.GlobalVariable(module, kind, "kept")
    variable.initializer = constant
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    machine = binding.Target.from_default_triple().create_target_machine(jit=True)
    engine = binding.create_mcjit_compiler(binding.parse_assembly(str(module)), machine)
    engine.finalize_object()
    place = engine.get_global_value_address("kept")
    return ctypes.string_at(place, count)


@pytest.mark.parametrize("number", NUMBERS.tolist(), ids=str)
def test_a_number_in_every_lane(number: float) -> None:
    kind = ir.VectorType(DOUBLE, 4)
    assert bits_kept(kind, constant_in(kind, number), 32) == np.full(4, number).tobytes()
    assert bits_kept(DOUBLE, constant_in(DOUBLE, number), 8) == np.float64(number).tobytes()


@pytest.mark.parametrize("number", [0, 1, -1, -(2**63), 2**64 - 1])
def test_an_integer_in_every_lane(number: int) -> None:
    kind = ir.VectorType(I64, 2)
    expected = np.full(2, number % 2**64, np.uint64).tobytes()
    assert bits_kept(kind, constant_in(kind, number), 16) == expected


def test_equal_values_of_other_types_are_apart() -> None:
    kinds = [DOUBLE, I64, I1, ir.VectorType(DOUBLE, 8), ir.VectorType(DOUBLE, 4), ir.VectorType(I64, 8)]
    assert [constant_in(kind, 1).type for kind in kinds] == kinds
    assert str(places_in([1, 0])) == "<2 x i32> <i32 1, i32 0>"


def test_a_constant_is_made_once() -> None:
    assert constant_in(ir.VectorType(DOUBLE, 8), 2.5) is constant_in(ir.VectorType(DOUBLE, 8), 2.5)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (DOUBLE, NUMBERS),
        (I64, np.array([0, 2**63, 2**64 - 1], np.uint64)),
        (ir.IntType(32), np.array([0, -1, 2**31 - 1], np.int32)),
    ],
    ids=["doubles", "words", "integers"],
)
def test_arrays(kind: ir.Type, values: np.ndarray) -> None:
    array = array_of(kind, values)
    assert bits_kept(array.type, array, values.nbytes) == values.tobytes()
