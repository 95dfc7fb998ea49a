"""The house style that a reader meets: small files, small functions, names that say something (DESIGN.md section 5)."""

from __future__ import annotations

import ast
from pathlib import PurePosixPath

LONGEST_FILE = 500
LONGEST_FUNCTION = 50
BANNED_NAMES = {"utils", "util", "helpers", "helper", "misc", "common", "manager"}

# Files that may be longer, each with its reason.
LONG_FILES: dict[str, str] = {}
# Functions that may be longer, as "path:name", each with its reason.
LONG_FUNCTIONS: dict[str, str] = {
    "server/migrations/versions/v0001_workbooks_and_simulations.py:upgrade": "a migration is one list of tables",
}

CODE = (".py", ".ts", ".tsx", ".mjs", ".js", ".css")


def lines_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines from ``def`` to the end, docstring and all."""
    return (node.end_lineno or 0) - node.lineno + 1


def long_functions(source: str, path: str) -> list[str]:
    functions = [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [f"{path}:{f.name} ({lines_of(f)} lines)" for f in functions if lines_of(f) > LONGEST_FUNCTION]


def test_files_have_at_most_500_lines(tree):
    lengths = {path: tree.text(path).count("\n") for path in tree.ending(*CODE)}
    too_long = [f"{path} ({n} lines)" for path, n in lengths.items() if n > LONGEST_FILE and path not in LONG_FILES]
    assert not too_long


def test_functions_have_at_most_50_lines(tree):
    found = [entry for path in tree.ending(".py") for entry in long_functions(tree.text(path), path)]
    assert not [entry for entry in found if entry.split(" ")[0] not in LONG_FUNCTIONS]


def test_a_long_function_is_noticed():
    source = "def f():\n" + "    x = 1\n" * 50
    assert long_functions(source, "a.py") == ["a.py:f (51 lines)"]


def test_exceptions_are_still_needed(tree):
    gone = [path for path in LONG_FILES if path not in tree.paths or tree.text(path).count("\n") <= LONGEST_FILE]
    found = {e.split(" ")[0] for path in tree.ending(".py") for e in long_functions(tree.text(path), path)}
    assert not gone
    assert set(LONG_FUNCTIONS) <= found


def test_names_say_something(tree):
    parts = {path: {part.split(".")[0].lower() for part in PurePosixPath(path).parts} for path in tree.ending(*CODE)}
    assert not {path: names & BANNED_NAMES for path, names in parts.items() if names & BANNED_NAMES}


# Modules of the engine with classes of the standard library's decorator, each with its reason.
STANDARD_CLASSES = {
    "compute/records.py": "it is made of the standard library's",
    "compute/runners/state.py": "its classes have an order, which compute.records does not provide",
}


def standard_classes(source: str) -> bool:
    """Whether a module takes the standard library's decorator at run time."""
    imports = (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.ImportFrom) and n.module == "dataclasses")
    return any(name.name == "dataclass" for n in imports for name in n.names)


def test_classes_of_the_engine_write_their_methods_when_called(tree):
    """Record 0024: one class in the standard library's way costs 0.7 ms of every start."""
    found = [path for path in tree.ending(".py") if path.startswith("compute/") and standard_classes(tree.text(path))]
    assert set(found) == set(STANDARD_CLASSES)


def test_a_class_of_the_standard_library_is_noticed():
    assert standard_classes("from dataclasses import dataclass, field")
    assert not standard_classes("from dataclasses import field\nfrom compute.records import dataclass")


def test_every_module_of_the_product_has_a_docstring(tree):
    product = [path for path in tree.ending(".py") if path.split("/")[0] in ("compute", "server", "addin", "scripts")]
    undocumented = [
        path for path in product if tree.text(path).strip() and not ast.get_docstring(ast.parse(tree.text(path)))
    ]
    assert product
    assert not undocumented


def test_every_package_says_what_it_is(tree):
    packages = [path for path in tree.ending("__init__.py") if not path.startswith("tests/")]
    assert not [path for path in packages if not ast.get_docstring(ast.parse(tree.text(path) or ""))]


def test_python_files_postpone_annotations(tree):
    def has_code(module: ast.Module) -> bool:
        return any(not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant)) for n in module.body)

    product = [path for path in tree.ending(".py") if not path.startswith("tests/")]
    missing = [
        path
        for path in product
        if has_code(ast.parse(tree.text(path))) and "from __future__ import annotations" not in tree.text(path)
    ]
    assert not missing


def test_nothing_is_left_to_do(tree):
    words = ("TO" + "DO", "FIX" + "ME", "XX" + "X:")
    marked = [path for path in tree.ending(*CODE, ".md") if any(word in tree.text(path) for word in words)]
    assert not marked
