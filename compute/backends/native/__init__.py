"""Native code: a program's numeric formulas compiled by LLVM to loops over vectors of iterations."""

from __future__ import annotations
