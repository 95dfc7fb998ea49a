"""Number formats: from a cell's style index to the format code Excel would show."""

from __future__ import annotations

from compute.workbook.attributes import whole_number
from compute.workbook.markup import Element
from compute.workbook.strings import unescape

BUILT_IN: dict[int, str] = {
    1: "0",
    2: "0.00",
    3: "#,##0",
    4: "#,##0.00",
    5: "$#,##0_);($#,##0)",
    6: "$#,##0_);[Red]($#,##0)",
    7: "$#,##0.00_);($#,##0.00)",
    8: "$#,##0.00_);[Red]($#,##0.00)",
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    12: "# ?/?",
    13: "# ??/??",
    14: "m/d/yyyy",
    15: "d-mmm-yy",
    16: "d-mmm",
    17: "mmm-yy",
    18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM",
    20: "h:mm",
    21: "h:mm:ss",
    22: "m/d/yyyy h:mm",
    37: "#,##0_);(#,##0)",
    38: "#,##0_);[Red](#,##0)",
    39: "#,##0.00_);(#,##0.00)",
    40: "#,##0.00_);[Red](#,##0.00)",
    41: '_(* #,##0_);_(* (#,##0);_(* "-"_);_(@_)',
    42: '_($* #,##0_);_($* (#,##0);_($* "-"_);_(@_)',
    43: '_(* #,##0.00_);_(* (#,##0.00);_(* "-"??_);_(@_)',
    44: '_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_);_(@_)',
    45: "mm:ss",
    46: "[h]:mm:ss",
    47: "mm:ss.0",
    48: "##0.0E+0",
    49: "@",
}
"""Formats that files name by number only, as Excel shows them in the United States (ECMA-376 part 1, 18.8.30; the
dates and currencies follow the reader's locale there)."""


def read_number_formats(styles: Element) -> dict[str, str]:
    """The format code of each style index (as text, the way cells name it); General is left out."""
    custom = {
        element.attributes.get("numFmtId", ""): unescape(element.attributes.get("formatCode", ""))
        for element in styles.all("numFmts", "numFmt")
    }
    formats: dict[str, str] = {}
    for index, style in enumerate(styles.all("cellXfs", "xf")):
        number = style.attributes.get("numFmtId", "0")
        code = custom.get(number) or BUILT_IN.get(whole_number(number) or 0, "")
        if code and code.casefold() != "general":
            formats[str(index)] = code
    return formats
