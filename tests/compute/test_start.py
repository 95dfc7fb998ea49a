"""What opening and running a workbook must not wait for."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

Build = Callable[..., Path]
SPARED = {
    "scipy.special",
    "scipy.stats",
    "scipy.optimize",
    "scipy.interpolate",
    "scipy.fft",
    "scipy.signal",
    "numpy.f2py",
    "numpy.testing",
    "llvmlite",
    "pyarrow",
    "ray",
}
RUN = """
import sys
import compute
model = compute.Model.open(sys.argv[1])
model.simulate(100, engine="reference", threads=1).summary()
print(*sys.modules)
"""


def test_packages_that_most_runs_do_not_need_are_not_loaded(book: Build) -> None:
    """Each takes as long to load as a small workbook to compute; written as ``scipy.stats.…`` they load when used."""
    path = book({"S": {"A1": "=MC.NORMAL(100,10)", "B1": '=MC.OUTPUT("Twice")+A1*2'}})
    done = subprocess.run([sys.executable, "-c", RUN, str(path)], check=True, capture_output=True, text=True)
    loaded = set(done.stdout.split())
    assert "compute.runners.result" in loaded
    assert loaded.isdisjoint(SPARED)


def test_modules_that_most_runs_do_not_need_are_not_loaded(book: Build) -> None:
    """Each defines classes, which takes longer than to compute a small workbook with them."""
    spared = {
        "concurrent.futures",
        "html",
        "lxml",
        "regex",
        "numpy.ma",
        "compute.details",
        "compute.workbook.report",
        "compute.workbook.graft",
        "compute.workbook.writer",
        "compute.analysis.scenarios",
        "compute.analysis.shapley",
        "compute.analysis.variance_based",
        "compute.functions.bonds",
        "compute.functions.engineering_complex",
        "compute.functions.number_format",
        "compute.functions.text",
        "compute.distributions.lifetimes",
        "compute.distributions.symmetric",
        "compute.runners.goal_seek",
        "compute.runners.variance",
    }
    path = book({"S": {"A1": "=MC.NORMAL(100,10)", "B1": '=MC.OUTPUT("Twice")+A1*2'}})
    done = subprocess.run([sys.executable, "-c", RUN, str(path)], check=True, capture_output=True, text=True)
    assert spared.isdisjoint(done.stdout.split())
