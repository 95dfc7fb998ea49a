"""The example workbooks are what their script writes, and carry the values that Montecell itself computes."""

from __future__ import annotations

import zipfile
from xml.etree.ElementTree import canonicalize

import numpy as np
import openpyxl
import pytest

from examples import cash_flow, newsvendor, project_cost, time_series, what_if_table
from examples.book import inject
from examples.launch import ANALYTIC_SOLVER, DIALECTS, RAND_ONLY

EXAMPLES = (project_cost, newsvendor, cash_flow, time_series)


def members(path) -> dict[str, str]:
    """The package's parts in canonical XML: openpyxl spells the same XML in two ways, with and without lxml."""
    with zipfile.ZipFile(path) as package:
        return {name: canonicalize(package.read(name)) for name in package.namelist()}


@pytest.mark.parametrize("example", [*EXAMPLES, what_if_table, *DIALECTS], ids=lambda example: example.FILE_NAME)
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


def test_the_balances_of_twelve_months_fan_out(repo_root):
    """E[price · demand] = E[price] · E[demand], and E[price] grows by e^0.002 a month."""
    import compute

    model = compute.Model.open(repo_root / "docs" / "examples" / time_series.FILE_NAME)
    assert model.unsupported == ()
    result = model.simulate(iterations=20_000, seed=1)
    (fan,) = result.details(["fan"]).fan or ()
    assert (fan.name, fan.outputs) == ("Cash balance", tuple(f"Cash, {month}" for month in time_series.MONTHS))
    months = np.arange(1, 13)
    demand = 1_000 + 0.7**months * (950 - 1_000)
    expected = 15_000 + np.cumsum(demand * (52 * np.exp(0.002 * months) - 43) - 7_500)
    errors = np.array([result.outputs[key].samples.std() for key in fan.outputs]) / np.sqrt(20_000)
    assert np.all(np.abs(np.array(fan.means) - expected) < 4 * errors)
    widths = np.array(fan.bands[-1]) - np.array(fan.bands[0])
    assert np.all(np.diff(widths) > 0)
    lowest = np.min([result.outputs[key].samples for key in fan.outputs], axis=0)
    assert np.array_equal(result.outputs["Lowest balance"].samples, lowest)
    assert result.outputs["Overdraft"].mean == pytest.approx(np.mean(lowest < 0))


def test_the_table_of_trials_shows_its_statistics_and_is_run(repo_root, tmp_path):
    """On average 400 · (1 − 0.25 · 0.4) · 11 − 3,400 = 560."""
    import compute

    path = repo_root / "docs" / "examples" / what_if_table.FILE_NAME
    stored = openpyxl.load_workbook(path, data_only=True)["Fair"]

    def summed_up(sheet) -> list[float]:
        column = np.array([sheet[f"F{row}"].value for row in range(what_if_table.FIRST, what_if_table.LAST + 1)])
        return [column.mean(), np.quantile(column, 0.05), np.quantile(column, 0.95), np.mean(column < 0)]

    assert [stored[f"B{row}"].value for row in range(12, 16)] == pytest.approx(summed_up(stored))
    model = compute.Model.open(path)
    assert (model.unsupported, tuple(model.outputs)) == ((), ("Fair!F5",))
    result = model.simulate(iterations=20_000, seed=1)
    profit = result.outputs["Fair!F5"]
    assert profit.mean == pytest.approx(560, abs=4 * profit.samples.std() / np.sqrt(20_000))
    result.write_workbook(path, tmp_path / "copy.xlsx")
    filled = openpyxl.load_workbook(tmp_path / "copy.xlsx", data_only=True)["Fair"]
    assert [filled[f"B{row}"].value for row in range(12, 16)] == pytest.approx(summed_up(filled))
    assert filled["B12"].value == pytest.approx(560, abs=4 * profit.samples.std() / np.sqrt(what_if_table.TRIALS))
    assert filled["F6"].value != stored["F6"].value


def test_a_formula_without_its_value_is_refused():
    with pytest.raises(ValueError, match="B2"):
        inject('<c r="B2" s="3"><f>A1</f><v /></c>', {})


def test_values_of_every_kind():
    xml = "".join(f'<c r="{cell}"><f>X</f><v></v></c>' for cell in ("A1", "A2", "A3"))
    filled = inject(xml, {"A1": 1.5, "A2": "a<b", "A3": True})
    assert '<c r="A1"><f>X</f><v>1.5</v></c>' in filled
    assert '<c r="A2" t="str"><f>X</f><v>a&lt;b</v></c>' in filled
    assert '<c r="A3" t="b"><f>X</f><v>1</v></c>' in filled


@pytest.mark.parametrize("formula", ['<f t="array" ref="B2:C2">X</f>', '<f t="dataTable" ref="B2:B9" r1="H5" />'])
def test_formulas_of_several_cells_have_a_value_too(formula):
    assert inject(f'<c r="B2">{formula}<v /></c>', {"B2": 2.0}) == f'<c r="B2">{formula}<v>2.0</v></c>'
