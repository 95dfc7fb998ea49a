"""[MS-NRBF]: the objects of a stream as data, and a message with the part for every stream that is not one."""

from __future__ import annotations

import random
import struct
from typing import Any

import pytest

from compute.errors import ComputeError, DamagedWorkbook, UnsafeWorkbook
from compute.workbook.nrbf import Array, Instance, ObjectLimits, Value, read_objects
from tests.compute.workbook.nrbf_writer import Net, array_list, net_text, written_objects

HEADER = bytes([0]) + struct.pack("<4i", 1, -1, 1, 0)
# Section 3 of [MS-NRBF] shows a stream record by record; this one holds its string record alone (2.5.7), "Ab".
STRING = HEADER + b"\x06" + struct.pack("<i", 1) + b"\x02Ab" + b"\x0b"


def members(value: Value) -> dict[str, Any]:
    assert isinstance(value, Instance)
    return value.members


def items(value: Value) -> list[Any]:
    assert isinstance(value, Array)
    return value.items


def test_a_string_as_the_standard_lays_it_out() -> None:
    assert read_objects(STRING, "block") == "Ab"


def test_members_classes_and_references() -> None:
    shared = Net("A.Leaf", {"x": 1.5, "n": -3})
    root = Net("A.Tree", {"left": shared, "right": shared, "name": "twice", "again": "twice", "none": None, "is": True})
    found = read_objects(written_objects(root), "block")
    tree = members(found)
    assert isinstance(found, Instance)
    assert found.type_name == "A.Tree"
    assert tree["left"] is tree["right"]
    assert members(tree["left"]) == {"x": 1.5, "n": -3}
    assert [tree[n] for n in ("name", "again", "none", "is")] == ["twice", "twice", None, True]


def test_objects_of_one_class_share_its_description() -> None:
    data = written_objects(array_list(*(Net("A.Leaf", {"x": float(i)}) for i in range(5))))
    assert data.count(b"A.Leaf") == 1
    leaves = items(members(read_objects(data, "block"))["_items"])[:5]
    assert [members(leaf)["x"] for leaf in leaves] == [0.0, 1.0, 2.0, 3.0, 4.0]


def test_circles() -> None:
    root = Net("A.Node", {"next": None})
    root.members["next"] = Net("A.Node", {"next": root})
    found = read_objects(written_objects(root), "block")
    assert members(members(found)["next"])["next"] is found


@pytest.mark.parametrize("count", [2, 255, 256, 1_000])
def test_runs_of_nulls(count: int) -> None:
    found = items(read_objects(written_objects(["a", *[None] * count, "b"]), "block"))
    assert found == ["a", *[None] * count, "b"]


def test_a_long_text_and_numbers() -> None:
    text = "ö" * 10_000
    found = items(read_objects(written_objects([text, [1.0, 2.5], None, 7]), "block"))
    assert found[0] == text
    assert items(found[1]) == [1.0, 2.5]
    assert found[2:] == [None, 7]


# Each primitive of section 2.1.2.3 by its number, its bytes (2.1.1) and what they are.
PRIMITIVES = [
    (1, b"\x01", True),
    (2, b"\xff", 255),
    (3, "é".encode(), "é"),
    (5, net_text("12.50"), 12.5),
    (6, struct.pack("<d", -0.1), -0.1),
    (7, struct.pack("<h", -2), -2),
    (8, struct.pack("<i", -70_000), -70_000),
    (9, struct.pack("<q", 1 << 40), 1 << 40),
    (10, b"\xff", -1),
    (11, struct.pack("<f", 0.5), 0.5),
    (13, b"01234567", b"01234567"),
    (14, b"\xff\xff", 65_535),
    (15, b"\xff\xff\xff\xff", (1 << 32) - 1),
    (16, b"\xff" * 8, (1 << 64) - 1),
    (17, b"", None),
    (18, net_text("text"), "text"),
]


@pytest.mark.parametrize(("kind", "data", "value"), PRIMITIVES, ids=[f"type {p[0]}" for p in PRIMITIVES])
def test_primitives_in_an_array(kind: int, data: bytes, value: Value) -> None:
    stream = HEADER + b"\x0f" + struct.pack("<ii", 1, 2) + bytes([kind]) + data + data + b"\x0b"
    assert items(read_objects(stream, "block")) == [value, value]


def test_a_time_span_counts_ticks() -> None:
    stream = HEADER + b"\x0f" + struct.pack("<ii", 1, 1) + b"\x0c" + struct.pack("<q", 15_000_000) + b"\x0b"
    (span,) = items(read_objects(stream, "block"))
    assert span.total_seconds() == 1.5


def test_a_rectangular_array() -> None:
    numbers = struct.pack("<6i", 1, 2, 3, 4, 5, 6)
    stream = HEADER + b"\x07" + struct.pack("<iBiii", 1, 2, 2, 2, 3) + b"\x00\x08" + numbers + b"\x0b"
    found = read_objects(stream, "block")
    assert isinstance(found, Array)
    assert (found.lengths, found.items) == ((2, 3), [1, 2, 3, 4, 5, 6])


BROKEN = {
    "nothing": b"",
    "no header": b"PK",
    "another version": bytes([0]) + struct.pack("<4i", 1, -1, 9, 0) + b"\x0b",
    "no end": STRING[:-1],
    "no root": HEADER + b"\x0b",
    "a call of a method": HEADER + b"\x15" + b"\x0b",
    "a text beyond the end": HEADER + b"\x06" + struct.pack("<i", 1) + b"\xff\x01Ab",
    "a length of six bytes": HEADER + b"\x06" + struct.pack("<i", 1) + b"\xff" * 6,
    "no text": HEADER + b"\x06" + struct.pack("<i", 1) + b"\x01\xff\x0b",
    "a class not met": HEADER + b"\x01" + struct.pack("<ii", 1, 5) + b"\x0b",
    "a reference to nothing": HEADER + b"\x10" + struct.pack("<ii", 1, 1) + b"\x09" + struct.pack("<i", 8) + b"\x0b",
    "two objects of one number": STRING[:-1] + STRING[17:],
    "more nulls than items": HEADER + b"\x10" + struct.pack("<ii", 1, 1) + b"\x0d\x09\x0b",
    "a negative length": HEADER + b"\x10" + struct.pack("<ii", 1, -1) + b"\x0b",
}


@pytest.mark.parametrize("data", BROKEN.values(), ids=BROKEN)
def test_what_is_no_stream_is_refused_with_its_part(data: bytes) -> None:
    with pytest.raises(DamagedWorkbook, match=r"^drawing 1 cannot be read at byte \d+: ") as caught:
        read_objects(data, "drawing 1")
    assert caught.value.code == "workbook.damaged_objects"


def test_a_promise_of_too_much_is_refused_before_it_is_kept() -> None:
    many = HEADER + b"\x10" + struct.pack("<ii", 1, 2**31 - 1) + b"\x0e" + struct.pack("<i", 2**31 - 1) + b"\x0b"
    block = HEADER + b"\x07" + struct.pack("<iBiiii", 1, 2, 3, 2000, 2000, 2000) + b"\x02"
    for data in (many, block):
        with pytest.raises(UnsafeWorkbook, match="drawing 1 is too large"):
            read_objects(data, "drawing 1")


def test_many_arrays_spend_one_budget() -> None:
    data = written_objects([[None] * 400 for _ in range(10)])
    assert len(items(read_objects(data, "block"))) == 10
    with pytest.raises(UnsafeWorkbook, match="more than 1,000 values"):
        read_objects(data, "block", ObjectLimits(max_items=1_000))


def test_depth_is_bounded() -> None:
    # Each array's one item is the next array itself, not a reference to it.
    deep = HEADER + b"".join(b"\x10" + struct.pack("<ii", i, 1) for i in range(1, 10_000)) + b"\x0a\x0b"
    with pytest.raises(UnsafeWorkbook, match="more than 100 deep"):
        read_objects(deep, "block")


def test_random_damage_gives_objects_or_an_error_of_ours() -> None:
    tree = array_list(Net("A.Leaf", {"x": 1.5, "s": "text", "z": None}), [1.0, 2.0], Net("A.Leaf", {"x": 2.5}), "text")
    whole = written_objects(tree)
    dice = random.Random(5)
    messages = []
    for _ in range(4_000):
        data = bytearray(whole)
        for _ in range(dice.randint(1, 4)):
            data[dice.randrange(len(data))] = dice.randrange(256)
        if dice.random() < 0.3:
            del data[dice.randrange(len(data)) :]
        try:
            read_objects(bytes(data), "block")
        except ComputeError as error:
            messages.append(error.message)
    assert all(message.startswith("block ") for message in messages)
    assert 1_000 < len(messages) < 4_000
