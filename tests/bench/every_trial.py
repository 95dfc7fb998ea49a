"""What a run that keeps every trial takes in memory, time and disk: part of ``make bench``, or this file alone.

A fresh process simulates a workbook of 20 outputs over 5 uncertain inputs, keeps all of it in a Parquet file and makes
the whole summary; its largest resident memory is what the kernel counted. Not a test: no figure fails a build.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

OUTPUTS, INPUTS = 20, 5
LENGTHS = (100_000, 1_000_000, 10_000_000)


def write_workbook(path: Path) -> None:
    """Five inputs, twenty outputs that each hang on three of them."""
    import openpyxl

    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "Model"
    laws = ("NORMAL(100,10)", "UNIFORM(0.5,1.5)", "TRIANGULAR(10,20,40)", "LOGNORMAL(30,8)", "NORMAL(0,1)")
    for row, law in enumerate(laws, 1):
        sheet[f"B{row}"] = f"=_xldudf_MC_{law}"
    for i in range(OUTPUTS):
        a, b, c = (1 + (i + step) % INPUTS for step in (0, 1, 3))
        sheet[f"D{i + 1}"] = f'=_xldudf_MC_OUTPUT("Output {i + 1}")+B{a}*B{b}+{i}*B{c}-MAX(B{a},B{c})'
    workbook.save(path)


def measured(iterations: int, sampling: str, threads: int | None) -> dict[str, float]:
    """One run in this process: seconds by stage, MiB of memory at its peak, MiB of file."""
    import resource

    import compute

    with tempfile.TemporaryDirectory() as folder:
        workbook, target = Path(folder) / "model.xlsx", Path(folder) / "trials.parquet"
        write_workbook(workbook)
        model = compute.Model.open(workbook)
        options = {"sampling": sampling, "threads": threads, "keep": target}
        begun = time.perf_counter()
        result = model.simulate(iterations, **options)  # type: ignore[arg-type]
        seconds, timings = time.perf_counter() - begun, result.timings
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return {
            "iterations": iterations,
            "simulate": timings.simulate,
            "analyse": timings.analyse,
            "seconds": seconds,
            # The unit is bytes on macOS and KiB elsewhere.
            "memory": peak / 2 ** (20 if sys.platform == "darwin" else 10),
            "file": target.stat().st_size / 2**20,
        }


def main() -> None:
    """Measures each length in a process of its own and prints the table of docs/performance.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--iterations", type=int, help="this length alone, in this process, as JSON")
    parser.add_argument("--largest", type=int, default=LENGTHS[-1])
    parser.add_argument("--sampling", default="monte_carlo")
    parser.add_argument("--threads", type=int)
    options = parser.parse_args()
    if options.iterations:
        print(json.dumps(measured(options.iterations, options.sampling, options.threads)))
        return
    if sys.platform == "win32":
        print("Windows does not tell a process its largest memory; nothing is measured")
        return
    print("| iterations | simulate and write | analyse | peak memory | file |")
    print("|---|---|---|---|---|")
    more = ["--sampling", options.sampling, *(["--threads", str(options.threads)] if options.threads else [])]
    for length in (n for n in LENGTHS if n <= options.largest):
        command = [sys.executable, __file__, "--iterations", str(length), *more]
        found = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        print(
            f"| {length:,} | {found['simulate']:.1f} s | {found['analyse']:.1f} s "
            f"| {found['memory']:,.0f} MiB | {found['file']:,.0f} MiB |"
        )


if __name__ == "__main__":
    main()
