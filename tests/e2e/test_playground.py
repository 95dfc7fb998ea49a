"""What a person without Excel does in the playground, on the real server."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

Shot = Callable[[Page, str], None]


def test_from_an_empty_sheet_to_the_results(playground, shot: Shot, tmp_path: Path) -> None:
    pg = playground.start_anew()
    model = {"A1": "Price", "B1": "=MC.NORMAL(100,10)", "A2": "Cost", "B2": "60", "A3": "Profit", "B3": "=B1-B2"}
    for address, text in model.items():
        pg.type(address, text)
    expect(pg.cell("B1")).to_have_text("100")
    expect(pg.cell("B3")).to_have_text("40")
    pg.mark_output("B3", "Profit")
    shot(pg.page, "playground-model")

    pg.open_tab("Run")
    expect(pg.pane.get_by_label("Iterations")).to_have_value("10000")
    announced = pg.page.evaluate_handle(
        """() => {
          const said = [], place = document.querySelector('.mc-pane [aria-live=polite]');
          const observer = new MutationObserver(() => said.push(place.textContent));
          observer.observe(place, { childList: true, characterData: true, subtree: true });
          return said;
        }"""
    )
    pg.simulate()
    shot(pg.page, "playground-results")
    assert announced.json_value()[-1] == "Done."

    assert pg.statistic("Mean") == pytest.approx(40, abs=0.05)
    assert pg.statistic("Standard deviation") == pytest.approx(10, abs=0.1)
    assert pg.statistic("Values") == 10_000
    pg.pane.get_by_label("Show", exact=True).select_option(label="Sheet1!B1")
    assert pg.statistic("Mean") == pytest.approx(100, abs=0.05)
    assert pg.statistic("Standard deviation") == pytest.approx(10, abs=0.1)

    pg.button("Write results sheet").click()
    expect(pg.sheet("Montecell Results")).to_have_attribute("aria-selected", "true")
    expect(pg.cell("A1")).to_have_text("Montecell results")
    expect(pg.cell("B2")).to_have_text("10,000")
    expect(pg.cell("B8")).to_have_text("Profit")
    expect(pg.cell("A10")).to_have_text("Mean")
    assert float(pg.cell("B10").inner_text()) == pytest.approx(40, abs=0.05)
    shot(pg.page, "playground-sheet")
    pg.sheet("Sheet1").click()
    expect(pg.cell("B3")).to_have_text("40")


def test_the_results_workbook(playground, tmp_path: Path) -> None:
    pg = playground
    pg.simulate()
    with pg.page.expect_download() as started:
        pg.button("Download workbook").click()
    assert started.value.suggested_filename == "Product launch - Montecell.xlsx"
    started.value.save_as(tmp_path / "results.xlsx")
    book = openpyxl.load_workbook(tmp_path / "results.xlsx")
    assert book.sheetnames == ["Sheet1", "Montecell Results"]
    assert len(book["Montecell Results"]._charts) >= 2
    assert "MC_TRIANGULAR" in book["Sheet1"]["B4"].value
    values = {cell.value for row in book["Montecell Results"].iter_rows() for cell in row}
    assert {"Profit", "Margin"} <= values

    with pg.page.expect_download() as started:
        pg.button("All values (CSV)").click()
    started.value.save_as(tmp_path / "values.csv")
    with (tmp_path / "values.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert len(rows) == 10_001
    profit = [float(row[rows[0].index("Profit")]) for row in rows[1:]]
    pg.pane.get_by_label("Show", exact=True).select_option(label="Profit (Sheet1!B12)")
    assert sum(profit) / len(profit) == pytest.approx(pg.statistic("Mean"), rel=1e-3)


def test_a_file_of_ones_own(playground, repo_root: Path, shot: Shot) -> None:
    pg = playground
    with pg.page.expect_file_chooser() as chooser:
        pg.button("Open .xlsx").click()
    chooser.value.set_files(repo_root / "docs/examples/project_cost.xlsx")
    expect(pg.page.get_by_title("project_cost.xlsx")).to_be_visible()
    report = pg.pane.get_by_role("region", name="Check of the model")
    expect(report).to_contain_text(re.compile(r"The engine finds \d+ inputs and \d+ outputs"))
    for address in ("B11", "B12", "B16", "B17", "B18"):
        expect(pg.cell(address)).to_have_text(re.compile(r"^-?[\d,.]+$"))
    shot(pg.page, "playground-own-file")
    pg.open_tab("Run")
    pg.pane.get_by_label("Iterations").select_option("1000")
    pg.simulate()
    expect(pg.pane.get_by_label("Show", exact=True)).to_contain_text("Total cost")
    assert pg.statistic("Values") == 1_000
    shot(pg.page, "playground-own-file-results")


def test_an_edit_makes_results_old_and_counts_in_the_next_run(playground) -> None:
    pg = playground.start_anew()
    pg.type("A1", "=MC.UNIFORM(0,10)")
    pg.type("A2", '=MC.OUTPUT("Twice")+A1*2')
    pg.simulate()
    assert pg.statistic("Mean") == pytest.approx(10, abs=0.01)
    pg.type("A2", '=MC.OUTPUT("Twice")+A1*20')
    expect(pg.pane.get_by_text("The sheets have changed since this run.")).to_be_visible()
    pg.pane.get_by_role("button", name="Run again").click()
    expect(pg.pane.get_by_text("The sheets have changed since this run.")).to_have_count(0)
    expect(pg.pane.get_by_role("heading", name="Statistics")).to_be_visible()
    assert pg.statistic("Mean") == pytest.approx(100, abs=0.1)


def test_without_inputs_the_run_says_so(playground, complaints: list[str]) -> None:
    pg = playground.start_anew()
    pg.type("A1", "5")
    pg.type("A2", '=MC.OUTPUT("Ten")+A1*2')
    pg.open_tab("Run")
    expect(pg.pane.get_by_text("0 inputs, 1 output")).to_be_visible()
    pg.pane.get_by_role("button", name="Simulate").click()
    message = pg.pane.get_by_text(re.compile("uncertain", re.IGNORECASE))
    expect(message.first).to_be_visible()
    expect(pg.pane.get_by_role("button", name="Simulate")).to_be_enabled()
    # Chromium itself reports refused requests on the console.
    assert len(complaints) == 1
    assert "422" in complaints.pop()


def test_invalid_parameters_are_named_before_they_are_written(playground, complaints: list[str], shot: Shot) -> None:
    pg = playground.start_anew()
    pg.select("B2")
    pg.pane.get_by_role("button", name="Define distribution").click()
    pg.choose_law("NORMAL")
    pg.pane.get_by_label("sd", exact=True).fill("-1")
    define = pg.pane.get_by_role("button", name="Define", exact=True)
    expect(define).to_be_disabled()
    expect(pg.pane.get_by_text(re.compile("Sd is -1; it must be")).first).to_be_visible()
    shot(pg.page, "playground-invalid-parameter")
    pg.pane.get_by_label("sd", exact=True).fill("ten")
    expect(define).to_be_disabled()
    pg.pane.get_by_label("sd", exact=True).fill("2")
    expect(define).to_be_enabled()
    define.click()
    expect(pg.cell("B2")).not_to_have_text("")
    assert [text for text in complaints if "422" not in text] == []
    complaints.clear()


@pytest.mark.parametrize("count", ["0", "-5", "1000000000", "2.5", ""])
def test_iterations_out_of_bounds(playground, count: str) -> None:
    pg = playground
    pg.open_tab("Run")
    pg.pane.get_by_label("Iterations", exact=True).select_option("custom")
    pg.pane.get_by_label("Number of iterations").fill(count)
    expect(pg.pane.get_by_text("Enter a whole number from 1 to 10,000,000")).to_be_visible()
    expect(pg.pane.get_by_role("button", name="Simulate")).to_be_disabled()


def test_a_run_can_be_stopped(playground) -> None:
    pg = playground
    pg.open_tab("Run")
    pg.pane.get_by_label("Iterations", exact=True).select_option("custom")
    pg.pane.get_by_label("Number of iterations").fill("10000000")
    pg.pane.get_by_role("button", name="Simulate").click()
    bar = pg.pane.get_by_role("progressbar")
    expect(bar).to_have_attribute("aria-valuetext", re.compile("of 10,000,000 iterations"), timeout=30_000)
    pg.pane.get_by_role("button", name="Cancel").click()
    expect(pg.pane.get_by_text("The run was stopped.").last).to_be_visible(timeout=30_000)
    expect(pg.pane.get_by_role("button", name="Simulate")).to_be_enabled()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("table.csv", b"a,b\n1,2\n", "no Excel workbook"),
        ("empty.xlsx", b"", "empty"),
        ("renamed.xlsx", b"a,b\n1,2\n", "text file"),
    ],
)
def test_files_that_are_no_workbooks(
    playground, complaints: list[str], name: str, content: bytes, message: str
) -> None:
    pg = playground
    with pg.page.expect_file_chooser() as chooser:
        pg.button("Open .xlsx").click()
    chooser.value.set_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})
    notice = pg.pane.locator(".mc-notice")
    expect(notice).to_contain_text(message)
    expect(pg.cell("A1")).to_have_text("Product launch, first year")
    assert [text for text in complaints if "status of 4" not in text] == []
    complaints.clear()
