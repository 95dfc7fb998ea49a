"""The icons, drawn: ``python -m manifests.icons`` writes them to addin/public/icons, from where the build takes them.

Shapes are functions on the unit square, sampled many times a pixel, so that small sizes stay crisp.
"""

from __future__ import annotations

import math
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "addin" / "public" / "icons"
TEAL = (10, 104, 118)
RED = (196, 49, 75)
WHITE = (255, 255, 255)
COMMAND_SIZES = (16, 32, 80)
APP_SIZES = (16, 32, 64, 80, 128)

Colour = tuple[int, int, int]
Shape = Callable[[float, float], bool]
Layer = tuple[Colour, Shape]


def _bell(left: float, right: float, base: float, height: float) -> Callable[[float], float]:
    middle, width = (left + right) / 2, (right - left) / 5.2

    def curve(x: float) -> float:
        return base - height * math.exp(-(((x - middle) / width) ** 2) / 2)

    return curve


def _stroke(curve: Callable[[float], float], left: float, right: float, width: float) -> Shape:
    def inside(x: float, y: float) -> bool:
        if not left <= x <= right:
            return False
        slope = (curve(x + 1e-3) - curve(x - 1e-3)) / 2e-3
        return abs(y - curve(x)) <= width / 2 * math.hypot(1, slope)

    return inside


def _box(left: float, top: float, right: float, bottom: float, radius: float = 0.0) -> Shape:
    def inside(x: float, y: float) -> bool:
        dx = max(left + radius - x, x - right + radius, 0.0)
        dy = max(top + radius - y, y - bottom + radius, 0.0)
        if radius == 0:
            return dx == dy == 0
        return dx * dx + dy * dy <= radius * radius

    return inside


def _ring(radius: float, width: float) -> Shape:
    return lambda x, y: abs(math.hypot(x - 0.5, y - 0.5) - radius) <= width / 2


def _dot(centre_x: float, centre_y: float, radius: float) -> Shape:
    return lambda x, y: math.hypot(x - centre_x, y - centre_y) <= radius


def _play(x: float, y: float) -> bool:
    return 0.22 <= x <= 0.88 and abs(y - 0.5) <= 0.38 * (0.88 - x) / 0.66


def _frame(left: float, top: float, right: float, bottom: float, width: float) -> Shape:
    outer = _box(left, top, right, bottom, 0.05)
    inner = _box(left + width, top + width, right - width, bottom - width)
    return lambda x, y: outer(x, y) and not inner(x, y)


def _any(*shapes: Shape) -> Shape:
    return lambda x, y: any(shape(x, y) for shape in shapes)


def _question(x: float, y: float) -> bool:
    arc = abs(math.hypot(x - 0.5, y - 0.4) - 0.13) <= 0.05 and not (x < 0.5 and y > 0.4)
    return arc or _box(0.45, 0.48, 0.55, 0.62)(x, y) or _dot(0.5, 0.73, 0.065)(x, y)


def _bars(x: float, y: float) -> bool:
    heights = (0.28, 0.52, 0.74, 0.44, 0.2)
    return any(_box(0.08 + 0.175 * i, 0.88 - h, 0.2 + 0.175 * i, 0.88)(x, y) for i, h in enumerate(heights))


LINE = 0.085
_CURVE = _bell(0.06, 0.94, 0.78, 0.6)
_GRID = _any(
    _frame(0.08, 0.12, 0.92, 0.88, LINE),
    _box(0.08, 0.36, 0.92, 0.36 + LINE * 0.8),
    _box(0.36, 0.12, 0.36 + LINE * 0.8, 0.88),
)
SHAPES: dict[str, tuple[Layer, ...]] = {
    "distribution": ((TEAL, _any(_stroke(_CURVE, 0.06, 0.94, 0.1), _box(0.06, 0.84, 0.94, 0.92))),),
    "output": ((TEAL, _any(_ring(0.38, LINE), _ring(0.2, LINE), _dot(0.5, 0.5, 0.075))),),
    "simulate": ((TEAL, _play),),
    "stop": ((RED, _box(0.2, 0.2, 0.8, 0.8, 0.06)),),
    "results": ((TEAL, _any(_bars, _box(0.06, 0.88, 0.96, 0.95))),),
    "sheet": ((TEAL, _GRID),),
    "pane": ((TEAL, _any(_frame(0.08, 0.12, 0.92, 0.88, LINE), _box(0.6, 0.12, 0.92, 0.88))),),
    "help": ((TEAL, _any(_ring(0.4, LINE), _question)),),
}
_APP_CURVE = _stroke(_bell(0.1, 0.9, 0.74, 0.5), 0.12, 0.88, 0.095)
APP: tuple[Layer, ...] = ((TEAL, _box(0.0, 0.0, 1.0, 1.0, 0.2)), (WHITE, _APP_CURVE))
# Teams' rules for the pair: a full square in colour, and one in white on nothing.
COLOUR: tuple[Layer, ...] = ((TEAL, _box(0.0, 0.0, 1.0, 1.0)), (WHITE, _APP_CURVE))
OUTLINE: tuple[Layer, ...] = ((WHITE, _any(_stroke(_CURVE, 0.06, 0.94, 0.1), _box(0.06, 0.84, 0.94, 0.92))),)


def pixels(layers: tuple[Layer, ...], size: int) -> bytes:
    """The picture as rows of RGBA bytes, ``size`` pixels square; the last layer lies on top."""
    fine = max(3, min(8, 256 // size))
    offsets = [(i + 0.5) / fine for i in range(fine)]
    picture = bytearray()
    for row in range(size):
        for column in range(size):
            samples = [((column + dx) / size, (row + dy) / size) for dy in offsets for dx in offsets]
            hits = [next((colour for colour, inside in reversed(layers) if inside(x, y)), None) for x, y in samples]
            seen = [colour for colour in hits if colour is not None]
            mean = [round(sum(colour[i] for colour in seen) / len(seen)) if seen else 0 for i in range(3)]
            picture += bytes((*mean, round(255 * len(seen) / len(hits))))
    return bytes(picture)


def png(layers: tuple[Layer, ...], size: int) -> bytes:
    """The picture as a PNG file (RFC 2083, eight bits, RGBA)."""
    data = pixels(layers, size)
    rows = b"".join(b"\0" + data[start : start + 4 * size] for start in range(0, len(data), 4 * size))

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def catalogue() -> dict[str, tuple[tuple[Layer, ...], int]]:
    """Every icon by its file name."""
    files = {f"{name}-{size}.png": (layers, size) for name, layers in SHAPES.items() for size in COMMAND_SIZES}
    files |= {f"montecell-{size}.png": (APP, size) for size in APP_SIZES}
    return files | {"color.png": (COLOUR, 192), "outline.png": (OUTLINE, 32)}


def main(folder: Path = FOLDER) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, (layers, size) in catalogue().items():
        (folder / name).write_bytes(png(layers, size))
    sys.stdout.write(f"{len(catalogue())} icons in {folder}\n")


if __name__ == "__main__":
    main()
