"""``montecell try-gpu``: do the GPUs of this machine give the bits of native code, and is it worth it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from compute.cli.arguments import specification
from compute.engines.gpu_trial import GpuTrial, try_gpu
from compute.runners.files import open_file


def tried_gpu(options: argparse.Namespace) -> tuple[dict[str, Any], str, bool]:
    """The trial as JSON and as text, and whether GPU and processor agreed."""
    path = Path(options.workbook)
    trial = try_gpu(open_file(path, specification(options)).program, path.name)
    data = {
        "devices": list(trial.devices),
        "iterations": trial.iterations,
        "gpu_seconds": trial.gpu_seconds,
        "power_seconds": trial.power_seconds,
        "agrees": not trial.difference,
        "difference": trial.difference or None,
        "record": trial.record.model_dump() if trial.record else None,
    }
    return data, trial_text(trial), not trial.difference


def trial_text(trial: GpuTrial) -> str:
    """What was found, and what follows from it."""
    devices = ", ".join(trial.devices)
    if trial.difference or trial.record is None:
        return (
            f"{devices} does not agree with native code: {trial.difference}.\n"
            "engine='auto' takes no GPU on this machine; please report this with the workbook."
        )
    ratio, start = trial.power_seconds / trial.gpu_seconds, trial.record.start_seconds
    return (
        f"{devices} gives the bits of native code in all {trial.record.iterations:,} iterations.\n"
        f"{trial.iterations:,} iterations, samples brought back: {trial.gpu_seconds:.3f} s, native code on one core "
        f"{trial.power_seconds:.3f} s ({ratio:.1f} times as long); beginning takes {start:.1f} s.\n"
        "engine='auto' goes by these figures from now on."
    )


__all__ = ["trial_text", "tried_gpu"]
