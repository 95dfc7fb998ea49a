"""From LLVM's intermediate representation to PTX, NVIDIA's portable assembly."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import llvmlite.binding as llvm
from llvmlite import ir

from compute.backends.native.compiler import optimise

TRIPLE = "nvptx64-nvidia-cuda"
ARCHITECTURES = {75: "+ptx63", 80: "+ptx70", 90: "+ptx78"}
"""Compute capabilities that code is written for, with the oldest PTX that knows them; a driver translates code for one
to any later one.
"""
_LEVEL = 2
_FUSIBLE = re.compile(r"\b(?:add|sub|mul)\.f64")
_CALLED = re.compile(r"^\.extern \.func.*", re.MULTILINE)


def architecture_for(capability: int) -> int:
    """The greatest of ``ARCHITECTURES`` that a device of a compute capability runs; raises ValueError below all."""
    fitting = [a for a in ARCHITECTURES if a <= capability]
    if not fitting:
        raise ValueError(f"compute capability {capability / 10} is below {min(ARCHITECTURES) / 10}")
    return max(fitting)


@lru_cache(maxsize=len(ARCHITECTURES))
def _machine(architecture: int) -> Any:
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    target = llvm.Target.from_triple(TRIPLE)
    return target.create_target_machine(cpu=f"sm_{architecture}", features=ARCHITECTURES[architecture], opt=_LEVEL)


def ptx_of(module: ir.Module, architecture: int) -> str:
    """A module as PTX; raises RuntimeError, from LLVM, for one that is not well formed."""
    machine = _machine(architecture)
    module.triple, module.data_layout = TRIPLE, str(machine.target_data)
    parsed = llvm.parse_assembly(str(module))
    parsed.verify()
    optimise(parsed, machine, _LEVEL)
    text = str(machine.emit_assembly(parsed))
    _demand_own_rounding(text)
    return text


def _demand_own_rounding(text: str) -> None:
    """Raises RuntimeError where a product may be fused with a sum, or a function of another library is called.

    The assembler fuses products and sums that name no rounding (PTX ISA, 9.7.4): results would differ from the
    processor's.
    """
    fusible, called = _FUSIBLE.search(text), _CALLED.search(text)
    if fusible or called:
        found = fusible.group() if fusible else called.group() if called else ""
        raise RuntimeError(f"PTX that does not round like the processor: {found}")


__all__ = ["ARCHITECTURES", "architecture_for", "ptx_of"]
