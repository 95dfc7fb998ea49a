"""Taking workbooks in, changing cells in a copy, and telling what is in them."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from compute.protocol import ModelDescription
from server.gateway.contract import Gateway
from server.gateway.messages import Snapshot, WorkbookView
from server.kit import clock
from server.kit.db import Transaction
from server.kit.dependencies import Context
from server.kit.file_names import safe_file_name
from server.kit.ids import new_id
from server.kit.request_context import too_large
from server.kit.uploads import StoredUpload, store
from server.workbooks.models import Workbook
from server.workbooks.repository import WorkbookRepository
from server.workbooks.schemas import WorkbookEdits
from server.workbooks.storage import WorkbookStorage, named_as


class WorkbookService:
    """What can be done with workbooks within one request."""

    def __init__(self, context: Context, transaction: Transaction) -> None:
        self._limit = context.settings.max_upload_bytes
        self._gateway: Gateway = context.gateway
        self._storage = WorkbookStorage(context.settings)
        self._repository = WorkbookRepository(transaction)

    async def receive(self, pieces: AsyncIterator[bytes], name: Callable[[], str | None]) -> Workbook:
        """Take an upload in as it arrives; ``name`` is asked once it is complete.

        Raises TooLarge, and WorkbookError for what is no workbook; neither leaves anything behind.
        """
        workbook_id = new_id("wb")
        with self._storage.arrival(workbook_id) as arrival:
            upload = await store(pieces, arrival, self._limit)
            return await self._accept(workbook_id, upload, name() or "Book1.xlsx", edited_from=None)

    async def build(self, snapshot: Snapshot) -> Workbook:
        """Take in a workbook described by its cells."""
        content = await asyncio.to_thread(self._gateway.build_workbook, snapshot)
        return await self._take(content, snapshot.file_name, edited_from=None)

    async def edit(self, workbook_id: str, edits: WorkbookEdits) -> Workbook:
        """A new workbook: the original with these cells changed and everything else kept."""
        original = await self._repository.get(workbook_id)
        await self._repository.release()
        path = self._storage.path(original)
        content = await asyncio.to_thread(self._gateway.edit_cells, path, edits.edits, edits.new_sheets)
        return await self._take(content, original.file_name, edited_from=original.id)

    async def get(self, workbook_id: str) -> Workbook:
        """Raises NotFound."""
        return await self._repository.get(workbook_id)

    async def file(self, workbook_id: str) -> tuple[Workbook, Path]:
        """The workbook and its file, byte for byte as it came. Raises NotFound."""
        workbook = await self._repository.get(workbook_id)
        return workbook, self._storage.path(workbook)

    async def model(self, workbook_id: str) -> ModelDescription:
        """Inputs, outputs and what stands in the way of a simulation."""
        return await asyncio.to_thread(self._gateway.describe, await self._released_path(workbook_id))

    async def cells(self, workbook_id: str) -> WorkbookView:
        """All cells, formulas as a person types them."""
        return await asyncio.to_thread(self._gateway.read_cells, await self._released_path(workbook_id))

    async def _released_path(self, workbook_id: str) -> Path:
        _, path = await self.file(workbook_id)
        await self._repository.release()
        return path

    async def _take(self, content: bytes, file_name: str, edited_from: str | None) -> Workbook:
        if len(content) > self._limit:
            raise too_large(self._limit)
        workbook_id = new_id("wb")
        with self._storage.arrival(workbook_id) as arrival:
            await asyncio.to_thread(arrival.write_bytes, content)
            upload = StoredUpload(arrival, len(content), hashlib.sha256(content).hexdigest())
            return await self._accept(workbook_id, upload, file_name, edited_from)

    async def _accept(self, workbook_id: str, upload: StoredUpload, name: str, edited_from: str | None) -> Workbook:
        kind = await asyncio.to_thread(self._gateway.check_workbook, upload.path)
        workbook = Workbook(
            id=workbook_id,
            file_name=named_as(safe_file_name(name), kind),
            kind=kind,
            size=upload.size,
            sha256=upload.sha256,
            edited_from=edited_from,
            created_at=clock.now(),
        )
        self._storage.keep(upload.path, workbook)
        try:
            await self._repository.add(workbook)
        except BaseException:
            self._storage.remove(workbook)
            raise
        return workbook
