"""Any text at all is read to a tree or refused as no formula; what is read, is read again from its own writing."""

from __future__ import annotations

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from compute.errors import ComputeError
from compute.formulas import parse, unparse
from tests.property import grammar

ALPHABET = "ABZaxyz019.,;:!?#@$%&'\"()[]{}<>=+-*/^ \t\n_\\~|é漢"
PIECES = ("SUM(", "IF(", "LAMBDA(x,", "LET(a,1,", "A1", "$B$2", "A:A", "1:1", "A1:B2", "Sheet1!", "'a b'!",
          "[1]S!", "#REF!", "#N/A",
          "T[", "T[[#All],[x]]", "[@a]", "{1,2;3}", '"a"', "1E+5", ".5", "TRUE", ")", "(", ",", " ", ":", "#",
          "@", "%", "-", "^",
          "<>", "&", "{", "}", "]", "_xlfn.", "_xlpm.x", "1048576", "XFD1", "XFE1", "''", "\"")  # fmt: skip


def check(text: str) -> None:
    """Checks that a text is refused in the house's way, or reads back the same after being written."""
    try:
        tree = parse(text, 5, 5)
    except ComputeError:
        return
    assert parse(unparse(tree, 5, 5), 5, 5) == tree, text


@given(st.text(max_size=60))
@settings(max_examples=300, derandomize=True)
def test_any_text(text: str) -> None:
    check(text)


@given(st.text(ALPHABET, max_size=40))
@settings(max_examples=500, derandomize=True)
def test_any_text_of_the_alphabet_of_formulas(text: str) -> None:
    check(text)


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
@settings(max_examples=800, derandomize=True)
def test_any_text_of_pieces_of_formulas(text: str) -> None:
    check(text)


@given(st.integers(0, 10**9))
@settings(max_examples=300, derandomize=True)
def test_a_random_formula_reads_back_the_same(seed: int) -> None:
    text = grammar.formula(Random(seed), 4)
    tree = parse(text, 5, 5)
    assert parse(unparse(tree, 5, 5), 5, 5) == tree, text


def test_nesting_beyond_any_depth_is_refused() -> None:
    for text in (
        "(" * 5_000 + "1" + ")" * 5_000,
        "-" * 5_000 + "1",
        "SUM(" * 3_000,
        "{" * 3_000,
        "A1#" + "#" * 4_000,
        "1" + "%" * 4_000,
    ):
        check(text)
