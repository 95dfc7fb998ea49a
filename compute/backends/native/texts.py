"""Texts in native code: finitely many that are known before the run, each of them a number of a vocabulary.

A text that varies is one of the texts written in its formula, read from fixed cells, or made of such by a function. So
its cell holds the text's number as a double, and what is done with texts becomes a table over numbers, made before the
run by the reference backend's own functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from compute.backends.native.errors import NotNative
from compute.backends.native.expressions import Apply, Cell, Expression, Fixed, Over, Pick, Search, Type
from compute.backends.native.mixing import packed_texts
from compute.values import Floats

Words = npt.NDArray[np.int64]
"""Numbers of texts, ascending, each of them once."""
MOST_WORDS = 4_096
"""The most texts that the cells of one line may hold."""
MOST_COMBINED = 16_384
"""The most combinations of texts that a table is made for."""
_SPARSE = 4
_FEW = 64
NO_WORDS: Words = np.zeros(0, np.int64)


class Vocabulary:
    """All texts that varying cells may hold or are compared with."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self.texts: list[str] = []
        self.is_order_wanted = False
        """Whether a formula would be compiled if the numbers rose with the texts."""

    def number(self, text: str) -> int:
        """The number of a text; a new one gets the next."""
        found = self._numbers.get(text)
        if found is None:
            found = self._numbers[text] = len(self.texts)
            self.texts.append(text)
        return found

    def numbers(self, texts: Iterable[str]) -> Floats:
        """The numbers of texts, as cells hold them."""
        return np.array([self.number(t) for t in texts], np.float64)

    def of(self, words: Words) -> list[str]:
        """The texts of numbers."""
        return [self.texts[w] for w in words.tolist()]

    def put_in_order(self) -> bool:
        """Numbers all texts anew, in Excel's order; tells whether any number is another now."""
        ordered = sorted(self.texts, key=lambda t: (t.casefold(), t))
        is_changed = ordered != self.texts
        self.texts = ordered
        self._numbers = {t: i for i, t in enumerate(ordered)}
        return is_changed


def united(parts: Iterable[Words]) -> Words:
    """The texts of all parts; raises NotNative where there are too many."""
    given = list(parts)
    found = np.unique(np.concatenate(given)) if given else NO_WORDS
    if len(found) > MOST_WORDS:
        raise NotNative(f"it may be one of more than {MOST_WORDS:,} texts")
    return found


def words_among(values: Floats) -> Words:
    """The texts whose numbers are among values that may be errors too."""
    return np.unique(values[~np.isnan(values)]).astype(np.int64)


def words_of(expression: Expression, of_places: Callable[[Words, bool], Words]) -> Words:
    """The texts that an expression may give; ``of_places`` tells those that cells may hold, and is told whether
    constants among them are mixed values.
    """
    is_mixed = expression.type == "mixed"
    among = packed_texts if is_mixed else words_among
    if isinstance(expression, Fixed):
        return among(expression.values)
    if isinstance(expression, Cell):
        return of_places(expression.places, is_mixed)
    if isinstance(expression, Pick):
        return among(expression.choices)
    if isinstance(expression, Over):
        return united(of_places(r, is_mixed) for r in expression.ranges)
    assert isinstance(expression, Apply)
    if expression.operation in ("mixed_of_number", "mixed_of_truth"):
        return NO_WORDS
    if expression.operation == "mixed_sorted":
        return words_of(expression.parts[0], of_places)
    is_choice = expression.operation in ("if", "choose")
    return united(words_of(p, of_places) for p in expression.parts[is_choice:])


def translated(kind: Type, text: Expression, words: Words, answers: Floats) -> Expression:
    """An answer for each text that an expression may give; ``answers`` of shape (words,), NaN for an error."""
    if isinstance(text, Fixed):
        at = np.searchsorted(words, np.nan_to_num(text.values))
        return Fixed(kind, np.where(np.isnan(text.values), text.values, np.append(answers, np.nan)[at]))
    if len(words) == 0:
        return Pick(kind, text, np.full(1, np.nan))
    low, span = int(words[0]), int(words[-1] - words[0]) + 1
    if span > max(_SPARSE * len(words), _FEW):
        return Pick(kind, Search("number", text, words.astype(np.float64), True), answers.copy())
    choices = np.full(span, np.nan)
    choices[words - low] = answers
    return Pick(kind, text, choices, low)


def combined(
    kind: Type, parts: Sequence[tuple[Expression, Words]], answer: Callable[[Sequence[Words]], Floats]
) -> Expression:
    """An answer for each combination of the texts that several expressions may give.

    ``answer`` gets all combinations, for each part its texts' numbers, and gives an array of as many answers.
    """
    counts = [len(words) for _, words in parts]
    total = int(np.prod(counts, dtype=np.float64))
    if total > MOST_COMBINED:
        raise NotNative(f"its texts have {total:,} combinations, more than the {MOST_COMBINED:,} a table is made for")
    if len(parts) == 1:
        text, words = parts[0]
        return translated(kind, text, words, answer([words]))
    step, positions = total, list[Expression]()
    for (text, words), count in zip(parts, counts, strict=True):
        step //= max(count, 1)
        positions.append(translated("number", text, words, np.arange(count, dtype=np.float64) * step))
    places = np.unravel_index(np.arange(total), counts) if total else ()
    answers = answer([words[at] for (_, words), at in zip(parts, places, strict=True)]) if total else np.full(1, np.nan)
    return Pick(kind, Apply("number", "sum_of", tuple(positions)), answers)


__all__ = [
    "MOST_COMBINED", "MOST_WORDS", "NO_WORDS", "Vocabulary", "Words", "combined", "translated", "united",
    "words_among", "words_of",
]  # fmt: skip
