"""From a module of LLVM's intermediate representation to machine code in this process."""

from __future__ import annotations

import ctypes.util
import platform
import threading
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import llvmlite
import llvmlite.binding as llvm
from llvmlite import ir

from compute.backends.native.code_cache import CodeCache, cache_folder
from compute.backends.native.errors import NotNative

LLVMLITE_VERSION = str(llvmlite.__version__)
_LOCK = threading.Lock()


@lru_cache(maxsize=1)
def _target() -> Any:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    demand_fused_products(dict(llvm.get_host_cpu_features()), platform.machine())
    return llvm.Target.from_default_triple()


def demand_fused_products(features: Mapping[str, bool], architecture: str) -> None:
    """Makes the C library's ``fma`` known to the linker where the processor has no such instruction.

    Raises NotNative where there is no such library: the linker would end the process.
    """
    if features.get("fma") or architecture.lower() not in ("x86_64", "amd64", "i386", "i686"):
        return
    library = ctypes.util.find_library("m") or ctypes.util.find_library("ucrtbase")
    try:
        if library is None:
            raise NotNative("this processor has no fused multiply-add, nor is a C library with one found")
        llvm.load_library_permanently(library)
    except RuntimeError as problem:
        raise NotNative(f"this processor has no fused multiply-add, and {library} cannot be loaded") from problem


def machine_for(cpu: str, features: str, level: int = 2) -> Any:
    """A target machine that writes code for a processor."""
    return _target().create_target_machine(cpu=cpu, features=features, opt=level, jit=True)


def host() -> tuple[str, str]:
    """The name and features of this processor."""
    _target()
    return str(llvm.get_host_cpu_name()), str(llvm.get_host_cpu_features().flatten())


class Compiled:
    """Machine code; its functions live as long as this does. ``name`` is how it is kept."""

    def __init__(self, engine: Any, name: str) -> None:
        self._engine, self.name = engine, name

    def address(self, name: str) -> int:
        """Where a function begins."""
        return int(self._engine.get_function_address(name))


def processor(level: int = 2) -> tuple[str, ...]:
    """What code is made for and by, beside the module."""
    return *host(), LLVMLITE_VERSION, str(llvm.llvm_version_info), str(level)


def compile_module(module: ir.Module, level: int = 2) -> Compiled:
    """Machine code for this processor, kept from an earlier time where there is some.

    Raises RuntimeError, from LLVM, for a module that is not well formed.
    """
    with _LOCK:
        machine = machine_for(*host(), level)
        module.triple = llvm.get_process_triple()
        module.data_layout = str(machine.target_data)
        text = str(module)
        cache = CodeCache(cache_folder())
        name = cache.key((text, *processor(level)))
        code = cache.get(name)
        if code is None:
            parsed = llvm.parse_assembly(text)
            parsed.verify()
            optimise(parsed, machine, level)
            code = machine.emit_object(parsed)
            cache.put(name, code)
        return _loaded(code, name, machine)


def kept_code(name: str, level: int = 2) -> Compiled | None:
    """The machine code that was kept under a name by ``compile_module``; None without any."""
    with _LOCK:
        code = CodeCache(cache_folder()).get(name)
        return None if code is None else _loaded(code, name, machine_for(*host(), level))


def _loaded(code: bytes, name: str, machine: Any) -> Compiled:
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), machine)
    engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    return Compiled(engine, name)


def optimise(parsed: Any, machine: Any, level: int) -> None:
    """Runs the passes of LLVM that suit loops that are written as vectors already."""
    tuning = llvm.create_pipeline_tuning_options(speed_level=level)
    tuning.loop_vectorization = False
    tuning.slp_vectorization = False
    tuning.loop_unrolling = False
    builder = llvm.create_pass_builder(machine, tuning)
    builder.getModulePassManager().run(parsed, builder)
