"""The classes of compute.records against the standard library's, made from the same source."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from dataclasses import field
from typing import Any, ClassVar

import pytest

from compute import records


def derived_classes(dataclass: Any) -> dict[str, Any]:
    """Classes with all kinds of fields under one decorator or the other."""

    @dataclass(frozen=True, slots=True)
    class Base:
        first: int
        second: list[int] = field(default_factory=list, repr=False)
        third: str = field(default="three", compare=False)
        kind: ClassVar[str] = "class"

        @property
        def doubled(self) -> int:
            """Twice the first."""
            return self.first * 2

    @dataclass(frozen=True, slots=True)
    class Derived(Base):
        fourth: float = field(default=4.0, kw_only=True)
        fifth: float = field(default=5.0, init=False)
        sixth: tuple[int, ...] = field(default_factory=tuple, init=False, hash=False)

        def __post_init__(self) -> None:
            if self.first < 0:
                raise ValueError("negative")

    return {"Base": Base, "Derived": Derived}


def plain_classes(dataclass: Any) -> dict[str, Any]:
    """Classes with all kinds of options under one decorator or the other."""

    @dataclass(frozen=True, slots=True, eq=False)
    class Itself:
        """Equal to itself alone."""

        first: int = 1

    @dataclass(slots=True)
    class Changing:
        first: int
        later: int = field(init=False)
        made: list[int] = field(init=False, default_factory=lambda: [1])

    @dataclass
    class Open:
        first: int = 1
        second: object = None

    @dataclass(frozen=True)
    class Unslotted:
        first: int
        second: int = 2

    @dataclass(frozen=True, slots=True)
    class Written:
        first: int

        def __init__(self) -> None:
            object.__setattr__(self, "first", 7)

        def __eq__(self, other: object) -> bool:
            return True

        def __hash__(self) -> int:
            return 3

        def __repr__(self) -> str:
            return "written"

    @dataclass(frozen=True, slots=True)
    class Empty: ...

    return {name: value for name, value in locals().items() if isinstance(value, type)}


OURS, THEIRS = (derived_classes(d) | plain_classes(d) for d in (records.dataclass, dataclasses.dataclass))


def outcome(call: Any) -> object:
    """What a call gives, or the error that it raises."""
    try:
        return call()
    except Exception as error:  # any error is compared with the other's
        return type(error), str(error)


def hashed(thing: Any) -> object:
    """The hash of a value, or that it has none; of an object that is equal to itself alone, only that there is one."""
    found = outcome(lambda: hash(thing))
    return type(found) if isinstance(thing, OURS["Itself"] | THEIRS["Itself"]) else found


@pytest.mark.parametrize(
    ("name", "arguments", "named"),
    [
        ("Base", (1,), {}),
        ("Base", (1, [2], "x"), {}),
        ("Base", (), {"first": 1, "third": "y"}),
        ("Base", (), {}),
        ("Base", (1, 2, 3, 4), {}),
        ("Base", (1,), {"fourth": 2}),
        ("Derived", (1, (), "x"), {"fourth": 2.5}),
        ("Derived", (1, (), "x", 2.5), {}),
        ("Derived", (-1,), {}),
        ("Itself", (), {}),
        ("Changing", (3,), {}),
        ("Open", (), {}),
        ("Open", (2, 3), {}),
        ("Unslotted", (1,), {}),
        ("Written", (), {}),
    ],
)
def test_classes_do_what_the_standard_library_does(
    name: str, arguments: tuple[Any, ...], named: dict[str, Any]
) -> None:
    """Made, shown, compared, hashed, changed, copied and listed alike, errors included."""
    ours, theirs = (outcome(lambda kind=kind: kind(*arguments, **named)) for kind in (OURS[name], THEIRS[name]))
    if isinstance(theirs, tuple):
        assert ours == theirs
        return
    questions = (
        lambda x: repr(x) if name != "Changing" else None,
        hashed,
        lambda x: outcome(lambda: setattr(x, "first", 5)),
        lambda x: outcome(lambda: delattr(x, "first")),
        lambda x: outcome(lambda: x.unheard_of),
        lambda x: hasattr(x, "__dict__"),
        lambda x: x.__match_args__,
        lambda x: [(f.name, f.type, f.init, f.repr, f.hash, f.compare, f.kw_only) for f in dataclasses.fields(x)],
    )
    for question in questions:
        assert question(ours) == question(theirs)


@pytest.mark.parametrize("name", ["Base", "Derived", "Itself", "Unslotted"])
def test_equal_values_are_equal_and_one_class_is_not_another(name: str) -> None:
    """Also after the first call, when the true method has taken its place."""
    for kinds in (OURS, THEIRS):
        made = [kinds[name](*((1, (2,)) if name in ("Base", "Derived") else (1,))) for _ in range(2)]
        for _ in range(2):
            assert (made[0] == made[1]) is (name != "Itself")
            assert made[0] != kinds["Empty"]()
            assert made[0].__eq__(3) is NotImplemented
            assert hash(made[0]) == hash(made[0])


def test_fields_left_out_of_comparison_do_not_count() -> None:
    for kinds in (OURS, THEIRS):
        assert kinds["Base"](1, (2,), "x") == kinds["Base"](1, (2,), "y")
        assert hash(kinds["Base"](1, (2,), "x")) == hash(kinds["Base"](1, (2,), "y"))
        assert kinds["Base"](1, (2,)) != kinds["Base"](1, (3,))


def test_copies_and_replacements() -> None:
    base = OURS["Derived"](1, (2,), fourth=9.0)
    changed = dataclasses.replace(base, first=3)
    assert (changed.first, changed.second, changed.fourth, changed.doubled) == (3, (2,), 9.0, 6)
    assert copy.copy(base) == base
    assert dataclasses.asdict(OURS["Unslotted"](1)) == {"first": 1, "second": 2}


@records.dataclass(frozen=True, slots=True)
class Pickled:
    """Found by its name, as pickle wants it."""

    first: int
    second: str = "b"


def test_frozen_slots_are_pickled() -> None:
    assert pickle.loads(pickle.dumps(Pickled(1, "c"))) == Pickled(1, "c")


def test_methods_are_named_and_signed_as_written_by_hand() -> None:
    """Once an instance was made."""
    Pickled(1)
    assert Pickled.__init__.__qualname__ == "Pickled.__init__"
    assert str(inspect.signature(Pickled)) == "(first, second='b')"


def test_a_value_within_itself_is_shown() -> None:
    for kinds in (OURS, THEIRS):
        thing = kinds["Open"]()
        thing.second = thing
        assert repr(thing).endswith("(first=1, second=...)")


def test_default_factories_make_a_value_each_time() -> None:
    assert OURS["Base"](1).second is not OURS["Base"](1).second
