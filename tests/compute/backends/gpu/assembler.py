"""NVIDIA's assembler, ptxas, where it is installed: what it says of a kernel's registers and spills."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

PACKAGES = ("nvidia-cuda-nvcc", "nvidia-cuda-nvcc-cu12")
MISSING = "ptxas is not installed (make gpu-check installs it, and runs what needs it)"
_SPILLED = re.compile(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads")
_USED = re.compile(r"Used (\d+) registers")
_MOST_SECONDS = 240


@dataclass(frozen=True, slots=True)
class Usage:
    """What ptxas says of a module: the most registers that a kernel uses, and bytes over all its functions."""

    registers: int
    stack: int
    spilled: int


@cache
def ptxas() -> Path | None:
    """The assembler of the package, else that of an installed toolkit."""
    for name in PACKAGES:
        try:
            files = metadata.files(name) or []
        except metadata.PackageNotFoundError:
            continue
        for file in files:
            if file.stem == "ptxas" and file.parent.name == "bin":
                return Path(str(file.locate()))
    found = shutil.which("ptxas")
    return Path(found) if found else None


def assembled(ptx: str, architecture: int) -> Usage:
    """Assembles PTX for a compute capability (times ten); raises AssertionError with what ptxas says against it."""
    tool = ptxas()
    assert tool is not None, MISSING
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "kernels.ptx"
        source.write_text(ptx)
        command = [tool, "-v", f"-arch=sm_{architecture}", "-warn-spills", source, "-o", Path(folder) / "kernels.cubin"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_MOST_SECONDS, check=False)
    assert done.returncode == 0, done.stderr[:2000]
    stacks = [tuple(map(int, m.groups())) for m in _SPILLED.finditer(done.stderr)]
    registers = [int(m.group(1)) for m in _USED.finditer(done.stderr)]
    return Usage(max(registers), max(s[0] for s in stacks), sum(s[1] + s[2] for s in stacks))
