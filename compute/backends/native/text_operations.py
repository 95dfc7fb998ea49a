"""Joining texts, comparing them, taking them as numbers, and functions of them: tables made before the run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from compute.backends.native.errors import NotNative
from compute.backends.native.expressions import Apply, Expression, Fixed, Pick, Type
from compute.backends.native.failures import coded, encoded
from compute.backends.native.texts import Vocabulary, Words, combined, translated
from compute.errors import ErrorCode
from compute.formulas import ast
from compute.functions import REGISTRY
from compute.functions.signature import Style
from compute.values import Array, Floats, Kind, parse_number, to_texts

if TYPE_CHECKING:
    from compute.backends.native.reading import Reading

MOST_CALLS = 1_024
"""The most combinations of texts that a function is called with before the run."""
_SINGLE = frozenset({"number", "text", "logical", "any"})
_TRUTH = ("FALSE", "TRUE")


def as_fixed_texts(vocabulary: Vocabulary, value: Array, length: int) -> Fixed:
    """The texts of single values that never vary, one for each cell: numbers as Excel writes them."""
    texts, codes = to_texts(value)
    numbers = vocabulary.numbers(str(t) for t in texts[0, 0].tolist())
    if codes is not None:
        numbers = encoded(np.where(codes[0, 0] != 0, codes[0, 0], numbers), codes[0, 0] != 0)
    return Fixed("text", np.array(np.broadcast_to(numbers, (length,))))


def as_text(reading: Reading, node: ast.Node) -> Expression:
    """A part of a joined text."""
    vocabulary = reading.around.vocabulary
    if reading.is_fixed(node):
        return as_fixed_texts(vocabulary, reading.constant_array(node), reading.line.length)
    made = reading.value(node)
    if made.type == "boolean":
        return Pick("text", made, vocabulary.numbers(_TRUTH))
    if made.type in ("number", "mixed"):
        raise NotNative("it joins a number that varies to a text")
    return made


def joined(reading: Reading, parts: Sequence[ast.Node]) -> Expression:
    """Texts one after the other."""
    around = reading.around
    read = [as_text(reading, p) for p in parts]

    def answer(columns: Sequence[Words]) -> Floats:
        texts = [around.vocabulary.of(column) for column in columns]
        return around.vocabulary.numbers(map("".join, zip(*texts, strict=True)))

    return combined("text", [(part, around.words_of(part)) for part in read], answer)


def as_number(reading: Reading, text: Expression) -> Expression:
    """A text where a number is wanted: #VALUE! unless it reads as one."""
    words = reading.around.words_of(text)
    has_1904_dates = reading.around.evaluator.date_1904
    found = [parse_number(t, has_1904_dates) for t in reading.around.vocabulary.of(words)]
    answers = np.array([coded(ErrorCode.VALUE) if n is None else n for n in found], np.float64)
    return translated("number", text, words, answers)


def compared(reading: Reading, operation: str, left: Expression, right: Expression) -> Expression:
    """Two texts compared, small letters like capitals."""
    around = reading.around
    words = [around.words_of(left), around.words_of(right)]
    together = np.union1d(*words)
    folded = [t.casefold() for t in around.vocabulary.of(together)]
    rank = {t: i for i, t in enumerate(sorted(set(folded)))}
    ranks = np.array([rank[t] for t in folded], np.float64)
    # Numbers that rise with the texts, or tell unequal ones apart, are compared as they are.
    is_plain = len(rank) == len(folded) if operation in ("equal", "unequal") else bool((np.diff(ranks) > 0).all())
    sides = [left, right]
    if not is_plain:
        sides = [
            translated("number", side, own, ranks[np.searchsorted(together, own)])
            for side, own in zip(sides, words, strict=True)
        ]
    return Apply("boolean", f"code_{operation}", tuple(sides))


def apart(operation: str, left: Expression, right: Expression) -> Expression:
    """A number, a text and a truth value compared: they are never equal, and greater in that order."""
    order: list[Type] = ["number", "text", "boolean"]
    is_less = order.index(left.type) < order.index(right.type)
    holds = {"equal": False, "unequal": True}.get(operation, is_less == (operation in ("less", "at_most")))
    return Apply("boolean", "always" if holds else "never", (left, right))


def tabulated(reading: Reading, call: ast.Call) -> Expression | None:
    """A function of texts, called once for each of them before the run; None where it is no such function."""
    function = REGISTRY.get(call.name)
    if function is None or function.volatile or function.style is Style.GENERAL:
        return None
    kinds = {p.type for p in function.parameters}
    if not kinds <= _SINGLE or len(call.arguments) < function.minimum:
        return None
    if function.maximum is not None and len(call.arguments) > function.maximum:
        return None
    return of_texts(reading, call, [i for i, a in enumerate(call.arguments) if not reading.is_fixed(a)])


def of_texts(reading: Reading, call: ast.Call, varying: Sequence[int]) -> Expression | None:
    """A call whose arguments at ``varying`` are texts and truth values, and all others fixed; None where they are not.

    It is answered by the reference backend, once for each combination.
    """
    if any(isinstance(call.arguments[i], ast.RangeReference) for i in varying):
        return None
    given = [reading.value(call.arguments[i]) for i in varying]
    if not given or any(g.type != "text" for g in given):
        return None
    around = reading.around
    answers = _Answers(reading, call, varying)
    parts = [(g, around.words_of(g)) for g in given]
    if np.prod([len(words) for _, words in parts], dtype=np.float64) > MOST_CALLS:
        raise NotNative(f"its texts have more than {MOST_CALLS:,} combinations")
    found = combined("number", parts, answers.over)
    return _typed(found, answers.type)


def _typed(found: Expression, kind: Type) -> Expression:
    if isinstance(found, Fixed):
        return Fixed(kind, found.values)
    assert isinstance(found, Pick)
    return Pick(kind, found.position, found.choices, found.first)


class _Answers:
    """What the reference backend answers to a call for each combination of texts, and of which type that is."""

    def __init__(self, reading: Reading, call: ast.Call, varying: Sequence[int]) -> None:
        self._reading, self._call, self._varying = reading, call, varying
        self.type: Type = "number"

    def over(self, columns: Sequence[Words]) -> Floats:
        """The answers, one for each row of the columns; raises NotNative where they are of several types."""
        around = self._reading.around
        rows = zip(*(around.vocabulary.of(c) for c in columns), strict=True)
        values = [self._one(row) for row in rows]
        kinds = {k for k, _, _ in values} - {Kind.ERROR}
        if len(kinds) > 1:
            raise NotNative(f"{self._call.name} gives a text for some texts and a number for others")
        if kinds == {Kind.TEXT}:
            self.type = "text"
        elif kinds == {Kind.BOOLEAN}:
            self.type = "boolean"
        return np.array([self._number(*value) for value in values], np.float64)

    def _number(self, kind: Kind, number: float, text: str) -> float:
        if kind == Kind.ERROR:
            return coded(int(number))
        return float(self._reading.around.vocabulary.number(text)) if kind == Kind.TEXT else number

    def _one(self, row: Sequence[str]) -> tuple[Kind, float, str]:
        arguments = list(self._call.arguments)
        for at, text in zip(self._varying, row, strict=True):
            arguments[at] = ast.Text(text)
        tree = ast.Call(self._call.name, tuple(arguments))
        self._reading.kept.append(tree)
        value = self._reading.constant_array(tree)
        kinds, numbers, texts = value.kind_array()[0, 0], value.numbers[0, 0], value.text_array()[0, 0]
        if (kinds != kinds[0]).any() or (numbers != numbers[0]).any() or (texts != texts[0]).any():
            raise NotNative(f"{self._call.name} has other arguments in each cell")
        kind = Kind(int(kinds[0]))
        return (Kind.NUMBER if kind == Kind.BLANK else kind), float(numbers[0]), str(texts[0])


__all__ = ["apart", "as_fixed_texts", "as_number", "as_text", "compared", "joined", "of_texts", "tabulated"]
