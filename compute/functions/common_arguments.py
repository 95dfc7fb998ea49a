"""Which arguments must be the same in every iteration that a call computes at once.

Where such an argument is uncertain, its formula is computed again for each of the argument's different values: for a
continuous quantity, one iteration at a time. The modules ask for it by ``CallContext.constant`` and ``settled``, or
raise ``LanesDiffer``.
"""

from __future__ import annotations

_FIELDS = ("field", "criteria")
_FLAGS = ("const", "stats")
_MODES = ("match_mode", "search_mode")
_SIZE = ("rows", "columns")

COMMON_ARGUMENTS: dict[str, tuple[str, ...]] = {
    "AGGREGATE": ("function_num", "options"),
    "ARRAYTOTEXT": ("format",),
    "CELL": ("info_type",),
    "CHOOSECOLS": ("col_num",),
    "CHOOSEROWS": ("row_num",),
    "DROP": _SIZE,
    "EXPAND": _SIZE,
    "FILTER": ("include",),
    "FILTERXML": ("xml", "xpath"),
    "GETPIVOTDATA": ("data_field", "field", "item"),
    "GROUPBY": ("row_fields", "field_headers", "total_depth", "sort_order", "filter_array", "field_relationship"),
    "GROWTH": ("const",),
    "INDEX": ("area_num",),
    "INDIRECT": ("ref_text", "a1"),
    "INFO": ("type_text",),
    "LINEST": _FLAGS,
    "LOGEST": _FLAGS,
    "MODE.MULT": ("number", "more"),
    "MUNIT": ("dimension",),
    "NETWORKDAYS": ("holidays",),
    "NETWORKDAYS.INTL": ("weekend", "holidays"),
    "OFFSET": ("rows", "cols", "height", "width"),
    "PIVOTBY": (
        "row_fields", "col_fields", "field_headers", "row_total_depth", "row_sort_order", "col_total_depth",
        "col_sort_order", "filter_array", "relative_to",
    ),
    "RANDARRAY": _SIZE,
    "REGEXEXTRACT": ("text", "pattern", "return_mode", "case_sensitivity"),
    "SEQUENCE": _SIZE,
    "SHEET": ("value",),
    "SORT": ("sort_index", "sort_order", "by_col"),
    "SORTBY": ("sort_order",),
    "SUBTOTAL": ("function_num",),
    "T.TEST": ("type",),
    "TAKE": _SIZE,
    "TEXTAFTER": ("delimiter",),
    "TEXTBEFORE": ("delimiter",),
    "TEXTSPLIT": ("text", "column_delimiter", "row_delimiter", "ignore_empty", "match_mode", "pad_with"),
    "TOCOL": ("ignore", "scan_by_column"),
    "TOROW": ("ignore", "scan_by_column"),
    "TREND": ("const",),
    "TRIMRANGE": ("trim_rows", "trim_cols"),
    "TTEST": ("type",),
    "UNIQUE": ("array", "by_col", "exactly_once"),
    "WORKDAY": ("holidays",),
    "WORKDAY.INTL": ("weekend", "holidays"),
    "WRAPCOLS": ("wrap_count",),
    "WRAPROWS": ("wrap_count",),
    "XLOOKUP": _MODES,
    "XMATCH": _MODES,
    **dict.fromkeys(
        ("DAVERAGE", "DCOUNT", "DCOUNTA", "DGET", "DMAX", "DMIN", "DPRODUCT", "DSTDEV", "DSTDEVP", "DSUM", "DVAR",
         "DVARP"), _FIELDS,
    ),
}  # fmt: skip
"""Names of parameters by function; functions that are not here take every argument with its own value per iteration."""

PLAIN_PYTHON = frozenset({"AMORDEGRC", "IMPRODUCT", "IMSUM"})
"""Functions whose module does not say ``@elementwise`` and that go through the iterations one by one all the same."""

COUNTED_ALIKE = frozenset({"FREQUENCY", "PROB"})
"""Functions whose arguments may differ, but not in which of their elements are numbers: lanes are grouped by that."""
