"""scipy's special functions, without the rest of scipy.special.

scipy.special is a compiled module of universal functions and, around it, a package that gives them to other array
libraries. That package loads numpy's testing, f2py and what these need: 0.17 s, longer than a small workbook takes from
file to summary. Here the compiled module is loaded alone (0.007 s); its functions are the same objects. A function that
it lacks is fetched from scipy.special when it is first asked for.
"""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

import scipy

if TYPE_CHECKING:
    from scipy.special import (
        beta,
        betainc,
        betaincc,
        betainccinv,
        betaincinv,
        betaln,
        binom,
        chdtri,
        digamma,
        erf,
        erfc,
        erfcx,
        erfinv,
        exp1,
        expit,
        fdtrc,
        gamma,
        gammainc,
        gammaincc,
        gammainccinv,
        gammaincinv,
        gammaln,
        hyp2f1,
        iv,
        jv,
        kv,
        log_ndtr,
        logit,
        logsumexp,
        ndtr,
        ndtri,
        owens_t,
        polygamma,
        stdtr,
        stdtrit,
        xlog1py,
        xlogy,
        yv,
    )

__all__ = [
    "beta",
    "betainc",
    "betaincc",
    "betainccinv",
    "betaincinv",
    "betaln",
    "binom",
    "chdtri",
    "digamma",
    "erf",
    "erfc",
    "erfcx",
    "erfinv",
    "exp1",
    "expit",
    "fdtrc",
    "gamma",
    "gammainc",
    "gammaincc",
    "gammainccinv",
    "gammaincinv",
    "gammaln",
    "hyp2f1",
    "iv",
    "jv",
    "kv",
    "log_ndtr",
    "logit",
    "logsumexp",
    "ndtr",
    "ndtri",
    "owens_t",
    "polygamma",
    "stdtr",
    "stdtrit",
    "xlog1py",
    "xlogy",
    "yv",
]

PACKAGE = "scipy.special"
COMPILED = f"{PACKAGE}._ufuncs"


def compiled_functions() -> ModuleType:
    """The compiled module alone; scipy.special where that is loaded already, or where scipy is arranged otherwise."""
    if PACKAGE in sys.modules:
        return importlib.import_module(PACKAGE)
    # Importing a module runs its package first. A bare package stands in for that moment, so that nothing is run.
    package = ModuleType(PACKAGE)
    package.__path__ = [str(Path(folder) / "special") for folder in scipy.__path__]
    sys.modules[PACKAGE] = package
    try:
        return importlib.import_module(COMPILED)
    except ImportError:
        sys.modules.pop(PACKAGE, None)
        return importlib.import_module(PACKAGE)
    finally:
        if sys.modules.get(PACKAGE) is package:
            del sys.modules[PACKAGE]


_FUNCTIONS = compiled_functions()


def __getattr__(name: str) -> Any:
    """A special function by scipy's name, kept as this module's own. Raises AttributeError."""
    if name.startswith("__"):
        raise AttributeError(name)
    found = getattr(_FUNCTIONS, name, None)
    found = getattr(importlib.import_module(PACKAGE), name) if found is None else found
    globals()[name] = found
    return found
