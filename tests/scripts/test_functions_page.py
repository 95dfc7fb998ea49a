"""The page of functions says what the registry holds, and leaves out nothing of Excel's list."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

import excel_functions
import make_functions_page
from compute.functions import REGISTRY
from compute.functions.common_arguments import COMMON_ARGUMENTS, PLAIN_PYTHON
from compute.functions.differences import DIFFERENCES
from compute.program.special import SPECIAL_FORMS

INTERNAL = {"ANCHORARRAY", "SINGLE", "_XLETA", "ISO.WEEKNUM"}
"""Names that files use for the operators ``#`` and ``@``, for eta-reduced LAMBDA, and a name that never was."""


def test_the_page_is_the_registry_s(repo_root: Path) -> None:
    written = (repo_root / "docs" / "functions.md").read_text(encoding="utf-8")
    assert written == make_functions_page.page(), "write it anew: .venv/bin/python scripts/make_functions_page.py"


def test_every_function_stands_in_one_category() -> None:
    counts = Counter(n for names in make_functions_page.listed().values() for n in names)
    assert [n for n, count in counts.items() if count > 1] == []
    assert REGISTRY.keys() | SPECIAL_FORMS <= counts.keys()


def test_no_documented_function_is_missing(shared_folder: Path) -> None:
    documented = set(json.loads((shared_folder / "corpus" / "excel_functions.json").read_text(encoding="utf-8")))
    known = {n for names in excel_functions.by_category().values() for n in names}
    assert documented - known - INTERNAL == set()


def test_the_data_is_of_functions_that_are_listed() -> None:
    known = {n for names in make_functions_page.listed().values() for n in names}
    for data in (DIFFERENCES, COMMON_ARGUMENTS, PLAIN_PYTHON, excel_functions.SIGNATURES, excel_functions.ELSEWHERE):
        assert set(data) <= known
    for name in known - REGISTRY.keys() - SPECIAL_FORMS:
        assert name in excel_functions.ELSEWHERE, f"say why {name} is not supported"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("ABS", ("supported", "all at once")),
        ("TEXT", ("supported", "one at a time, equal arguments once")),
        ("T.TEST", ("supported", "all at once; again for each value of type")),
        ("MAP", ("supported", "all at once, its LAMBDA once for each element")),
        ("IF", ("supported", "all at once; branches that no iteration takes are left out")),
        ("FORECAST.ETS", ("fallback", "one at a time, equal arguments once")),
        ("CUBEVALUE", ("not", "")),
        ("STOCKHISTORY", ("not", "")),
        ("IMAGE", ("not", "")),
    ],
)
def test_status_and_speed(name: str, expected: tuple[str, str]) -> None:
    assert (make_functions_page.status(name), make_functions_page.iterations(name)) == expected
