"""Texts in the shapes of a sheet: read where an add-in's names tell of them."""

from __future__ import annotations

from compute.workbook import Workbook, read_workbook
from compute.workbook.model import ShapeScript
from compute.workbook.shape_scripts import read_shape_scripts
from tests.compute.workbook.package_builder import OFFICE, PackageBuilder, zip_of

DRAWING = """<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:excel">
<v:shapetype id="_x0000_t75"><v:path/></v:shapetype>
<v:shape id="CB_Block_7.0.0.0_x003a_1" type="#_x0000_t75" style='width:.75pt;
  visibility:hidden'><x:ClientData ObjectType="Pict"><x:ScriptText>㜸&amp;〱</x:ScriptText>
  <x:ScriptExtended>Made:1</x:ScriptExtended></x:ClientData></v:shape>
<v:shape type="#_x0000_t202" id='note'><v:textbox><div>unclosed<br></div></v:textbox></v:shape>
<v:shape id='later'><x:ClientData><x:ScriptText>7.0.0.0</x:ScriptText></x:ClientData></v:shape>
<x:ScriptText>of no shape</x:ScriptText></xml>"""
NAMES = '<definedNames><definedName name="{}" hidden="1">Model!$A$1</definedName></definedNames>'
READ = (ShapeScript("CB_Block_7.0.0.0:1", "㜸&〱"), ShapeScript("later", "7.0.0.0"))


def book(name: str) -> Workbook:
    builder = PackageBuilder(
        workbook=NAMES.format(name),
        sheet_relationships=f'<Relationship Id="rId9" Type="{OFFICE}/vmlDrawing" Target="../drawings/v.vml"/>',
        parts={"xl/drawings/v.vml": DRAWING},
    )
    return read_workbook(zip_of(builder.members()))


def test_texts_by_the_shape_that_holds_them() -> None:
    assert read_shape_scripts(DRAWING.encode()) == READ


def test_no_texts() -> None:
    assert read_shape_scripts(b"<xml><v:shape id='a'/></xml>") == ()


def test_bytes_that_are_no_text_leave_the_rest() -> None:
    assert read_shape_scripts(b"\xff\xfe<<>" + DRAWING.encode()) == READ


def test_a_workbook_with_an_owner_of_such_texts() -> None:
    assert book("CBx_Sheet_Guid").sheets[0].scripts == READ


def test_drawings_of_others_are_not_read() -> None:
    assert book("Rate").sheets[0].scripts == ()
