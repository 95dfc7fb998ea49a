"""Kernels as PTX: nothing that rounds otherwise than on the processor, and accepted by NVIDIA's assembler."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from llvmlite import ir

from compute.backends.gpu import GpuMachine, ptx
from compute.backends.gpu.ptx import ARCHITECTURES, architecture_for, ptx_of
from compute.backends.native import mathematics
from compute.backends.native.emission import DOUBLE, Emission
from compute.backends.native.mathematics.library import FUNCTIONS
from compute.program import Program
from tests.compute.backends.gpu import programs
from tests.compute.backends.gpu.assembler import MISSING, assembled, ptxas
from tests.compute.backends.gpu.recording import HostDriver
from tests.compute.backends.native.test_same_as_reference import CHAINS

BUILT = (80, 90)
EVERY_REGISTER = 255
needs_ptxas = pytest.mark.skipif(ptxas() is None, reason=MISSING)


def machine_of(build: Callable[[Path], Program], folder: Path) -> GpuMachine:
    return GpuMachine(build(folder / "model.xlsx"), HostDriver())


@pytest.mark.parametrize(
    ("capability", "expected"), [(75, 75), (80, 80), (86, 80), (89, 80), (90, 90), (100, 90), (120, 90)]
)
def test_code_for_a_device_is_the_latest_that_it_runs(capability: int, expected: int) -> None:
    assert architecture_for(capability) == expected


def test_a_device_too_old_is_refused() -> None:
    with pytest.raises(ValueError, match=r"7\.0 is below 7\.5"):
        architecture_for(70)


def arithmetic(write: Callable[[Emission, ir.Argument, ir.Argument], object]) -> ir.Module:
    """A kernel that stores one number made of two."""
    module = ir.Module("arithmetic")
    kind = ir.FunctionType(ir.VoidType(), [DOUBLE.as_pointer(1), DOUBLE, DOUBLE])
    function = ir.Function(module, kind, "kernel")
    function.calling_convention = "ptx_kernel"
    emit = Emission(module, function, 1)
    emit.builder.store(write(emit, *function.args[1:]), function.args[0])
    emit.builder.ret_void()
    return module


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_product_and_a_sum_are_two_roundings_and_fma_is_one(architecture: int) -> None:
    apart = ptx_of(arithmetic(lambda e, a, b: e.builder.fadd(e.builder.fmul(a, b), a)), architecture)
    assert re.findall(r"(?:mul|add|fma)[.\w]*\.f64", apart) == ["mul.rn.f64", "add.rn.f64"]
    fused = ptx_of(arithmetic(lambda e, a, b: e.fma(a, b, a)), architecture)
    assert re.findall(r"(?:mul|add|fma)[.\w]*\.f64", fused) == ["fma.rn.f64"]
    exact = ptx_of(arithmetic(lambda e, a, b: e.call("llvm.sqrt", e.builder.fdiv(a, b))), architecture)
    assert re.findall(r"(?:div|sqrt)[.\w]*\.f64", exact) == ["div.rn.f64", "sqrt.rn.f64"]


@pytest.mark.parametrize("text", ["\tadd.f64 \t%rd1, %rd2, %rd3;", "\tmul.f64 \t%rd1, %rd2, %rd3;"])
def test_what_may_be_fused_is_noticed(text: str) -> None:
    with pytest.raises(RuntimeError, match="does not round like the processor"):
        ptx._demand_own_rounding(text)


def test_a_call_of_another_library_is_noticed() -> None:
    def call(emit: Emission, a: ir.Argument, b: ir.Argument) -> object:
        return emit.builder.call(ir.Function(emit.module, ir.FunctionType(DOUBLE, [DOUBLE]), "cosh"), [a])

    with pytest.raises(RuntimeError, match=r"\.extern \.func.*cosh"):
        ptx_of(arithmetic(call), 80)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_own_mathematics_needs_no_library(name: str, architecture: int) -> None:
    def call(emit: Emission, a: ir.Argument, b: ir.Argument) -> object:
        arguments = [a, b, b, a][: FUNCTIONS[name].arguments]
        return mathematics.Mathematics(emit.module, 1).call(emit.builder, name, *arguments)

    text = ptx_of(arithmetic(call), architecture)
    assert ".entry kernel" in text
    if ptxas():
        assert assembled(text, architecture).spilled == 0


BOOKS: dict[str, Callable[[Path], Program]] = {
    "basic formulas": programs.basic_formulas,
    "functions": programs.all_functions,
    **{name: partial(programs.chain, name=name) for name in CHAINS},
}


def test_a_thread_is_known_by_its_block_and_its_place_in_it(tmp_path: Path) -> None:
    """Number = block · size + place, an integer product and sum of the three registers."""
    machine = machine_of(partial(programs.chain, name="a range of one cell"), tmp_path)
    entry = machine.code(is_exact=False).ptx(80).split(".visible .entry stage(")[1]
    registers = dict(re.findall(r"mov\.u32 \t(%r\d+), %(ctaid|ntid|tid)\.x;", entry))
    assert sorted(registers.values()) == ["ctaid", "ntid", "tid"]
    block, size, place = (next(k for k, v in registers.items() if v == name) for name in ("ctaid", "ntid", "tid"))
    product = re.search(rf"mul\.wide\.u32 \t(%rd\d+), (?:{block}, {size}|{size}, {block});", entry)
    widened = re.search(rf"cvt\.u64\.u32 \t(%rd\d+), {place};", entry)
    assert product
    assert widened
    assert re.search(rf"add\.s64 \t%rd\d+, (?:{product[1]}, {widened[1]}|{widened[1]}, {product[1]});", entry)


LONG = {"functions": pytest.mark.sweep}
"""ptxas takes minutes: hundreds of formulas that all differ."""


@needs_ptxas
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", [pytest.param(n, marks=LONG.get(n, ())) for n in BOOKS])
def test_every_kernel_is_assembled(tmp_path: Path, name: str) -> None:
    machine = machine_of(BOOKS[name], tmp_path)
    for is_exact in (False, True):
        for architecture in BUILT:
            usage = assembled(machine.code(is_exact=is_exact).ptx(architecture), architecture)
            assert usage.registers <= EVERY_REGISTER


@needs_ptxas
@pytest.mark.timeout(600)
@pytest.mark.parametrize("architecture", BUILT)
@pytest.mark.parametrize("name", programs.BENCHMARKS)
def test_a_benchmark_model_spills_no_register(shared_folder: Path, name: str, architecture: int) -> None:
    machine = GpuMachine(programs.benchmark(shared_folder, name), HostDriver())
    for is_exact in (False, True):
        usage = assembled(machine.code(is_exact=is_exact).ptx(architecture), architecture)
        assert usage.spilled == 0, usage
