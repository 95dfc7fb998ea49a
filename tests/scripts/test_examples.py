"""The example workbooks are what their script writes, and carry the values that Montecell itself computes."""

from __future__ import annotations

import zipfile
from xml.etree.ElementTree import canonicalize

import openpyxl
import pytest

from examples import cash_flow, newsvendor, project_cost
from examples.book import inject

EXAMPLES = (project_cost, newsvendor, cash_flow)


def members(path) -> dict[str, str]:
    """The package's parts in canonical XML: openpyxl spells the same XML in two ways, with and without lxml."""
    with zipfile.ZipFile(path) as package:
        return {name: canonicalize(package.read(name)) for name in package.namelist()}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.FILE_NAME)
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


def test_a_formula_without_its_value_is_refused():
    with pytest.raises(ValueError, match="B2"):
        inject('<c r="B2" s="3"><f>A1</f><v /></c>', {})


def test_values_of_every_kind():
    xml = "".join(f'<c r="{cell}"><f>X</f><v></v></c>' for cell in ("A1", "A2", "A3"))
    filled = inject(xml, {"A1": 1.5, "A2": "a<b", "A3": True})
    assert '<c r="A1"><f>X</f><v>1.5</v></c>' in filled
    assert '<c r="A2" t="str"><f>X</f><v>a&lt;b</v></c>' in filled
    assert '<c r="A3" t="b"><f>X</f><v>1</v></c>' in filled
