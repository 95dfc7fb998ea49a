"""Cell metadata: which ``cm=`` index marks a formula as a dynamic array ([MS-XLSX] 2.6.183, XLDAPR)."""

from __future__ import annotations

from compute.workbook.attributes import is_true, whole_number
from compute.workbook.markup import Element


def dynamic_array_flags(metadata: Element) -> frozenset[str]:
    """The 1-based ``cm`` indices (as text, the way cells name them) whose formulas may spill."""
    types = [element.attributes.get("name", "") for element in metadata.all("metadataTypes", "metadataType")]
    dynamic = [_is_dynamic(block) for block in _future_blocks(metadata)]
    flags = set()
    for index, block in enumerate(metadata.all("cellMetadata", "bk"), start=1):
        for record in block.all("rc"):
            kind = whole_number(record.attributes.get("t")) or 0
            value = whole_number(record.attributes.get("v"))
            is_array = 0 < kind <= len(types) and types[kind - 1] == "XLDAPR"
            if is_array and value is not None and value < len(dynamic) and dynamic[value]:
                flags.add(str(index))
    return frozenset(flags)


def _future_blocks(metadata: Element) -> list[Element]:
    for future in metadata.all("futureMetadata"):
        if future.attributes.get("name") == "XLDAPR":
            return list(future.all("bk"))
    return []


def _is_dynamic(block: Element) -> bool:
    return any(is_true(element.attributes.get("fDynamic")) for element in block.named("xda:dynamicArrayProperties"))
