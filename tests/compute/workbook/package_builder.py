"""Packages of a workbook written part by part, so that a test shows the very XML it is about."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STRICT_OFFICE = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"

METADATA = f"""<metadata xmlns="{MAIN}" xmlns:xda="http://schemas.microsoft.com/office/spreadsheetml/2017/dynamicarray">
<metadataTypes count="2"><metadataType name="XLRICHVALUE"/><metadataType name="XLDAPR" cellMeta="1"/></metadataTypes>
<futureMetadata name="XLRICHVALUE" count="1"><bk/></futureMetadata>
<futureMetadata name="XLDAPR" count="2">
<bk><extLst><ext uri="x"><xda:dynamicArrayProperties fDynamic="0" fCollapsed="0"/></ext></extLst></bk>
<bk><extLst><ext uri="x"><xda:dynamicArrayProperties fDynamic="1" fCollapsed="0"/></ext></extLst></bk></futureMetadata>
<cellMetadata count="3"><bk><rc t="2" v="1"/></bk><bk><rc t="2" v="0"/></bk><bk><rc t="1" v="1"/></bk></cellMetadata>
</metadata>"""


@dataclass
class PackageBuilder:
    """One worksheet named Model unless said otherwise; ``parts`` adds or replaces parts, None leaves one out."""

    rows: str = ""
    before: str = ""
    after: str = ""
    strings: str = ""
    styles: str = ""
    metadata: str = ""
    workbook: str = ""
    sheets: str = '<sheet name="Model" sheetId="1" r:id="rId1"/>'
    relationships: str = ""
    sheet_relationships: str = ""
    main: str = MAIN
    office: str = OFFICE
    content_type: str = SHEET_TYPE
    parts: Mapping[str, str | bytes | None] = field(default_factory=dict)

    def sheet(self, rows: str) -> str:
        """A worksheet part around ``rows``."""
        return (
            f'<worksheet xmlns="{self.main}" xmlns:r="{self.office}">{self.before}'
            f"<sheetData>{rows}</sheetData>{self.after}</worksheet>"
        )

    def members(self) -> dict[str, bytes]:
        """Part names and contents, in the order of the package."""
        arrows = f'<Relationship Id="rId1" Type="{self.office}/worksheet" Target="worksheets/sheet1.xml"/>'
        found: dict[str, str | bytes | None] = {
            "[Content_Types].xml": f'<Types xmlns="{TYPES}"><Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{self.content_type}"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{PACKAGE}"><Relationship Id="rId1" '
            f'Type="{self.office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{self.main}" xmlns:r="{self.office}"><sheets>{self.sheets}</sheets>'
            f"{self.workbook}</workbook>",
            "xl/worksheets/sheet1.xml": self.sheet(self.rows),
        }
        for part, text, kind in (
            ("sharedStrings.xml", self.strings and f'<sst xmlns="{self.main}">{self.strings}</sst>', "sharedStrings"),
            ("styles.xml", self.styles and f'<styleSheet xmlns="{self.main}">{self.styles}</styleSheet>', "styles"),
            ("metadata.xml", self.metadata, "sheetMetadata"),
        ):
            if text:
                found[f"xl/{part}"] = text
                arrows += f'<Relationship Id="{kind}" Type="{self.office}/{kind}" Target="{part}"/>'
        found["xl/_rels/workbook.xml.rels"] = (
            f'<Relationships xmlns="{PACKAGE}">{arrows}{self.relationships}</Relationships>'
        )
        if self.sheet_relationships:
            found["xl/worksheets/_rels/sheet1.xml.rels"] = (
                f'<Relationships xmlns="{PACKAGE}">{self.sheet_relationships}</Relationships>'
            )
        found |= self.parts
        return {name: as_bytes(text) for name, text in found.items() if text is not None}

    def build(self) -> bytes:
        """The zip."""
        return zip_of(self.members())


def as_bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()


def zip_of(members: Mapping[str, bytes]) -> bytes:
    """A deflated zip of the members in their order."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target.getvalue()
