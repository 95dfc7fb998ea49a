from __future__ import annotations

import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compute.errors import FormulaSyntaxError
from compute.formulas import FormulaCache, address, parse, relative, shift, unparse
from compute.formulas.ast import MAX_COLUMN, MAX_ROW, NameReference, Node
from compute.formulas.tokens import tokenize

cells = st.tuples(st.integers(1, MAX_ROW), st.integers(1, MAX_COLUMN))

FORMULAS = [
    "A1+B$2*$C3",
    "SUM(A1:B2,$C$3:D4)",
    "SUM(A:B)+SUM(2:3)+SUM($A:B)",
    "'A1 x'!A1&\"A1\"&T[A1]&Sheet1!B2",
    "LOG10(A1)+LOG10",
    "A1:INDEX(B:B,3)",
    "1E5+A1B2+Jan:Mar!C3",
    "a1 + b2",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_filled_down_and_right_copies_share_one_tree(text: str) -> None:
    tree = parse(text, 5, 5)
    copies = [((row, column), shift(text, (5, 5), (row, column))) for row in (5, 6, 99, 500) for column in (5, 6, 40)]
    assert all(parse(copy, *where) is tree for where, copy in copies)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A1+1", "A1+2"),
        ('"A1"&A1', '"A2"&A1'),
        ("$A$1", "$A$2"),
        ("A$1", "A$2"),
        ("T[a1]", "T[a2]"),
        ("'S 1'!A1", "'S 2'!A1"),
        ("S1x!A1", "S2x!A1"),
        ("1E5", "1E6"),
        ("x.1", "x.2"),
        ("F1(A1)", "F2(A1)"),
        ("A1", "B1"),
        ("A1", "$A1"),
        ("a1b", "A1b"),
        ('"a"', '"A"'),
    ],
)
def test_different_formulas_never_share_a_tree(one: str, other: str) -> None:
    assert parse(one, 5, 5) != parse(other, 5, 5)
    assert parse(one, 5, 5) != parse(shift(other, (5, 5), (6, 6)), 6, 6)


@pytest.mark.parametrize("name", ["A0", "A1048577", "A1048578", "A9999999999", "A00", "A" + "9" * 6_000])
def test_digits_that_are_no_row_are_part_of_a_name(name: str) -> None:
    cache = FormulaCache()
    for row in (1, 2, MAX_ROW):
        assert cache.parse(name, row, 1) == NameReference(name)
    assert cache.parse("A7", 5, 1) is cache.parse("A8", 6, 1)
    assert cache.parse("A7", 5, 1) != cache.parse("A7", 6, 1)
    assert cache.parse(name, 5, 1) == NameReference(name)


def test_names_that_end_in_neighbouring_numbers_stay_apart() -> None:
    cache = FormulaCache()
    assert cache.parse("A1048575", MAX_ROW - 2, 1) is cache.parse("A1048576", MAX_ROW - 1, 1)
    assert cache.parse("A1048577", MAX_ROW - 1, 1) == NameReference("A1048577")
    assert cache.parse("A1048578", MAX_ROW, 1) == NameReference("A1048578")


def test_a_number_that_is_no_row_does_not_part_copies() -> None:
    assert parse("A1*0+1500000", 1, 2) is parse("A2*0+1500000", 2, 2)
    assert parse("A1*0", 1, 2) != parse("A1*1", 1, 2)


def test_errors_are_raised_each_time() -> None:
    for row in (1, 2, 2):
        with pytest.raises(FormulaSyntaxError):
            parse(f"A{row}+", row, 2)


def test_the_cache_stays_within_its_capacity() -> None:
    cache = FormulaCache(capacity=10)
    for number in range(100):
        cache.parse(f"A1+{number}", 1, 2)
        assert len(cache) <= 10
    assert cache.parse("A1+99", 1, 2) is cache.parse("A2+99", 2, 2)


def test_threads_get_the_same_tree() -> None:
    cache = FormulaCache()
    seen: list[set[int]] = []
    kept: list[Node] = []

    def fill() -> None:
        trees = [cache.parse(f"A{row}*{kind}+SUM(B{row}:D{row})", row, 9) for row in range(1, 60) for kind in range(20)]
        kept.extend(trees)
        seen.append({id(tree) for tree in trees})

    threads = [threading.Thread(target=fill) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(seen) == 8
    assert len(set.union(*seen)) == 20


@pytest.mark.parametrize(
    ("text", "to", "moved"),
    [
        ("A1+$A$1", (3, 4), "C3+$A$1"),
        ("$A1+A$1", (3, 4), "$A3+C$1"),
        ("SUM(A:A)+SUM(1:1)", (3, 4), "SUM(C:C)+SUM(3:3)"),
        ("SUM($A:B, 1 : $3 )", (3, 4), "SUM($A:D, 3 : $3 )"),
        ("\"A1\"&'A1'!A1&T[A1]&a1x", (3, 4), "\"A1\"&'A1'!C3&T[A1]&a1x"),
        ("'[1]A 1'!A1:B2", (3, 4), "'[1]A 1'!C3:D4"),
        ("Sheet1:Sheet3!A1", (2, 2), "Sheet1:Sheet3!A2"),
        ("LOG10(LOG10)", (2, 2), "LOG10(LOG11)"),
        ("XFD1048576", (2, 3), "A1"),
        ("A1:B2", (MAX_ROW, 2), "A1048576:B1"),
        ("_xlfn.XLOOKUP( A1 ,B1)", (2, 2), "_xlfn.XLOOKUP( A2 ,B2)"),
        ("#REF!A1+A1#", (2, 2), "#REF!A2+A2#"),
    ],
)
def test_shared_formulas_move_like_filled_ones(text: str, to: tuple[int, int], moved: str) -> None:
    assert shift(text, (1, 2), to) == moved


def test_text_that_is_no_formula_cannot_move() -> None:
    with pytest.raises(FormulaSyntaxError):
        shift('"abc', (1, 1), (2, 2))


@settings(deadline=None)
@given(st.sampled_from(FORMULAS), cells, cells)
def test_moving_is_writing_the_same_tree_elsewhere(text: str, here: tuple[int, int], there: tuple[int, int]) -> None:
    moved = shift(text, here, there)
    written = unparse(parse(text, *here), *there)
    assert parse(moved, *there) == parse(written, *there)
    assert shift(moved, there, here).upper() == text.upper()


@given(cells, cells)
def test_a_reference_means_the_cell_it_names(here: tuple[int, int], there: tuple[int, int]) -> None:
    assert unparse(parse(address(*there), *here), *here) == address(*there)


digits = st.sampled_from(["0", "1", "2", "12", "1048576", "1048577", "007", "99999999"])
skeletons = st.sampled_from(
    [
        *("A{}", "A{}+B{}", "$A{}:B${}", "{}:{}", "x{}y{}", "A{}*{}", '"{}"&A{}'),
        *("F{}(A{})", "S{}!A{}", "A{}E{}", "'{}'!$A${}", "T[A{}]", "A:{}", "A{}.{}"),
    ]
)


@settings(deadline=None)
@given(
    st.lists(st.tuples(skeletons, digits, digits, st.sampled_from([1, 2, 3, MAX_ROW]), st.integers(1, 2)), max_size=12)
)
def test_the_cache_answers_as_if_it_were_not_there(uses: list[tuple[str, str, str, int, int]]) -> None:
    cache = FormulaCache()
    for skeleton, one, other, row, column in uses:
        text = skeleton.format(one, other)
        try:
            expected: Node | str = FormulaCache().parse(text, row, column)
        except FormulaSyntaxError as error:
            expected = str(error)
        try:
            found: Node | str = cache.parse(text, row, column)
        except FormulaSyntaxError as error:
            found = str(error)
        assert found == expected


@pytest.mark.parametrize(
    "text",
    [
        "A1*$B$2+Inputs!C3",
        'SUM(Y1:Z9)&"Z1"&ZZ',
        "A:A+1:1",
        "XFA1+LOG10(A1)+LOG10",
        "Table1[[#This Row],[A1]]+A1",
        "$A1+2",
    ],
)
def test_copies_to_the_right_are_split_into_tokens_once(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each copy has the tree that it has alone, through Z and AA and past the last column, where letters are names."""
    cache, here = FormulaCache(), (1, 1)
    copies = [(shift(text, here, (1, column)), column) for column in range(1, 40) if column < 4 or "XF" not in text]
    alone = [FormulaCache().parse(copy, 1, column) for copy, column in copies]
    split: list[str] = []
    monkeypatch.setattr(relative, "tokenize", lambda copy: split.append(copy) or tokenize(copy))
    assert [cache.parse(copy, 1, column) for copy, column in copies] == alone
    assert len({id(cache.parse(copy, 1, column)) for copy, column in copies}) == 1
    assert len(split) <= 2


def test_letters_past_the_last_column_are_a_name() -> None:
    cache = FormulaCache()
    assert cache.parse("XFD1+1", 1, 1) == FormulaCache().parse("XFD1+1", 1, 1)
    assert cache.parse("XFE1+1", 1, 2) == FormulaCache().parse("XFE1+1", 1, 2)
    assert cache.parse("XFE1+1", 1, 2) != cache.parse("XFD1+1", 1, 1)
