"""Every formula of the collected workbooks is read, and reads back the same after being written."""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from compute.errors import FormulaSyntaxError
from compute.formulas import parse, parse_address, shift, unparse

WORKBOOKS = Path(__file__).parents[4] / "shared" / "corpus" / "workbooks"
_CELL = re.compile(
    rb"<(?:\w+:)?c (?:[^>]*? )?r=\"([A-Z]+[0-9]+)\"[^>]*>\s*<(?:\w+:)?f(?:\s([^>]*))?>([^<]+)</(?:\w+:)?f>"
)
_NAME = re.compile(rb"<(?:\w+:)?definedName[^>]*>([^<]+)</")
_BROKEN = {
    "#NAME!()",  # written by a generator; Excel has no #NAME!
}


def formulas(path: Path) -> Iterator[tuple[str, int, int]]:
    """The text and cell of every formula in a file; defined names count as standing in A1."""
    with zipfile.ZipFile(path) as package:
        for part in package.namelist():
            if part.endswith("workbook.xml"):
                for text in _NAME.findall(package.read(part)):
                    yield _plain(text), 1, 1
            elif "worksheets/" in part and part.endswith(".xml"):
                for cell, attributes, text in _CELL.findall(package.read(part)):
                    if b"dataTable" not in attributes and text.strip():
                        yield _plain(text), *parse_address(cell.decode())


def _plain(text: bytes) -> str:
    return html.unescape(text.decode()).replace("\r\n", "\n")


def workbooks() -> list[Path]:
    return sorted(path for path in WORKBOOKS.rglob("*.xl[st][xm]") if zipfile.is_zipfile(path))


def check(paths: list[Path]) -> int:
    """Checks every distinct formula of the files and says how many there were."""
    count = 0
    for path in paths:
        try:
            found = set(formulas(path))
        except (zipfile.BadZipFile, OSError, NotImplementedError):
            continue
        for text, row, column in found:
            if text in _BROKEN:
                with pytest.raises(FormulaSyntaxError):
                    parse(text, row, column)
                continue
            tree = parse(text, row, column)
            assert parse(unparse(tree, row, column), row, column) == tree, (path, text)
            assert parse(shift(text, (row, column), (row + 1, column + 1)), row + 1, column + 1) is tree, (path, text)
            count += 1
    return count


@pytest.mark.skipif(not WORKBOOKS.is_dir(), reason="the workbook collection is not beside the repository")
def test_a_sample_of_real_workbooks() -> None:
    files = [path for path in workbooks() if path.stat().st_size < 150_000]
    assert check(files[:: len(files) // 15]) > 300


@pytest.mark.sweep
@pytest.mark.skipif(not WORKBOOKS.is_dir(), reason="the workbook collection is not beside the repository")
def test_all_real_workbooks() -> None:
    assert check(workbooks()) > 100_000
