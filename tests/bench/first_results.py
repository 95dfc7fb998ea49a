"""How long a person waits for first results: a fresh process, from the file to the summary of 1,000 iterations.

``make bench``, or this file alone; ``--models FOLDER`` adds workbooks with laws in ``NAME.json`` beside them. Seconds
by the wall clock, the median of some processes, Python's own start included; Python's bytecode is kept, as on any
machine after the first start. Not a test: pytest does not collect it, and no figure fails a build.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "docs" / "examples"
UNMARKED = frozenset({"rand_only"})
"""Examples that name no output: which cell is watched is said when they are run."""
PARTS = ("import", "open", "simulate", "summary")
ONE_RUN = """
import json, sys, time
begun = time.perf_counter()
import compute
from compute import distributions
spec = json.loads(sys.argv[2])
inputs = {cell: getattr(distributions, law)(*parameters) for cell, law, parameters in spec["inputs"]}
laps = [time.perf_counter()]
model = compute.Model.open(sys.argv[1], inputs=inputs, outputs=spec["outputs"])
laps.append(time.perf_counter())
result = model.simulate(1_000, seed=1, sampling="monte_carlo", engine=sys.argv[3], threads=1)
laps.append(time.perf_counter())
result.summary()
laps.append(time.perf_counter())
print(json.dumps([after - before for before, after in zip([begun, *laps], laps)] + [result.certificate.engine]))
"""
LAWS = {"normal": "Normal", "lognormal": "LogNormal2", "triangular": "Triangular", "uniform": "Uniform"}
Row = dict[str, str | float]


def specification(workbook: Path) -> str:
    """The laws and outputs that a file beside the workbook names, as this module's process takes them."""
    path = workbook.with_suffix(".json")
    given = json.loads(path.read_text()) if path.exists() else {"inputs": [], "outputs": []}
    inputs = [(f"{i['sheet']}!{i['cell']}", LAWS[i["dist"]], i["params"]) for i in given["inputs"]]
    return json.dumps({"inputs": inputs, "outputs": [f"{o['sheet']}!{o['cell']}" for o in given["outputs"]]})


def once(workbook: Path, engine: str, environment: Mapping[str, str]) -> Row:
    """One fresh process: its parts, and the whole from its start to its end."""
    command = [sys.executable, "-c", ONE_RUN, str(workbook), specification(workbook), engine]
    begun = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, env=environment)
    whole = time.perf_counter() - begun
    *parts, taken = json.loads(done.stdout)
    return {**dict(zip(PARTS, parts, strict=True)), "whole": whole, "engine": taken}


def measured(workbook: Path, engine: str, cache: str, runs: int, bytecode: str) -> Row:
    """Medians of some processes after one that does not count; ``cache`` is a folder for compiled code, or "off"."""
    environment = {
        **os.environ,
        "MONTECELL_CODE_CACHE": cache,
        "PYTHONPYCACHEPREFIX": bytecode,
        "PYTHONPATH": str(ROOT),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    once(workbook, engine, environment)
    rows = [once(workbook, engine, environment) for _ in range(runs)]
    medians = {part: statistics.median(float(row[part]) for row in rows) for part in (*PARTS, "whole")}
    return {"model": workbook.stem, "engine": str(rows[0]["engine"]), **medians}


def main() -> None:
    """Measures and prints the table of docs/performance.md."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path)
    parser.add_argument("--only", nargs="*", help="names of models")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    workbooks = [*sorted(EXAMPLES.glob("*.xlsx")), *(sorted(options.models.glob("*.xlsx")) if options.models else [])]
    rows = []
    print(f"| model | asked for | code | {' | '.join(PARTS)} | process |")
    print("|---" * (len(PARTS) + 4) + "|")
    with tempfile.TemporaryDirectory() as folder:
        for workbook in (w for w in workbooks if (w.stem in options.only if options.only else w.stem not in UNMARKED)):
            for engine, cache in (("auto", "off"), ("power", "off"), ("power", f"{folder}/code")):
                row = measured(workbook, engine, cache, options.runs, f"{folder}/bytecode")
                asked = engine if engine == row["engine"] else f"{engine} ({row['engine']})"
                code = "compiled" if cache == "off" else "kept"
                seconds = " | ".join(f"{row[part]:.2f} s" for part in (*PARTS, "whole"))
                print(f"| {workbook.stem} | {asked} | {code} | {seconds} |", flush=True)
                rows.append({**row, "asked": engine, "code": code})
    if options.json:
        options.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
