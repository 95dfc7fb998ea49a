"""Every file that is no readable workbook is refused by its own code, with a message that says what to do."""

from __future__ import annotations

import struct
import warnings
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from compute.errors import DamagedWorkbook, NotAWorkbook, UnsafeWorkbook, WorkbookError
from compute.workbook import Limits, read_workbook, sniff
from tests.compute.workbook.package_builder import PackageBuilder, zip_of

MEGABYTE = 1024 * 1024
GOOD = PackageBuilder(rows='<row r="1"><c r="A1"><v>1</v></c></row>').build()

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
POWERPOINT = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
BINARY = "application/vnd.ms-excel.sheet.binary.macroEnabled.main"


def compound_file(*streams: str) -> bytes:
    """A minimal OLE compound file ([MS-CFB]): a header, one sector of allocation table, a directory of ``streams``."""
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0")
    directory = b""
    for name in ("Root Entry", *streams):
        encoded = (name + "\0").encode("utf-16-le")
        directory += encoded.ljust(64, b"\0") + struct.pack("<HBB", len(encoded), 2, 1).ljust(64, b"\0")
    return header + bytes(512) + directory.ljust(1024, b"\0")


def encrypted_workbook() -> bytes:
    target = BytesIO()
    OOXMLFile(BytesIO(GOOD)).encrypt("secret", target)
    return target.getvalue()


def with_broken_checksum() -> bytes:
    data = bytearray(GOOD)
    with zipfile.ZipFile(BytesIO(GOOD)) as archive:
        checksum = struct.pack("<I", archive.getinfo("xl/worksheets/sheet1.xml").CRC)
    position = data.find(checksum)
    while position >= 0:
        data[position] ^= 0xFF
        position = data.find(checksum, position + 1)
    return bytes(data)


def with_duplicate(name: str, twin: str) -> bytes:
    target = BytesIO(GOOD)
    with zipfile.ZipFile(target, "a") as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        assert name in archive.namelist()
        archive.writestr(twin, b"<other/>")
    return target.getvalue()


def with_flag(bit: int) -> bytes:
    """The good workbook with a general purpose bit set in its first local header and directory entry."""
    data = bytearray(GOOD)
    data[6] |= bit
    data[data.find(b"PK\x01\x02") + 8] |= bit
    return bytes(data)


def with_method(method: int) -> bytes:
    target = BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in PackageBuilder().members().items():
            archive.writestr(name, data)
    return target.getvalue()


DOCX = PackageBuilder(content_type=WORD).build()
ODS = zip_of({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"})

REFUSED = {
    "empty": (b"", DamagedWorkbook, "workbook.empty", "0 bytes"),
    "xls": (compound_file("Workbook"), NotAWorkbook, "workbook.legacy_xls", "save it as .xlsx"),
    "xls of Excel 95": (compound_file("Book"), NotAWorkbook, "workbook.legacy_xls", "save it as .xlsx"),
    "bare BIFF stream": (b"\x09\x08\x10\x00\x00\x06" + bytes(64), NotAWorkbook, "workbook.legacy_xls", ".xlsx"),
    "encrypted by hand": (
        compound_file("EncryptionInfo", "EncryptedPackage"),
        NotAWorkbook,
        "workbook.encrypted",
        "password",
    ),
    "old Word document": (compound_file("WordDocument"), NotAWorkbook, "workbook.wrong_type", "not a workbook"),
    "old document about workbooks": (
        compound_file("WordDocument") + b"\0" * 6 + "Workbook\0".encode("utf-16-le"),
        NotAWorkbook,
        "workbook.wrong_type",
        "not a workbook",
    ),
    "csv": (b"name,amount\r\nrent,100\r\n", NotAWorkbook, "workbook.not_a_zip", "CSV"),
    "csv in UTF-16": ("name\tamount\r\nrent\t100".encode("utf-16"), NotAWorkbook, "workbook.not_a_zip", "CSV"),
    "html": (b"\r\n<HTML><table><tr><td>1</td></tr></table>", NotAWorkbook, "workbook.not_a_zip", "HTML"),
    "xml": (b'<?xml version="1.0"?><Workbook/>', NotAWorkbook, "workbook.not_a_zip", "XML Spreadsheet"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", NotAWorkbook, "workbook.not_a_zip", "PDF"),
    "picture": (b"\x89PNG\r\n\x1a\n", NotAWorkbook, "workbook.not_a_zip", "picture"),
    "gzip": (b"\x1f\x8b\x08\x00", NotAWorkbook, "workbook.not_a_zip", "Unpack"),
    "noise": (bytes(range(256)), NotAWorkbook, "workbook.not_a_zip", "not an Excel workbook"),
    "docx": (DOCX, NotAWorkbook, "workbook.wrong_type", "Word"),
    "pptx": (PackageBuilder(content_type=POWERPOINT).build(), NotAWorkbook, "workbook.wrong_type", "PowerPoint"),
    "xlsb": (PackageBuilder(content_type=BINARY).build(), NotAWorkbook, "workbook.xlsb", "save it as .xlsx"),
    "ods": (ODS, NotAWorkbook, "workbook.wrong_type", "OpenDocument"),
    "numbers": (zip_of({"Index/Document.iwa": b""}), NotAWorkbook, "workbook.wrong_type", "Export it"),
    "zip of a workbook": (zip_of({"a/model.xlsx": GOOD}), NotAWorkbook, "workbook.wrong_type", "a/model.xlsx"),
    "any zip": (zip_of({"readme.txt": b"hello"}), NotAWorkbook, "workbook.wrong_type", "without a workbook"),
    "empty zip": (zip_of({}), NotAWorkbook, "workbook.wrong_type", "empty zip"),
    "cut off": (GOOD[: len(GOOD) // 2], DamagedWorkbook, "workbook.truncated", "Send it again"),
    "middle cut out": (GOOD[:200] + GOOD[-400:], DamagedWorkbook, "workbook.damaged_zip", "Send it again"),
    "checksum": (with_broken_checksum(), DamagedWorkbook, "workbook.damaged_member", "sheet1.xml"),
    "zip password": (with_flag(1), NotAWorkbook, "workbook.encrypted", "password"),
    "bzip2": (with_method(zipfile.ZIP_BZIP2), DamagedWorkbook, "workbook.damaged_member", "compression"),
    "duplicate": (
        with_duplicate("xl/worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
        UnsafeWorkbook,
        "workbook.duplicate_members",
        "twice",
    ),
    "duplicate in another case": (
        with_duplicate("xl/workbook.xml", "XL/Workbook.xml"),
        UnsafeWorkbook,
        "workbook.duplicate_members",
        "twice",
    ),
    "no workbook part": (
        PackageBuilder(parts={"xl/workbook.xml": None}).build(),
        DamagedWorkbook,
        "workbook.missing_part",
        "xl/workbook.xml",
    ),
    "no sheet part": (
        PackageBuilder(parts={"xl/worksheets/sheet1.xml": None}).build(),
        DamagedWorkbook,
        "workbook.missing_part",
        "sheet1.xml",
    ),
    "no package relationships": (
        PackageBuilder(parts={"_rels/.rels": None}).build(),
        DamagedWorkbook,
        "workbook.missing_part",
        "which of its parts",
    ),
    "another root": (
        PackageBuilder(parts={"xl/workbook.xml": "<document/>"}).build(),
        NotAWorkbook,
        "workbook.wrong_type",
        "<document>",
    ),
    "broken XML": (
        PackageBuilder(parts={"xl/worksheets/sheet1.xml": "<worksheet><sheetData>"}).build(),
        DamagedWorkbook,
        "workbook.bad_xml",
        "sheet1.xml",
    ),
    "unknown encoding": (
        PackageBuilder(parts={"xl/workbook.xml": '<?xml version="1.0" encoding="klingon"?><workbook/>'}).build(),
        DamagedWorkbook,
        "workbook.bad_xml",
        "xl/workbook.xml",
    ),
    "parent folder": (zip_of({"../../etc/passwd": b""}), UnsafeWorkbook, "workbook.unsafe_path", "outside"),
    "parent folder, backslashes": (zip_of({"xl\\..\\..\\a": b""}), UnsafeWorkbook, "workbook.unsafe_path", "outside"),
    "absolute path": (zip_of({"/etc/passwd": b""}), UnsafeWorkbook, "workbook.unsafe_path", "outside"),
    "drive letter": (zip_of({"C:/boot.ini": b""}), UnsafeWorkbook, "workbook.unsafe_path", "outside"),
}


@pytest.mark.parametrize(("data", "error", "code", "says"), REFUSED.values(), ids=REFUSED)
def test_refuses_by_its_own_code(data: bytes, error: type[WorkbookError], code: str, says: str) -> None:
    with pytest.raises(error) as refusal:
        read_workbook(data, file_name="plan.xlsx")
    assert refusal.value.code == code
    assert type(refusal.value) is error
    assert says in refusal.value.message


def test_good_package_is_read() -> None:
    assert read_workbook(GOOD).sheets[0].values == {(1, 1): 1.0}


def test_refuses_a_workbook_encrypted_by_office() -> None:
    data = encrypted_workbook()
    assert sniff(data) == "encrypted"
    with pytest.raises(NotAWorkbook) as refusal:
        read_workbook(data)
    assert refusal.value.code == "workbook.encrypted"


def test_refuses_the_lock_file_of_an_open_workbook(tmp_path: Path) -> None:
    path = tmp_path / "~$plan.xlsx"
    path.write_bytes(b"\x05Anna " + bytes(158))
    with pytest.raises(NotAWorkbook) as refusal:
        read_workbook(path)
    assert refusal.value.code == "workbook.lock_file"


BOMBS = ("<!DOCTYPE a>", "<!DOCTYPE a SYSTEM 'file:///etc/passwd'>", "<!DOCTYPE a [<!ENTITY b 'c'>]>")
LAUGHS = "<!DOCTYPE worksheet [<!ENTITY l0 'ha'>{}]>".format(
    "".join(f"<!ENTITY l{i} '{f'&l{i - 1};' * 10}'>" for i in range(1, 10))
)
PARTS = ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "_rels/.rels", "[Content_Types].xml", "xl/sharedStrings.xml")


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("declaration", [*BOMBS, LAUGHS], ids=["DTD", "external", "entity", "billion laughs"])
def test_refuses_document_types_and_entities_in_every_part(part: str, declaration: str) -> None:
    builder = PackageBuilder(rows="<row><c><v>1</v></c></row>", strings="<si><t>a</t></si>")
    text = builder.members()[part].decode()
    builder.parts = {part: declaration + text.replace("<v>1</v>", "<v>&l9;</v>")}
    with pytest.raises(UnsafeWorkbook) as refusal:
        read_workbook(builder.build())
    assert refusal.value.code == "workbook.entities"
    assert part in refusal.value.message


def test_refuses_a_document_type_in_utf_16() -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a [<!ENTITY b "c">]><worksheet/>'
    with pytest.raises(UnsafeWorkbook, match="entities"):
        read_workbook(PackageBuilder(parts={"xl/worksheets/sheet1.xml": text.encode("utf-16")}).build())


def test_refuses_a_zip_bomb_in_any_member() -> None:
    for part in ("xl/worksheets/sheet1.xml", "xl/media/image1.png"):
        data = PackageBuilder(parts={part: bytes(30 * MEGABYTE)}).build()
        assert len(data) < MEGABYTE
        with pytest.raises(UnsafeWorkbook, match="200 times") as refusal:
            read_workbook(data)
        assert refusal.value.code == "workbook.zip_bomb"
        assert part in refusal.value.message


def test_a_nested_zip_bomb_is_no_workbook_and_is_not_unpacked() -> None:
    inner = zip_of({"bomb.bin": bytes(30 * MEGABYTE)})
    nested = zip_of({f"{i}.zip": inner for i in range(20)})
    with pytest.raises(NotAWorkbook):
        read_workbook(nested)


def test_refuses_many_members_just_under_the_ratio_grace() -> None:
    limits = Limits(ratio_grace_bytes=MEGABYTE)
    data = PackageBuilder(parts={f"xl/media/{i}": bytes(MEGABYTE) for i in range(20)}).build()
    with pytest.raises(UnsafeWorkbook) as refusal:
        read_workbook(data, limits=limits)
    assert refusal.value.code == "workbook.zip_bomb"


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(max_file_bytes=100), "workbook.too_large"),
        (Limits(max_members=4), "workbook.too_many_members"),
        (Limits(max_members=1), "workbook.too_many_members"),  # counted before the directory is read
        (Limits(max_member_bytes=100), "workbook.zip_bomb"),
        (Limits(max_total_bytes=1000), "workbook.zip_bomb"),
        (Limits(max_cells=1), "workbook.too_large"),
        (Limits(max_array_cells=3), "workbook.too_large"),
        (Limits(max_elements=2), "workbook.too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_limits_hold(limits: Limits, code: str) -> None:
    rows = '<row><c><v>1</v></c><c><f t="array" ref="B1:B4">A1:A4</f><v>1</v></c></row>'
    data = PackageBuilder(rows=rows).build()
    read_workbook(data)
    with pytest.raises(UnsafeWorkbook) as refusal:
        read_workbook(data, limits=limits)
    assert refusal.value.code == code


def test_file_limit_holds_before_a_path_is_read(tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(GOOD)
    with pytest.raises(UnsafeWorkbook, match=r"plan\.xlsx"):
        read_workbook(path, limits=Limits(max_file_bytes=100))


def test_a_member_that_understates_its_size_is_damaged() -> None:
    with zipfile.ZipFile(BytesIO(GOOD)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    data = GOOD.replace(struct.pack("<I", size), struct.pack("<I", 10))
    assert data != GOOD
    with pytest.raises(DamagedWorkbook, match=r"sheet1\.xml"):
        read_workbook(data)


def test_overlapping_members_are_refused() -> None:
    # As in the bombs of David Fifield (2019): many directory entries, one stretch of compressed bytes.
    kernel = zlib.compressobj(9, zlib.DEFLATED, -15)
    squeezed = kernel.compress(bytes(MEGABYTE)) + kernel.flush()
    checksum = zlib.crc32(bytes(MEGABYTE))
    sizes = struct.pack("<III", checksum, len(squeezed), MEGABYTE)
    local = b"PK\x03\x04" + struct.pack("<HHHHH", 20, 0, 8, 0, 0) + sizes + struct.pack("<HH", 1, 0) + b"a"
    entries = b"".join(
        b"PK\x01\x02" + struct.pack("<HHHHHH", 20, 20, 0, 8, 0, 0) + sizes
        + struct.pack("<HHHHHII", 1, 0, 0, 0, 0, 0, 0) + bytes([97 + i])
        for i in range(20)
    )  # fmt: skip
    body = local + squeezed
    end = b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, 20, 20, len(entries), len(body), 0)
    with pytest.raises(DamagedWorkbook) as refusal:
        read_workbook(body + entries + end)
    assert refusal.value.code == "workbook.damaged_zip"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"", "empty"),
        (GOOD[:8], "zip"),
        (compound_file("Workbook")[:512], "ole"),
        (compound_file("Workbook"), "legacy_xls"),
        (compound_file("EncryptedPackage"), "encrypted"),
        (b"%PDF-1.4", "pdf"),
        (b"a;b;c\n1;2;3\n", "text"),
        ("größe;1\n".encode("latin-1"), "text"),
        (b"\xef\xbb\xbf<html>", "html"),
        (b"<?xml version='1.0'?><html/>", "html"),
        (b"<?xml version='1.0'?><Workbook/>", "xml"),
        (b"GIF89a", "image"),
        (b"\x00\x01\x02", "unknown"),
    ],
)
def test_sniff(head: bytes, kind: str) -> None:
    assert sniff(head) == kind


@pytest.mark.parametrize(
    "rows",
    [
        f'<row r="1"><c r="A1" x="{"ab " * 2_000_000}"/></row>',
        f"<!--{'ab ' * 2_000_000}--><row/>",
        "<row " + " ".join(f'a{i}="1"' for i in range(500_000)) + "/>",
    ],
    ids=["attribute", "comment", "attributes"],
)
def test_tags_without_end_are_refused(rows: str) -> None:
    with pytest.raises(UnsafeWorkbook) as refusal:
        read_workbook(PackageBuilder(rows=rows).build(), limits=Limits(max_ratio=1e9))
    assert refusal.value.code == "workbook.too_large"
    assert "sheet1.xml" in refusal.value.message


def test_a_long_text_is_no_long_tag() -> None:
    rows = f'<row><c t="inlineStr"><is><t>{"ab " * 2_000_000}</t></is></c></row>'
    assert len(str(read_workbook(PackageBuilder(rows=rows).build()).sheets[0].values[1, 1])) == 6_000_000
