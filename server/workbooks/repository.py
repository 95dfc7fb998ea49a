"""Queries of this domain."""

from __future__ import annotations

from server.errors import NotFound
from server.kit.db import Transaction
from server.kit.ids import ID_PATTERN
from server.workbooks.models import Workbook


class WorkbookRepository:
    """Workbooks in one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, workbook_id: str) -> Workbook:
        """Raises NotFound."""
        found = ID_PATTERN.fullmatch(workbook_id)
        workbook = await self._transaction.get(Workbook, workbook_id) if found else None
        if workbook is None:
            raise NotFound(f"There is no workbook {workbook_id}.", code="workbook.not_found")
        return workbook

    async def add(self, workbook: Workbook) -> None:
        self._transaction.add(workbook)
        await self._transaction.flush()

    async def release(self) -> None:
        """Give the connection back before long work; nothing has been written yet."""
        await self._transaction.commit()
