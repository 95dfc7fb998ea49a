"""GETPIVOTDATA over pivot tables laid out in the ways that Excel knows."""

from __future__ import annotations

from pathlib import Path

import pytest

import compute
from compute.errors import CellError, Scalar
from tests.compute.workbook.package_builder import MAIN, OFFICE, PACKAGE, PackageBuilder

REF = CellError("#REF!")
CACHE = f"""<pivotCacheDefinition xmlns="{MAIN}"><cacheFields>
<cacheField name="Region"><sharedItems><s v="North"/><s v="South"/></sharedItems></cacheField>
<cacheField name="Year"><sharedItems><n v="2023"/><n v="2024"/></sharedItems></cacheField>
<cacheField name="Sales"><sharedItems containsNumber="1"/></cacheField>
<cacheField name="Day"><sharedItems><d v="2024-01-31T00:00:00"/><m/></sharedItems></cacheField>
</cacheFields></pivotCacheDefinition>"""
ITEMS = '<items><item x="1"/><item x="0" n="Up north"/><item t="default"/></items>'
YEARS = '<items><item x="0"/><item x="1"/><item t="default"/></items>'
SALES = '<dataFields><dataField name="Sum of Sales" fld="2"/></dataFields>'
BOTH = '<dataFields><dataField name="Sum of Sales" fld="2"/><dataField name="Largest" fld="2"/></dataFields>'
ALONE = "<colItems><i/></colItems>"


def field(axis: str = "", items: str = "", settings: str = "") -> str:
    return f"<pivotField {axis and f'axis={axis!r}'} {settings}>{items}</pivotField>"


def definition(location: str, fields: list[str], layout: str) -> str:
    """A pivot table whose totals begin as ``location`` says; four fields: region, year, sales, day."""
    fields = [*fields, field(settings='dataField="1"'), field()][:4] if len(fields) < 4 else fields
    return (
        f'<pivotTableDefinition xmlns="{MAIN}" name="P"><location {location}/>'
        f"<pivotFields>{''.join(fields)}</pivotFields>{layout}</pivotTableDefinition>"
    )


def value(pivot: str, formula: str, folder: Path) -> Scalar:
    """A formula beside a sheet whose cell in row r and column c (A1 to F9) holds 10·r + c, C6 being empty."""
    rows = "".join(
        f'<row r="{r}">'
        + "".join(f'<c r="{"ABCDEF"[c - 1]}{r}"><v>{10 * r + c}</v></c>' for c in range(1, 7) if (r, c) != (6, 3))
        + (f'<c r="H1"><f>{formula}</f></c>' if r == 1 else "")
        + "</row>"
        for r in range(1, 10)
    )
    arrows = f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" Type="{OFFICE}/pivotCacheDefinition" '
    path = folder / "pivot.xlsx"
    path.write_bytes(
        PackageBuilder(
            rows=rows,
            sheet_relationships=f'<Relationship Id="p" Type="{OFFICE}/pivotTable" Target="../pivotTables/p.xml"/>',
            parts={
                "xl/pivotTables/p.xml": pivot,
                "xl/pivotTables/_rels/p.xml.rels": f'{arrows}Target="../pivotCache/c.xml"/></Relationships>',
                "xl/pivotCache/c.xml": CACHE,
            },
        ).build()
    )
    return compute.recalculate(path)["Model"]["H1"]


CROSS = definition(
    'ref="A1:D5" firstHeaderRow="1" firstDataRow="2" firstDataCol="1"',
    [field("axisRow", ITEMS), field("axisCol", YEARS, 'name="Fiscal year"')],
    '<rowFields><field x="0"/></rowFields><rowItems><i><x/></i><i><x v="1"/></i><i t="grand"><x/></i></rowItems>'
    '<colFields><field x="1"/></colFields><colItems><i><x/></i><i><x v="1"/></i><i t="grand"><x/></i></colItems>'
    + SALES,
)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ('"Sum of Sales",A1', 54.0),
        ('"sales",B2', 54.0),
        ('"Sum of Sales",A1,"Region","South"', 34.0),
        ('"Sum of Sales",A1,"region","NORTH"', 44.0),
        ('"Sum of Sales",A1,"Region","Up north"', 44.0),
        ('"Sum of Sales",A1,"Year",2024', 53.0),
        ('"Sum of Sales",A1,"Fiscal year","2024"', 53.0),
        ('"Sum of Sales",A1,"Year",2023,"Region","South"', 32.0),
        ('"Sum of Sales",A1,"Region","East"', REF),
        ('"Sum of Sales",A1,"Year",2025', REF),
        ('"Sum of Sales",A1,"Country","South"', REF),
        ('"Sum of Sales",A1,"Day",1', REF),
        ('"Sum of Sales",A1,"Region"', REF),
        ('"Profit",A1', REF),
        ('"Sum of Sales",F9', REF),
        ("1/0,A1", CellError("#DIV/0!")),
        ('"Sum of Sales",A1,"Region",NA()', CellError("#N/A")),
        ('"Sum of Sales","A1"', CellError("#VALUE!")),
    ],
)
def test_rows_and_columns(arguments: str, expected: Scalar, tmp_path: Path) -> None:
    assert value(CROSS, f"GETPIVOTDATA({arguments})", tmp_path) == expected


NESTED_ITEMS = (
    '<rowItems><i><x/></i><i r="1"><x/></i><i r="1"><x v="1"/></i><i><x v="1"/></i><i r="1"><x v="1"/></i>'
    '<i t="grand"><x/></i></rowItems>'
)
NESTED_FIELDS = '<rowFields><field x="0"/><field x="1"/></rowFields>'
PLACE = 'ref="A1:B8" firstHeaderRow="1" firstDataRow="1" firstDataCol="1"'


@pytest.mark.parametrize(
    ("settings", "pairs", "expected"),
    [
        ("", '"Region","South"', 22.0),
        ("", '"Region","South","Year",2023', 32.0),
        ("", '"Year",2024,"Region","North"', 62.0),
        ("", '"Year",2023,"Region","North"', REF),
        ("", '"Year",2024', REF),
        ('defaultSubtotal="0"', '"Region","South"', REF),
        ('subtotalTop="0"', '"Region","South"', REF),
    ],
)
def test_nested_rows_in_outline(settings: str, pairs: str, expected: Scalar, tmp_path: Path) -> None:
    fields = [field("axisRow", ITEMS, settings), field("axisRow", YEARS)]
    pivot = definition(PLACE, fields, NESTED_FIELDS + NESTED_ITEMS + ALONE + SALES)
    assert value(pivot, f'GETPIVOTDATA("Sales",A1,{pairs})', tmp_path) == expected


@pytest.mark.parametrize(("pairs", "expected"), [('"Region","South"', 42.0), ('"Region","South","Year",2024', 32.0)])
def test_subtotals_at_the_bottom(pairs: str, expected: float, tmp_path: Path) -> None:
    items = '<rowItems><i><x/><x/></i><i r="1"><x v="1"/></i><i t="default"><x/></i></rowItems>'
    fields = [field("axisRow", ITEMS, 'outline="0"'), field("axisRow", YEARS, 'outline="0"')]
    pivot = definition(PLACE, fields, NESTED_FIELDS + items + ALONE + SALES)
    assert value(pivot, f'GETPIVOTDATA("Sales",A1,{pairs})', tmp_path) == expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ('"Sum of Sales",A1,"Region","South"', 22.0),
        ('"Largest",A1,"Region","South"', 23.0),
        ('"Largest",A1', 33.0),
        ('"Sales",A1', 32.0),
    ],
)
def test_several_data_fields_across(arguments: str, expected: float, tmp_path: Path) -> None:
    layout = (
        '<rowFields><field x="0"/></rowFields><rowItems><i><x/></i><i t="grand"><x/></i></rowItems>'
        '<colFields><field x="-2"/></colFields><colItems><i><x/></i><i i="1"><x v="1"/></i></colItems>'
    )
    pivot = definition(PLACE, [field("axisRow", ITEMS), field()], layout + BOTH)
    assert value(pivot, f"GETPIVOTDATA({arguments})", tmp_path) == expected


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ('"Sum of Sales",A1,"Region","South"', 22.0),
        ('"Largest",A1,"Region","South"', 32.0),
        ('"Sum of Sales",A1', 42.0),
        ('"Largest",A1', 52.0),
    ],
)
def test_several_data_fields_down(arguments: str, expected: float, tmp_path: Path) -> None:
    layout = (
        '<rowFields><field x="0"/><field x="-2"/></rowFields><rowItems><i><x/><x/></i><i r="1" i="1"><x v="1"/></i>'
        '<i t="grand"><x/></i><i t="grand" i="1"><x/></i></rowItems>' + ALONE
    )
    pivot = definition(PLACE, [field("axisRow", ITEMS), field()], layout + BOTH)
    assert value(pivot, f"GETPIVOTDATA({arguments})", tmp_path) == expected


@pytest.mark.parametrize(
    ("page", "pairs", "expected"),
    [
        ('item="1"', '"Region","North"', 52.0),
        ('item="1"', '"Region","South"', REF),
        ("", '"Region","North"', REF),
    ],
)
def test_a_report_filter_answers_for_the_item_it_shows(page: str, pairs: str, expected: Scalar, tmp_path: Path) -> None:
    place = 'ref="A3:B5" firstHeaderRow="1" firstDataRow="1" firstDataCol="1" rowPageCount="1" colPageCount="1"'
    layout = (
        '<rowFields><field x="1"/></rowFields><rowItems><i><x/></i><i t="grand"><x/></i></rowItems>'
        f'{ALONE}<pageFields><pageField fld="0" {page}/></pageFields>'
    )
    pivot = definition(place, [field("axisPage", ITEMS), field("axisRow", YEARS)], layout + SALES)
    assert value(pivot, f'GETPIVOTDATA("Sales",A1,{pairs})', tmp_path) == expected


@pytest.mark.parametrize(
    ("item", "expected"),
    [("DATE(2024,1,31)", 22.0), ('"1/31/2024"', 22.0), ('"(blank)"', 32.0), ("DATE(2024,1,30)", REF)],
)
def test_items_that_are_dates_or_blank(item: str, expected: Scalar, tmp_path: Path) -> None:
    fields = [field(), field(), field(settings='dataField="1"'), field("axisRow", YEARS)]
    layout = '<rowFields><field x="3"/></rowFields><rowItems><i><x/></i><i><x v="1"/></i></rowItems>'
    pivot = definition(PLACE, fields, layout + ALONE + SALES)
    assert value(pivot, f'GETPIVOTDATA("Sales",A1,"Day",{item})', tmp_path) == expected


def test_an_empty_cell_is_zero(tmp_path: Path) -> None:
    place = 'ref="B5:C6" firstHeaderRow="1" firstDataRow="1" firstDataCol="1"'
    layout = f'<rowFields><field x="0"/></rowFields><rowItems><i><x/></i></rowItems>{ALONE}'
    pivot = definition(place, [field("axisRow", ITEMS), field()], layout + SALES)
    assert value(pivot, 'GETPIVOTDATA("Sales",B5,"Region","South")', tmp_path) == 0.0


def test_a_pivot_table_of_excel(shared_folder: Path) -> None:
    path = shared_folder / "corpus" / "workbooks" / "SheetJS+test_files" / "formula_stress_test.xlsx"
    assert compute.recalculate(path)["Database"]["B16"] == 57.0


def test_a_pivot_table_stands_still_in_a_simulation(tmp_path: Path) -> None:
    value(CROSS, '_xldudf_MC_OUTPUT("x")+_xldudf_MC_UNIFORM(0,1)+GETPIVOTDATA("Sales",A1,"Region","South")', tmp_path)
    output = compute.Model.open(tmp_path / "pivot.xlsx").simulate(iterations=1000).outputs["x"]
    assert output.minimum == pytest.approx(34.0, abs=0.01)
    assert output.maximum == pytest.approx(35.0, abs=0.01)
