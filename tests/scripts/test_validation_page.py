"""The page of validation shows what was measured; what is measured again quickly still has the same digits."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import make_validation_page
from validation import cases, measure
from validation.case import SUSPICIOUS
from validation.dieharder import parsed

QUICK = (4, 5)
"""Newsvendor and European option."""


def test_the_page_is_made_of_the_numbers_kept(repo_root: Path) -> None:
    written = (repo_root / "docs" / "validation.md").read_text(encoding="utf-8")
    assert written == make_validation_page.page(), "write it anew: make validation, or its part page"


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(n, id=make.__name__, marks=() if n in QUICK else (pytest.mark.sweep, pytest.mark.timeout(900)))
        for n, make in enumerate(cases.CASES)
    ],
)
def test_a_case_measured_again_has_the_digits_of_the_page(number: int, repo_root: Path) -> None:
    rows = measure.case_rows(number)
    assert len(rows) >= 6
    assert make_validation_page.case_section(number, rows) in (repo_root / "docs" / "validation.md").read_text("utf-8")


def test_no_line_is_further_off_than_chance_explains() -> None:
    rows = measure.kept("cases")
    assert {row["case"] for row in rows} == {make().title for make in cases.CASES}
    by_line: dict[tuple[str, str, str], list[float]] = {}
    for row in rows:
        by_line.setdefault((row["case"], row["statistic"], row["way"]), []).append(row["in_standard_errors"])
    for scores in by_line.values():
        # The last is of fresh seeds wherever the first was suspicious.
        assert abs(scores[0]) < 5
        assert len(scores) == 1 + (abs(scores[0]) > SUSPICIOUS)
        assert abs(scores[-1]) < 3.5


def test_every_dieharder_test_ended_and_none_failed() -> None:
    found = measure.kept("dieharder")
    for order in ("draws", "iterations"):
        assert len({row["arguments"] for row in found[order]["rows"]}) == 27
        assert [row for row in (*found[order]["rows"], *found[order]["again"]) if row["assessment"] == "FAILED"] == []


def test_dieharder_s_table_is_read() -> None:
    text = (
        "   test_name   |ntup| tsamples |psamples|  p-value |Assessment\n"
        " sts_serial|  3|    100000|     100|0.00438593|  WEAK  \n"
    )
    expected = {"test": "sts_serial", "tuple": 3, "samples": 100_000, "repeats": 100, "p": 0.00438593}
    assert parsed(text) == [expected | {"assessment": "WEAK"}]


def test_panjer_s_recursion_is_the_sum_over_the_number_of_losses() -> None:
    losses, total, power = np.array([0.1, 0.5, 0.4]), np.zeros(41), np.eye(1, 41)[0]
    for count in range(80):
        total += math.exp(-2.0) * 2.0**count / math.factorial(count) * power
        power = np.convolve(power, losses)[:41]
    assert cases.panjer(2.0, losses, 40) == pytest.approx(total, rel=1e-12)


def test_an_unknown_part_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert make_validation_page.main(["pages"]) == 64
    assert "there is no part pages" in capsys.readouterr().out
