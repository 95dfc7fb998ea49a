"""What a draw costs in native code: ``make bench``, or this file alone.

Processor time of one thread for a draw of each law with fixed parameters: the uniform number, the inverse of the law's
distribution function, and the value stored. Then Uniform by the other ways of sampling, and with all draws correlated.
The least of several runs. Not a test: no figure fails a build.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import openpyxl

from compute.backends.native import NativeMachine
from compute.runners.model import Model
from compute.sampling import Sampler, Sampling, sampler
from compute.sampling.copulas import GaussianCopula
from compute.sampling.correlated import CorrelatedGroup, CorrelatedSampler

DRAWS = 64
ITERATIONS = 200_000
LAWS = {
    "Uniform": "UNIFORM(1,5)",
    "Normal": "NORMAL(10,2)",
    "LogNormal": "LOGNORMAL(10,2)",
    "Triangular": "TRIANGULAR(1,2,5)",
    "PERT": "PERT(1,2,5)",
    "Beta": "BETA(2,3)",
    "Gamma": "GAMMA(2,5)",
    "Student": "STUDENT(4)",
    "Exponential": "EXPONENTIAL(3)",
    "Weibull": "WEIBULL(1.5,3)",
    "Cauchy": "CAUCHY(0,1)",
    "Bernoulli": "BERNOULLI(0.3)",
    "Discrete (5 values)": "DISCRETE({1,2,5,9,11},{0.1,0.2,0.3,0.3,0.1})",
    "Poisson(7)": "POISSON(7)",
    "Binomial(50, 0.3)": "BINOMIAL(50,0.3)",
    "Normal, truncated": "NORMAL(10,2,_xldudf_MC_TRUNCATE(8,))",
}
WAYS: tuple[Sampling, ...] = ("monte_carlo", "latin_hypercube", "sobol")
SUM = f"=SUM(A1:A{DRAWS})"


def machine_of(folder: Path, name: str, law: str) -> NativeMachine:
    """A column of draws of one law, and their sum, which is watched."""
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "S"
    for row in range(1, DRAWS + 1):
        sheet[f"A{row}"] = f"=_xldudf_MC_{law}"
    sheet["B1"] = SUM
    path = folder / f"{len(list(folder.iterdir()))}.xlsx"
    workbook.save(path)
    machine = NativeMachine(Model.open(path, outputs=["S!B1"]).program)
    assert not machine.plan.reasons, f"{name}: {machine.plan.reasons}"
    return machine


def sampled(machine: NativeMachine, runs: int, way: Sampling = "monte_carlo") -> Sampler:
    """The sampler of so many runs, one after the other."""
    count = ITERATIONS // machine.block_lanes * machine.block_lanes
    return sampler(way, 1, runs * count, [d.stream for d in machine.program.draws])


def correlated(source: Sampler, runs: int) -> Sampler:
    """All draws tied by one Gaussian copula."""
    matrix = np.full((DRAWS, DRAWS), 0.4)
    np.fill_diagonal(matrix, 1.0)
    group = CorrelatedGroup("all", tuple(range(DRAWS)), GaussianCopula(matrix))
    return CorrelatedSampler(source, runs * ITERATIONS, [group])


def measured(machine: NativeMachine, runs: int, source: Sampler) -> float:
    """Nanoseconds per draw, the addition to the sum included."""
    block = machine.block_lanes
    count = ITERATIONS // block * block
    machine.run(source, 0, block)
    times = []
    for run in range(runs):
        begun = time.process_time()
        for start in range(run * count, (run + 1) * count, block):
            machine.run(source, start, start + block)
        times.append((time.process_time() - begun) / count / DRAWS * 1e9)
    return min(times)


def main() -> None:
    """Measures and prints the table of docs/performance.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    found: dict[str, float] = {}
    print("| law | ns per draw |")
    print("|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for name, law in LAWS.items():
            machine = machine_of(Path(folder), name, law)
            found[name] = measured(machine, options.runs, sampled(machine, options.runs))
            print(f"| {name} | {found[name]:.1f} |", flush=True)
        uniform = machine_of(Path(folder), "Uniform", LAWS["Uniform"])
        for way in WAYS:
            source = sampled(uniform, options.runs, way)
            name = f"Uniform, {way.replace('_', ' ')}"
            found[name] = measured(uniform, options.runs, source)
            print(f"| {name} | {found[name]:.1f} |", flush=True)
            if way != "latin_hypercube":
                # Its strata would be put in order over the whole run first.
                name = f"{name}, correlated"
                found[name] = measured(uniform, options.runs, correlated(source, options.runs))
                print(f"| {name} | {found[name]:.1f} |", flush=True)
    if options.json:
        options.json.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
