"""What every endpoint can ask for: the process's context and this request's transaction."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from server.gateway.contract import Gateway
from server.kit.bulletin import Bulletin
from server.kit.db import Database, Transaction
from server.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """What one server process shares between its requests and its worker.

    ``fitting`` lets as many fits run at a time as the settings say.
    """

    settings: Settings
    database: Database
    gateway: Gateway
    bulletin: Bulletin
    fitting: asyncio.Semaphore


def get_context(request: Request) -> Context:
    """The context that ``create_app`` put on the application."""
    context = request.app.state.context
    if not isinstance(context, Context):
        raise TypeError("create_app sets app.state.context")
    return context


ContextDep = Annotated[Context, Depends(get_context)]


async def get_transaction(context: ContextDep) -> AsyncIterator[Transaction]:
    """This request's one transaction, committed before the answer leaves."""
    async with context.database.transaction() as transaction:
        yield transaction


# With FastAPI's default scope the commit would come after the answer: a client could read its own write too early.
TransactionDep = Annotated[Transaction, Depends(get_transaction, scope="function")]
