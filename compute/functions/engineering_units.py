"""CONVERT: units of measure and the prefixes that scale them.

Factors are exact by definition (international yard and pound, NIST SP 811) where one exists; the names are Excel's.
"""

from __future__ import annotations

from compute.errors import ErrorCode
from compute.functions.signature import elementwise, number, text

_INCH, _FOOT, _YARD, _MILE, _NAUTICAL = 0.0254, 0.3048, 0.9144, 1609.344, 1852.0
_SURVEY_MILE = 5280.0 * 1200.0 / 3937.0
_PICA_POINT = 0.0254 / 72
_LIGHT_YEAR = 9460730472580800.0
_POUND = 453.59237  # grams
_GRAVITY = 9.80665
_GALLON, _UK_GALLON = 231 * _INCH**3 * 1000, 4.54609  # litres
_CUBIC = 1000.0  # litres in a cubic metre
_CALORIE, _TABLE_CALORIE, _BTU = 4.184, 4.1868, 1055.05585262
_HORSEPOWER = 550 * _FOOT * _POUND / 1000 * _GRAVITY
_ATMOSPHERE = 101325.0
_DAY = 86400.0

_MASS = {
    "g": 1.0, "sg": _POUND * _GRAVITY / _FOOT, "lbm": _POUND, "u": 1.66053906660e-24, "ozm": _POUND / 16,
    "grain": _POUND / 7000, "cwt": 100 * _POUND, "shweight": 100 * _POUND, "uk_cwt": 112 * _POUND,
    "lcwt": 112 * _POUND, "hweight": 112 * _POUND, "stone": 14 * _POUND, "ton": 2000 * _POUND,
    "uk_ton": 2240 * _POUND, "LTON": 2240 * _POUND, "brton": 2240 * _POUND,
}  # fmt: skip
_LENGTH = {
    "m": 1.0, "mi": _MILE, "Nmi": _NAUTICAL, "in": _INCH, "ft": _FOOT, "yd": _YARD, "ang": 1e-10, "ell": 45 * _INCH,
    "ly": _LIGHT_YEAR, "parsec": 3.0856775814913673e16, "pc": 3.0856775814913673e16, "Picapt": _PICA_POINT,
    "Pica": _PICA_POINT, "pica": 12 * _PICA_POINT, "survey_mi": _SURVEY_MILE,
}  # fmt: skip
_TIME = {"yr": 365.25 * _DAY, "day": _DAY, "d": _DAY, "hr": 3600.0, "mn": 60.0, "min": 60.0, "sec": 1.0, "s": 1.0}
_PRESSURE = {
    "Pa": 1.0, "p": 1.0, "atm": _ATMOSPHERE, "at": _ATMOSPHERE, "mmHg": 133.322, "psi": 6894.757293168361,
    "Torr": _ATMOSPHERE / 760,
}  # fmt: skip
_FORCE = {"N": 1.0, "dyn": 1e-5, "dy": 1e-5, "lbf": _POUND / 1000 * _GRAVITY, "pond": _GRAVITY / 1000}
_ENERGY = {
    "J": 1.0, "e": 1e-7, "c": _CALORIE, "cal": _TABLE_CALORIE, "eV": 1.602176634e-19, "ev": 1.602176634e-19,
    "HPh": _HORSEPOWER * 3600, "hh": _HORSEPOWER * 3600, "Wh": 3600.0, "wh": 3600.0,
    "flb": _POUND / 1000 * _GRAVITY * _FOOT, "BTU": _BTU, "btu": _BTU,
}  # fmt: skip
_POWER = {"HP": _HORSEPOWER, "h": _HORSEPOWER, "PS": 75 * _GRAVITY, "W": 1.0, "w": 1.0}
_MAGNETISM = {"T": 1.0, "ga": 1e-4}
_VOLUME = {
    "l": 1.0, "L": 1.0, "lt": 1.0, "tsp": _GALLON / 768, "tspm": 0.005, "tbs": _GALLON / 256, "oz": _GALLON / 128,
    "cup": _GALLON / 16, "pt": _GALLON / 8, "us_pt": _GALLON / 8, "uk_pt": _UK_GALLON / 8, "qt": _GALLON / 4,
    "uk_qt": _UK_GALLON / 4, "gal": _GALLON, "uk_gal": _UK_GALLON, "ang3": 1e-30 * _CUBIC, "ang^3": 1e-30 * _CUBIC,
    "barrel": 42 * _GALLON, "bushel": 2150.42 * _INCH**3 * _CUBIC, "ft3": _FOOT**3 * _CUBIC, "ft^3": _FOOT**3 * _CUBIC,
    "in3": _INCH**3 * _CUBIC, "in^3": _INCH**3 * _CUBIC,
    "ly3": _LIGHT_YEAR**3 * _CUBIC, "ly^3": _LIGHT_YEAR**3 * _CUBIC,
    "m3": _CUBIC, "m^3": _CUBIC, "mi3": _MILE**3 * _CUBIC, "mi^3": _MILE**3 * _CUBIC, "yd3": _YARD**3 * _CUBIC,
    "yd^3": _YARD**3 * _CUBIC, "Nmi3": _NAUTICAL**3 * _CUBIC, "Nmi^3": _NAUTICAL**3 * _CUBIC,
    "Picapt3": _PICA_POINT**3 * _CUBIC, "Picapt^3": _PICA_POINT**3 * _CUBIC, "Pica3": _PICA_POINT**3 * _CUBIC,
    "Pica^3": _PICA_POINT**3 * _CUBIC, "GRT": 100 * _FOOT**3 * _CUBIC, "regton": 100 * _FOOT**3 * _CUBIC,
    "MTON": 40 * _FOOT**3 * _CUBIC,
}  # fmt: skip
_AREA = {
    "uk_acre": 4046.8564224, "us_acre": _SURVEY_MILE**2 / 640, "ang2": 1e-20, "ang^2": 1e-20, "ar": 100.0,
    "ft2": _FOOT**2, "ft^2": _FOOT**2, "ha": 1e4, "in2": _INCH**2, "in^2": _INCH**2, "ly2": _LIGHT_YEAR**2,
    "ly^2": _LIGHT_YEAR**2, "m2": 1.0, "m^2": 1.0, "Morgen": 2500.0, "mi2": _MILE**2, "mi^2": _MILE**2,
    "Nmi2": _NAUTICAL**2, "Nmi^2": _NAUTICAL**2, "Picapt2": _PICA_POINT**2, "Pica2": _PICA_POINT**2,
    "Pica^2": _PICA_POINT**2, "Picapt^2": _PICA_POINT**2, "yd2": _YARD**2, "yd^2": _YARD**2,
}  # fmt: skip
_INFORMATION = {"bit": 1.0, "byte": 8.0}
_SPEED = {
    "admkn": 6080 * _FOOT / 3600, "kn": _NAUTICAL / 3600, "m/h": 1 / 3600, "m/hr": 1 / 3600, "m/s": 1.0, "m/sec": 1.0,
    "mph": _MILE / 3600,
}  # fmt: skip

_QUANTITIES = (
    _MASS, _LENGTH, _TIME, _PRESSURE, _FORCE, _ENERGY, _POWER, _MAGNETISM, _VOLUME, _AREA, _INFORMATION, _SPEED,
)  # fmt: skip
_UNITS = {name: (kind, factor) for kind, table in enumerate(_QUANTITIES) for name, factor in table.items()}
_METRIC = {
    "g", "u", "m", "ang", "ly", "parsec", "pc", "sec", "s", "Pa", "p", "atm", "at", "mmHg", "Torr", "N", "dyn", "dy",
    "pond", "J", "e", "c", "cal", "eV", "ev", "Wh", "wh", "W", "w", "T", "ga", "l", "L", "lt", "ang3", "ang^3", "m3",
    "m^3", "ar", "m2", "m^2", "ang2", "ang^2", "bit", "byte", "m/s", "m/sec", "m/h", "m/hr", "K", "kel",
}  # fmt: skip
_PREFIXES = {
    "Y": 1e24, "Z": 1e21, "E": 1e18, "P": 1e15, "T": 1e12, "G": 1e9, "M": 1e6, "k": 1e3, "h": 1e2, "da": 1e1, "e": 1e1,
    "d": 1e-1, "c": 1e-2, "m": 1e-3, "u": 1e-6, "n": 1e-9, "p": 1e-12, "f": 1e-15, "a": 1e-18, "z": 1e-21, "y": 1e-24,
}  # fmt: skip
_BINARY = {name: 2.0 ** (10 * (i + 1)) for i, name in enumerate(("ki", "Mi", "Gi", "Ti", "Pi", "Ei", "Zi", "Yi"))}

# Kelvin = (degrees + shift) * factor
_TEMPERATURES = {
    "C": (273.15, 1.0), "cel": (273.15, 1.0), "F": (459.67, 5 / 9), "fah": (459.67, 5 / 9), "K": (0.0, 1.0),
    "kel": (0.0, 1.0), "Rank": (0.0, 5 / 9), "Reau": (273.15 / 1.25, 1.25),
}  # fmt: skip


def _unit(name: str) -> tuple[int, float] | None:
    """The quantity and the factor to its base unit; None for no unit of Excel's."""
    if name in _UNITS:
        return _UNITS[name]
    for prefixes, allowed in ((_PREFIXES, _METRIC), (_BINARY, {"bit", "byte"})):
        for prefix, scale in prefixes.items():
            base = name[len(prefix) :]
            if name.startswith(prefix) and base in allowed and base in _UNITS:
                kind, factor = _UNITS[base]
                dimension = int(base[-1]) if base[-1] in "23" else 1
                return kind, factor * scale**dimension
    return None


def _temperature(name: str) -> tuple[float, float] | None:
    if name in _TEMPERATURES:
        return _TEMPERATURES[name]
    for prefix, scale in _PREFIXES.items():
        if name in (prefix + "K", prefix + "kel"):
            return 0.0, scale
    return None


@elementwise("CONVERT", number("number"), text("from_unit"), text("to_unit"))
def convert(value: float, source: str, target: str) -> float | ErrorCode:
    """A measure in another unit; unknown units and units of different quantities are #N/A."""
    if source == target and (_unit(source) or _temperature(source)):
        return value
    warm, cold = _temperature(source), _temperature(target)
    if warm and cold:
        return (value + warm[0]) * warm[1] / cold[1] - cold[0]
    given, wanted = _unit(source), _unit(target)
    if given is None or wanted is None or given[0] != wanted[0]:
        return ErrorCode.NA
    return value * given[1] / wanted[1]
