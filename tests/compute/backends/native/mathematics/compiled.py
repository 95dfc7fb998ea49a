"""The functions compiled to loops over arrays, for a given width and processor."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache

import llvmlite.binding as llvm
import numpy as np
from llvmlite import ir

from compute.backends.native.mathematics import Mathematics
from compute.backends.native.mathematics.library import FUNCTIONS

Loop = Callable[..., np.ndarray]
HOST = "host"
PROCESSORS = {
    "sse2": ("x86-64", "+sse2,-sse3,-sse4.1,-avx,-fma"),
    "avx2": ("x86-64-v3", "+avx2,+fma"),
    "avx512": ("x86-64-v4", "+avx512f,+fma"),
}
_alive: list[object] = []


def loop_module(name: str, width: int) -> ir.Module:
    """``loop(output, input…, vectors)``: the function over whole vectors."""
    module = ir.Module(name)
    mathematics = Mathematics(module, width)
    pointer, word = ir.PointerType(), ir.IntType(64)
    count = FUNCTIONS[name].arguments
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [pointer] * (count + 1) + [word]), "loop")
    *rows, vectors = function.args
    entry, head, after = (function.append_basic_block(part) for part in ("entry", "head", "after"))
    ir.IRBuilder(entry).branch(head)
    builder = ir.IRBuilder(head)
    i = builder.phi(word)
    places = [builder.gep(row, [i], source_etype=mathematics.type) for row in rows]
    loaded = [builder.load(place, typ=mathematics.type, align=8) for place in places[1:]]
    builder.store(mathematics.call(builder, name, *loaded), places[0], align=8)
    following = builder.add(i, ir.Constant(word, 1))
    i.add_incoming(ir.Constant(word, 0), entry)
    i.add_incoming(following, head)
    builder.cbranch(builder.icmp_unsigned("<", following, vectors), head, after)
    ir.IRBuilder(after).ret_void()
    return module


def machine_for(processor: str, triple: str | None = None) -> llvm.TargetMachine:
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    target = llvm.Target.from_triple(triple or llvm.get_default_triple())
    if processor == HOST:
        cpu, features = llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()
    else:
        cpu, features = PROCESSORS.get(processor, (processor, ""))
    return target.create_target_machine(cpu=cpu, features=features, opt=2)


def optimised(name: str, width: int, machine: llvm.TargetMachine) -> llvm.ModuleRef:
    parsed = llvm.parse_assembly(str(loop_module(name, width)))
    parsed.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    llvm.create_pass_builder(machine, options).getModulePassManager().run(
        parsed, llvm.create_pass_builder(machine, options)
    )
    return parsed


@cache
def compiled(name: str, width: int = 4, processor: str = HOST) -> Loop:
    """The function over arrays whose length is a multiple of eight."""
    machine = machine_for(processor)
    engine = llvm.create_mcjit_compiler(optimised(name, width, machine), machine)
    engine.finalize_object()
    _alive.append(engine)
    count = FUNCTIONS[name].arguments
    call = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * (count + 1), ctypes.c_int64)(engine.get_function_address("loop"))

    def run(*arrays: np.ndarray) -> np.ndarray:
        held = [np.ascontiguousarray(array, dtype=np.float64) for array in arrays]
        output = np.empty_like(held[0])
        assert output.size % 8 == 0
        call(output.ctypes.data, *(array.ctypes.data for array in held), output.size // width)
        return output

    return run
