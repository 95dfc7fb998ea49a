"""The special functions are scipy's own, and the package around them stays out until it is needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import scipy

from compute import special

SCIPY_COMES_LATER = """
import sys
from pathlib import Path
from compute import special
assert "scipy.special" not in sys.modules, "the whole package was loaded"
quantile, loaded = special.ndtri, "scipy.special" in sys.modules
import scipy
assert not loaded and scipy.special.ndtri is quantile
assert special.logsumexp is scipy.special.logsumexp
print(scipy.special.comb(5, 2), scipy.special.eval_legendre(2, 0.5))
"""
SCIPY_COMES_FIRST = """
import scipy.special
from compute import special
print(special.ndtri is scipy.special.ndtri)
"""


@pytest.mark.parametrize("name", sorted(special.__all__))
def test_each_function_is_scipys(name: str) -> None:
    assert getattr(special, name) is getattr(scipy.special, name)


@pytest.mark.parametrize(("program", "printed"), [(SCIPY_COMES_LATER, "10.0 -0.125"), (SCIPY_COMES_FIRST, "True")])
def test_either_may_be_loaded_first(program: str, printed: str) -> None:
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.split() == printed.split()


def test_what_scipy_lacks_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError):
        special.no_such_function  # noqa: B018


def test_nobody_else_loads_scipys_package() -> None:
    """One import of it anywhere, and every process waits for all of it."""
    product = Path(special.__file__).parent
    found = [path.name for path in product.rglob("*.py") if "from scipy import special" in path.read_text("utf-8")]
    assert not found
