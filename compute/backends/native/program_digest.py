"""A digest of all that a program's plan and code are made from, equal in every process that opens the same model.

Two programs share a digest only if they are built alike, down to which formulas share one tree. The sources that make
plan and code, the libraries that compute constants and the processor are digested with them.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import marshal
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any

import compute
from compute.formulas.ast import Call, Coordinate, Node, Number
from compute.functions import REGISTRY
from compute.program import Program
from compute.workbook.model import Workbook

_PLAIN = frozenset({int, float, str, bool, bytes, type(None)})
_FORMAT = 2
"""Of marshal: without references, so that equal values are written alike however they are shared."""
_LIBRARIES = ("numpy", "scipy")
_CELL = ("sheet", "row", "column", "is_array", "is_dynamic_array", "range", "is_input")
_STEP = ("formulas", "level", "is_ring")
_SKIPPED = frozenset({"formulas", "fixed", "varying", "sheets", "producers", "producer_index", "binder", "needed"})
"""Fields of a program that are written by themselves, or follow from the others."""


_LOADED = time.time()


class NotTold(Exception):
    """What a program is made of cannot be written down, or it depends on the moment."""


def program_digest(program: Program, processor: tuple[str, ...]) -> str | None:
    """The digest; None for a program that depends on the moment, and where the sources are not at hand."""
    sources = _digest_of_sources()
    if sources is None:
        return None
    try:
        running = hashlib.sha256(marshal.dumps((sources, _versions(), processor), _FORMAT))
        for part in _parts_of(program):
            running.update(part)
    except (NotTold, ValueError, importlib.metadata.PackageNotFoundError):
        return None
    return running.hexdigest()


@lru_cache(maxsize=1)
def _versions() -> tuple[str, ...]:
    return (sys.version, *(importlib.metadata.version(name) for name in _LIBRARIES))


@lru_cache(maxsize=1)
def _digest_of_sources() -> str | None:
    return digest_of_sources(Path(compute.__file__).parent, _LOADED)


def digest_of_sources(folder: Path, loaded: float) -> str | None:
    """A digest of the Python files below a folder; None without any, and if one was changed since they were ``loaded``:
    what runs is then not what the file says.
    """
    root = str(folder)
    names = sorted(f"{at}/{name}" for at, _, inside in os.walk(root) for name in inside if name.endswith(".py"))
    running = hashlib.sha256()
    try:
        for name in names:
            file = Path(name)
            status = file.stat()
            if max(status.st_mtime, status.st_ctime) > loaded:
                return None
            text = file.read_bytes()
            running.update(f"{name[len(root) :]}\0{len(text)}\0".encode() + text)
    except OSError:
        return None
    return running.hexdigest() if names else None


def _parts_of(program: Program) -> Iterable[bytes]:
    """What is digested, a piece at a time."""
    formulas = program.formulas
    yield _columns(formulas, _CELL)
    yield _columns(program.fixed, _STEP)
    yield _columns(program.varying, _STEP)
    writing = Writing()
    trees = [formula.tree for formula in formulas]
    steps = (*program.fixed, *program.varying)
    # Formulas of a step share one tree, unless they are a ring.
    computed = (trees[n] for s in steps for n in (s.formulas if s.is_ring else s.formulas[:1]))
    writing.mention(computed)
    writing.mention(program.lambdas.values())
    yield writing.rest(_refuse_momentary)
    yield marshal.dumps(writing.mention(trees), _FORMAT)
    yield writing.rest()
    others = [getattr(program, f.name) for f in fields(Program) if f.name not in _SKIPPED]
    yield marshal.dumps([writing.reference(part) for part in (*others, program.sheets.names)], _FORMAT)
    yield writing.rest()


def _columns(objects: Sequence[object], names: Iterable[str]) -> bytes:
    """Plain fields of many objects, field by field. Raises ValueError for what is not plain."""
    return marshal.dumps([list(map(attrgetter(name), objects)) for name in names], _FORMAT)


def _refuse_momentary(part: object) -> None:
    """Refuses functions of the moment, from which fixed values would be kept."""
    if isinstance(part, Call):
        function = REGISTRY.get(part.name)
        if function is not None and function.volatile:
            raise NotTold


class Writing:
    """Objects as lists of their parts; a part that is no plain value is its number in the order of first mention."""

    def __init__(self) -> None:
        self._numbers: dict[int, int] = {}
        self._waiting: list[object] = []
        self._done = 0

    def reference(self, part: object) -> object:
        """A plain value as it is, another object as its number."""
        if type(part) in _PLAIN:
            return part
        if type(part) is Coordinate:
            # One object serves many formulas, as long as it is remembered: its identity tells nothing.
            return part.value, part.absolute
        if type(part) is Number:
            return "", part.value
        number = self._numbers.get(id(part))
        if number is None:
            number = self._numbers[id(part)] = len(self._waiting)
            self._waiting.append(part)
        return (number,)

    def mention(self, parts: Iterable[object]) -> list[object]:
        """The references of many objects, of which few differ."""
        kept = list(parts)
        found = {number: self.reference(part) for number, part in dict(zip(map(id, kept), kept, strict=True)).items()}
        return list(map(found.__getitem__, map(id, kept)))

    def rest(self, examine: Callable[[object], None] | None = None) -> bytes:
        """All that was mentioned since the last call, with what hangs on it."""
        written = []
        while self._done < len(self._waiting):
            part = self._waiting[self._done]
            self._done += 1
            if examine is not None:
                examine(part)
            written.append(self._written(part))
        return marshal.dumps(written, _FORMAT)

    def _written(self, part: Any) -> tuple[object, ...]:
        if isinstance(part, Node) or (is_dataclass(part) and not isinstance(part, type)):
            kind = type(part)
            return kind.__module__, kind.__qualname__, *self._references(_values_of(kind)(part))
        if isinstance(part, Enum):
            return "enum", type(part).__qualname__, part.name
        if isinstance(part, Mapping):
            return "mapping", *self._mapping(part)
        if isinstance(part, tuple | list):
            return type(part).__name__, *self._references(part)
        if isinstance(part, Set) and all(type(member) in _PLAIN for member in part):
            return "set", *sorted((type(member).__name__, repr(member)) for member in part)
        raise NotTold

    def _references(self, parts: Iterable[object]) -> list[object]:
        return [part if type(part) in _PLAIN else self.reference(part) for part in parts]

    def _mapping(self, part: Mapping[Any, Any]) -> tuple[object, ...]:
        values = list(part.values())
        kinds = set(map(type, values))
        try:
            keys: object = marshal.dumps(list(part), _FORMAT)
        except ValueError:
            keys = tuple(map(self.reference, part))
        if kinds.issubset(_PLAIN):
            return keys, marshal.dumps(values, _FORMAT)
        names = _names_of(kinds.pop()) if len(kinds) == 1 else None
        if names is not None:
            try:
                return keys, type(values[0]).__qualname__, _columns(values, names)
            except ValueError:
                pass
        return keys, *map(self.reference, values)


def _names_of(kind: Any) -> Sequence[str] | None:
    """The fields of a dataclass or a named tuple; None for other types."""
    return [f.name for f in fields(kind)] if is_dataclass(kind) else getattr(kind, "_fields", None)


@lru_cache(maxsize=1024)
def _values_of(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    """What gives the fields of an object of a dataclass."""
    names = [f.name for f in fields(kind) if (kind, f.name) != (Workbook, "sha256")]
    if len(names) > 1:
        return attrgetter(*names)
    return lambda part: tuple(getattr(part, name) for name in names)


__all__ = ["digest_of_sources", "program_digest"]
