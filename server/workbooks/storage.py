"""Where workbooks lie in the data folder."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.settings import Settings
from server.workbooks.models import Workbook

EXTENSIONS = {"xlsx": (".xlsx", ".xltx"), "xlsm": (".xlsm", ".xltm")}
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12",
}


class WorkbookStorage:
    """Files of accepted workbooks and of uploads under way."""

    def __init__(self, settings: Settings) -> None:
        self._workbooks = settings.workbooks_folder
        self._uploads = settings.uploads_folder

    def path(self, workbook: Workbook) -> Path:
        """The workbook's file. It carries the person's own name, which the engine puts into certificates."""
        return self._workbooks / workbook.id / workbook.file_name

    @contextmanager
    def arrival(self, workbook_id: str) -> Iterator[Path]:
        """A place for an upload, removed at the end of the block whatever happened to it."""
        folder = self._uploads / workbook_id
        folder.mkdir(parents=True)
        try:
            yield folder / "upload"
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def keep(self, arrived: Path, workbook: Workbook) -> None:
        """Move a checked upload to its place, in one step."""
        target = self.path(workbook)
        target.parent.mkdir(parents=True)
        arrived.replace(target)

    def remove(self, workbook: Workbook) -> None:
        shutil.rmtree(self._workbooks / workbook.id, ignore_errors=True)


def named_as(file_name: str, kind: str) -> str:
    """The name with the extension its content calls for: ``plan`` becomes ``plan.xlsx``, with macros ``plan.xlsm``."""
    path = Path(file_name)
    allowed = EXTENSIONS[kind]
    if path.suffix.lower() in allowed:
        return file_name
    if path.suffix.lower() in (".xlsx", ".xlsm", ".xltx", ".xltm", ".zip", ".bin"):
        return path.stem + allowed[0]
    return file_name + allowed[0]
