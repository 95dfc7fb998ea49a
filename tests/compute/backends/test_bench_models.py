"""The benchmark models against the outputs that LibreOffice computed for twenty input vectors each."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from compute.backends.reference import recalculate_workbook
from compute.formulas import parse_address
from compute.workbook import Workbook, read_workbook

IRR_TOLERANCE = 1e-7


def with_inputs(workbook: Workbook, cells: dict[tuple[str, str], float]) -> Workbook:
    """The workbook with other constants in some cells."""
    sheets = []
    for sheet in workbook.sheets:
        given = {parse_address(cell): value for (name, cell), value in cells.items() if name == sheet.name}
        sheets.append(dataclasses.replace(sheet, values={**sheet.values, **given}))
    return dataclasses.replace(workbook, sheets=tuple(sheets))


@pytest.mark.parametrize(
    ("name", "vectors"),
    [("A", 20), ("B", 6), ("D", 6), pytest.param("B", 20, marks=pytest.mark.sweep),
     pytest.param("C", 20, marks=pytest.mark.sweep), pytest.param("D", 20, marks=pytest.mark.sweep)],
)  # fmt: skip
def test_outputs_agree_with_the_second_opinion(shared_folder: Path, name: str, vectors: int) -> None:
    bench = shared_folder / "bench"
    spec = json.loads((bench / "models" / f"{name}.json").read_text())
    expected = json.loads((bench / "reference" / f"{name}_ref.json").read_text())
    inputs = np.load(bench / "reference" / f"{name}_verify.npy")
    workbook = read_workbook(bench / "models" / f"{name}.xlsx")
    for vector, wanted in zip(inputs[:vectors], expected, strict=False):
        cells = {(i["sheet"], i["cell"]): float(v) for i, v in zip(spec["inputs"], vector, strict=True)}
        values, run = recalculate_workbook(with_inputs(workbook, cells))
        assert not run.failed
        for output, want in zip(spec["outputs"], wanted, strict=True):
            got = values[output["sheet"]][output["cell"]]
            if output["name"] == "BalanceErr":
                assert got == pytest.approx(want, abs=1e-6)
            else:
                relative = IRR_TOLERANCE if output["name"] == "IRR" else 1e-9
                assert got == pytest.approx(want, rel=relative, abs=0), f"{output['name']} for {vector[:3]}"
