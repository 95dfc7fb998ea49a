"""What a run takes from its workbook where its caller says nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from compute.dialects.settings import settings
from compute.protocol import DEFAULT_ITERATIONS, DEFAULT_SEED, SamplingMethod
from compute.workbook import Workbook

Iterations = int | Literal["auto"]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The length, seed and sampling of a run; ``note`` tells what of it the workbook said, empty if nothing."""

    iterations: Iterations
    seed: int
    sampling: SamplingMethod
    note: str = ""


def chosen(
    workbook: Workbook,
    iterations: Iterations | None,
    seed: int | None,
    sampling: SamplingMethod | None,
    *,
    ends_itself: bool = False,
) -> Chosen:
    """The caller's figures, else the workbook's own settings, else Montecell's defaults.

    A run that ``ends_itself`` asks the workbook for no number of iterations.
    """
    own = settings(workbook)
    told: dict[str, object] = {}
    if iterations is None and own.iterations is not None and not ends_itself:
        iterations = told["iterations"] = own.iterations
    if seed is None and own.seed is not None:
        seed = told["seed"] = own.seed
    if sampling is None and own.sampling is not None:
        sampling = told["sampling"] = own.sampling
    listed = ", ".join(f"{name} {value}" for name, value in told.items())
    return Chosen(
        DEFAULT_ITERATIONS if iterations is None else iterations,
        DEFAULT_SEED if seed is None else seed,
        sampling or "latin_hypercube",
        f"taken from the workbook's settings of {own.product}: {listed}" if told else "",
    )
