"""`make run` after its set-up: a real server in its own process, a real upload, results on terminal and disk."""

from __future__ import annotations

import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import urllib.request
import zipfile
from pathlib import Path

import openpyxl
import pytest

ROOT = Path(__file__).resolve().parents[3]
LONGEST = 120


def environment(data: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MONTECELL_", "COVERAGE"))}
    return {**kept, "PYTHONPATH": str(ROOT), "MONTECELL_DATA_FOLDER": str(data), "COLUMNS": "100", "CI": "true"}


def command(*words: str) -> list[str]:
    return [sys.executable, "-P", "-m", "server.client", *words]


def once(tmp_path: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command("--once", *words),
        cwd=tmp_path,
        env=environment(tmp_path / "data"),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=LONGEST,
        check=False,
    )


@pytest.fixture
def workbook(tmp_path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Model"
    sheet["A1"] = "=_xldudf_MC_NORMAL(100,10)"
    sheet["A2"] = '=_xldudf_MC_OUTPUT("Profit")+A1*2'
    path = tmp_path / "plan für 2027.xlsx"
    book.save(path)
    return path


def test_a_workbook_of_ones_own(tmp_path, workbook):
    done = once(tmp_path, "--workbook", str(workbook), "--iterations", "5000", "--seed", "7")
    assert done.returncode == 0, done.stderr
    mean = float(re.search(r"^Profit +Model!A2 +([\d.,]+)", done.stdout, re.MULTILINE)[1])
    assert mean == pytest.approx(200, abs=0.1)
    assert "5,000 iterations, latin hypercube, seed 7" in done.stdout
    assert "100%  5,000/5,000" in done.stderr
    results = tmp_path / "results" / "plan für 2027 - Montecell.xlsx"
    assert str(results.relative_to(tmp_path)) in done.stdout
    assert "Montecell Results" in openpyxl.load_workbook(results).sheetnames
    assert not (tmp_path / "data").exists()


def test_the_same_seed_gives_the_same_page_and_an_older_workbook_stays(tmp_path, workbook):
    pages = [once(tmp_path, "--workbook", str(workbook), "--iterations", "500").stdout for _ in range(2)]
    digests = [re.search(r"digest\s+([0-9a-f]{16})", page)[1] for page in pages]
    assert digests[0] == digests[1]
    assert len(list((tmp_path / "results").glob("*.xlsx"))) == 2


def test_the_example_of_the_project(tmp_path):
    done = once(tmp_path, "--iterations", "1000")
    assert done.returncode == 0, done.stderr
    for name in ("Total cost", "Left of budget", "Overrun"):
        assert name in done.stdout
    with zipfile.ZipFile(next((tmp_path / "results").iterdir())) as package:
        assert any(name.startswith("xl/charts/") for name in package.namelist())


def test_no_uncertain_cell_ends_with_2(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"
    book.save(tmp_path / "plain.xlsx")
    done = once(tmp_path, "--workbook", "plain.xlsx")
    assert done.returncode == 2
    assert "no uncertain cell" in done.stderr
    assert "model.no_inputs" in done.stderr
    assert not (tmp_path / "results").exists()


BAD_FILES = {
    "empty": b"",
    "text": b"a,b\n1,2\n",
    "old": bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600,
    "cut": b"PK\x03\x04xx",
}


@pytest.mark.parametrize("content", BAD_FILES.values(), ids=BAD_FILES.keys())
def test_a_file_that_is_no_workbook_ends_with_3(tmp_path, content):
    (tmp_path / "bad.xlsx").write_bytes(content)
    done = once(tmp_path, "--workbook", "bad.xlsx")
    assert done.returncode == 3
    assert "bad.xlsx" in done.stderr or "workbook" in done.stderr
    assert "Traceback" not in done.stderr


class Demonstration:
    """The demonstration with its server left open; reads its lines as they come."""

    def __init__(self, tmp_path: Path, *words: str) -> None:
        self.errors = tmp_path / "stderr.txt"
        with self.errors.open("wb") as errors:
            self.process = subprocess.Popen(
                command("--iterations", "500", *words),
                cwd=tmp_path,
                env=environment(tmp_path / "data"),
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
            )
        self.lines: list[str] = []

    def __enter__(self) -> Demonstration:
        return self

    def __exit__(self, *_: object) -> None:
        # Asked, and not killed: it stops the server that it started, which would be left behind.
        if self.process.poll() is None:
            self.process.terminate()
        try:
            self.process.wait(LONGEST)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()

    def line_with(self, text: str) -> str:
        for line in self.process.stdout:
            self.lines.append(line)
            if text in line:
                return line
        raise AssertionError(f"{text!r} never came; {''.join(self.lines)}\n{self.errors.read_text(encoding='utf-8')}")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@pytest.mark.skipif(os.name == "nt", reason="signals")
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_the_server_stays_until_it_is_stopped(tmp_path, workbook, number, status):
    port = free_port()
    with Demonstration(tmp_path, "--workbook", str(workbook), "--port", str(port)) as running:
        assert f"http://localhost:{port}/playground" in running.line_with("/playground")
        running.line_with("Ctrl+C")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live") as answer:
            assert answer.status == 200
        running.process.send_signal(number)
        assert running.process.wait(LONGEST) == status
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=5)


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_taken_port_is_said_and_passed_over(tmp_path, workbook):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = listener.getsockname()[1]
        with Demonstration(tmp_path, "--workbook", str(workbook), "--port", str(taken)) as running:
            assert f"Port {taken} is taken" in running.line_with("taken")
            assert f":{taken}/" not in running.line_with("/playground")
            running.process.send_signal(signal.SIGINT)
            running.process.wait(LONGEST)


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_over_https(tmp_path, workbook):
    port = free_port()
    with Demonstration(tmp_path, "--workbook", str(workbook), "--port", str(port), "--https") as running:
        running.line_with(f"https://localhost:{port}/playground")
        running.line_with("trust this authority once")
        running.line_with("Ctrl+C")
        context = ssl.create_default_context(cafile=tmp_path / "data" / "https" / "montecell-authority.crt")
        with urllib.request.urlopen(f"https://localhost:{port}/health/live", context=context) as answer:
            assert answer.status == 200
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(LONGEST) == 130


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_second_server_on_the_same_data_is_refused_with_the_reason(tmp_path, workbook):
    with Demonstration(tmp_path, "--workbook", str(workbook), "--port", str(free_port())) as running:
        running.line_with("Ctrl+C")
        second = subprocess.run(
            command("--workbook", str(workbook), "--port", str(free_port())),
            cwd=tmp_path,
            env=environment(tmp_path / "data"),
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        assert second.returncode == 4
        assert "Another Montecell server already uses" in second.stderr
        assert running.process.poll() is None
