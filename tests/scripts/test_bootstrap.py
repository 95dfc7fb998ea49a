"""The bootstrap: stamps that hold, options that arrive, messages that help. `make test` itself shows installing."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from server.client.__main__ import parser
from steps import checks, commands, environment, locks, pane, stamps, system
from steps.console import SetupError, must


def test_a_stamp_holds_until_an_input_changes(tmp_path):
    source, stamp = tmp_path / "a.lock", tmp_path / "deep" / "stamp.json"
    source.write_text("one")
    stamps.write(stamp, run=stamps.digest_of([source]))
    assert stamps.read(stamp) == {"run": stamps.digest_of([source])}
    source.write_text("two")
    assert stamps.read(stamp)["run"] != stamps.digest_of([source])


def test_a_stamp_keeps_its_other_entries(tmp_path):
    stamp = tmp_path / "stamp.json"
    stamps.write(stamp, run="a", test="b")
    stamps.write(stamp, run="c")
    assert stamps.read(stamp) == {"run": "c", "test": "b"}


@pytest.mark.parametrize("content", ["", "{", "[]", "\x00"])
def test_a_damaged_stamp_is_no_stamp(tmp_path, content):
    stamp = tmp_path / "stamp.json"
    stamp.write_text(content)
    assert stamps.read(stamp) == {}


def test_names_and_words_count(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text("x")
    second.write_text("x")
    digests = {
        stamps.digest_of([first]),
        stamps.digest_of([second]),
        stamps.digest_of([first], "3.12"),
        stamps.digest_of([]),
    }
    assert len(digests) == 4


def test_files_below_leaves_folders_out(tmp_path):
    for name in ("src/a.ts", "node_modules/b.js", "src/deep/c.ts"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = stamps.files_below(tmp_path, frozenset({"node_modules"}))
    assert [path.relative_to(tmp_path).as_posix() for path in found] == ["src/a.ts", "src/deep/c.ts"]
    assert stamps.files_below(tmp_path / "none", frozenset()) == []


def test_variables_of_make_become_options():
    environ = {"WORKBOOK": "my model's.xlsx", "ITERATIONS": "5", "ONCE": "1", "HTTPS": "0", "SEED": "", "PATH": "x"}
    assert commands.words_from_make(environ) == ["--workbook", "my model's.xlsx", "--iterations", "5", "--once"]


def test_every_option_exists():
    known = {option for action in parser()._actions for option in action.option_strings}
    assert {*commands.VARIABLES.values(), *commands.SWITCHES.values()} <= known


def test_the_makefile_knows_every_command(repo_root):
    phony = next(line for line in (repo_root / "Makefile").read_text().splitlines() if line.startswith(".PHONY"))
    assert set(phony.split()[1:]) == set(commands.COMMANDS)


def test_addresses_are_taken_out_of_locks():
    resolved = "# comment\n--index-url https://a.b\n--find-links /c\na==1 \\\n    --hash=sha256:00\n"
    assert locks.without_addresses(resolved) == "a==1 \\\n    --hash=sha256:00\n"


def test_a_changed_lock_is_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "LOCKS", tmp_path)
    (tmp_path / "run.lock").write_text("a==1")
    before = environment.lock_digest("run")
    (tmp_path / "run.lock").write_text("a==2")
    assert environment.lock_digest("run") != before


def test_what_a_lock_contains_has_locks(repo_root):
    names = set(environment.CONTAINS) | {part for parts in environment.CONTAINS.values() for part in parts}
    assert all((repo_root / "requirements" / f"{name}.lock").exists() for name in names)


def test_a_step_that_fails_is_named():
    with pytest.raises(SetupError, match=r"counting failed .status 3."):
        must([sys.executable, "-c", "raise SystemExit(3)"], "counting")
    with pytest.raises(SetupError, match="was not found"):
        must(["no-such-program-anywhere"], "counting")


def test_checks_go_on_to_the_end(capsys):
    ran = []

    def check(name: str, status: int) -> checks.Check:
        return checks.Check(name, lambda: ran.append(name) or status)

    assert checks.carry_out([check("first", 1), check("second", 0), check("third", 3)]) == 3
    assert ran == ["first", "second", "third"]
    summary = capsys.readouterr().err.split("summary")[1]
    assert summary.count("FAILED") == 2
    assert summary.count("passed") == 1


def test_an_old_python_gets_a_message(repo_root, tmp_path):
    """The entry file must be readable by Pythons that the project itself can't use."""
    code = (
        "import sys; sys.version_info = (3, 8, 1); sys.version = '3.8.1'; sys.argv = ['bootstrap.py', 'run'];"
        f"sys.path.insert(0, {str(repo_root / 'scripts')!r}); import bootstrap; bootstrap.main()"
    )
    empty = {**os.environ, "PATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=empty, capture_output=True, text=True, check=False)
    assert done.returncode == commands.SETUP_FAILED
    assert "needs Python 3.11 or newer; this is Python 3.8.1" in done.stderr


def test_an_unknown_command_is_refused(repo_root):
    done = subprocess.run(
        [sys.executable, str(repo_root / "scripts" / "bootstrap.py"), "dance"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "dance" in done.stderr


def test_node_that_does_not_start_has_no_version(tmp_path):
    assert pane.version_of(str(tmp_path / "node")) == ()


@pytest.mark.skipif(os.name == "nt", reason="shell scripts")
@pytest.mark.parametrize(
    ("said", "fits"), [("v24.19.0", True), ("v20.19.0", True), ("v20.18.3", False), ("v18.20.4", False)]
)
def test_node_must_be_new_enough(tmp_path, said, fits):
    node = tmp_path / "node"
    node.write_text(f"#!/bin/sh\necho {said}\n")
    node.chmod(0o755)
    assert (pane.version_of(str(node)) >= pane.OLDEST_NODE) is fits


def test_without_the_right_to_install_the_package_is_named(monkeypatch, tmp_path):
    apt = tmp_path / "apt-get"
    apt.write_text("#!/bin/sh\nexit 1\n")
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(system, "administrator", lambda: None)
    assert system.install(["redis-server"]) == "Install it: sudo apt-get install redis-server"


@pytest.mark.skipif(os.name == "nt", reason="shell scripts")
def test_what_apt_says_is_passed_on(monkeypatch, tmp_path):
    apt = tmp_path / "apt-get"
    apt.write_text("#!/bin/sh\necho 'E: no such package' >&2\nexit 100\n")
    apt.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(system, "administrator", list)
    assert system.install(["chromium"]) == "apt-get could not install chromium: E: no such package"
