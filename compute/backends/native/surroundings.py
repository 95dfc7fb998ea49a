"""What every line is read against: the program with its fixed values, the workspace, what is known of other lines."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from compute.backends.native.errors import NotNative
from compute.backends.native.expressions import Expression, Type
from compute.backends.native.fixed_draws import are_few
from compute.backends.native.layout import Layout
from compute.backends.native.lines import Line
from compute.backends.native.mixing import packed_texts
from compute.backends.native.texts import NO_WORDS, Vocabulary, Words, united, words_among, words_of
from compute.backends.reference.drawing import StaticDraws
from compute.backends.reference.evaluator import Evaluator
from compute.backends.reference.machine import Machine
from compute.formulas import ast

Ints = npt.NDArray[np.int64]
Known = Type | Literal["open"]
"""Open: a text, as far as is known, that the reference backend makes."""
_TEXT_FUNCTIONS = frozenset(
    {
        "ADDRESS", "CHAR", "CLEAN", "CONCAT", "CONCATENATE", "DOLLAR", "FIXED", "LEFT", "LOWER", "MID", "PROPER",
        "REPLACE", "REPT", "RIGHT", "ROMAN", "SUBSTITUTE", "T", "TEXT", "TEXTAFTER", "TEXTBEFORE", "TEXTJOIN", "TRIM",
        "UNICHAR", "UPPER",
    }
)  # fmt: skip


def gives_text(tree: ast.Node) -> bool:
    """Whether a formula is seen to give a text in some iterations, whatever the cells hold that it reads."""
    if isinstance(tree, ast.Text):
        return True
    if isinstance(tree, ast.Binary):
        return tree.operator == "&"
    if not isinstance(tree, ast.Call):
        return False
    if tree.name in _TEXT_FUNCTIONS:
        return True
    branches = {"IF": tree.arguments[1:], "IFERROR": tree.arguments, "IFNA": tree.arguments}
    branches |= {"IFS": tree.arguments[1::2], "CHOOSE": tree.arguments[1:], "SWITCH": tree.arguments[2:]}
    return any(gives_text(branch) for branch in branches.get(tree.name, ()))


class Surroundings:
    """The program, the workspace, and the types of the lines and the texts they may hold, as far as they were read."""

    def __init__(self, machine: Machine, layout: Layout, lines: list[Line], laws: frozenset[str]) -> None:
        self.machine, self.layout, self.laws = machine, layout, laws
        self.program = machine.program
        self.vocabulary = Vocabulary()
        self.tables: dict[tuple[object, ...], int] = {}
        """The tables that draws are made by, with the work that making each is."""
        self.spared: dict[int, int] = {}
        """How many tables a line takes that could do without them."""
        self.relying: set[int] = set()
        """The lines that are drawn by tables."""
        self.reader = -1
        self.evaluator = Evaluator(self.program, machine.sheets, StaticDraws(self.program), machine.now)
        self.sites = {(s.formula, id(s.draw)): s.index for s in self.program.draws}
        self._lines = lines
        self._types: dict[int, Known] = {}
        self._words: dict[int, Words] = {}
        self._told: dict[int, dict[int, tuple[Known, int]]] = {}

    # What readers ask ---------------------------------------------------------------------------------------------

    def type_of(self, line: int) -> Type:
        """The type of a line's cells; raises NotNative where it is a text of the reference backend's making."""
        known = self._told_now(line)[0]
        if known == "open":
            raise NotNative("it reads a text that is not compiled")
        return known

    def words_of(self, expression: Expression) -> Words:
        """The numbers of the texts that an expression may give."""
        return words_of(expression, self.words_at)

    def words_at(self, places: Ints, is_mixed: bool = False) -> Words:
        """The numbers of the texts that cells may hold; ``is_mixed`` where constants among them are mixed values."""
        own = places[places < self.layout.cells]
        parts = [self._words_of_line(n) for n in np.unique(self.layout.line[own]).tolist()]
        constants = places[places >= self.layout.cells] - self.layout.cells
        if len(constants):
            values = self.layout.constants[np.unique(constants)]
            parts.append(packed_texts(values) if is_mixed else words_among(values))
        return united(parts)

    def _words_of_line(self, line: int) -> Words:
        self._told_now(line)
        return self._words.get(line, NO_WORDS)

    def _told_now(self, line: int) -> tuple[Known, int]:
        """What the line that is being read is told of another: its type, and how many texts it may hold."""
        told = self._told.setdefault(self.reader, {})
        found = told[line] = self._known(self.reader, line)
        return found

    def _known(self, reader: int, line: int) -> tuple[Known, int]:
        if line < 0:
            return "number", 0
        known = self._types.get(line)
        if known is None or (known == "open" and line == reader):
            known = self._shown(line)
        return known, len(self._words.get(line, NO_WORDS))

    def _shown(self, line: int) -> Type:
        """The type of what the workbook shows in a line that was not read yet, or is seen to give."""
        first = self._lines[line].formulas[0]
        sheet = self.program.workbook.sheets[first.sheet]
        shown = sheet.cached.get((first.row, first.column))
        if shown is None and gives_text(self._lines[line].tree):
            return "text"
        return "text" if isinstance(shown, str) else "boolean" if isinstance(shown, bool) else "number"

    # What is told of lines ------------------------------------------------------------------------------------------

    def begin(self, line: int) -> None:
        """From now on it is this line that asks; what it was told before does not count."""
        self.reader = line
        self._told[line] = {}
        self.spared.pop(line, None)
        self.relying.discard(line)

    def settle(self, line: int, expression: Expression | None) -> None:
        """What was found of a line; None where it is left to the reference backend."""
        self._words.pop(line, None)
        if expression is None:
            may_be_text = self._shown(line) == "text" or gives_text(self._lines[line].tree)
            self._types[line] = "open" if may_be_text else "number"
            return
        self._types[line] = expression.type
        if expression.type in ("text", "mixed"):
            self._words[line] = united([self.words_of(expression)])

    def misled(self) -> list[int]:
        """The lines that were told of others what is no longer so."""
        return [
            reader
            for reader, told in self._told.items()
            if any(known != self._known(reader, line) for line, known in told.items()) or not are_few(self, reader)
        ]

    def forget_words(self) -> None:
        """The texts of all lines, whose numbers are others now."""
        self._words.clear()


__all__ = ["Surroundings"]
