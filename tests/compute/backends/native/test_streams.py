"""Uniform numbers of kernels have the bits of ``compute.sampling.streams``, whatever the width and the iteration."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from llvmlite import ir

from compute.backends.native import NativeMachine
from compute.backends.native.compiler import Compiled, compile_module
from compute.backends.native.emission import I64, Emission
from compute.backends.native.streams import (
    SAME_WORDS,
    SinglePhilox,
    Uniforms,
    in_pairs,
    padded,
    prepare_streams,
    rows_of_streams,
)
from compute.runners.model import Model
from compute.sampling import sampler, streams

Build = Callable[..., Path]
THREE_DRAWS = {**dict.fromkeys(("A1", "A2", "A3"), "=_xldudf_MC_UNIFORM(0,1)"), "B1": "=A1+A2+A3"}
STREAMS = np.array([0, 1, 2**32 - 1, 2**32, 2**64 - 1, 0x9E3779B97F4A7C15, 0x0123456789ABCDEF], np.uint64)
SEEDS = [0, 1, 2**32 - 1, 2**63 + 12345, 2**64 - 1]
EDGE = 1 << SAME_WORDS
"""From here on the upper word of the counter is not 0."""


def filled(width: int, draws: int, seed: int, iteration: int) -> np.ndarray:
    """The uniforms (draws, width) of the first streams."""
    module = ir.Module("streams")
    pointer = ir.DoubleType().as_pointer()
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [pointer, I64, I64]), "fill")
    rows, seed_given, first = function.args
    emit = Emission(module, function, width)
    words = emit.builder.bitcast(emit.builder.gep(rows, [I64(padded(draws) * width)]), I64.as_pointer())
    given = in_pairs(STREAMS[:draws])
    prepare_streams(emit, words, seed_given, first, emit.table(given), I64(len(given)))
    Uniforms(emit, words).fill(rows, draws, first)
    emit.builder.ret_void()
    memory = np.full((rows_of_streams(width, draws) + 1, width), np.nan)
    called(compile_module(module), "fill", memory.ctypes.data, seed, iteration)
    assert np.isnan(memory[-1]).all(), "no more memory is written than was asked for"
    return memory[:draws]


def called(code: Compiled, name: str, *arguments: int) -> None:
    kinds = [ctypes.c_void_p, *[ctypes.c_uint64] * (len(arguments) - 1)]
    ctypes.CFUNCTYPE(None, *kinds)(code.address(name))(*arguments)


@pytest.mark.parametrize("iteration", [0, 8, 1000, 2**32 - 8, 2**32, EDGE - 8, EDGE, 5 * EDGE + 16])
@pytest.mark.parametrize("width", [2, 4, 8])
def test_bits_of_streams(width: int, iteration: int) -> None:
    for seed in SEEDS:
        found = filled(width, 5, seed, iteration)
        wanted = [streams.uniforms(seed, int(s), iteration, iteration + width) for s in STREAMS[:5]]
        np.testing.assert_array_equal(found, wanted)


@pytest.mark.parametrize("draws", range(1, len(STREAMS) + 1))
def test_any_number_of_draws(draws: int) -> None:
    wanted = [streams.uniforms(7, int(s), 64, 72) for s in STREAMS[:draws]]
    np.testing.assert_array_equal(filled(8, draws, 7, 64), wanted)


@pytest.mark.parametrize("iteration", [0, 1, 6, 2**32 - 1, EDGE + 3])
def test_one_iteration_alone(iteration: int) -> None:
    module = ir.Module("single")
    pointer = ir.DoubleType().as_pointer()
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [pointer, I64, I64, I64]), "one")
    target, seed, first, stream = function.args
    emit = Emission(module, function, 1)
    emit.builder.store(SinglePhilox(emit, seed, first).uniforms(stream), target)
    emit.builder.ret_void()
    code = compile_module(module)
    for number in STREAMS.tolist():
        found = np.zeros(1)
        called(code, "one", found.ctypes.data, SEEDS[3], iteration, number)
        assert found[0] == streams.uniforms(SEEDS[3], number, iteration, iteration + 1)[0]


@pytest.mark.parametrize("width", [2, 8])
def test_words_to_uniforms(width: int) -> None:
    """Every digit kept, half a unit in place of 0."""
    words = np.array([0, 2**11 - 1, 2**11, 2**43 - 1, 2**43, 2**53 + 2**11, 2**63, 2**64 - 1], np.uint64)
    module = ir.Module("unit")
    pointer = ir.VectorType(I64, width).as_pointer()
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [pointer]), "unit")
    emit = Emission(module, function, width)
    loaded = emit.builder.load(function.args[0], align=8)
    made = Uniforms(emit, function.args[0]).unit(loaded)
    emit.builder.store(emit.builder.bitcast(made, loaded.type), function.args[0], align=8)
    emit.builder.ret_void()
    code = compile_module(module)
    found = words.copy()
    for first in range(0, words.size, width):
        called(code, "unit", found[first:].ctypes.data)
    np.testing.assert_array_equal(found.view(np.float64), streams.to_unit(words))


@pytest.mark.parametrize("first", [0, EDGE - 1024, EDGE - 512, EDGE])
def test_a_block_across_the_edge(first: int, book: Build) -> None:
    """Its draws are those of the streams, though what is prepared for a block differs on both sides."""
    machine = NativeMachine(Model.open(book({"S": THREE_DRAWS}), outputs=["S!B1"]).program)
    numbers = [d.stream for d in machine.program.draws]
    result = machine.run(sampler("monte_carlo", 3, 1000, numbers), first, first + 1024)
    np.testing.assert_array_equal(result.inputs, [streams.uniforms(3, s, first, first + 1024) for s in numbers])
