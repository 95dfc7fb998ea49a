"""Where a simulation's files lie in the data folder."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from server.settings import Settings

SUMMARY = "summary.json"
TRIALS = "trials.parquet"


@dataclass(frozen=True, slots=True)
class SimulationFolder:
    """``simulations/<id>``: a checkpoint while it runs, ``result-<attempt>`` when it is done."""

    path: Path

    @classmethod
    def of(cls, settings: Settings, simulation_id: str) -> SimulationFolder:
        return cls(settings.simulations_folder / simulation_id)

    @property
    def checkpoint(self) -> Path:
        return self.path / "checkpoint"

    def result(self, attempt: int) -> Path:
        """Each attempt has its own folder: a worker that lost its lease cannot touch what its successor writes."""
        return self.path / f"result-{attempt}"

    def remove_other_results(self, kept: Path) -> None:
        """Gives up what attempts that did not end have left."""
        for other in self.path.glob("result-*"):
            if other != kept:
                shutil.rmtree(other, ignore_errors=True)

    def remove_checkpoint(self) -> None:
        shutil.rmtree(self.checkpoint, ignore_errors=True)

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
