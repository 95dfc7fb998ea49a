"""Which Office document a package is, and which of its parts is the workbook."""

from __future__ import annotations

from compute.errors import DamagedWorkbook, NotAWorkbook
from compute.workbook.package import Package
from compute.workbook.safety import REPAIR

SAVE_AS = "Open it in Excel and save it as .xlsx or .xlsm."

OTHER_DOCUMENTS = (
    ("wordprocessingml", "a Word document"),
    ("ms-word", "a Word document"),
    ("presentationml", "a PowerPoint presentation"),
    ("ms-powerpoint", "a PowerPoint presentation"),
    ("visio", "a Visio drawing"),
)


def workbook_part(package: Package) -> str:
    """The name of the workbook part, found through the package's relationships and checked by its content type.

    Raises NotAWorkbook when the package is another kind of document, DamagedWorkbook when the part is missing.
    """
    for relationship in package.relationships():
        if relationship.kind == "officeDocument" and not relationship.external:
            part = relationship.target
            _refuse_other_documents(package, package.content_type(part))
            if part not in package:
                message = f"{package.shown} lacks its workbook part {part}. {REPAIR}"
                raise DamagedWorkbook(message, code="workbook.missing_part")
            return part
    raise _not_office(package)


def _refuse_other_documents(package: Package, media_type: str) -> None:
    lowered = media_type.casefold()
    if "sheet.binary" in lowered:
        message = f"{package.shown} is a binary workbook (.xlsb), which cannot be read. {SAVE_AS}"
        raise NotAWorkbook(message, code="workbook.xlsb")
    for mark, document in OTHER_DOCUMENTS:
        if mark in lowered:
            message = f"{package.shown} is {document}, not an Excel workbook. Choose the workbook."
            raise NotAWorkbook(message, code="workbook.wrong_type")


def _not_office(package: Package) -> NotAWorkbook | DamagedWorkbook:
    if "[Content_Types].xml" in package and any("/workbook." in "/" + part.casefold() for part in package.parts):
        message = (
            f"{package.shown} does not say which of its parts is the workbook. Open it in Excel and save it again."
        )
        return DamagedWorkbook(message, code="workbook.missing_part")
    return NotAWorkbook(f"{package.shown} is {_guess(package)}", code="workbook.wrong_type")


def _guess(package: Package) -> str:
    if not package.parts:
        return "an empty zip archive, not a workbook."
    if "mimetype" in package and package.read("mimetype").startswith(b"application/vnd.oasis.opendocument."):
        return f"an OpenDocument file (.ods, .odt …). {SAVE_AS}"
    if any(part.endswith(".iwa") for part in package.parts):
        return "an Apple Numbers or Pages document. Export it to Excel (.xlsx)."
    workbooks = [
        part for part in package.parts if part.casefold().endswith((".xlsx", ".xlsm", ".xltx", ".xltm", ".xls"))
    ]
    if workbooks:
        return f"a zip archive that holds {workbooks[0]}. Unpack it and choose that file."
    return "a zip archive without a workbook. Choose a file saved by Excel as .xlsx or .xlsm."
