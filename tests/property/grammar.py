"""Random formulas: calls of any registered function with fitting and unfitting arguments, operators, references.

Every choice is drawn from a ``random.Random``, so that a seed names a formula for good.
"""

from __future__ import annotations

from random import Random

from compute.functions import REGISTRY, Function, Parameter
from compute.program.special import SPECIAL_FORMS

NUMBERS = ("0", "1", "-1", "2", "3", "0.5", "10", "-7", "100", "12", "0.05", "1.5", "4", "5", "255", "1E+308",
           "-1E+308",
           "1E-300", "9007199254740993", "2147483648", "45000", "40000.75", "-0.25", "1000000", "1E+15",
           "0.1+0.2")  # fmt: skip
HUGE = ("1048577", "1E+9", "1E+300", "-1E+9", "16385")
SMALL = ("0", "1", "2", "3", "4", "-1", "1.9")
SHARES = ("0.1", "0.5", "0.9", "0.05", "0.25", "F5")
DATES = ("40000", "43890", "45000", "42000.5", "60", "59", "61", "DATE(2020,2,29)", "E5", "D1", '"2020-01-31"')
TEXTS = ('"apple"', '"Pear"', '"a*"', '"<3"', '">=2"', '"x"', '""', '"12"', '"1+2i"', '"-3i"', '"#,##0.00"',
           '"yyyy-mm-dd"',
         '"1/2/2020"', '"10:30"', '"FF"', '"101"', '"A1"', '"R1C1"', '"Data!B2"', '"é漢字😀"', '"m"', '"km"',
           '"a,b;c"', '"50%"',
         '"XIV"', '"[a-z]+"', '"~?"', '"Region"', '"North"', '"="', '"0"', '" pad  ded "', '"\t"', '"General"',
           '"<>"')  # fmt: skip
ERRORS = ("#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NUM!", "#NAME?", "#NULL!")
CONSTANT_CELLS = ("A1", "A2", "A3", "A4", "A5", "A6", "A7", "$A$8", "B1", "B3", "B5", "B6", "B7", "C1", "C3",
           "C4", "D1",
                  "D2", "Other!B2", "More!A2", "Rate", "H9")  # fmt: skip
VARYING_CELLS = ("E1", "E2", "E3", "E4", "E5", "E6", "E7", "E8", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8")
RANGES = ("$A$1:$A$8", "A1:A4", "A1:C4", "E1:E8", "$F$1:$F$8", "E1:F2", "A:A", "Other!1:2", "Sales[Amount]",
           "Block", "D1:D8",
          "Sales[[#All],[Region]:[Amount]]", "Other!A1:C5", "Other:More!A1:B2", "H1:H3", "E7:E8", "F7:F8", "B2:E3",
          "Chosen", "A2:A2", "Sales", "A7:A8", "F1", "E2")  # fmt: skip
CONSTANT_ARRAYS = ("{1,2;3,4}", "{1;2;3}", '{"a",1,TRUE}', "{#N/A,1}", "{3,1,2}", "{0.1;0.2;0.7}", '{"x";"y"}', "{5}")
PLACES = ("A1", "A1:B3", "E1:E3", "(A1,B2:B3)", "Other!A1:C2", "A1:B3 B2:C4", "A:A", "H9",
           "OFFSET(A1,1,0,2,2)", "Block",
          'INDIRECT("A1:B2")', "INDEX(A1:C4,2,0)", "INDEX(A1:C4,E7,1)", "CHOOSE(2,A1,B2:C3)",
           "IF(E6,A1:A2,B1:B2)")  # fmt: skip
LAMBDAS = ("LAMBDA(x,x)", "LAMBDA(x,y,x+y)", "LAMBDA(x,SUM(x))", "LAMBDA(x,LAMBDA(y,x*y)(2))", "LAMBDA(1)",
           "LAMBDA(x,y,x&y)",
           "LAMBDA(x,x+E1)", "LAMBDA(x,y,IF(x>y,x,y))", "Twice", "LAMBDA(x,Twice(x))", "LAMBDA(x,1/0)",
           "SUM")  # fmt: skip
BINARY = ("+", "-", "*", "/", "^", "&", "=", "<>", "<", "<=", ">", ">=")
RANDOM_FUNCTIONS = frozenset({"RAND", "RANDBETWEEN", "RANDARRAY", "NOW", "TODAY"})
"""Their values are another matter for each lane, or for each run."""
FUNCTIONS = tuple(sorted(n for n in REGISTRY if n not in RANDOM_FUNCTIONS))
FORMS = tuple(sorted(SPECIAL_FORMS - {"LET", "LAMBDA", "ISOMITTED"}))
_DATED = ("date", "settlement", "maturity", "issue", "coupon", "start", "end", "serial", "holidays", "days")
_SHARED = ("probability", "alpha", "quart", "rate", "yield", "percent", "significance", "k")
_SMALL = ("basis", "frequency", "type", "mode", "method", "order", "index", "row", "column", "match",
           "column_index", "num",
          "count", "digits", "places", "area", "weekend", "return_type", "sort", "rows", "columns",
           "start_num")  # fmt: skip


def number_for(name: str, random: Random) -> str:
    """A number that suits a parameter of that name, more often than not."""
    if random.random() < 0.65:
        lowered = name.casefold()
        for words, pool in ((_DATED, DATES), (_SHARED, SHARES), (_SMALL, SMALL)):
            if any(lowered.startswith(w) or lowered.endswith(w) for w in words):
                return random.choice(pool)
    return random.choice((*NUMBERS, *SMALL, *SHARES))


def atom(random: Random) -> str:
    """Any one-element argument."""
    pools = (NUMBERS, TEXTS, ("TRUE", "FALSE"), ERRORS, CONSTANT_CELLS, VARYING_CELLS, DATES, SMALL, HUGE)
    return random.choice(random.choices(pools, (5, 4, 1, 1, 5, 8, 1, 3, 1))[0])


def argument(parameter: Parameter, random: Random, depth: int) -> str:
    """An argument, of the parameter's own type four times in five."""
    chance = random.random()
    if chance < 0.04:
        return ""
    if depth and chance < 0.14:
        return formula(random, depth - 1)
    if chance < 0.22:
        return random.choice(random.choice((CONSTANT_ARRAYS, RANGES, PLACES, LAMBDAS, HUGE)))
    if chance < 0.32:
        return atom(random)
    kind = parameter.type
    if kind == "number":
        return number_for(parameter.name, random) if random.random() < 0.6 else random.choice(VARYING_CELLS)
    if kind == "text":
        return random.choice(TEXTS if random.random() < 0.6 else (*VARYING_CELLS, *CONSTANT_CELLS))
    if kind == "logical":
        return random.choice(("TRUE", "FALSE", "0", "1", "E6", "E3", "E1>2"))
    if kind in ("range", "array"):
        return random.choice(RANGES if random.random() < 0.8 else CONSTANT_ARRAYS)
    if kind == "reference":
        return random.choice(PLACES)
    return random.choice(LAMBDAS) if kind == "callable" else atom(random)


def call_of(function: Function, random: Random, depth: int = 0) -> str:
    """A call of a function, now and then with too few or too many arguments."""
    least, most = function.minimum, function.maximum
    count = random.randint(least, (most if most is not None else max(least, len(function.parameters)) + 2))
    if random.random() < 0.03:
        count = max(0, count + random.choice((-1, 1)))
    if not function.parameters:
        return f"{function.name}({atom(random) if count else ''})"
    return f"{function.name}({','.join(argument(function.parameter(i), random, depth) for i in range(count))})"


def form(name: str, random: Random, depth: int) -> str:
    """A call of a conditional or of a function that takes a LAMBDA."""
    deeper = max(depth - 1, 0)
    inner = [formula(random, deeper) for _ in range(random.randint(1, 4))]
    if name in ("MAP", "REDUCE", "SCAN", "BYROW", "BYCOL"):
        arrays = [random.choice((*RANGES, *CONSTANT_ARRAYS)) for _ in range(random.randint(1, 2))]
        inner = [*arrays, random.choice(LAMBDAS)]
    if name == "MAKEARRAY":
        inner = [random.choice((*SMALL, *HUGE, "E7", "E2")), random.choice((*SMALL, "E7")), random.choice(LAMBDAS)]
    return f"{name}({','.join(inner)})"


def formula(random: Random, depth: int) -> str:
    """Any formula up to that depth."""
    chance = random.random()
    if depth == 0 or chance < 0.12:
        return random.choice((atom(random), random.choice(RANGES)) if random.random() < 0.8 else CONSTANT_ARRAYS)
    if chance < 0.35:
        return f"({formula(random, depth - 1)}){random.choice(BINARY)}({formula(random, depth - 1)})"
    if chance < 0.42:
        operand = formula(random, depth - 1)
        return random.choice((f"-({operand})", f"({operand})%", f"@({operand})", f"+({operand})"))
    if chance < 0.58:
        return form(random.choice(FORMS), random, depth)
    if chance < 0.64:
        body = random.choice(("a+b", "SUM(a,b)", "IF(a=b,a,b)", "a", "LAMBDA(z,z+a)(b)"))
        return f"LET(a,{formula(random, depth - 1)},b,a,{body})"
    return call_of(REGISTRY[random.choice(FUNCTIONS)], random, depth - 1)
