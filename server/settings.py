"""How this server is set up: environment variables ``MONTECELL_*``, or arguments to ``Settings``."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic.functional_validators import BeforeValidator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from compute.protocol import MAX_ITERATIONS

MEGABYTE = 1024 * 1024

# Excel on the web frames the pane from these. No canonical list exists (office-js issues 1005, 3342): hence a setting.
OFFICE_FRAME_ANCESTORS = (
    "'self'",
    "https://*.officeapps.live.com",
    "https://*.office.com",
    "https://*.sharepoint.com",
    "https://*.cloud.microsoft",
    "https://onedrive.live.com",
)


def default_data_folder() -> Path:
    """Where the person's operating system wants an application's data."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA", Path.home() / "AppData" / "Local")) / "Montecell"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "Montecell"
    return Path(os.environ.get("XDG_DATA_HOME", Path.home() / ".local" / "share")) / "montecell"


def default_static_folder() -> Path:
    """Where Vite leaves the built pane in a checkout."""
    return Path(__file__).resolve().parent.parent / "addin" / "dist"


def _split(value: object) -> object:
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    return value


# Lists come as "a,b" in the environment: nobody should have to write JSON into a shell.
CommaSeparated = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]


class Settings(BaseSettings):
    """The settings of one server process. Sizes are bytes, times are seconds."""

    model_config = SettingsConfigDict(env_prefix="MONTECELL_", frozen=True, extra="forbid")

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    data_folder: Path = Field(default_factory=default_data_folder)
    database_url: str = ""
    static_folder: Path = Field(default_factory=default_static_folder)

    max_upload_bytes: Annotated[int, Field(ge=1, le=500 * MEGABYTE)] = 10 * MEGABYTE
    allowed_hosts: CommaSeparated = ("localhost", "127.0.0.1", "[::1]")
    allowed_origins: CommaSeparated = ()
    frame_ancestors: CommaSeparated = OFFICE_FRAME_ANCESTORS

    max_iterations: Annotated[int, Field(ge=1, le=MAX_ITERATIONS)] = MAX_ITERATIONS
    fits_at_once: Annotated[int, Field(ge=1, le=64)] = 2
    kept_details: Annotated[int, Field(ge=0, le=1_000)] = 50

    worker: bool = True
    concurrency: Annotated[int, Field(ge=1, le=64)] = 1
    threads: Annotated[int, Field(ge=1)] | None = None
    single_process: bool | None = None
    lease_seconds: Annotated[float, Field(gt=0)] = 30.0
    poll_seconds: Annotated[float, Field(gt=0)] = 1.0
    progress_seconds: Annotated[float, Field(ge=0)] = 0.25
    max_attempts: Annotated[int, Field(ge=1)] = 5
    stop_seconds: Annotated[float, Field(gt=0)] = 30.0

    @property
    def database(self) -> str:
        """The database's SQLAlchemy URL; a SQLite file in the data folder unless another is set."""
        return self.database_url or f"sqlite+aiosqlite:///{(self.data_folder / 'montecell.sqlite3').as_posix()}"

    @property
    def embedded(self) -> bool:
        """Whether this is the only process on its database: always so with SQLite, by setting otherwise."""
        if self.single_process is None:
            return self.database.startswith("sqlite")
        return self.single_process

    @property
    def workbooks_folder(self) -> Path:
        return self.data_folder / "workbooks"

    @property
    def simulations_folder(self) -> Path:
        return self.data_folder / "simulations"

    @property
    def uploads_folder(self) -> Path:
        """Uploads that have not been accepted yet. On the data folder's own disk, so that accepting is a rename."""
        return self.data_folder / "uploads"
