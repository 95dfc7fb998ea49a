"""The kernels of a program: ``prepare`` puts constants into the workspace, ``stage`` runs iterations, one per thread.

A workspace holds a place for every cell, the values of one place for all threads side by side, so that neighbouring
threads read neighbouring memory. A thread computes iterations that are as far apart as there are threads. The same
functions can be written for this machine's processor, where a loop stands in for the threads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property

import numpy as np
from llvmlite import ir

from compute.backends.gpu.ptx import ptx_of
from compute.backends.native.emission import DOUBLE, I32, I64, Emission, IrValue
from compute.backends.native.kernel import Arrangement, Exchange, StageWriter
from compute.backends.native.stages import NativeStage, Plan
from compute.records import dataclass

PREPARE, STAGE = "prepare", "stage"
_BYTE = ir.IntType(8)
_VOID = ir.VoidType()
_DEVICE_SPACE = 1
Body = Callable[[Emission, IrValue, Sequence[IrValue]], None]


@dataclass(frozen=True)
class Code:
    """The kernels of a plan of one native stage; ``rows`` gives the row of each exported place.

    Exact code looks at the iterations whose rows hold an error, and tells which one it is.
    """

    plan: Plan
    rows: Mapping[int, int]
    streams: Sequence[int]
    is_exact: bool = False

    def ptx(self, architecture: int) -> str:
        """The kernels as PTX for a compute capability (times ten)."""
        return ptx_of(self.module(on_device=True), architecture)

    def module(self, *, on_device: bool) -> ir.Module:
        """The kernels for a GPU, or for this processor: then each kernel runs all of its threads one by one."""
        return _Writing(self, on_device).module()

    @cached_property
    def stage(self) -> NativeStage:
        """The one stage there is."""
        (stage,) = self.plan.stages
        assert isinstance(stage, NativeStage)
        return stage


class _Writing:
    """One module being written."""

    def __init__(self, code: Code, on_device: bool) -> None:
        self._code, self._on_device = code, on_device
        self._module = ir.Module("montecell")
        space = _DEVICE_SPACE if on_device else 0
        self._numbers, self._bytes = DOUBLE.as_pointer(space), _BYTE.as_pointer(space)
        sites = {site: row for row, site in enumerate(code.plan.sites)}
        self._writer = StageWriter(
            self._module, "loop", code.plan.layout, code.plan.lines, code.plan.expressions, sites, code.streams,
            is_exact=code.is_exact, arrangement=Arrangement(1, True, space),
        )  # fmt: skip

    def module(self) -> ir.Module:
        self._kernel(PREPARE, [self._numbers, I64], self._prepared)
        exports = self._code.stage.exports
        pairs = np.array([(self._code.rows[p], p) for p in exports.tolist()], np.int64).reshape(-1, 2)
        exchange = Exchange(np.zeros((0, 2), np.int64), pairs)
        iteration = self._iteration(self._writer.parts(self._code.stage.loops, exchange), exchange)
        pointers = [*[self._numbers] * 4, self._bytes]
        self._kernel(STAGE, [*pointers, *[I64] * 5], lambda emit, thread, given: _each(emit, iteration, thread, given))
        return self._module

    def _prepared(self, emit: Emission, thread: IrValue, given: Sequence[IrValue]) -> None:
        """Arguments: the workspace, how many threads there are."""
        workspace, threads = given
        layout = self._code.plan.layout
        count = layout.size - layout.cells
        if count == 0:
            return
        table, builder = emit.table(layout.constants), emit.builder

        def one(j: IrValue, held: Sequence[IrValue]) -> Sequence[IrValue]:
            at = builder.add(builder.mul(builder.add(j, I64(layout.cells)), threads), thread)
            builder.store(emit.element(table, j), builder.gep(workspace, [at]))
            return []

        emit.loop(I64(0), I64(count), 1, [], one)

    def _iteration(self, parts: Sequence[ir.Function], exchange: Exchange) -> ir.Function:
        """One iteration in one thread's workspace.

        Arguments: the workspace, rows, uniforms, samples, doubts, the distance between places, the length of rows, the
        iteration in the block, the first iteration in the run or -1 where uniforms are given, the seed.
        """
        kind = ir.FunctionType(_VOID, [*[self._numbers] * 4, self._bytes, *[I64] * 5])
        function = ir.Function(self._module, kind, "iteration")
        function.linkage = "internal"
        emit = Emission(self._module, function, 1, is_exact=self._code.is_exact)
        workspace, rows, uniforms, samples, doubts, spacing, stride, lane, first, seed = function.args
        builder = emit.builder
        if self._code.is_exact:
            with builder.if_then(builder.not_(_any_error(emit, len(exchange.exports), rows, stride, lane))):
                builder.ret_void()
        is_given = builder.icmp_signed("<", first, I64(0))
        number = builder.select(is_given, first, builder.add(first, lane))
        doubted: IrValue = ir.IntType(1)(0)
        for part in parts:
            found = builder.call(part, [workspace, uniforms, samples, stride, lane, number, seed, spacing])
            doubted = builder.or_(doubted, found)
        known, byte = builder.gep(doubts, [lane]), builder.zext(doubted, _BYTE)
        builder.store(builder.or_(builder.load(known), byte) if self._code.is_exact else byte, known)
        self._writer.copy(emit, exchange.exports, (workspace, spacing), (rows, stride, lane), is_import=False)
        builder.ret_void()
        return function

    def _kernel(self, name: str, kinds: Sequence[ir.Type], body: Body) -> None:
        """A kernel whose arguments are of those types; ``body`` writes what one thread does."""
        function = ir.Function(self._module, ir.FunctionType(_VOID, kinds), name)
        emit = Emission(self._module, function, 1)
        if self._on_device:
            function.calling_convention = "ptx_kernel"
            body(emit, self._thread(emit), function.args)
        else:
            threads = function.args[1] if name == PREPARE else function.args[5]

            def one(thread: IrValue, held: Sequence[IrValue]) -> Sequence[IrValue]:
                body(emit, thread, function.args)
                return []

            emit.loop(I64(0), threads, 1, [], one)
        emit.builder.ret_void()

    def _thread(self, emit: Emission) -> IrValue:
        """This thread's number among all threads of a launch."""
        block, size, within = (self._register(emit, n) for n in ("ctaid.x", "ntid.x", "tid.x"))
        return emit.builder.add(emit.builder.mul(block, size), within)

    def _register(self, emit: Emission, name: str) -> IrValue:
        full = f"llvm.nvvm.read.ptx.sreg.{name}"
        function = self._module.globals.get(full)
        if function is None:
            function = ir.Function(self._module, ir.FunctionType(I32, []), full)
        return emit.builder.zext(emit.builder.call(function, []), I64)


def _each(emit: Emission, iteration: ir.Function, thread: IrValue, given: Sequence[IrValue]) -> None:
    """A thread's iterations: those of its number, and of its number plus the threads, up to the last.

    Arguments: the workspace, rows, uniforms, samples, doubts, how many threads there are, the length of rows, how many
    iterations, the first iteration in the run or -1, the seed.
    """
    workspace, rows, uniforms, samples, doubts, threads, stride, lanes, first, seed = given
    builder = emit.builder
    own = builder.gep(workspace, [thread])

    def one(held: Sequence[IrValue]) -> tuple[Sequence[IrValue], IrValue]:
        (lane,) = held
        builder.call(iteration, [own, rows, uniforms, samples, doubts, threads, stride, lane, first, seed])
        following = builder.add(lane, threads)
        return [following], builder.icmp_signed("<", following, lanes)

    with builder.if_then(builder.icmp_signed("<", thread, lanes)):
        emit.repeat_while([thread], one)


def _any_error(emit: Emission, count: int, rows: IrValue, stride: IrValue, lane: IrValue) -> IrValue:
    """Whether one of the rows holds an error at a lane."""
    builder = emit.builder
    if count == 0:
        return ir.IntType(1)(0)

    def one(j: IrValue, held: Sequence[IrValue]) -> Sequence[IrValue]:
        at = builder.add(builder.mul(j, stride), lane)
        return [builder.or_(held[0], emit.is_nan(builder.load(builder.gep(rows, [at]))))]

    return emit.loop(I64(0), I64(count), 1, [ir.IntType(1)(0)], one)[0]


__all__ = ["PREPARE", "STAGE", "Code"]
