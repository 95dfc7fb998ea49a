"""Objects that a .NET program wrote with BinaryFormatter, read as data: no class is looked up and nothing is run.

Source: [MS-NRBF] .NET Remoting: Binary Format Data Structure, sections 2.1 to 2.7. Remote calls (2.2) and classes
without the types of their members (2.3.2.3, 2.3.2.4), which files do not hold, are refused.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import timedelta
from typing import Union

from compute.errors import DamagedWorkbook, UnsafeWorkbook
from compute.records import dataclass

Value = Union[None, bool, int, float, str, timedelta, bytes, "Instance", "Array"]  # noqa: UP007  # names to come
"""A member of an object: bytes stands for a date (2.1.1.5), whose eight bytes are kept as they are."""


@dataclass(eq=False, slots=True)
class Instance:
    """One object: the full name of its class and its members by name. Objects may refer to each other in circles."""

    type_name: str
    members: dict[str, Value] = field(repr=False)


@dataclass(eq=False, slots=True)
class Array:
    """One array, its items in order; ``lengths`` has one number for each dimension."""

    lengths: tuple[int, ...]
    items: list[Value] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ObjectLimits:
    """How much one stream may hold; beyond any of them it is refused with UnsafeWorkbook."""

    max_items: int = 2_000_000
    max_depth: int = 100


@dataclass(frozen=True, slots=True)
class _Link:
    target: int


@dataclass(frozen=True, slots=True)
class _Nulls:
    count: int


@dataclass(frozen=True, slots=True)
class _Member:
    """What section 2.1.2.2 says of a value: the kind of its type, and the primitive type where it is one."""

    kind: int
    primitive: int = 0


@dataclass(frozen=True, slots=True)
class _Class:
    name: str
    members: tuple[tuple[str, _Member], ...]


_FIXED: Mapping[int, str] = {
    1: "<?",
    2: "<B",
    6: "<d",
    7: "<h",
    8: "<i",
    9: "<q",
    10: "<b",
    11: "<f",
    14: "<H",
    15: "<I",
    16: "<Q",
}
_CHAR, _DECIMAL, _TIME_SPAN, _DATE_TIME, _NULL, _STRING = 3, 5, 12, 13, 17, 18
_PRIMITIVE_KIND, _SYSTEM_CLASS_KIND, _CLASS_KIND, _PRIMITIVE_ARRAY_KIND = 0, 3, 4, 7
_ANY = _Member(2)
_OFFSET_ARRAYS = (3, 4, 5)
_RECTANGULAR = (2, 5)
TICKS_PER_MICROSECOND = 10


def read_objects(data: bytes, part: str, limits: ObjectLimits = ObjectLimits()) -> Value:
    """The root object of a stream, with everything that hangs on it.

    ``part`` is named in messages. Raises DamagedWorkbook where the stream is not as [MS-NRBF] has it, UnsafeWorkbook
    where it holds more than ``limits`` allow.
    """
    return _Stream(data, part, limits).root()


class _Stream:
    def __init__(self, data: bytes, part: str, limits: ObjectLimits) -> None:
        self.data = data
        self.part = part
        self.limits = limits
        self.position = 0
        self.depth = 0
        self.items_left = limits.max_items
        self.objects: dict[int, Value] = {}
        self.classes: dict[int, _Class] = {}
        self.holders: list[Instance | Array] = []

    def root(self) -> Value:
        if self._byte() != 0:
            raise self._damage("it does not begin with the header of a stream of objects")
        root, _, major, _ = (self._integer() for _ in range(4))
        if major != 1:
            raise self._damage(f"its version is {major}, not 1")
        while self._peek() != 11:
            self._record()
        self._resolve()
        if root not in self.objects:
            raise self._damage(f"its root, object {root}, is missing")
        return self.objects[root]

    def _record(self) -> Value | _Link | _Nulls:
        """The next record that is a value; libraries on the way are passed over."""
        kind = self._byte()
        while kind == 12:
            self._integer()
            self._text()
            kind = self._byte()
        reader = _RECORDS.get(kind)
        if reader is None:
            raise self._damage(f"record type {kind} is unknown or of no use in a file")
        self.depth += 1
        if self.depth > self.limits.max_depth:
            raise self._excess(f"objects lie more than {self.limits.max_depth} deep in each other")
        value = reader(self)
        self.depth -= 1
        return value

    def _known_class(self) -> Instance:
        identity, pattern = self._integer(), self._integer()
        if pattern not in self.classes:
            raise self._damage(f"object {identity} is of the class of object {pattern}, which has not been met")
        return self._instance(identity, self.classes[pattern])

    def _system_class(self) -> Instance:
        return self._new_class(has_library=False)

    def _library_class(self) -> Instance:
        return self._new_class(has_library=True)

    def _new_class(self, *, has_library: bool) -> Instance:
        identity, name = self._integer(), self._text()
        count = self._count()
        names = [self._text() for _ in range(count)]
        kinds = [self._byte() for _ in range(count)]
        types = [self._type(kind) for kind in kinds]
        if has_library:
            self._integer()
        known = self.classes[identity] = _Class(name, tuple(zip(names, types, strict=True)))
        return self._instance(identity, known)

    def _instance(self, identity: int, known: _Class) -> Instance:
        instance = Instance(known.name, {})
        self._keep(identity, instance)
        self.holders.append(instance)
        self._spend(len(known.members) + 1)
        for name, member in known.members:
            value = self._value(member)
            if isinstance(value, _Nulls):
                raise self._damage(f"a run of nulls stands where {known.name}.{name} should")
            instance.members[name] = value  # type: ignore[assignment]  # a link is replaced in _resolve
        return instance

    def _type(self, kind: int) -> _Member:
        if kind in (_PRIMITIVE_KIND, _PRIMITIVE_ARRAY_KIND):
            return _Member(kind, self._byte())
        if kind > _PRIMITIVE_ARRAY_KIND:
            raise self._damage(f"the kind of type {kind} is unknown")
        if kind in (_SYSTEM_CLASS_KIND, _CLASS_KIND):
            self._text()
        if kind == _CLASS_KIND:
            self._integer()
        return _Member(kind)

    def _value(self, member: _Member) -> Value | _Link | _Nulls:
        return self._primitive(member.primitive) if member.kind == _PRIMITIVE_KIND else self._record()

    def _string(self) -> str:
        identity, text = self._integer(), self._text()
        self._keep(identity, text)
        return text

    def _array(self) -> Array:
        identity, shape, rank = self._integer(), self._byte(), self._count()
        if shape > max(_OFFSET_ARRAYS) or (rank != 1 and shape not in _RECTANGULAR):
            raise self._damage(f"array {identity} is of kind {shape} and has {rank} dimensions")
        lengths = tuple(self._count() for _ in range(rank))
        if shape in _OFFSET_ARRAYS:
            for _ in range(rank):
                self._integer()
        total = 1
        for length in lengths:
            total *= length
            if total > self.limits.max_items:
                raise self._excess(f"array {identity} has more than {self.limits.max_items:,} items")
        return self._filled(identity, lengths, total, self._type(self._byte()))

    def _primitive_array(self) -> Array:
        identity, length = self._integer(), self._count()
        return self._filled(identity, (length,), length, _Member(_PRIMITIVE_KIND, self._byte()))

    def _object_array(self) -> Array:
        identity, length = self._integer(), self._count()
        return self._filled(identity, (length,), length, _ANY)

    def _filled(self, identity: int, lengths: tuple[int, ...], total: int, member: _Member) -> Array:
        array = Array(lengths, [])
        self._keep(identity, array)
        self.holders.append(array)
        self._spend(total + 1)
        while len(array.items) < total:
            value = self._value(member)
            if not isinstance(value, _Nulls):
                array.items.append(value)  # type: ignore[arg-type]  # a link is replaced in _resolve
            elif value.count > total - len(array.items):
                raise self._damage(f"array {identity} has {total} items, and more nulls")
            else:
                array.items.extend([None] * value.count)
        return array

    def _resolve(self) -> None:
        for holder in self.holders:
            if isinstance(holder, Instance):
                for name, value in holder.members.items():
                    holder.members[name] = self._followed(value)
            else:
                holder.items = [self._followed(value) for value in holder.items]

    def _followed(self, value: Value | _Link) -> Value:
        if not isinstance(value, _Link):
            return value
        if value.target not in self.objects:
            raise self._damage(f"object {value.target} is referred to and missing")
        return self.objects[value.target]

    def _keep(self, identity: int, value: Value) -> None:
        if identity in self.objects:
            raise self._damage(f"two objects have the number {identity}")
        self.objects[identity] = value

    def _spend(self, items: int) -> None:
        self.items_left -= items
        if self.items_left < 0:
            raise self._excess(f"it has more than {self.limits.max_items:,} values")

    def _typed_primitive(self) -> Value:
        return self._primitive(self._byte())

    def _primitive(self, kind: int) -> Value:
        if kind in _FIXED:
            found: bool | int | float = self._unpack(_FIXED[kind])
            return found
        if kind in (_DECIMAL, _STRING):
            text = self._text()
            return text if kind == _STRING else self._decimal(text)
        if kind == _TIME_SPAN:
            return timedelta(microseconds=self._unpack("<q") / TICKS_PER_MICROSECOND)
        if kind == _DATE_TIME:
            return self._take(8)
        if kind == _CHAR:
            return self._character()
        if kind == _NULL:
            return None
        raise self._damage(f"the primitive type {kind} is unknown")

    def _decimal(self, text: str) -> float:
        try:
            return float(text)
        except ValueError:
            raise self._damage(f"{text[:40]!r} is no decimal number") from None

    def _character(self) -> str:
        first = self._byte()
        length = 1 if first < 0x80 else 2 if first < 0xE0 else 3
        self.position -= 1
        return self._decoded(self._take(length))

    def _text(self) -> str:
        """A string after its length, of which each byte has seven bits, the lowest first (2.1.1.6)."""
        length = 0
        for shift in range(0, 35, 7):
            byte = self._byte()
            length |= (byte & 0x7F) << shift
            if byte < 0x80:
                return self._decoded(self._take(length))
        raise self._damage("the length of a text has more than five bytes")

    def _decoded(self, data: bytes) -> str:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            raise self._damage("a text is not UTF-8") from None

    def _reference(self) -> _Link:
        return _Link(self._integer())

    def _null(self) -> None:
        return None

    def _short_run(self) -> _Nulls:
        return _Nulls(self._byte())

    def _long_run(self) -> _Nulls:
        return _Nulls(self._count())

    def _peek(self) -> int:
        if self.position >= len(self.data):
            raise self._damage("it ends too early")
        return self.data[self.position]

    def _byte(self) -> int:
        return self._take(1)[0]

    def _integer(self) -> int:
        return int(self._unpack("<i"))

    def _count(self) -> int:
        count = self._integer()
        if count < 0:
            raise self._damage(f"a number of things is {count}")
        if count > self.limits.max_items:
            raise self._excess(f"it promises {count:,} values")
        return count

    def _unpack(self, form: str) -> bool | int | float:
        found: bool | int | float = struct.unpack(form, self._take(struct.calcsize(form)))[0]
        return found

    def _take(self, length: int) -> bytes:
        end = self.position + length
        if end > len(self.data):
            raise self._damage("it ends too early")
        taken = self.data[self.position : end]
        self.position = end
        return taken

    def _damage(self, found: str) -> DamagedWorkbook:
        message = f"{self.part} cannot be read at byte {self.position}: {found}."
        return DamagedWorkbook(message, code="workbook.damaged_objects")

    def _excess(self, found: str) -> UnsafeWorkbook:
        return UnsafeWorkbook(f"{self.part} is too large: {found}.", code="workbook.too_large")


_RECORDS: Mapping[int, Callable[[_Stream], Value | _Link | _Nulls]] = {
    1: _Stream._known_class,
    4: _Stream._system_class,
    5: _Stream._library_class,
    6: _Stream._string,
    7: _Stream._array,
    8: _Stream._typed_primitive,
    9: _Stream._reference,
    10: _Stream._null,
    13: _Stream._short_run,
    14: _Stream._long_run,
    15: _Stream._primitive_array,
    16: _Stream._object_array,
    17: _Stream._object_array,
}
