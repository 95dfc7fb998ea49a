"""Runs dieharder on the raw stream and keeps what it answers in ``measured/dieharder.json``.

    PYTHONPATH=.:scripts .venv/bin/python -m validation.dieharder draws iterations

All tests of one order read on from one stream; about ten minutes an order. Needs Debian's package ``dieharder``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

KEPT = Path(__file__).with_name("measured") / "dieharder.json"
RAW_STREAM = Path(__file__).resolve().parents[1] / "raw_stream.py"
SEED = 42
FRESH = range(43, 53)
"""Seeds of the second look at whatever was not passed."""
TESTS = (
    "-d 0", "-d 1", "-d 2", "-d 3", "-d 8", "-d 9", "-d 10", "-d 11", "-d 12", "-d 13", "-d 15", "-d 16",
    "-d 100", "-d 101", "-d 102", "-d 204", "-d 205", "-d 206", "-d 207", "-d 208", "-d 209",
    "-d 200 -n 4", "-d 202 -n 5", "-d 203 -n 7", "-d 201 -n 3", "-d 4", "-d 17",
)  # fmt: skip
"""The tests that dieharder itself calls good, the quick ones first; the number after -n is the size of tuples."""


def command(order: str) -> str:
    """What is piped into dieharder."""
    return f"scripts/raw_stream.py {order} --seed {SEED}"


def parsed(output: str) -> list[dict[str, Any]]:
    """The rows of dieharder's table: test, tuple, samples, p-value, assessment."""
    rows = []
    for line in output.splitlines():
        parts = [part.strip() for part in line.split("|")]
        if len(parts) == 6 and parts[1].isdigit():
            name, size, samples, repeats, p, assessment = parts
            rows.append(
                {"test": name, "tuple": int(size), "samples": int(samples), "repeats": int(repeats), "p": float(p),
                 "assessment": assessment}
            )  # fmt: skip
    return rows


def answers(order: str, seed: int, tests: Sequence[str]) -> Iterator[dict[str, Any]]:
    """The rows of several tests, which read on from one stream."""
    source = [sys.executable, str(RAW_STREAM), order, "--seed", str(seed)]
    with subprocess.Popen(source, stdout=subprocess.PIPE) as stream:
        for test in tests:
            words = ["dieharder", "-g", "200", *test.split()]
            answer = subprocess.run(words, stdin=stream.stdout, capture_output=True, text=True, check=True)
            for row in parsed(answer.stdout):
                print(order, seed, row["test"], row["p"], row["assessment"], flush=True)
                yield {"arguments": test, **row}
        stream.kill()


def second_look(order: str, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each test that was not passed, once for each fresh seed."""
    tests = dict.fromkeys(row["arguments"] for row in rows if row["assessment"] != "PASSED")
    return [{"seed": seed, **row} for test in tests for seed in FRESH for row in answers(order, seed, [test])]


def main(orders: Sequence[str]) -> None:
    """Run the tests on each order, look again at what was not passed, and keep the answers."""
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
    first = subprocess.run(["dieharder", "-V"], capture_output=True, text=True, check=False)
    kept["version"] = next(w for w in (first.stdout + first.stderr).split() if w[0].isdigit())
    for order in orders:
        rows = list(answers(order, SEED, TESTS))
        kept[order] = {"seed": SEED, "rows": rows, "again": second_look(order, rows)}
        KEPT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:] or ["draws", "iterations"])
