"""The production pane inside a stand-in for Excel, on Microsoft's own client library and the real server."""

from __future__ import annotations

import io
import re
import urllib.request
from collections.abc import Callable

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from manifests.source import MONTECELL

pytestmark = pytest.mark.browser

FLOOR = {requirement.name: requirement.minimum for requirement in MONTECELL.requirements}


def type_model(excel) -> None:
    excel.write({"A1": "Price", "A2": "Cost", "B2": 60, "A3": "Profit", "B3": "=B1-B2", "B4": "=B3*2"})


def define_price(excel) -> None:
    pane = excel.pane
    excel.select("B1")
    excel.press("Define distribution")
    expect(pane.get_by_role("heading", name="Define distribution Sheet1!B1")).to_be_visible()
    box = pane.get_by_role("combobox", name="Distribution")
    box.fill("NORMAL")
    box.press("Enter")
    pane.get_by_label("mean", exact=True).fill("100")
    pane.get_by_label("sd", exact=True).fill("10")
    expect(pane.get_by_label("Name in the results")).to_have_value("Price")
    expect(pane.get_by_role("img", name="Curve of NORMAL")).to_be_visible()
    pane.get_by_role("button", name="Define", exact=True).click()
    expect(excel.cell("B1")).to_have_text("100")
    expect(excel.cell("B1")).to_have_css("background-color", "rgb(221, 235, 247)")
    expect(excel.cell("B4")).to_have_text("80")
    expect(excel.page.locator("#formula")).to_have_text('=MC.NORMAL(100,10,"Price")')
    assert "NORMAL" in excel.page.evaluate("excelHost.book.functions.called")


def mark_profit(excel) -> None:
    pane = excel.pane
    excel.select("B3")
    excel.press("Add output")
    expect(pane.get_by_label("Name in the results")).to_have_value("Profit")
    pane.get_by_role("button", name="Mark as output").click()
    expect(excel.page.locator("#formula")).to_have_text('=MC.OUTPUT("Profit")+B1-B2')
    expect(excel.cell("B3")).to_have_text("40")


@pytest.mark.parametrize("floor", [None, FLOOR], ids=["today's Excel", "the oldest that the manifest lets in"])
def test_from_the_ribbon_to_the_results_sheet(
    open_excel, floor: dict[str, str] | None, server: str, shot: Callable[[Page, str], None]
) -> None:
    excel = open_excel(floor)
    type_model(excel)
    assert not excel.page.locator("#pane").is_visible()

    define_price(excel)
    mark_profit(excel)
    shot(excel.page, f"excel-model{'-floor' if floor else ''}")

    pane = excel.pane
    excel.press("Simulate")
    expect(pane.get_by_role("heading", name="Statistics")).to_be_visible(timeout=60_000)
    mean = pane.get_by_role("row", name=re.compile("^Mean")).get_by_role("cell").inner_text()
    assert float(mean) == pytest.approx(40, abs=0.05)

    excel.press("Write results sheet")
    expect(excel.cell("A1")).to_have_text("Montecell results")
    values = excel.in_pane(
        """() => Excel.run(async (context) => {
          const range = context.workbook.worksheets.getItem("Montecell Results").getRange("A8:B11");
          range.load("values");
          await context.sync();
          return range.values;
        })"""
    )
    assert values[0] == ["Outputs", "Profit"]
    assert values[2] == ["Mean", pytest.approx(40, abs=0.05)]
    assert values[3] == ["Standard deviation", pytest.approx(10, abs=0.1)]
    charts = excel.page.evaluate(
        'excelHost.book.sheet("Montecell Results").charts.map((c) => [c.kind, c.title, !!c.categories])'
    )
    assert ["ColumnClustered", "Profit", True] in charts
    shot(excel.page, f"excel-results{'-floor' if floor else ''}")
    assert excel.page.evaluate("excelHost.openFiles") == 0
    assert excel.refusals() == []


def test_the_file_that_is_sent_is_the_one_that_excel_would_save(open_excel) -> None:
    excel = open_excel()
    excel.write(
        {"A1": 'a "text" & <more>', "B1": "=MC.NORMAL(100,10)", "B2": '=MC.OUTPUT("MC.NORMAL(")+B1', "B3": "=1/0"}
    )
    content = excel.in_pane(
        """async () => {
          const given = (work) => new Promise((done) => work((result) => done(result.value)));
          const { document } = Office.context;
          const file = await given((done) => document.getFileAsync("compressed", { sliceSize: 500 }, done));
          const bytes = [];
          for (let index = 0; index < file.sliceCount; index += 1) {
            bytes.push(...(await given((done) => file.getSliceAsync(index, done))).data);
          }
          await given((done) => file.closeAsync(done));
          return bytes;
        }"""
    )
    sheet = openpyxl.load_workbook(io.BytesIO(bytes(content)))["Sheet1"]
    assert [cell.value for cell in sheet["B"]] == [
        "=_xldudf_MC_NORMAL(100,10)",
        '=_xldudf_MC_OUTPUT("MC.NORMAL(")+B1',
        "=1/0",
    ]
    assert sheet["A1"].value == 'a "text" & <more>'
    cached = openpyxl.load_workbook(io.BytesIO(bytes(content)), data_only=True)["Sheet1"]
    assert [cell.value for cell in cached["B"]] == [100, 100, "#DIV/0!"]


def test_without_files_the_cells_themselves_are_sent(open_excel) -> None:
    excel = open_excel()
    excel.page.evaluate("excelHost.givesFiles = false")
    excel.write({"B1": "=MC.UNIFORM(0,10)", "B2": '=MC.OUTPUT("Twice")+B1*2'})
    excel.press("Simulate")
    expect(excel.pane.get_by_role("heading", name="Statistics")).to_be_visible(timeout=60_000)
    mean = excel.pane.get_by_role("row", name=re.compile("^Mean")).get_by_role("cell").inner_text()
    assert float(mean) == pytest.approx(10, abs=0.01)


def test_the_pane_follows_selection_and_cells(open_excel) -> None:
    excel = open_excel()
    type_model(excel)
    excel.press("Montecell pane")
    card = excel.pane.get_by_role("region", name="Selected cell")
    excel.select("B2")
    expect(card).to_contain_text("B2")
    expect(card).to_contain_text("60")
    excel.write({"B1": '=MC.PERT(80,100,150,"Price")'})
    expect(excel.pane.get_by_role("button", name="Edit Price")).to_be_visible()
    excel.pane.get_by_role("button", name=re.compile("^Price")).click()
    expect(excel.cell("B1")).to_have_class(re.compile("selected"))


def test_commands_of_the_ribbon(open_excel, server: str) -> None:
    excel = open_excel()
    excel.write({"B1": "=MC.NORMAL(5,1)", "B2": '=MC.OUTPUT("Five")+B1'})
    excel.press("Write results sheet")
    expect(excel.pane.get_by_text("No results yet.")).to_be_visible()
    excel.press("Help")
    excel.page.wait_for_function("excelHost.opened.length === 1")
    assert excel.page.evaluate("excelHost.opened") == [f"{server}/app/help.html"]
    excel.press("Simulate")
    expect(excel.pane.get_by_role("heading", name="Statistics")).to_be_visible(timeout=60_000)
    excel.pane.get_by_role("button", name="Download workbook").click()
    excel.page.wait_for_function("excelHost.opened.length === 2")
    with urllib.request.urlopen(excel.page.evaluate("excelHost.opened[1]"), timeout=30) as response:
        book = openpyxl.load_workbook(io.BytesIO(response.read()))
    assert book.sheetnames == ["Sheet1", "Montecell Results"]
    excel.press("Stop")
    assert set(excel.page.evaluate("[...excelHost.actions.keys()]")) == {c.action for c in MONTECELL.commands()}
    assert excel.refusals() == []


@pytest.mark.parametrize(
    ("formula", "shown"),
    [
        ("=MC.NORMAL(100,10)", "100"),
        ("=MC.TRIANGULAR(0,5,10)*2", "10"),
        ("=MC.DISCRETE({1,2},{0.5,0.5})", "1"),
        ("=MC.NORMAL(MC.UNIFORM(0,10),1)", "5"),
        ("=MC.NORMAL(1,-1)", "#NUM!"),
        ('=MC.NORMAL("x",1)', "#VALUE!"),
        ("=MC.NORMAL(1)", "#VALUE!"),
        ("=MC.UNHEARD(1)", "#NAME?"),
        ("=MC.NORMAL(1/0,1)", "#DIV/0!"),
    ],
)
def test_worksheet_functions(excel_for_functions, formula: str, shown: str) -> None:
    excel_for_functions.write({"C1": formula})
    expect(excel_for_functions.cell("C1")).to_have_text(shown)


@pytest.fixture
def excel_for_functions(open_excel):
    return open_excel()


def test_the_host_is_as_strict_as_the_client(open_excel) -> None:
    excel = open_excel()

    def failure(work: str) -> str:
        code: str = excel.in_pane(
            f"() => Excel.run(async (context) => {{ {work} }}).then(() => 'fine', (error) => error.code)"
        )
        return code

    cell = 'const cell = context.workbook.worksheets.getItem("Sheet1").getRange("A1");'
    assert failure(f"{cell} return cell.values;") == "PropertyNotLoaded"
    assert failure(f"{cell} cell.values = [[1, 2]]; await context.sync();") == "InvalidArgument"
    assert failure('context.workbook.worksheets.getItem("None").load("name"); await context.sync();') == "ItemNotFound"
    assert failure('context.workbook.pivotTables.load("items/name"); await context.sync();') == "ApiNotFound"
    assert failure(f"{cell} cell.values = [[1]]; await context.sync();") == "fine"
    assert [text.split(":")[0] for text in excel.refusals()] == ["InvalidArgument", "ItemNotFound", "ApiNotFound"]


def test_the_floor_is_enforced_by_the_client_itself(open_excel) -> None:
    excel = open_excel({"ExcelApi": "1.8"})
    code = excel.in_pane(
        """() => Excel.run(async (context) => {
          context.workbook.worksheets.onChanged.add(async () => {});
        }).then(() => 'fine', (error) => error.code)"""
    )
    assert code == "ApiNotFound"
