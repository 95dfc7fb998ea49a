"""The catalogue of laws: every law there is, under its own name, and loaded only when asked for."""

from __future__ import annotations

import importlib
import pkgutil
import subprocess
import sys

import pytest

import compute.distributions
from compute.distributions import COMBINATIONS, LAWS, Law


def test_each_name_leads_to_the_law_of_that_name() -> None:
    assert {name: law.name for name, law in {**LAWS, **COMBINATIONS}.items()} == {n: n for n in (*LAWS, *COMBINATIONS)}


def test_every_law_is_listed() -> None:
    listed = {*LAWS.values(), *COMBINATIONS.values()}
    for info in pkgutil.iter_modules(compute.distributions.__path__, "compute.distributions."):
        for found in vars(importlib.import_module(info.name)).values():
            if isinstance(found, type) and issubclass(found, Law) and "name" in vars(found):
                assert found in listed, f"{found.__name__} is missing in compute.distributions.registry"


def test_a_name_that_is_none() -> None:
    assert "NO.LAW" not in LAWS
    assert LAWS.get("NO.LAW") is None
    with pytest.raises(KeyError):
        LAWS["NO.LAW"]


def test_a_law_is_loaded_when_it_is_asked_for() -> None:
    program = (
        "import sys; from compute.distributions import LAWS, Uniform; known = 'GUMBEL' in LAWS or 'WEIBULL' in LAWS\n"
        "before = 'compute.distributions.positive' in sys.modules\n"
        "print(known, before, LAWS['WEIBULL'].__name__, 'compute.distributions.positive' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["True", "False", "Weibull", "True"]
