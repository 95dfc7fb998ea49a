"""The example workbooks are what their script writes, and carry the values that Montecell itself computes."""

from __future__ import annotations

import zipfile
from xml.etree.ElementTree import canonicalize

import numpy as np
import openpyxl
import pytest

from examples import cash_flow, newsvendor, project_cost
from examples.book import inject
from examples.launch import ANALYTIC_SOLVER, DIALECTS, RAND_ONLY

EXAMPLES = (project_cost, newsvendor, cash_flow)


def members(path) -> dict[str, str]:
    """The package's parts in canonical XML: openpyxl spells the same XML in two ways, with and without lxml."""
    with zipfile.ZipFile(path) as package:
        return {name: canonicalize(package.read(name)) for name in package.namelist()}


@pytest.mark.parametrize("example", [*EXAMPLES, *DIALECTS], ids=lambda example: example.FILE_NAME)
def test_the_file_is_what_the_script_writes(example, tmp_path, repo_root):
    example.book().save(tmp_path / "made.xlsx")
    assert members(tmp_path / "made.xlsx") == members(repo_root / "docs" / "examples" / example.FILE_NAME)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.FILE_NAME)
def test_every_formula_shows_a_value(example, repo_root):
    path = repo_root / "docs" / "examples" / example.FILE_NAME
    formulas, values = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    cells = [
        (sheet.title, cell.coordinate) for sheet in formulas for row in sheet for cell in row if cell.data_type == "f"
    ]
    assert len(cells) > 20
    assert not [(sheet, cell) for sheet, cell in cells if values[sheet][cell].value is None]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.FILE_NAME)
def test_the_values_are_those_of_the_engine(example, repo_root):
    from compute import recalculate

    path = repo_root / "docs" / "examples" / example.FILE_NAME
    computed = recalculate(path)
    for sheet in openpyxl.load_workbook(path, data_only=True):
        formulas = openpyxl.load_workbook(path)[sheet.title]
        for row in formulas:
            for cell in row:
                if cell.data_type == "f":
                    shown = sheet[cell.coordinate].value
                    assert computed[sheet.title][cell.coordinate] == pytest.approx(shown, rel=1e-9, abs=1e-9), (
                        cell.coordinate
                    )


@pytest.mark.parametrize("example", DIALECTS, ids=lambda example: example.FILE_NAME)
def test_the_launch_is_the_same_in_every_dialect(example, repo_root):
    """On average 1,100 · 21 − 0.2 · 3,500 − 9,000, less what correlation takes off: 0.5 · 6 · √(65,000 / 3)."""
    import compute

    path = repo_root / "docs" / "examples" / example.FILE_NAME
    values, shown = compute.recalculate(path)["Model"], openpyxl.load_workbook(path, data_only=True)["Model"]
    for row in openpyxl.load_workbook(path)["Model"]:
        for cell in row:
            if cell.data_type == "f":
                stored = shown[cell.coordinate].value
                found = values[cell.coordinate]
                assert str(found) == stored if isinstance(stored, str) else found == pytest.approx(stored, rel=1e-9)
    model = compute.Model.open(path, outputs={"Model!B11": None})
    assert model.unsupported == ()
    assert model.describe().product in example.title.replace("Excel's own", "Excel")
    result = model.simulate(iterations=20_000)
    (output,) = result.outputs.values()
    covariance = -0.5 * 6 * np.sqrt(65_000 / 3) if example is ANALYTIC_SOLVER else 0.0
    assert output.mean == pytest.approx(1_100 * 21 - 700 - 9_000 + covariance, abs=60)
    filled = {c.cell: c.value for c in result.filled}
    if example is RAND_ONLY:
        assert filled == {}
    else:
        assert set(model.inputs) == {"Price", "Pieces", "Cost", "Breaks", "Repair"}
        assert filled["Model!B14"] == pytest.approx(output.mean)
        assert filled["Model!B15"] == pytest.approx(np.quantile(output.samples, 0.1), abs=20)
        assert filled["Model!B17"] == pytest.approx(np.mean(output.samples <= 0))


def test_a_formula_without_its_value_is_refused():
    with pytest.raises(ValueError, match="B2"):
        inject('<c r="B2" s="3"><f>A1</f><v /></c>', {})


def test_values_of_every_kind():
    xml = "".join(f'<c r="{cell}"><f>X</f><v></v></c>' for cell in ("A1", "A2", "A3"))
    filled = inject(xml, {"A1": 1.5, "A2": "a<b", "A3": True})
    assert '<c r="A1"><f>X</f><v>1.5</v></c>' in filled
    assert '<c r="A2" t="str"><f>X</f><v>a&lt;b</v></c>' in filled
    assert '<c r="A3" t="b"><f>X</f><v>1</v></c>' in filled
