"""How long a recalculation takes from file to values, and what reading formulas costs: ``make bench``.

Every figure is the median of several fresh processes, so that nothing is warm but the disk's cache. Not a test: pytest
does not collect it, and no figure fails a build.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from filled_workbook import write_filled_workbook

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT.parent / "shared" / "bench" / "models" / "C.xlsx"
SIZES = (100, 1_000, 10_000, 100_000)
FEW = 50
STAGES = ("import", "read", "assemble", "recalculate")

Figures = dict[str, float]


class Stopwatch:
    """Wall and processor seconds by stage, of this process."""

    def __init__(self) -> None:
        self.figures: Figures = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        wall, processor = time.perf_counter(), time.process_time()
        yield
        self.figures[f"{stage} wall"] = time.perf_counter() - wall
        self.figures[f"{stage} cpu"] = time.process_time() - processor


def recalculate_once(path: str) -> Figures:
    """From file to values; the import of the engine stands beside it."""
    watch = Stopwatch()
    with watch("import"):
        from compute.backends.reference import Recalculation
        from compute.program import assemble
        from compute.workbook import read_workbook
    with watch("read"):
        workbook = read_workbook(path)
    with watch("assemble"):
        program = assemble(workbook, everything=True)
    with watch("recalculate"):
        Recalculation(program).run()
    return watch.figures


def parse_once(path: str) -> Figures:
    """The formulas' texts made into trees, and nothing else."""
    from compute.formulas import parse
    from compute.workbook import read_workbook

    formulas = [(f.text, *cell) for s in read_workbook(path).sheets for cell, f in s.formulas.items()]
    watch = Stopwatch()
    with watch("parse"):
        trees = [parse(*formula) for formula in formulas]
    return watch.figures | {"cells": float(len(formulas)), "trees": float(len({id(t) for t in trees}))}


ONCE: dict[str, Callable[[str], Figures]] = {"recalculate": recalculate_once, "parse": parse_once}


def medians(what: str, path: Path, runs: int) -> Figures:
    """The medians over fresh processes."""
    own = str(Path(__file__).resolve())
    found: list[Figures] = []
    for _ in range(runs):
        done = subprocess.run(
            [sys.executable, own, "--once", what, str(path)], capture_output=True, text=True, check=True
        )
        found.append(json.loads(done.stdout))
    return {key: statistics.median(f[key] for f in found) for key in found[0]}


def row(label: str, path: Path, runs: int) -> dict[str, float | str]:
    """One line of the table: seconds of processor by stage, and the whole from file to values."""
    whole, parsed = medians("recalculate", path, runs), medians("parse", path, runs)
    line: dict[str, float | str] = {"workbook": label, "cells": parsed["cells"]}
    line |= {stage: whole[f"{stage} cpu"] for stage in STAGES}
    for kind in ("cpu", "wall"):
        line[f"file to values, {kind}"] = sum(whole[f"{stage} {kind}"] for stage in STAGES[1:])
    return line | {"parse": parsed["parse cpu"], "parse, µs a cell": parsed["parse cpu"] / parsed["cells"] * 1e6}


def table(rows: list[dict[str, float | str]]) -> str:
    """The figures as a Markdown table."""
    heads = list(rows[0])
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(_shown(r[h]) for h in heads) + " |" for r in rows]
    return "\n".join(lines)


def _shown(value: float | str) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if value == int(value) and value >= 100 else f"{value:.2f}"


def machine() -> dict[str, str | int | None]:
    """What the figures were taken on."""
    return {"system": platform.platform(), "cores": os.cpu_count(), "python": platform.python_version()}


def main() -> int:
    """Measure, print a table, write JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="fresh processes for each figure (default 5)")
    parser.add_argument("--largest", type=int, default=SIZES[-1], help="cells of the largest made workbook")
    parser.add_argument("--json", type=Path, default=ROOT / "results" / "bench_recalculation.json")
    parser.add_argument("--once", nargs=2, metavar=("WHAT", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.once:
        json.dump(ONCE[options.once[0]](options.once[1]), sys.stdout)
        return 0
    rows = []
    if MODEL.exists():
        rows.append(row("C.xlsx, 50 formulas filled down", MODEL, options.runs))
    else:
        print(f"left out: {MODEL.name} is not on this machine ({MODEL.parent.parent.name}/models)", file=sys.stderr)
    with tempfile.TemporaryDirectory() as folder:
        for size in (s for s in SIZES if s <= options.largest):
            for distinct in dict.fromkeys((min(FEW, size), size)):
                path = Path(folder) / f"{size}_{distinct}.xlsx"
                write_filled_workbook(path, size, distinct)
                rows.append(row(f"{size:,} cells, {distinct:,} distinct", path, options.runs))
                print(table(rows[-1:]).splitlines()[-1], file=sys.stderr)
    print(table(rows))
    options.json.parent.mkdir(exist_ok=True)
    options.json.write_text(json.dumps({"machine": machine(), "runs": options.runs, "rows": rows}, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
