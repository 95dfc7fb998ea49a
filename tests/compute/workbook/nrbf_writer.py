"""Streams of .NET objects as BinaryFormatter lays them out ([MS-NRBF]), written so that tests need no foreign file."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any

_PRIMITIVES: dict[type, tuple[int, str]] = {bool: (1, "<?"), int: (8, "<i"), float: (6, "<d")}
LIBRARY = 9_999


@dataclass(eq=False)
class Net:
    """An object to write: its class, the members by name, and the library of the class (None: the system's own)."""

    type_name: str
    members: dict[str, Any] = field(default_factory=dict)
    library: str | None = "Made, Version=1.0.0.0"


def array_list(*items: Any) -> Net:
    """A System.Collections.ArrayList, with room to spare as .NET leaves it."""
    room = [*items, *[None] * (-len(items) % 4)]
    return Net("System.Collections.ArrayList", {"_items": room, "_size": len(items), "_version": 1}, None)


def net_text(text: str) -> bytes:
    """A text after its length in groups of seven bits."""
    data, head, rest = text.encode(), b"", len(text.encode())
    while rest >= 0x80:
        head += bytes([rest & 0x7F | 0x80])
        rest >>= 7
    return head + bytes([rest]) + data


class _Writer:
    def __init__(self) -> None:
        self.out = bytearray()
        self.ids: dict[int, int] = {}
        self.kept: list[Any] = []
        self.texts: dict[str, int] = {}
        self.classes: dict[tuple[Any, ...], int] = {}
        self.libraries: dict[str, int] = {}
        self.later: list[Any] = []

    def number(self, value: int) -> None:
        self.out += struct.pack("<i", value)

    def identity(self, thing: Any) -> int:
        if id(thing) not in self.ids:
            self.kept.append(thing)
            self.ids[id(thing)] = len(self.ids) + len(self.texts) + 1
        return self.ids[id(thing)]

    def value(self, thing: Any, *, inline: bool) -> None:
        if thing is None:
            self.out += b"\x0a"
        elif isinstance(thing, str):
            self.text(thing)
        elif type(thing) in _PRIMITIVES:
            kind, form = _PRIMITIVES[type(thing)]
            self.out += (b"" if inline else bytes([8, kind])) + struct.pack(form, thing)
        else:
            # Objects follow at the top of the stream, as .NET writes those that are no structures.
            if id(thing) not in self.ids:
                self.later.append(thing)
            self.out += b"\x09"
            self.number(self.identity(thing))

    def text(self, text: str) -> None:
        if text in self.texts:
            self.out += b"\x09"
            self.number(self.texts[text])
            return
        self.texts[text] = len(self.ids) + len(self.texts) + 1
        self.out += b"\x06"
        self.number(self.texts[text])
        self.out += net_text(text)

    def thing(self, thing: Any) -> None:
        if isinstance(thing, Net):
            self.instance(thing)
        elif thing and all(type(item) is float for item in thing):
            self.out += b"\x0f"
            self.number(self.identity(thing))
            self.number(len(thing))
            self.out += b"\x06" + struct.pack(f"<{len(thing)}d", *thing)
        else:
            self.out += b"\x10"
            self.number(self.identity(thing))
            self.number(len(thing))
            self.items(thing)

    def items(self, items: list[Any]) -> None:
        position = 0
        while position < len(items):
            run = next((i for i, item in enumerate(items[position:]) if item is not None), len(items) - position)
            if run > 1:
                self.out += bytes([13, run]) if run < 256 else b"\x0e" + struct.pack("<i", run)
                position += run
                continue
            self.value(items[position], inline=False)
            position += 1

    def instance(self, thing: Net) -> None:
        kinds = tuple(type(value) if type(value) in (*_PRIMITIVES, str) else object for value in thing.members.values())
        key = (thing.type_name, tuple(thing.members), kinds)
        if key in self.classes:
            self.out += b"\x01"
            self.number(self.identity(thing))
            self.number(self.classes[key])
        else:
            self.new_class(thing, kinds)
            self.classes[key] = self.identity(thing)
        for value, kind in zip(thing.members.values(), kinds, strict=True):
            self.value(value, inline=kind in _PRIMITIVES)

    def new_class(self, thing: Net, kinds: tuple[type, ...]) -> None:
        if thing.library is not None and thing.library not in self.libraries:
            self.libraries[thing.library] = LIBRARY + len(self.libraries)
            self.out += b"\x0c"
            self.number(self.libraries[thing.library])
            self.out += net_text(thing.library)
        self.out += b"\x04" if thing.library is None else b"\x05"
        self.number(self.identity(thing))
        self.out += net_text(thing.type_name)
        self.number(len(thing.members))
        for name in thing.members:
            self.out += net_text(name)
        self.out += bytes(0 if kind in _PRIMITIVES else 1 if kind is str else 2 for kind in kinds)
        self.out += bytes(_PRIMITIVES[kind][0] for kind in kinds if kind in _PRIMITIVES)
        if thing.library is not None:
            self.number(self.libraries[thing.library])


def written_objects(root: Net | list[Any]) -> bytes:
    """The stream of ``root`` and all that hangs on it. Members are None, bool, int, float, str, Net or list."""
    writer = _Writer()
    writer.out += b"\x00" + struct.pack("<4i", writer.identity(root), -1, 1, 0)
    writer.later.append(root)
    while writer.later:
        writer.thing(writer.later.pop(0))
    return bytes(writer.out) + b"\x0b"
