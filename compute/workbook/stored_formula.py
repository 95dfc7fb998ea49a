"""Formulas as a person types them made into the form that files hold.

``MC.NORMAL(…)`` becomes ``_xldudf_MC_NORMAL(…)`` as Office.js add-ins are stored; functions younger than Excel 2007
get the prefix ``_xlfn.``, LET and LAMBDA variables ``_xlpm.``, a LAMBDA's optional parameters ``_xlop.`` where it lists
them. Source: MS-XLSX 2.2.2 (future functions) and Microsoft's
page "Issue: An _xlfn. prefix is displayed in front of a formula".
"""

from __future__ import annotations

import re

_TOKEN = re.compile(
    r"\"(?:[^\"]|\"\")*\"|'(?:[^']|'')*'"
    r"|(?<=[(,\s])\[(?P<optional>[A-Za-z_\\][A-Za-z0-9_.\\]*)\](?=\s*,)"
    r"|\[[^\[\]]*\]"
    r"|(?P<name>[A-Za-z_\\][A-Za-z0-9_.\\]*)(?P<call>\s*\()?"
)
_VARIABLES = re.compile(r"\b(?:LET|LAMBDA)\s*\(", re.IGNORECASE)
_SECOND_PREFIX = frozenset({"FILTER", "SORT"})
FUTURE_FUNCTIONS = frozenset(
    [
        "ACOT",
        "ACOTH",
        "AGGREGATE",
        "ANCHORARRAY",
        "ARABIC",
        "ARRAYTOTEXT",
        "BASE",
        "BETA.DIST",
        "BETA.INV",
        "BINOM.DIST",
        "BINOM.DIST.RANGE",
        "BINOM.INV",
        "BITAND",
        "BITLSHIFT",
        "BITOR",
        "BITRSHIFT",
        "BITXOR",
        "BYCOL",
        "BYROW",
        "CEILING.MATH",
        "CEILING.PRECISE",
        "CHISQ.DIST",
        "CHISQ.DIST.RT",
        "CHISQ.INV",
        "CHISQ.INV.RT",
        "CHISQ.TEST",
        "CHOOSECOLS",
        "CHOOSEROWS",
        "COMBINA",
        "CONCAT",
        "CONFIDENCE.NORM",
        "CONFIDENCE.T",
        "COT",
        "COTH",
        "COVARIANCE.P",
        "COVARIANCE.S",
        "CSC",
        "CSCH",
        "DAYS",
        "DECIMAL",
        "DROP",
        "ECMA.CEILING",
        "ENCODEURL",
        "ERF.PRECISE",
        "ERFC.PRECISE",
        "EXPAND",
        "EXPON.DIST",
        "F.DIST",
        "F.DIST.RT",
        "F.INV",
        "F.INV.RT",
        "F.TEST",
        "FILTER",
        "FILTERXML",
        "FLOOR.MATH",
        "FLOOR.PRECISE",
        "FORECAST.ETS",
        "FORECAST.ETS.CONFINT",
        "FORECAST.ETS.SEASONALITY",
        "FORECAST.ETS.STAT",
        "FORECAST.LINEAR",
        "FORMULATEXT",
        "GAMMA",
        "GAMMA.DIST",
        "GAMMA.INV",
        "GAMMALN.PRECISE",
        "GAUSS",
        "GROUPBY",
        "HSTACK",
        "HYPGEOM.DIST",
        "IFNA",
        "IFS",
        "IMCOSH",
        "IMCOT",
        "IMCSC",
        "IMCSCH",
        "IMSEC",
        "IMSECH",
        "IMSINH",
        "IMTAN",
        "ISFORMULA",
        "ISOMITTED",
        "ISO.CEILING",
        "ISOWEEKNUM",
        "LAMBDA",
        "LET",
        "LOGNORM.DIST",
        "LOGNORM.INV",
        "MAKEARRAY",
        "MAP",
        "MAXIFS",
        "MINIFS",
        "MODE.MULT",
        "MODE.SNGL",
        "MUNIT",
        "NEGBINOM.DIST",
        "NETWORKDAYS.INTL",
        "NORM.DIST",
        "NORM.INV",
        "NORM.S.DIST",
        "NORM.S.INV",
        "NUMBERVALUE",
        "PDURATION",
        "PERCENTILE.EXC",
        "PERCENTILE.INC",
        "PERCENTOF",
        "PERCENTRANK.EXC",
        "PERCENTRANK.INC",
        "PERMUTATIONA",
        "PHI",
        "PIVOTBY",
        "POISSON.DIST",
        "QUARTILE.EXC",
        "QUARTILE.INC",
        "RANDARRAY",
        "RANK.AVG",
        "RANK.EQ",
        "REDUCE",
        "REGEXEXTRACT",
        "REGEXREPLACE",
        "REGEXTEST",
        "RRI",
        "SCAN",
        "SEC",
        "SECH",
        "SEQUENCE",
        "SHEET",
        "SHEETS",
        "SINGLE",
        "SKEW.P",
        "SORT",
        "SORTBY",
        "STDEV.P",
        "STDEV.S",
        "SWITCH",
        "T.DIST",
        "T.DIST.2T",
        "T.DIST.RT",
        "T.INV",
        "T.INV.2T",
        "T.TEST",
        "TAKE",
        "TEXTAFTER",
        "TEXTBEFORE",
        "TEXTJOIN",
        "TEXTSPLIT",
        "TOCOL",
        "TOROW",
        "TRIMRANGE",
        "UNICHAR",
        "UNICODE",
        "UNIQUE",
        "VALUETOTEXT",
        "VAR.P",
        "VAR.S",
        "VSTACK",
        "WEBSERVICE",
        "WEIBULL.DIST",
        "WORKDAY.INTL",
        "WRAPCOLS",
        "WRAPROWS",
        "XLOOKUP",
        "XMATCH",
        "XOR",
        "Z.TEST",
    ]
)


def stored_formula(typed: str) -> str:
    """The text of a formula for ``<f>``: without ``=``, with the prefixes that files have; others stay as they are."""
    text = typed[1:] if typed.startswith("=") else typed
    variables, optional = _variables(text) if _VARIABLES.search(text) else (frozenset[str](), frozenset[str]())

    def replaced(match: re.Match[str]) -> str:
        name, call = match["name"], match["call"] or ""
        if match["optional"] and match["optional"].casefold() in optional:
            return f"_xlop.{match['optional']}"
        if name is None:
            return match[0]
        if name.casefold() in variables:
            return f"_xlpm.{name}{call}"
        return (_prefixed(name) if call else name) + call

    return _TOKEN.sub(replaced, text)


def _prefixed(name: str) -> str:
    upper = name.upper()
    if upper.startswith("MC."):
        return "_xldudf_MC_" + upper[3:].replace(".", "_")
    if upper in FUTURE_FUNCTIONS:
        return f"_xlfn._xlws.{upper}" if upper in _SECOND_PREFIX else f"_xlfn.{upper}"
    return name


def _variables(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names that LET and LAMBDA introduce in a formula, and those of optional parameters; none if it cannot be
    read.
    """
    from compute.errors import FormulaSyntaxError
    from compute.formulas import parse, walk
    from compute.formulas.ast import Call, NameReference, StructuredReference

    try:
        tree = parse(text, 1, 1)
    except FormulaSyntaxError:
        return frozenset(), frozenset()
    found: set[str] = set()
    optional: set[str] = set()
    for node in walk(tree):
        if isinstance(node, Call) and node.name in ("LET", "LAMBDA"):
            names = node.arguments[:-1:2] if node.name == "LET" else node.arguments[:-1]
            found |= {n.name.casefold() for n in names if isinstance(n, NameReference)}
            marked = [n for n in names if isinstance(n, StructuredReference) and n.table is None]
            optional |= {n.first.casefold() for n in marked if n.first}
    return frozenset(found | optional), frozenset(optional)
