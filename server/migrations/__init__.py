"""Schema changes, run at start-up: ``upgrade`` brings any older database to what the models say."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from server.errors import StartupError
from server.kit.db import Database

# Any number will do, as long as every server uses the same: replicas that start together must not migrate together.
POSTGRESQL_LOCK = 0x4D43


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for a connection that is open already."""
    config = Config()
    config.set_main_option("script_location", Path(__file__).parent.as_posix().replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


async def upgrade(database: Database) -> None:
    """Bring the schema up to date, all of it or nothing. Raises StartupError if the database cannot be used."""
    try:
        async with database.engine.begin() as connection:
            await connection.run_sync(_upgrade)
    except (SQLAlchemyError, OSError) as error:
        place = database.engine.url.render_as_string(hide_password=True)
        raise StartupError(f"The database {place} cannot be used: {error}") from error


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        # The driver begins a transaction only before data changes; without one a kill would leave half a schema.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({POSTGRESQL_LOCK})")
    command.upgrade(configuration(connection), "head")
