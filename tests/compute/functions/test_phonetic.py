"""PHONETIC over texts with and without phonetic runs."""

from __future__ import annotations

from pathlib import Path

import pytest

import compute
from tests.compute.workbook.package_builder import PackageBuilder

TOKYO = '<t>東京都</t><rPh sb="0" eb="2"><t>とうきょう</t></rPh><rPh sb="2" eb="3"><t>ト</t></rPh>'
AS_KATAKANA = '<phoneticPr fontId="1"/>'


def read(text: str, tmp_path: Path, formula: str = "PHONETIC(A1)", others: str = "") -> object:
    """What a formula in B1 gives where A1 holds the shared string ``text``."""
    path = tmp_path / "reading.xlsx"
    path.write_bytes(
        PackageBuilder(
            strings=f"<si><t>plain</t></si><si>{text}</si>",
            rows=f'<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1"><f>{formula}</f></c></row>{others}',
        ).build()
    )
    return compute.recalculate(path)["Model"]["B1"]


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        (TOKYO, "とうきょうト"),
        (TOKYO + '<phoneticPr fontId="1" type="noConversion"/>', "とうきょうト"),
        (TOKYO + '<phoneticPr fontId="1"/>', "トウキョウト"),
        (TOKYO + '<phoneticPr fontId="1" type="Hiragana"/>', "とうきょうと"),
        (TOKYO + '<phoneticPr fontId="1" type="halfwidthKatakana"/>', "ﾄｳｷｮｳﾄ"),
        (
            '<t>銀座1丁目</t><rPh sb="0" eb="2"><t>ｷﾞﾝｻﾞ</t></rPh><rPh sb="3" eb="5"><t>ﾁｮｳﾒ</t></rPh>' + AS_KATAKANA,
            "ギンザ1チョウメ",
        ),
        (
            '<t>銀座</t><rPh sb="0" eb="2"><t>ギンザ</t></rPh><phoneticPr fontId="1" type="halfwidthKatakana"/>',
            "ｷﾞﾝｻﾞ",
        ),
        ('<r><t>山</t></r><r><t>田さん</t></r><rPh sb="0" eb="2"><t>ヤマダ</t></rPh>', "ヤマダさん"),
        ('<t>𠮷野</t><rPh sb="0" eb="2"><t>ヨシ</t></rPh><rPh sb="2" eb="3"><t>ノ</t></rPh>', "ヨシノ"),
        ('<t>一二</t><rPh sb="1" eb="2"><t>ニ</t></rPh><rPh sb="0" eb="1"><t>イチ</t></rPh>', "イチニ"),
        ('<t>一二</t><rPh sb="0" eb="9"><t>x</t></rPh><rPh sb="2" eb="1"><t>y</t></rPh><rPh><t>z</t></rPh>', "一二"),
        ("<t>no runs</t>", "no runs"),
    ],
)
def test_the_runs_are_replaced_by_their_readings(text: str, reading: str, tmp_path: Path) -> None:
    assert read(text, tmp_path) == reading


def test_the_cell_itself_shows_the_text(tmp_path: Path) -> None:
    assert read(TOKYO, tmp_path, "A1") == "東京都"


CELLS = (
    '<row r="2"><c r="A2" t="inlineStr"><is><t>京</t><rPh sb="0" eb="1"><t>キョウ</t></rPh></is></c>'
    '<c r="B2" t="inlineStr"><is><t>京</t></is></c></row>'
    '<row r="3"><c r="A3"><v>7</v></c><c r="B3"><f>A2</f></c></row><row r="4"><c r="A4" t="s"><v>0</v></c></row>'
)


@pytest.mark.parametrize(
    ("formula", "reading"),
    [
        ("PHONETIC(A2)", "キョウ"),
        ("PHONETIC(B2)", "京"),
        ("PHONETIC(A3)", ""),
        ("PHONETIC(B3)", ""),
        ("PHONETIC(C9)", ""),
        ("PHONETIC(A2:B4)", "キョウ京plain"),
        ("PHONETIC(A:A)", "東京キョウplain"),
    ],
)
def test_a_range_gives_its_texts_one_after_the_other(formula: str, reading: str, tmp_path: Path) -> None:
    assert read("<t>東京</t>", tmp_path, formula, CELLS) == reading


@pytest.mark.parametrize(("formula", "code"), [("PHONETIC((A1,A2))", "#N/A"), ('PHONETIC("x")', "#VALUE!")])
def test_what_is_no_single_area_has_no_reading(formula: str, code: str, tmp_path: Path) -> None:
    assert str(read("<t>東京</t>", tmp_path, formula)) == code
