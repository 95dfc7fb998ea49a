"""Reports to write, and an audit of any workbook package: what must hold so that Excel opens it without repairs."""

from __future__ import annotations

import math
import posixpath
import zipfile
from io import BytesIO
from urllib.parse import unquote
from xml.etree import ElementTree

from compute.workbook import (
    Certificate,
    Convergence,
    CorrelationRow,
    DetailRow,
    Driver,
    Fan,
    FanPoint,
    HistogramTable,
    OutputResult,
    Report,
    VariableRow,
)
from compute.workbook.report import PERCENTILE_LEVELS

NAN = float("nan")
PACKAGE = "{http://schemas.openxmlformats.org/package/2006/relationships}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
EDITED = {"[content_types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"}

CERTIFICATE = Certificate(
    workbook_name="Plan.xlsx",
    workbook_sha256="9f" * 32,
    engine="power",
    engine_class="x86-64-v3",
    sampling="Latin hypercube",
    seed="12345678901234567890",
    iterations=10_000,
    digest="ab" * 16,
    version="0.1.0",
    started="2025-01-01T00:00:00Z",
    finished="2025-01-01T00:00:04Z",
)


def variable(name: str = "Profit", cell: str = "Model!B2", scale: float = 1000.0, errors: int = 0) -> VariableRow:
    """Statistics of a variable between 0 and ``scale``."""
    shares = (0.5, 0.2, 0.0, 0.1, 0.5, 0.9, 1.0)
    return VariableRow(name, cell, *(share * scale for share in shares), 0.25, 3.125, errors)


def output(name: str = "Profit", cell: str = "Model!B2", scale: float = 1000.0, bins: int = 10) -> OutputResult:
    """An output whose percentiles and histogram lie between 0 and ``scale``."""
    edges = tuple(scale * number / bins for number in range(bins + 1))
    counts = tuple(number % 7 + 1 for number in range(bins))
    percentiles = tuple(scale * level / 100 for level in PERCENTILE_LEVELS)
    return OutputResult(variable(name, cell, scale), percentiles, HistogramTable(edges, counts))


def driven(name: str = "Profit", inputs: int = 14) -> OutputResult:
    """An output with that many drivers: the first has the largest correlation, the last the largest change."""
    plain = output(name)
    drivers = tuple(
        Driver(f"x{n}", (-1) ** n * (1 - n / 20), 1 / (n + 1), math.nan if n else 0.5, 490.0 - n, 510.0 + n)
        for n in range(inputs)
    )
    return OutputResult(plain.summary, plain.percentiles, plain.histogram, drivers, 0.875)


def detail(name: str = "Profit", kind: str = "Output") -> DetailRow:
    """Further statistics of a variable; its 5th percentile has no lower bound."""
    numbers = (0.25, 0.5, 0.75, 4.0, 8.0, 0.125, 0.0625, -2.0, -3.0)
    intervals = ((1.0, 2.0), (3.0, 4.0), (-math.inf, 5.0), (6.0, 7.0), (8.0, 9.0))
    return DetailRow(name, "Model!B2", kind, *numbers, 10_000, intervals)


PAIR = CorrelationRow("Price", "Volume", "Model!H1:I2", 0.6, 0.5987, 0.0117, 0.5752, 0.5989)


def fan(name: str = "Cash", points: int = 3) -> Fan:
    """A range whose bands begin below 0 and rise by one from output to output."""
    bands = tuple(
        FanPoint(f"Month {n}", f"Model!B{n}", (n - 9.0, n - 4.0, n + 1.0, n + 8.0), n + 0.5) for n in range(points)
    )
    return Fan(name, (5.0, 25.0, 75.0, 95.0), bands)


def settling(name: str = "Profit", points: int = 40) -> Convergence:
    """A mean of 500 whose band narrows; nothing is known at its first point."""
    halves = (NAN, *(100.0 / n for n in range(1, points)))
    return Convergence(name, "Model!B2", 0.95, tuple(range(16, 16 * points + 1, 16)), (500.0,) * points, halves)


def failed(name: str = "Broken") -> OutputResult:
    """An output that gave an error in every iteration."""
    return OutputResult(VariableRow(name, "Model!B9", *[NAN] * 9, errors=10_000))


def report(*outputs: OutputResult, inputs: tuple[VariableRow, ...] = (), notes: tuple[str, ...] = ()) -> Report:
    """A report of these outputs; of two plain ones when none are given."""
    chosen = outputs or (output(), output("Margin", "Model!B3", 0.25))
    return Report(CERTIFICATE, chosen, inputs or (variable("Price", "Model!C1"),), notes)


def contents(data: bytes) -> dict[str, bytes]:
    """Part names and uncompressed contents in the order of the archive."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return {info.filename: archive.read(info) for info in archive.infolist()}


def raw_member(data: bytes, info: zipfile.ZipInfo) -> bytes:
    """A member's compressed bytes."""
    start = info.header_offset + 30
    lengths = data[start - 4 : start]
    start += int.from_bytes(lengths[:2], "little") + int.from_bytes(lengths[2:], "little")
    return data[start : start + info.compress_size]


def changed_parts(before: bytes, after: bytes) -> set[str]:
    """Parts of ``before`` whose content is different in ``after``, or gone, in lower case."""
    old, new = contents(before), contents(after)
    return {name.lower() for name, content in old.items() if new.get(name) != content}


def dangling(data: bytes) -> set[str]:
    """Internal relationships that lead nowhere, as ``source -> target``."""
    parts = contents(data)
    known = {name.lower() for name in parts}
    missing = set()
    for name, content in parts.items():
        if not name.lower().endswith(".rels"):
            continue
        folder = posixpath.dirname(posixpath.dirname(name))
        for arrow in ElementTree.fromstring(content).iter(f"{PACKAGE}Relationship"):
            if arrow.get("TargetMode") == "External":
                continue
            target = posixpath.normpath(posixpath.join("/" + folder, unquote(arrow.get("Target", "")).split("#")[0]))
            if target.lstrip("/").lower() not in known:
                missing.add(f"{name} -> {target}")
    return missing


def untyped(data: bytes) -> set[str]:
    """Parts without a content type, and content types of parts that are not there."""
    parts = contents(data)
    types = ElementTree.fromstring(parts["[Content_Types].xml"])
    defaults = {element.get("Extension", "").lower() for element in types.iter(f"{TYPES}Default")}
    overrides = [element.get("PartName", "").lstrip("/").lower() for element in types.iter(f"{TYPES}Override")]
    assert len(overrides) == len(set(overrides)), "a part has two content types"
    names = {name.lower() for name in parts if not name.endswith("/")} - {"[content_types].xml"}
    return {name for name in names if name not in overrides and name.rpartition(".")[2] not in defaults} | (
        set(overrides) - names
    )


def malformed(data: bytes, names: set[str]) -> set[str]:
    """Of these parts, the ones that are no well-formed XML."""
    broken = set()
    for name, content in contents(data).items():
        if name in names:
            try:
                ElementTree.fromstring(content)
            except ElementTree.ParseError:
                broken.add(name)
    return broken


def results_sheets(data: bytes) -> list[str]:
    """Names of the sheets that hold results, by their names."""
    root = ElementTree.fromstring(contents(data)["xl/workbook.xml"])
    names = [element.get("name", "") for element in root.iter() if element.tag.endswith("}sheet")]
    return [name for name in names if name.startswith("Montecell Results")]


def audit(before: bytes, after: bytes) -> None:
    """Assert that ``after`` is ``before`` with one results sheet more, in a package that is whole."""
    old, new = contents(before), contents(after)
    assert changed_parts(before, after) <= EDITED
    assert [name for name in new if name in old] == list(old), "the order of the parts changed"
    assert dangling(after) <= dangling(before)
    assert untyped(after) <= untyped(before)
    assert not malformed(after, (set(new) - set(old)) | {name for name in new if name.lower() in EDITED})
    assert len(results_sheets(after)) == len(results_sheets(before)) + 1
    workbook = ElementTree.fromstring(new["xl/workbook.xml"])
    sheets = [element for element in workbook.iter() if element.tag.endswith("}sheet")]
    for key in ("name", "sheetId"):
        values = [sheet.get(key, "").lower() for sheet in sheets]
        assert len(values) == len(set(values)), f"two sheets share a {key}"
    arrows = [element.get("Id") for element in ElementTree.fromstring(new["xl/_rels/workbook.xml.rels"])]
    assert len(arrows) == len(set(arrows)), "two relationships share an id"
    last = [value for key, value in sheets[-1].attrib.items() if key.endswith("relationships}id")]
    assert set(last) <= set(arrows), "the new sheet's relationship is not there"
