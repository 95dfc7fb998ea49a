"""What every test may ask for: the tree, the shared material, the tools of the system."""

from __future__ import annotations

import glob
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# How fast a machine is must not decide whether a property holds; nor may chance decide whether a change lands: the
# examples of a property are the same in every run, and other ones are looked for with `--hypothesis-profile=search`.
settings.register_profile(
    "project", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.register_profile("search", settings.get_profile("project"), derandomize=False)
settings.load_profile("project")

ROOT = Path(__file__).resolve().parents[1]
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ON_MACOS = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
POSTGRESQL_PLACES = ("/usr/lib/postgresql/*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin")


@pytest.fixture(scope="session")
def repo_root() -> Path:
    """The root of this tree."""
    return ROOT


@pytest.fixture(scope="session", autouse=True)
def own_code_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Machine code that tests compile is kept for this session alone, away from that of the person who runs them."""
    before = os.environ.get("MONTECELL_CODE_CACHE")
    os.environ["MONTECELL_CODE_CACHE"] = str(tmp_path_factory.mktemp("code"))
    yield
    if before is None:
        del os.environ["MONTECELL_CODE_CACHE"]
    else:
        os.environ["MONTECELL_CODE_CACHE"] = before


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """The folder with corpora and benchmark models that lies beside the tree on some machines; skips without it."""
    folder = ROOT.parent / "shared"
    if not (folder / "corpus").is_dir():
        pytest.skip("the folder ../shared with the corpora is not on this machine")
    return folder


@pytest.fixture(scope="session")
def chromium() -> str:
    """The Chromium (or Chrome) of this machine; skips without one."""
    found = next((path for path in map(shutil.which, CHROMIUM_NAMES) if path), None)
    if found is None and Path(CHROMIUM_ON_MACOS).exists():
        found = CHROMIUM_ON_MACOS
    if found is None:
        pytest.skip("Chromium is missing: install the package chromium")
    return found


@pytest.fixture(scope="session")
def redis_server() -> str:
    """The program redis-server; skips without it."""
    found = shutil.which("redis-server")
    if found is None:
        pytest.skip("redis-server is missing: install the package redis-server")
    return found


@pytest.fixture(scope="session")
def postgresql_programs() -> Path:
    """The folder with PostgreSQL's own programs (initdb, postgres); skips without it."""
    on_path = shutil.which("initdb")
    folders = sorted((f for place in POSTGRESQL_PLACES for f in glob.glob(place)), reverse=True)  # noqa: PTH207
    found = next((f for f in [os.path.dirname(on_path or ""), *folders] if (Path(f) / "initdb").exists()), None)  # noqa: PTH120
    if found is None:
        pytest.skip("PostgreSQL is missing: install the package postgresql")
    return Path(found)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Ray finds its own address through the network card, so its tests may open sockets that others may not."""
    for item in items:
        if item.get_closest_marker("ray"):
            item.add_marker(pytest.mark.enable_socket)
