"""What kernels for GPUs use, by ptxas, and where there is a GPU what they cost: ``make gpu-check``, or this file alone.

Not a test: pytest does not collect it, and no figure fails a build.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from compute.backends.gpu import Driver, GpuMachine, open_driver
from compute.backends.native import NativeMachine
from compute.errors import EngineUnavailable
from compute.program import Program
from compute.sampling import sampler
from tests.compute.backends.gpu import programs
from tests.compute.backends.gpu.assembler import MISSING, assembled, ptxas
from tests.compute.backends.gpu.recording import HostDriver

ROOT = Path(__file__).resolve().parents[2]
ARCHITECTURES = (80, 90)
BLOCKS = 8


def models(folder: Path) -> Iterator[tuple[str, Program]]:
    """The benchmark's models where they lie beside the tree, and the formulas of the tests."""
    shared = ROOT.parent / "shared"
    if (shared / "bench" / "models").is_dir():
        for name in programs.BENCHMARKS:
            yield name, programs.benchmark(shared, name)
    books: dict[str, Callable[[Path], Program]] = {
        "basic formulas": programs.basic_formulas, "functions": programs.all_functions,
    }  # fmt: skip
    for name, build in books.items():
        yield name, build(folder / f"{name}.xlsx")


def tell_usage(name: str, program: Program) -> None:
    """A line of the table for each architecture and kind of code."""
    machine = GpuMachine(program, HostDriver())
    for architecture in ARCHITECTURES:
        for is_exact in (False, True):
            begun = time.perf_counter()
            ptx = machine.code(is_exact=is_exact).ptx(architecture)
            written = time.perf_counter()
            usage = assembled(ptx, architecture)
            done = time.perf_counter()
            code = "exact" if is_exact else "ordinary"
            print(
                f"| {name} | {machine.plan.native_formulas:,} | sm_{architecture} | {code} | "
                f"{len(ptx) / 1e3:,.0f} kB | {written - begun:.1f} s | {done - written:.1f} s | {usage.registers} | "
                f"{usage.stack:,} | {usage.spilled:,} |",
                flush=True,
            )


def tell_cost(name: str, program: Program, driver: Driver) -> None:
    """Wall-clock nanoseconds per formula and iteration of one thread that feeds the GPU, beside power's on one core."""
    found = []
    for machine in (GpuMachine(program, driver), NativeMachine(program)):
        lanes = machine.block_lanes
        source = sampler("monte_carlo", 1, (BLOCKS + 1) * lanes, [d.stream for d in program.draws])
        machine.run(source, 0, lanes)
        begun = time.perf_counter()
        for block in range(1, BLOCKS + 1):
            machine.run(source, block * lanes, (block + 1) * lanes)
        formulas = machine.plan.native_formulas
        found.append((time.perf_counter() - begun) / (BLOCKS * lanes) / formulas * 1e9)
    print(f"| {name} | {found[0]:.4f} | {found[1]:.4f} | {found[1] / found[0]:.1f} |", flush=True)


def main() -> None:
    """Prints both tables, or says what is missing for one."""
    with tempfile.TemporaryDirectory() as folder:
        if ptxas() is None:
            print(f"no table of registers: {MISSING}")
        else:
            print("| model | formulas | for | code | PTX | written | assembled | registers | stack | spilled |")
            print("|---|---|---|---|---|---|---|---|---|---|")
            for name, program in models(Path(folder)):
                tell_usage(name, program)
        try:
            driver = open_driver()
        except EngineUnavailable as problem:
            print(f"\nno table of costs: {problem.message}")
            return
        print(f"\n{', '.join(d.name for d in driver.devices)}: ns per formula and iteration, draws included\n")
        print("| model | enhanced | power, one core | ratio |\n|---|---|---|---|")
        for name, program in models(Path(folder)):
            tell_cost(name, program, driver)


if __name__ == "__main__":
    main()
