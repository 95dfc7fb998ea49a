"""Real workbooks with charts, pictures, pivots, macros …: all of it is still there, byte for byte."""

from __future__ import annotations

import warnings
import zipfile
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from compute.errors import WorkbookError
from compute.workbook import read_workbook, write_results
from tests.compute.workbook.results_builder import audit, contents, failed, output, report, results_sheets

CORPUS = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "workbooks"
RICH = ("charts", "drawings", "media", "pivot", "vbaproject", "slicer", "customxml", "chartsheets", "threadedcomments")
EVERY_NTH = 6


@cache
def workbooks() -> tuple[Path, ...]:
    if not CORPUS.is_dir():
        return ()
    return tuple(sorted(path for path in CORPUS.rglob("*") if path.suffix in (".xlsx", ".xlsm", ".xltx")))


@cache
def rich_workbooks() -> tuple[Path, ...]:
    return tuple(path for path in workbooks() if any(word in name for name in names_of(path) for word in RICH))


def names_of(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return [name.lower() for name in archive.namelist()]


def opens(data: bytes) -> bool:
    """Whether openpyxl can open it; it fails on some files that Excel opens."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            load_workbook(BytesIO(data))
        except Exception:  # the bar is only that we do no harm
            return False
    return True


def check(path: Path) -> None:
    before = path.read_bytes()
    try:
        result = write_results(before, report(output(), failed()))
    except WorkbookError as error:
        pytest.skip(f"not a workbook that can be read: {error}")
    audit(before, result.content)
    assert write_results(result.content, report(output(), failed())).content == result.content
    more = write_results(result.content, report(*(output(str(number)) for number in range(3)))).content
    assert len(results_sheets(more)) == 1
    audit(before, more)


def check_opens(path: Path) -> None:
    check(path)
    before = path.read_bytes()
    if len(before) > 400_000:
        return
    after = write_results(before, report()).content
    assert [sheet.name for sheet in read_workbook(after).sheets][:-1] == [
        sheet.name for sheet in read_workbook(before).sheets
    ]
    assert opens(after) or not opens(before)


@pytest.mark.parametrize("path", rich_workbooks()[::EVERY_NTH], ids=lambda path: path.name)
def test_some_rich_workbooks_keep_every_part(path: Path) -> None:
    check(path)


@pytest.mark.sweep
@pytest.mark.parametrize("path", rich_workbooks(), ids=lambda path: path.name)
def test_rich_workbooks_keep_every_part_and_open_again(path: Path) -> None:
    check_opens(path)


@pytest.mark.sweep
@pytest.mark.parametrize("path", workbooks(), ids=lambda path: path.name)
def test_all_workbooks_keep_every_part(path: Path) -> None:
    check(path)


def test_the_corpus_is_here(shared_folder: Path) -> None:
    assert len(rich_workbooks()) > 50
    assert any("vbaProject.bin" in name for path in rich_workbooks() for name in contents(path.read_bytes()))
