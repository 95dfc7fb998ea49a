"""Alembic's entry: runs within the connection that ``server.migrations`` hands over."""

from __future__ import annotations

from alembic import context

import server.simulations.models
import server.workbooks.models  # noqa: F401
from server.kit.db import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True, compare_type=True)
with context.begin_transaction():
    context.run_migrations()
