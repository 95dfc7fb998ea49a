"""``dataclass`` as the standard library's, in a seventh of its time: methods are written when they are first called.

The standard library writes the source of six methods for every class and compiles each alone, 0.7 ms for a class. The
engine has 350 classes, and a run makes instances of half of them and compares fewer: 0.2 s before a workbook is opened.
Here a class gets its fields from the standard library, so that ``fields``, ``replace``, ``asdict`` and ``match`` work
as ever, and stand-ins for ``__init__``, ``__eq__`` and ``__hash__`` that put the true method in their place. A frozen
class with slots is initialised by their descriptors, which takes two thirds of the time of ``object.__setattr__``.

Not provided: ``InitVar``, ``order``, ``unsafe_hash`` and a class of the standard library's among the ancestors or
descendants of a frozen one.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from reprlib import recursive_repr
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dataclasses import dataclass

__all__ = ["dataclass"]

Fields = Sequence[dataclasses.Field[Any]]
Method = Callable[..., Any]
_LEFT_OUT: Any = object()
"""Stands for an argument whose field has a factory."""


def _compiled(name: str, parameters: Sequence[str], body: Sequence[str], names: dict[str, Any], cls: type) -> Method:
    """A method of ``cls`` from its source; ``names`` are those that it finds besides its parameters."""
    lines = "".join(f"  {line}\n" for line in body or ["pass"])
    made: dict[str, Any] = {}
    source = f"def make({', '.join(names)}):\n def {name}({', '.join(parameters)}):\n{lines} return {name}\n"
    exec(source, {"__name__": cls.__module__}, made)  # noqa: S102  the names are attributes' of a class in this source
    method: Method = made["make"](**names)
    method.__qualname__ = f"{cls.__qualname__}.{name}"
    return method


def _initialiser(cls: Any, frozen: bool, slots: bool) -> Method:
    """``__init__``: one parameter for each field that takes one, in order, those by keyword alone at the end."""
    positional, body = ["self"], []
    by_keyword: list[str] = []
    names: dict[str, Any] = {"_left_out": _LEFT_OUT, "_set": object.__setattr__}
    for f in dataclasses.fields(cls):
        value, given = f.name, f.name
        if f.default_factory is not dataclasses.MISSING:
            names[f"_make_{f.name}"] = f.default_factory
            given = f"{f.name}=_left_out"
            value = f"_make_{f.name}() if {f.name} is _left_out else {f.name}" if f.init else f"_make_{f.name}()"
        elif f.default is not dataclasses.MISSING:
            names[f"_default_{f.name}"] = f.default
            given = f"{f.name}=_default_{f.name}"
            value = f.name if f.init else f"_default_{f.name}"
        elif not f.init:
            continue
        if f.init:
            (by_keyword if f.kw_only else positional).append(given)
        slot = getattr(cls, f.name, None) if frozen and slots else None
        if isinstance(slot, MemberDescriptorType):
            names[f"_set_{f.name}"] = slot.__set__
            body.append(f"_set_{f.name}(self, {value})")
        else:
            body.append(f"_set(self, {f.name!r}, {value})" if frozen else f"self.{f.name} = {value}")
    if hasattr(cls, "__post_init__"):
        body.append("self.__post_init__()")
    parameters = [*positional, *(["*", *by_keyword] if by_keyword else [])]
    return _compiled("__init__", parameters, body, names, cls)


def _values(of: str, fields: Fields) -> str:
    return f"({''.join(f'{of}.{f.name}, ' for f in fields)})"


def _equality(cls: Any) -> Method:
    compared = [f for f in dataclasses.fields(cls) if f.compare]
    same = f"{_values('self', compared)} == {_values('other', compared)}"
    body = ["if other.__class__ is self.__class__:", f" return {same}", "return NotImplemented"]
    return _compiled("__eq__", ["self", "other"], body, {}, cls)


def _hash(cls: Any) -> Method:
    hashed = [f for f in dataclasses.fields(cls) if (f.compare if f.hash is None else f.hash)]
    return _compiled("__hash__", ["self"], [f"return hash({_values('self', hashed)})"], {}, cls)


def _written_when_called(cls: Any, name: str, write: Callable[[], Method]) -> None:
    """A stand-in for the method ``name`` of ``cls``. Threads that meet there write the same method twice."""

    def stand_in(self: Any, /, *arguments: Any, **named: Any) -> Any:
        method = write()
        setattr(cls, name, method)
        return method(self, *arguments, **named)

    stand_in.__name__, stand_in.__qualname__ = name, f"{cls.__qualname__}.{name}"
    setattr(cls, name, stand_in)


@recursive_repr()
def _shown(self: Any) -> str:
    shown = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in dataclasses.fields(self) if f.repr)
    return f"{self.__class__.__qualname__}({shown})"


def _state(self: Any) -> list[Any]:
    return [getattr(self, f.name) for f in dataclasses.fields(self)]


def _set_state(self: Any, state: Sequence[Any]) -> None:
    for f, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, f.name, value)


def _freeze(cls: Any, own: Callable[[str], bool]) -> None:
    """Assignments are refused; where there are slots, instances are pickled as a list of their fields' values."""
    names = frozenset(f.name for f in dataclasses.fields(cls))

    def refuse_assignment(self: Any, name: str, value: Any) -> None:
        if type(self) is cls or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")
        super(cls, self).__setattr__(name, value)

    def refuse_deletion(self: Any, name: str) -> None:
        if type(self) is cls or name in names:
            raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")
        super(cls, self).__delattr__(name)

    cls.__setattr__, cls.__delattr__ = refuse_assignment, refuse_deletion
    if "__slots__" in cls.__dict__:
        for name, method in (("__getstate__", _state), ("__setstate__", _set_state)):
            if not own(name):
                setattr(cls, name, method)


def _complete(cls: Any, frozen: bool, slots: bool, eq: bool) -> Any:
    written = frozenset(cls.__dict__)
    if cls.__doc__ is None:
        cls.__doc__ = cls.__name__  # the standard library would look for a signature, at length
    hashes = "__hash__" in written and not (cls.__hash__ is None and "__eq__" in written)
    cls = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots)(cls)
    if "__init__" not in written:
        _written_when_called(cls, "__init__", lambda: _initialiser(cls, frozen, slots))
    if "__repr__" not in written:
        cls.__repr__ = _shown
    if eq and "__eq__" not in written:
        _written_when_called(cls, "__eq__", lambda: _equality(cls))
    if eq and not hashes:
        if frozen:
            _written_when_called(cls, "__hash__", lambda: _hash(cls))
        else:
            cls.__hash__ = None
    if frozen:
        _freeze(cls, written.__contains__)
    return cls


def _dataclass(
    cls: type | None = None, /, *, frozen: bool = False, slots: bool = False, eq: bool = True
) -> type | Callable[[type], type]:
    """``dataclasses.dataclass`` with the three options that the engine uses."""

    def completed(given: type) -> type:
        made: type = _complete(given, frozen, slots, eq)
        return made

    return completed if cls is None else completed(cls)


if not TYPE_CHECKING:
    dataclass = _dataclass
