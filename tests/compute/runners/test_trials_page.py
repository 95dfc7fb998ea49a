"""What docs/trials.md shows is run as it stands there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "trials.md").read_text(encoding="utf-8")
SECTIONS = {
    part.splitlines()[0].strip("# "): match[1]
    for part in re.split(r"^(?=#)", PAGE, flags=re.MULTILINE)
    if (match := re.search(r"```python\n(.*?)```", part, re.DOTALL))
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example workbook, and the trials that the page's first piece of Python keeps of it."""
    place = tmp_path_factory.mktemp("page")
    shutil.copy(ROOT / "docs" / "examples" / "project_cost.xlsx", place)
    run(SECTIONS["Every trial in a file"], place)
    return place


def run(code: str, folder: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_page_has_an_example_for_every_reader() -> None:
    assert list(SECTIONS) == ["Every trial in a file", "pandas", "Polars", "DuckDB", "Arrow"]


@pytest.mark.parametrize(
    ("section", "shown"),
    [("pandas", "100000"), ("Polars", "Roof"), ("DuckDB", "montecell.certificate"), ("Arrow", "42 ")],
)
def test_an_example_reads_the_file(section: str, shown: str, folder: Path) -> None:
    assert shown in run(SECTIONS[section], folder)
