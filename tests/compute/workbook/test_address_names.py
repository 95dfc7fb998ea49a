"""Names of the old .xls format that read as cells of the newer grid."""

from __future__ import annotations

import pytest

from compute.workbook import read_workbook
from compute.workbook.address_names import conflicting_names, with_names
from compute.workbook.model import DefinedName
from tests.compute.workbook.package_builder import PackageBuilder


@pytest.mark.parametrize(
    ("name", "conflict"),
    [
        ("IW1", "_IW1"),
        ("A65537", "_A65537"),
        ("att2", "_att2"),
        ("TAX2008", "_TAX2008"),
        ("IV65536", None),
        ("XFE1", None),
        ("TAX", None),
        ("TAXES2008", None),
        ("A1048577", None),
    ],
)
def test_a_cell_beyond_the_old_grid_is_a_conflict(name: str, conflict: str | None) -> None:
    expected = {} if conflict is None else {name.casefold(): conflict}
    assert conflicting_names([DefinedName(name, "Model!$A$1")]) == expected


def test_the_new_name_is_free() -> None:
    names = [DefinedName("TAX2008", "1"), DefinedName("_tax2008", "2")]
    assert conflicting_names(names) == {"tax2008": "__TAX2008"}


@pytest.mark.parametrize(
    ("formula", "written"),
    [
        ("tax2008*2+ATT2", "_TAX2008*2+ATT2"),
        ("SUM(TAX2008,A1)", "SUM(_TAX2008,A1)"),
        ('"TAX2008"&TAX2008', '"TAX2008"&_TAX2008'),
        ("Model!TAX2008+'TAX2008'!A1", "Model!TAX2008+'TAX2008'!A1"),
        ("TAX2008:TAX2009", "TAX2008:TAX2009"),
        ("$TAX$2008", "$TAX$2008"),
        ("1+#", "1+#"),
        ('"', '"'),
    ],
)
def test_formulas_are_written_with_the_new_name(formula: str, written: str) -> None:
    assert with_names(formula, {"tax2008": "_TAX2008"}) == written


def test_a_workbook_of_another_program_keeps_its_meaning() -> None:
    book = read_workbook(
        PackageBuilder(
            rows='<row r="1"><c r="A1"><f t="shared" ref="A1:A2" si="0">TAX2008+B1</f></c></row>'
            '<row r="2"><c r="A2"><f t="shared" si="0"/></c></row>',
            workbook='<definedNames><definedName name="TAX2008">Model!$C$1</definedName>'
            '<definedName name="Twice">2*TAX2008</definedName></definedNames>',
        ).build()
    )
    assert [(name.name, name.text) for name in book.names] == [("_TAX2008", "Model!$C$1"), ("Twice", "2*_TAX2008")]
    assert [formula.text for formula in book.sheets[0].formulas.values()] == ["_TAX2008+B1", "_TAX2008+B2"]
