"""Correlations between pairs of assumptions as matrices: one for each set of assumptions that hang together."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from compute.dialects.canonical import Correlation
from compute.formulas.ast import ArrayConstant, Call, Node, Number
from compute.records import dataclass

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Tie:
    """A rank correlation between two assumptions by their identifiers, kept on that sheet."""

    sheet: str
    first: str
    second: str
    coefficient: Node


def tied(
    ties: Iterable[Tie],
    places: Mapping[str, Sequence[tuple[str, int]]],
    labels: Sequence[str],
    unused: Collection[str],
) -> tuple[dict[int, Correlation], list[str]]:
    """The correlation of each assumption by its index, and why some correlations cannot be followed.

    ``places`` gives for an identifier the assumptions (sheet, index) that have it, ``labels`` their cells; those in
    ``unused`` are no assumptions any more, and their correlations without effect.
    """
    given: dict[Pair, Node] = {}
    problems: list[str] = []
    for tie in ties:
        ends = [_end(identity, tie.sheet, places) for identity in (tie.first, tie.second)]
        if None in ends or ends[0] == ends[1]:
            if not {tie.first, tie.second} & set(unused):
                problems.append(
                    f"a correlation of the sheet {tie.sheet} has an end that is no assumption, or one that is refused"
                )
            continue
        low, high = sorted(end for end in ends if end is not None)
        if given.setdefault((low, high), tie.coefficient) != tie.coefficient:
            problems.append(f"{labels[low]} and {labels[high]} have two correlations")
    found: dict[int, Correlation] = {}
    for members in _connected(given):
        matrix = _matrix(members, given)
        title = f"Crystal Ball's correlations of {labels[members[0]]}"
        for position, index in enumerate(members, start=1):
            found[index] = Correlation("gaussian", matrix, Number(float(position)), title=title)
    return found, list(dict.fromkeys(problems))


def _end(identity: str, sheet: str, places: Mapping[str, Sequence[tuple[str, int]]]) -> int | None:
    """The assumption of that identifier; of several, as copies of a sheet leave them, the one of the same sheet."""
    found = places.get(identity, ())
    own = [index for name, index in found if name == sheet] if len(found) > 1 else [index for _, index in found]
    return own[0] if len(own) == 1 else None


def _connected(pairs: Iterable[Pair]) -> list[list[int]]:
    groups: list[set[int]] = []
    for pair in pairs:
        touched = [g for g in groups if g & set(pair)]
        groups = [g for g in groups if g not in touched]
        groups.append(set(pair).union(*touched))
    return sorted(sorted(g) for g in groups)


def _matrix(members: Sequence[int], given: Mapping[Pair, Node]) -> Node:
    """Assumptions between which nothing is said are not correlated."""
    rows = [
        tuple(Number(1.0) if i == j else given.get((min(i, j), max(i, j)), Number(0.0)) for j in members)
        for i in members
    ]
    if all(isinstance(entry, Number) for row in rows for entry in row):
        return ArrayConstant(tuple(rows))
    return Call("VSTACK", tuple(Call("HSTACK", row) for row in rows))
