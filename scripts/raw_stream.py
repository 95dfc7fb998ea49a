"""Raw random bits as a simulation uses them, to standard output without end, for batteries of tests.

    PYTHONPATH=. .venv/bin/python scripts/raw_stream.py draws | dieharder -g 200 -d 0

Each number is 64 bits, little-endian, of which a draw takes the top 53:

    iterations   one draw (Model!B2), iteration after iteration
    draws        1,024 neighbouring cells (Model!B1 to B1024) of one iteration, then those of the next
    seeds        one draw under 1,024 neighbouring seeds, then the next iteration
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator

import numpy as np

from compute.sampling import stream_key
from compute.sampling.streams import WordArray, word_table, words

NEIGHBOURS = 1024
ORDERS = ("iterations", "draws", "seeds")


def blocks(order: str, seed: int) -> Iterator[WordArray]:
    """The numbers of an order, block after block, without end."""
    one, start = stream_key("Model", "B2", 0), 0
    cells = [stream_key("Model", f"B{row}", 0) for row in range(1, NEIGHBOURS + 1)]
    step = {"iterations": 1 << 16, "draws": 1 << 6, "seeds": 1 << 9}[order]
    while True:
        if order == "iterations":
            yield words(seed, one, start, start + step)
        elif order == "draws":
            yield np.ascontiguousarray(word_table(seed, cells, start, start + step).T).ravel()
        else:
            rows = [words(seed + n, one, start, start + step) for n in range(NEIGHBOURS)]
            yield np.ascontiguousarray(np.stack(rows).T).ravel()
        start += step


def main() -> int:
    """Write until nobody reads any more."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("order", choices=ORDERS)
    parser.add_argument("--seed", type=int, default=42)
    options = parser.parse_args()
    try:
        for block in blocks(options.order, options.seed):
            sys.stdout.buffer.write(block.astype("<u8").tobytes())
    except BrokenPipeError:
        # Python would complain of the closed pipe once more when it flushes at its end.
        sys.stderr.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
