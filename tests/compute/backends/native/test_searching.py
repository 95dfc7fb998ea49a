"""Keys among fixed keys: the position is that of the last key not greater, at every key and on both sides of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import compute
from compute.backends.native import NativeMachine
from compute.distributions import DUniform
from compute.sampling import sampler

Build = Callable[..., Path]
LANES = 4096
TABLES = {
    "from 0 by 100": [100.0 * i for i in range(50)],
    "from 0 by 0.1": [0.1 * i for i in range(60)],
    "from 0 by a third": [i / 3 for i in range(40)],
    "from 1 by 1": [1.0 + i for i in range(12)],
    "from -3 by 0.7": [-3.0 + 0.7 * i for i in range(33)],
    "from 1e9 by 0.25": [1e9 + 0.25 * i for i in range(20)],
    "from 0.1 by 1e-9": [0.1 + 1e-9 * i for i in range(30)],
    "from a third by 1e-15": [1 / 3 + 18 * 2.0**-54 * i for i in range(20)],
    "from 1e-300 by 1e-300": [1e-300 * i for i in range(1, 20)],
    "two keys": [0.0, 1.0],
    "nine keys from 0": [7.0 * i for i in range(9)],
    "uneven": [0.0, 1.0, 3.0, 4.5, 4.75, 9.0, 10.0, 11.0, 30.0, 31.0, 40.0],
}


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("exact", [0, 1])
def test_every_key_and_its_neighbours(book: Build, name: str, exact: int) -> None:
    """Tried are the keys, the doubles next to them, places between, and what lies outside."""
    keys = np.array(TABLES[name])
    near = np.concatenate(
        [keys, np.nextafter(keys, -np.inf), np.nextafter(keys, np.inf), keys[:-1] + np.diff(keys) / 3]
    )
    tried = np.unique(np.concatenate([near, [keys[0] - 1, keys[-1] + 1, keys[-1] * 50 + 1e6]]))
    cells: dict[str, object] = {f"D{i}": float(k) for i, k in enumerate(keys, start=1)}
    cells |= {f"E{i}": float(i * i) for i in range(1, len(keys) + 1)}
    last = len(keys)
    cells |= {"A1": 0.0, "B1": f"=MATCH(A1,D1:D{last},{1 - exact})", "B2": f"=INDEX(E1:E{last},B1)"}
    inputs = {"S!A1": DUniform(tried.tolist())}
    machine = NativeMachine(compute.Model.open(book({"S": cells}), inputs=inputs, outputs=["S!B1", "S!B2"]).program)
    source = sampler("monte_carlo", 5, LANES, [d.stream for d in machine.program.draws])
    found, expected = machine.run(source, 0, LANES), machine.reference.run(source, 0, LANES)
    assert len(np.unique(found.inputs)) == len(tried)
    assert len(np.unique(expected.outputs[0][expected.output_codes[0] == 0])) >= last // 2
    np.testing.assert_array_equal(found.output_codes, expected.output_codes)
    np.testing.assert_array_equal(found.outputs, expected.outputs)
