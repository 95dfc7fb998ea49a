"""The blocks in which Crystal Ball 7 and later keep what its dialogs define, and the objects in them.

A block is the text of a hidden shape named ``CB_Block_…`` on the sheet that it is about: of the pairs of hexadecimal
digits two stand in each UTF-16 unit, the lower digit of each byte first; the bytes are a zlib stream (RFC 1950) of one
list of .NET objects ([MS-NRBF]). Found out from workbooks that Crystal Ball 11.1 saved.
"""

from __future__ import annotations

import binascii
import zlib
from collections.abc import Iterator

from compute.errors import DamagedWorkbook, UnsafeWorkbook
from compute.workbook.model import ShapeScript, Sheet
from compute.workbook.nrbf import Array, Instance, ObjectLimits, Value, read_objects
from compute.workbook.safety import MEGABYTE

BLOCK = "CB_BLOCK_"
MAX_BYTES = 16 * MEGABYTE
"""How long all blocks of a workbook may be together once they are inflated: those of some thousand cells."""
ITEMS_PER_BYTE = 10
_SWAPPED = bytes((i >> 4) | (i & 15) << 4 for i in range(256))


def blocks(sheet: Sheet) -> tuple[ShapeScript, ...]:
    """The blocks of a sheet, in the order of its drawing."""
    return tuple(s for s in sheet.scripts if s.shape.upper().startswith(BLOCK))


def part_of(block: ShapeScript, sheet: Sheet) -> str:
    """What a block is called in messages."""
    return f"Crystal Ball's data {block.shape} of the sheet {sheet.name}"


def inflated(block: ShapeScript, part: str, most: int) -> bytes:
    """The stream of objects that a block's text is. Raises DamagedWorkbook where it is none, UnsafeWorkbook where it
    has more than ``most`` bytes.
    """
    inflater = zlib.decompressobj()
    try:
        found = inflater.decompress(_bytes(block.text, part), most + 1)
    except zlib.error as error:
        raise DamagedWorkbook(f"{part} cannot be inflated: {error}.", code="workbook.damaged_objects") from None
    if len(found) > most:
        together = f"{MAX_BYTES // MEGABYTE} MB together with the blocks before it"
        raise UnsafeWorkbook(f"{part} inflates to over {together}.", code="workbook.zip_bomb")
    if not inflater.eof:
        raise DamagedWorkbook(f"{part} is cut off.", code="workbook.damaged_objects")
    return found


def objects(data: bytes, part: str) -> tuple[Instance, ...]:
    """The objects of a block's stream. Raises DamagedWorkbook or UnsafeWorkbook where it has none."""
    limits = ObjectLimits(max_items=ITEMS_PER_BYTE * len(data))
    found = listed(read_objects(data, part, limits))
    if found is None or not all(isinstance(item, Instance) for item in found):
        raise DamagedWorkbook(f"{part} is no list of objects.", code="workbook.damaged_objects")
    return tuple(item for item in found if isinstance(item, Instance))


def listed(value: Value) -> list[Value] | None:
    """The items of a System.Collections.ArrayList; None for anything else."""
    if not isinstance(value, Instance) or value.type_name != "System.Collections.ArrayList":
        return None
    items, size = value.members.get("_items"), value.members.get("_size")
    if not isinstance(items, Array) or not isinstance(size, int) or not 0 <= size <= len(items.items):
        return None
    return items.items[:size]


def pairs(value: Value) -> Iterator[tuple[Value, Value]]:
    """The keys and values of a System.Collections.Hashtable; none for anything else."""
    if isinstance(value, Instance) and value.type_name == "System.Collections.Hashtable":
        keys, values = value.members.get("Keys"), value.members.get("Values")
        if isinstance(keys, Array) and isinstance(values, Array) and len(keys.items) == len(values.items):
            yield from zip(keys.items, values.items, strict=True)


def member(value: Value, *path: str) -> Value:
    """What lies at ``path`` below an object; None where there is nothing.

    .NET puts the class that declares a private member before its name (``ValueRef+mFor``), which is passed over.
    """
    for name in path:
        if not isinstance(value, Instance):
            return None
        members = value.members
        value = (
            members[name] if name in members else next((v for k, v in members.items() if k.endswith(f"+{name}")), None)
        )
    return value


def identifier(value: Value) -> str | None:
    """A System.Guid as 32 digits, as in the names of cells; None for anything else."""
    if not isinstance(value, Instance) or value.type_name != "System.Guid":
        return None
    parts = [value.members.get(f"_{letter}") for letter in "abcdefghijk"]
    digits = (8, 4, 4, *(2,) * 8)
    if not all(isinstance(part, int) for part in parts):
        return None
    return "".join(f"{int(p) & (1 << 4 * n) - 1:0{n}x}" for p, n in zip(parts, digits, strict=True))  # type: ignore[arg-type]


def _bytes(text: str, part: str) -> bytes:
    try:
        return binascii.unhexlify(text.encode("utf-16-le")).translate(_SWAPPED)
    except (binascii.Error, ValueError):
        raise DamagedWorkbook(f"{part} is no hexadecimal text.", code="workbook.damaged_objects") from None
