"""The registry loads what is asked for, and the catalogue says where everything is."""

from __future__ import annotations

import subprocess
import sys

import pytest

from compute.functions import REGISTRY, Function
from compute.functions.registry import Registry
from compute.functions.signature import any_value, elementwise

NEWS = """
import importlib, pkgutil, sys
import compute.functions
from compute.functions.catalogue import HOMES
from compute.functions.signature import REGISTRY

def loaded():
    return {name.removeprefix("compute.functions.") for name in sys.modules if name.startswith("compute.functions.")}

before, defined = loaded(), set(REGISTRY._loaded)
assert not defined, defined
names = [m.name for m in pkgutil.walk_packages(compute.functions.__path__, "compute.functions.")]
for name in names:
    importlib.import_module(name)
    modules, functions = loaded() - before, set(REGISTRY._loaded) - defined
    told = {f for m in modules for f in HOMES.get(m, "").split()}
    assert told == functions, (name, sorted(modules), sorted(told ^ functions))
    before, defined = loaded(), set(REGISTRY._loaded)
assert defined == set(REGISTRY)
"""
ONE = """
import sys
from compute.functions import REGISTRY
assert "IRR" in REGISTRY and "SUMM" not in REGISTRY and REGISTRY.get("SUMM") is None and len(REGISTRY) > 450
assert "compute.functions.financial_cash_flows" not in sys.modules
assert REGISTRY.get("IRR").name == "IRR"
assert "compute.functions.financial_cash_flows" in sys.modules
assert "compute.functions.bessel" not in sys.modules
"""


@pytest.mark.parametrize("script", [NEWS, ONE], ids=["catalogue", "one function"])
def test_in_a_process_of_its_own(script: str) -> None:
    """Each module defines what the catalogue says, no more and no less; asking for one function loads its module."""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_name_is_a_function_of_that_name() -> None:
    assert {name: REGISTRY[name].name for name in REGISTRY} == {name: name for name in REGISTRY}


def test_what_was_not_announced_is_refused() -> None:
    with pytest.raises(ValueError, match=r"NOT\.THERE is not in compute\.functions\.catalogue"):
        elementwise("NOT.THERE", any_value("value"))(abs)
    with pytest.raises(ValueError, match="SUM is defined twice"):
        REGISTRY.add("SUM", REGISTRY["SUM"])


def test_a_catalogue_that_errs_is_told() -> None:
    registry: Registry[Function] = Registry("compute.functions", {"bessel": "NEWNAME"})
    assert list(registry) == ["NEWNAME"]
    with pytest.raises(RuntimeError, match="NEWNAME is not defined by bessel"):
        registry["NEWNAME"]
    with pytest.raises(KeyError):
        registry["SUM"]
