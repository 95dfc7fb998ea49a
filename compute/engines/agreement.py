"""Whether two machines gave the same samples, bit for bit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from compute.backends.reference import BlockResult
from compute.program import Program


def difference(program: Program, gpu: Sequence[BlockResult], power: Sequence[BlockResult]) -> str:
    """The first sample of a GPU whose bits or error are not those of native code; "" where there is none.

    Both are the same iterations, each in blocks that follow each other.
    """
    first = gpu[0].start
    keys = {"outputs": [o.key for o in program.outputs], "inputs": [d.key for d in program.draws]}
    for kind, names in keys.items():
        ours, theirs = _joined(gpu, kind), _joined(power, kind)
        codes, expected = _joined(gpu, f"{kind[:-1]}_codes"), _joined(power, f"{kind[:-1]}_codes")
        same = (codes == expected) & ((ours.view(np.uint64) == theirs.view(np.uint64)) | (codes != 0))
        if not same.all():
            row, column = np.argwhere(~same)[0].tolist()
            return (
                f"{names[row]} in iteration {first + column:,}: {float(ours[row, column])!r} on the GPU, "
                f"{float(theirs[row, column])!r} in native code ({np.count_nonzero(~same):,} of {same.size:,} differ)"
            )
    return ""


def _joined(parts: Sequence[BlockResult], name: str) -> npt.NDArray[np.float64]:
    return np.ascontiguousarray(np.concatenate([getattr(p, name) for p in parts], axis=1))


__all__ = ["difference"]
