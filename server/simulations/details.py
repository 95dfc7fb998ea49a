"""Details that were asked for once, kept as files beside the samples that they follow from."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from compute.details import ConventionName
from compute.protocol import MONTECELL_VERSION
from server.kit.data_folder import write_atomically

FOLDER = "details"
# Counted up when details of the same samples change, so that none is shown that another version made.
EDITION = 1


@dataclass(frozen=True, slots=True)
class DetailsRequest:
    """What ``?include=``, ``?convention=`` and ``?fan=`` ask for."""

    sections: tuple[str, ...]
    convention: ConventionName
    fan: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KeptDetails:
    """The kept answers of one result: at most ``most``, the oldest goes first. Samples never change, so they stay good.

    They are files in the result's own folder: every process that serves the result finds them, a restart does not lose
    them, and they go with the simulation.
    """

    result: Path
    most: int

    def file(self, asked: DetailsRequest) -> Path:
        """Where the answer to this request lies, if it is kept."""
        text = json.dumps([MONTECELL_VERSION, EDITION, asdict(asked)], sort_keys=True)
        return self.result / FOLDER / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.json"

    def get(self, asked: DetailsRequest) -> str | None:
        """The answer, None when it is not kept."""
        try:
            return self.file(asked).read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    def put(self, asked: DetailsRequest, answer: str) -> None:
        """Keep an answer, and let the oldest go if there are too many."""
        if self.most == 0:
            return
        target = self.file(asked)
        target.parent.mkdir(exist_ok=True)
        write_atomically(target, answer.encode())
        aged = sorted(target.parent.glob("*.json"), key=_age)
        for old in aged[: -self.most]:
            if old != target:
                old.unlink(missing_ok=True)


def _age(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except FileNotFoundError:
        return 0
