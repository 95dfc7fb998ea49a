"""Names that are loaded when they are asked for: all there, each from where it is defined, none hidden by a module."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import compute

PACKAGES = [
    info.name
    for info in pkgutil.iter_modules(compute.__path__, "compute.")
    if info.ispkg
    and "on_demand(" in Path(compute.__path__[0], info.name.removeprefix("compute."), "__init__.py").read_text()
]


@pytest.mark.parametrize("name", PACKAGES)
def test_every_public_name_is_found(name: str) -> None:
    package = importlib.import_module(name)
    assert package.__all__
    for public in package.__all__:
        assert getattr(package, public) is not None


@pytest.mark.parametrize("name", PACKAGES)
def test_no_public_name_is_hidden_by_a_module(name: str) -> None:
    """A name that a module has as well is imported at once, after which it stays; the table lists none."""
    package = importlib.import_module(name)
    for module in (info.name for info in pkgutil.iter_modules(package.__path__)):
        importlib.import_module(f"{name}.{module}")
    modules = [public for public in package.__all__ if isinstance(getattr(package, public), ModuleType)]
    assert not modules


@pytest.mark.parametrize("name", PACKAGES)
def test_a_name_that_is_not_there_is_an_attribute_error(name: str) -> None:
    with pytest.raises(AttributeError, match="no_such_name"):
        importlib.import_module(name).no_such_name  # noqa: B018


def test_nothing_is_loaded_before_it_is_asked_for() -> None:
    program = (
        "import sys, compute.workbook; from compute.workbook import Workbook\n"
        "before = 'compute.workbook.writer' in sys.modules\n"
        "from compute.workbook import write_results; print(before, 'compute.workbook.writer' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "True"]
