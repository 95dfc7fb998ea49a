"""Excel's documented functions by category, as Microsoft's page "Excel functions (by category)" lists them.

A function that Microsoft lists twice stands where it is current; ``OLDER`` holds what files contain and no page
describes any more. ``ELSEWHERE`` says of those that no recalculation of a file can answer what they need instead.
"""

from __future__ import annotations

CATEGORIES: dict[str, str] = {
    "Math and trigonometry": """
        ABS ACOS ACOSH ACOT ACOTH AGGREGATE ARABIC ASIN ASINH ATAN ATAN2 ATANH BASE CEILING.MATH CEILING.PRECISE COMBIN
        COMBINA COS COSH COT COTH CSC CSCH DECIMAL DEGREES EVEN EXP FACT FACTDOUBLE FLOOR.MATH FLOOR.PRECISE GCD INT
        ISO.CEILING LCM LN LOG LOG10 MDETERM MINVERSE MMULT MOD MROUND MULTINOMIAL MUNIT ODD PERCENTOF PI POWER PRODUCT
        QUOTIENT RADIANS RAND RANDARRAY RANDBETWEEN ROMAN ROUND ROUNDDOWN ROUNDUP SEC SECH SEQUENCE SERIESSUM SIGN SIN
        SINH SQRT SQRTPI SUBTOTAL SUM SUMIF SUMIFS SUMPRODUCT SUMSQ SUMX2MY2 SUMX2PY2 SUMXMY2 TAN TANH TRUNC""",
    "Statistical": """
        AVEDEV AVERAGE AVERAGEA AVERAGEIF AVERAGEIFS BETA.DIST BETA.INV BINOM.DIST BINOM.DIST.RANGE BINOM.INV CHISQ.DIST
        CHISQ.DIST.RT CHISQ.INV CHISQ.INV.RT CHISQ.TEST CONFIDENCE.NORM CONFIDENCE.T CORREL COUNT COUNTA COUNTBLANK
        COUNTIF COUNTIFS COVARIANCE.P COVARIANCE.S DEVSQ EXPON.DIST F.DIST F.DIST.RT F.INV F.INV.RT F.TEST FISHER
        FISHERINV FORECAST FORECAST.ETS FORECAST.ETS.CONFINT FORECAST.ETS.SEASONALITY FORECAST.ETS.STAT FORECAST.LINEAR
        FREQUENCY GAMMA GAMMA.DIST GAMMA.INV GAMMALN GAMMALN.PRECISE GAUSS GEOMEAN GROWTH HARMEAN HYPGEOM.DIST INTERCEPT
        KURT LARGE LINEST LOGEST LOGNORM.DIST LOGNORM.INV MAX MAXA MAXIFS MEDIAN MIN MINA MINIFS MODE.MULT MODE.SNGL
        NEGBINOM.DIST NORM.DIST NORM.INV NORM.S.DIST NORM.S.INV PEARSON PERCENTILE.EXC PERCENTILE.INC PERCENTRANK.EXC
        PERCENTRANK.INC PERMUT PERMUTATIONA PHI POISSON.DIST PROB QUARTILE.EXC QUARTILE.INC RANK.AVG RANK.EQ RSQ SKEW
        SKEW.P SLOPE SMALL STANDARDIZE STDEV.P STDEV.S STDEVA STDEVPA STEYX T.DIST T.DIST.2T T.DIST.RT T.INV T.INV.2T
        T.TEST TREND TRIMMEAN VAR.P VAR.S VARA VARPA WEIBULL.DIST Z.TEST""",
    "Logical": "AND BYCOL BYROW FALSE IF IFERROR IFNA IFS LAMBDA LET MAKEARRAY MAP NOT OR REDUCE SCAN SWITCH TRUE XOR",
    "Lookup and reference": """
        ADDRESS AREAS CHOOSE CHOOSECOLS CHOOSEROWS COLUMN COLUMNS DROP EXPAND FIELDVALUE FILTER FORMULATEXT GETPIVOTDATA
        GROUPBY HLOOKUP HSTACK HYPERLINK IMAGE IMPORTCSV IMPORTTEXT INDEX INDIRECT LOOKUP MATCH OFFSET PIVOTBY ROW ROWS
        RTD SORT SORTBY TAKE TOCOL TOROW TRANSPOSE TRIMRANGE UNIQUE VLOOKUP VSTACK WRAPCOLS WRAPROWS XLOOKUP XMATCH""",
    "Date and time": """
        DATE DATEDIF DATEVALUE DAY DAYS DAYS360 EDATE EOMONTH HOUR ISOWEEKNUM MINUTE MONTH NETWORKDAYS NETWORKDAYS.INTL
        NOW SECOND TIME TIMEVALUE TODAY WEEKDAY WEEKNUM WORKDAY WORKDAY.INTL YEAR YEARFRAC""",
    "Text": """
        ARRAYTOTEXT ASC BAHTTEXT CHAR CLEAN CODE CONCAT CONCATENATE COPILOT DBCS DETECTLANGUAGE DOLLAR EXACT FIND FINDB
        FIXED JIS LEFT LEFTB LEN LENB LOWER MID MIDB NUMBERVALUE PHONETIC PROPER REGEXEXTRACT REGEXREPLACE REGEXTEST
        REPLACE REPLACEB REPT RIGHT RIGHTB SEARCH SEARCHB SUBSTITUTE T TEXT TEXTAFTER TEXTBEFORE TEXTJOIN TEXTSPLIT
        TRANSLATE TRIM UNICHAR UNICODE UPPER VALUE VALUETOTEXT""",
    "Financial": """
        ACCRINT ACCRINTM AMORDEGRC AMORLINC COUPDAYBS COUPDAYS COUPDAYSNC COUPNCD COUPNUM COUPPCD CUMIPMT CUMPRINC DB
        DDB DISC DOLLARDE DOLLARFR DURATION EFFECT FV FVSCHEDULE INTRATE IPMT IRR ISPMT MDURATION MIRR NOMINAL NPER NPV
        ODDFPRICE ODDFYIELD ODDLPRICE ODDLYIELD PDURATION PMT PPMT PRICE PRICEDISC PRICEMAT PV RATE RECEIVED RRI SLN
        STOCKHISTORY SYD TBILLEQ TBILLPRICE TBILLYIELD VDB XIRR XNPV YIELD YIELDDISC YIELDMAT""",
    "Information": """
        CELL ERROR.TYPE INFO ISBLANK ISERR ISERROR ISEVEN ISFORMULA ISLOGICAL ISNA ISNONTEXT ISNUMBER ISODD ISOMITTED
        ISREF ISTEXT N NA SHEET SHEETS TYPE""",
    "Database": "DAVERAGE DCOUNT DCOUNTA DGET DMAX DMIN DPRODUCT DSTDEV DSTDEVP DSUM DVAR DVARP",
    "Engineering": """
        BESSELI BESSELJ BESSELK BESSELY BIN2DEC BIN2HEX BIN2OCT BITAND BITLSHIFT BITOR BITRSHIFT BITXOR COMPLEX CONVERT
        DEC2BIN DEC2HEX DEC2OCT DELTA ERF ERF.PRECISE ERFC ERFC.PRECISE GESTEP HEX2BIN HEX2DEC HEX2OCT IMABS IMAGINARY
        IMARGUMENT IMCONJUGATE IMCOS IMCOSH IMCOT IMCSC IMCSCH IMDIV IMEXP IMLN IMLOG10 IMLOG2 IMPOWER IMPRODUCT IMREAL
        IMSEC IMSECH IMSIN IMSINH IMSQRT IMSUB IMSUM IMTAN OCT2BIN OCT2DEC OCT2HEX""",
    "Web": "ENCODEURL FILTERXML WEBSERVICE",
    "Cube": "CUBEKPIMEMBER CUBEMEMBER CUBEMEMBERPROPERTY CUBERANKEDMEMBER CUBESET CUBESETCOUNT CUBEVALUE",
    "User defined, installed with add-ins": "CALL EUROCONVERT REGISTER.ID",
    "Compatibility": """
        BETADIST BETAINV BINOMDIST CEILING CHIDIST CHIINV CHITEST CONFIDENCE COVAR CRITBINOM EXPONDIST FDIST FINV FLOOR
        FTEST GAMMADIST GAMMAINV HYPGEOMDIST LOGINV LOGNORMDIST MODE NEGBINOMDIST NORMDIST NORMINV NORMSDIST NORMSINV
        PERCENTILE PERCENTRANK POISSON QUARTILE RANK STDEV STDEVP TDIST TINV TTEST VAR VARP WEIBULL ZTEST""",
}

OLDER = """
    DATESTRING ECMA.CEILING ISTHAIDIGIT NUMBERSTRING ROUNDBAHTDOWN ROUNDBAHTUP THAIDAYOFWEEK THAIDIGIT THAIMONTHOFYEAR
    THAINUMSOUND THAINUMSTRING THAISTRINGLENGTH THAIYEAR USDOLLAR"""

_CUBE = "asks an OLAP server"
_MODEL = "asks a service of Microsoft"
_THAI = "of Excel's Thai edition"

SIGNATURES: dict[str, str] = {
    "CALL": "register_id, [argument], …",
    "COPILOT": "prompt, [context], …",
    "CUBEKPIMEMBER": "connection, kpi_name, kpi_property, [caption]",
    "CUBEMEMBER": "connection, member_expression, [caption]",
    "CUBEMEMBERPROPERTY": "connection, member_expression, property",
    "CUBERANKEDMEMBER": "connection, set_expression, rank, [caption]",
    "CUBESET": "connection, set_expression, [caption], [sort_order], [sort_by]",
    "CUBESETCOUNT": "set",
    "CUBEVALUE": "connection, [member_expression], …",
    "DETECTLANGUAGE": "text",
    "EUROCONVERT": "number, source, target, [full_precision], [triangulation_precision]",
    "FIELDVALUE": "value, field_name",
    "FILTERXML": "xml, xpath",
    "FORECAST": "x, known_ys, known_xs",
    "GETPIVOTDATA": "data_field, pivot_table, [field, item], …",
    "GROUPBY": "row_fields, values, function, [field_headers], [total_depth], [sort_order], [filter_array]",
    "IMAGE": "source, [alt_text], [sizing], [height], [width]",
    "IMPORTCSV": "source, [skip_rows], [take_rows], [locale]",
    "IMPORTTEXT": "source, [delimiter], [skip_rows], [take_rows], [encoding], [locale]",
    "JIS": "text",
    "PHONETIC": "reference",
    "PIVOTBY": "row_fields, col_fields, values, function, [field_headers], …",
    "REGISTER.ID": "module_text, procedure, [type_text]",
    "RTD": "prog_id, server, topic, …",
    "STOCKHISTORY": "stock, start_date, [end_date], [interval], [headers], [property], …",
    "TRANSLATE": "text, [source_language], [target_language]",
    "WEBSERVICE": "url",
    # forms with rules of their own
    "BYCOL": "array, lambda",
    "BYROW": "array, lambda",
    "CHOOSE": "index_num, value1, [value2], …",
    "IF": "logical_test, value_if_true, [value_if_false]",
    "IFERROR": "value, value_if_error",
    "IFNA": "value, value_if_na",
    "IFS": "logical_test, value, …",
    "ISOMITTED": "argument",
    "LAMBDA": "[parameter], …, calculation",
    "LET": "name, value, …, calculation",
    "MAKEARRAY": "rows, columns, lambda",
    "MAP": "array, …, lambda",
    "REDUCE": "initial_value, array, lambda",
    "SCAN": "initial_value, array, lambda",
    "SWITCH": "expression, value, result, …, [default]",
}
"""Arguments of functions that the registry does not hold."""

ELSEWHERE: dict[str, str] = {
    **dict.fromkeys(CATEGORIES["Cube"].split(), _CUBE),
    **dict.fromkeys(("COPILOT", "DETECTLANGUAGE", "TRANSLATE", "STOCKHISTORY"), _MODEL),
    **dict.fromkeys((n for n in OLDER.split() if "THAI" in n or "BAHT" in n), _THAI),
    "CALL": "calls a library of Windows",
    "REGISTER.ID": "calls a library of Windows",
    "EUROCONVERT": "of an add-in that Excel no longer brings",
    "FIELDVALUE": "reads linked data types, which are kept by a service of Microsoft",
    "FILTERXML": "reads what WEBSERVICE fetched",
    "GETPIVOTDATA": "reads a pivot table, which is not recalculated",
    "IMAGE": "shows a picture from the network",
    "IMPORTCSV": "reads another file",
    "IMPORTTEXT": "reads another file",
    "JIS": "of Excel's Japanese edition; elsewhere it is called DBCS",
    "PHONETIC": "needs the phonetic runs of the text",
    "RTD": "asks a program that runs beside Excel",
    "WEBSERVICE": "asks the network",
    "DATESTRING": "of Excel's East Asian editions",
    "NUMBERSTRING": "of Excel's East Asian editions",
}


def by_category() -> dict[str, tuple[str, ...]]:
    """Every function of the list, each in one category."""
    listed = {title: tuple(names.split()) for title, names in CATEGORIES.items()}
    return listed | {"Of older and local editions": tuple(OLDER.split())}
