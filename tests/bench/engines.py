"""What a formula costs in one iteration, by engine and size of the model: ``make bench``, or this file alone.

Processor time of one thread, without the statistics that a run ends with: those are the same for every engine.
Not a test: pytest does not collect it, and no figure fails a build.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from filled_workbook import write_filled_workbook

from compute.backends.native import NativeMachine
from compute.backends.reference import Machine
from compute.distributions import Normal, Triangular
from compute.program import Program, assemble
from compute.sampling import sampler
from compute.workbook import read_workbook

SIZES = (100, 1_000, 10_000, 50_000)
FORMULA_ITERATIONS = {"reference": 20_000_000, "power": 400_000_000}
BLOCK = 1024
ENGINES: dict[str, Callable[[Program], Machine | NativeMachine]] = {"reference": Machine, "power": NativeMachine}


def program_of(folder: Path, size: int) -> Program:
    """A model of that many formulas in 50 columns, two uncertain inputs in each row, the last column watched."""
    path = folder / f"{size}.xlsx"
    write_filled_workbook(path, size, 50)
    workbook = read_workbook(path)
    rows = range(1, max(2, size // 50 + 1))
    laws = {
        cell: law
        for row in rows
        for cell, law in (((0, row, 1), Normal(5.0, 2.0)), ((0, row, 2), Triangular(1.0, 3.0, 9.0)))
    }
    last = max(column for _, column in workbook.sheets[0].formulas)
    return assemble(workbook, laws, [((0, row, last), None) for row in rows])


def measured(program: Program, engine: str, runs: int) -> dict[str, float]:
    """Seconds to make ready and nanoseconds per formula and iteration: the median of the runs."""
    begun = time.process_time()
    prepared = ENGINES[engine](program)
    compiling = time.process_time() - begun
    formulas = sum(len(s.formulas) for s in program.varying)
    blocks = max(1, FORMULA_ITERATIONS[engine] // formulas // BLOCK)
    source = sampler("monte_carlo", 1, (runs + 1) * blocks * BLOCK, [d.stream for d in program.draws])
    step = min(BLOCK, prepared.block_lanes)
    prepared.run(source, 0, step)
    times = []
    for run in range(runs):
        first = run * blocks * BLOCK
        begun = time.process_time()
        for start in range(first, first + blocks * BLOCK, step):
            prepared.run(source, start, start + step)
        times.append((time.process_time() - begun) / (blocks * BLOCK) / formulas * 1e9)
    return {"ready": compiling, "nanoseconds": statistics.median(times), "formulas": formulas}


def main() -> None:
    """Measures and prints the table of docs/performance.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--largest", type=int, default=SIZES[-1])
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = []
    print("| formulas that vary | reference, ready | ns | power, compiled | ns | ratio |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for size in (s for s in SIZES if s <= options.largest):
            program = program_of(Path(folder), size)
            found = {engine: measured(program, engine, options.runs) for engine in ENGINES}
            reference, power = found["reference"], found["power"]
            ratio = reference["nanoseconds"] / power["nanoseconds"]
            print(
                f"| {power['formulas']:,.0f} | {reference['ready']:.2f} s | {reference['nanoseconds']:.1f} "
                f"| {power['ready']:.2f} s | {power['nanoseconds']:.2f} | {ratio:.0f} |"
            )
            rows.append({"size": size, **found})
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
