"""Where simulations run: this process's threads or a Ray cluster, over one state machine of chunks."""

from __future__ import annotations

from compute.runners.files import check_file, inspect_file, open_file, recalculate, simulate_file
from compute.runners.model import Input, Model, Output
from compute.runners.result import Result, Variable

__all__ = [
    "Input",
    "Model",
    "Output",
    "Result",
    "Variable",
    "check_file",
    "inspect_file",
    "open_file",
    "recalculate",
    "simulate_file",
]
