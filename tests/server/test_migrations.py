"""The schema: migrations and models agree, on both databases."""

from __future__ import annotations

import asyncio

import pytest
from alembic import command
from sqlalchemy import Connection, inspect

from server import migrations
from server.app import create_app
from server.errors import StartupError
from server.kit.db import Base, Database

pytestmark = pytest.mark.anyio


async def test_migrations_lead_to_what_the_models_say(database_url: str) -> None:
    database = Database(database_url)
    await migrations.upgrade(database)
    async with database.engine.begin() as connection:
        # Raises when a migration is missing.
        await connection.run_sync(lambda each: command.check(migrations.configuration(each)))
        tables = await connection.run_sync(lambda each: set(inspect(each).get_table_names()))
    assert set(Base.metadata.tables) == tables - {"alembic_version"}
    await database.close()


async def test_there_is_a_way_back(database_url: str) -> None:
    database = Database(database_url)

    def down(connection: Connection) -> None:
        command.downgrade(migrations.configuration(connection), "base")

    await migrations.upgrade(database)
    async with database.engine.begin() as connection:
        await connection.run_sync(down)
    await migrations.upgrade(database)
    await database.close()


async def test_servers_that_start_together_migrate_once(database_url: str) -> None:
    databases = [Database(database_url) for _ in range(4)]
    await asyncio.gather(*(migrations.upgrade(database) for database in databases))
    for database in databases:
        await database.close()


async def test_a_migration_that_fails_leaves_nothing_behind(database_url: str) -> None:
    database = Database(database_url)
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("CREATE TABLE idempotency_keys (key INTEGER)")
    with pytest.raises(StartupError, match="idempotency_keys"):
        await migrations.upgrade(database)
    async with database.engine.begin() as connection:
        tables = await connection.run_sync(lambda each: inspect(each).get_table_names())
    assert tables == ["idempotency_keys"]
    await database.close()


async def test_a_second_server_on_the_same_folder_is_refused(sqlite_stage) -> None:
    async with sqlite_stage.server():
        second = create_app(sqlite_stage.settings(), sqlite_stage.engine)
        with pytest.raises(StartupError, match="Another Montecell server"):
            async with second.router.lifespan_context(second):
                pass
    async with sqlite_stage.server() as client:
        assert (await client.get("/health/ready")).status_code == 200


async def test_a_database_that_is_not_there_is_named_without_its_password(sqlite_stage) -> None:
    settings = sqlite_stage.settings(database_url="postgresql+psycopg://me:pa55@127.0.0.1:9/none")
    app = create_app(settings, sqlite_stage.engine)
    with pytest.raises(StartupError, match=r"127\.0\.0\.1:9") as caught:
        async with app.router.lifespan_context(app):
            pass
    assert "pa55" not in str(caught.value)
