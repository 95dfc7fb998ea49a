"""Which problem ends a command with which status (docs/cli.md)."""

from __future__ import annotations

import socket

import pytest

from compute import errors
from compute.protocol import SimulationSpec
from server.client import demonstration, launch
from server.client.__main__ import main
from server.client.problems import FILE_PROBLEM, MODEL_PROBLEM, SERVER_PROBLEM, USAGE, FileProblem, exit_status

EXPECTED = {
    errors.NoInputs: MODEL_PROBLEM,
    errors.NoOutputs: MODEL_PROBLEM,
    errors.CircularReference: MODEL_PROBLEM,
    errors.InvalidDistribution: MODEL_PROBLEM,
    errors.UnsupportedFormula: MODEL_PROBLEM,
    errors.TextOutput: MODEL_PROBLEM,
    errors.FormulaSyntaxError: MODEL_PROBLEM,
    errors.SpecificationError: MODEL_PROBLEM,
    errors.NotAWorkbook: FILE_PROBLEM,
    errors.DamagedWorkbook: FILE_PROBLEM,
    errors.UnsafeWorkbook: FILE_PROBLEM,
    errors.EngineUnavailable: SERVER_PROBLEM,
}


@pytest.mark.parametrize(("error", "status"), EXPECTED.items(), ids=lambda item: getattr(item, "__name__", item))
def test_errors_of_the_engine(error, status):
    assert exit_status(error.code) == status


CODES = {
    "request.too_large": FILE_PROBLEM,
    "request.invalid": MODEL_PROBLEM,
    "workbook.encrypted": FILE_PROBLEM,
    "workbook.not_found": SERVER_PROBLEM,
    "server.error": SERVER_PROBLEM,
    "never.heard.of": SERVER_PROBLEM,
}


@pytest.mark.parametrize(("code", "status"), CODES.items())
def test_codes_of_the_server(code, status):
    assert exit_status(code) == status


@pytest.mark.parametrize("iterations", ["0", "-5", "1000000000"])
def test_iterations_out_of_range_are_refused_before_anything_starts(iterations, capsys):
    assert main(["--iterations", iterations, "--once"]) == MODEL_PROBLEM
    assert iterations in capsys.readouterr().err


@pytest.mark.parametrize("words", [["--bogus"], ["--port", "0"], ["--port", "70000"], ["--sampling", "guess"]])
def test_a_wrong_command_line(words, capsys):
    with pytest.raises(SystemExit) as stopped:
        main(words)
    assert stopped.value.code == USAGE
    assert capsys.readouterr().err


def test_a_file_that_is_not_there(tmp_path, capsys):
    assert main(["--workbook", str(tmp_path / "none.xlsx"), "--once"]) == FILE_PROBLEM
    assert "none.xlsx" in capsys.readouterr().err


def test_a_folder_is_no_workbook(tmp_path):
    with pytest.raises(FileProblem):
        demonstration.upload_limit(tmp_path)


def test_an_older_results_workbook_is_kept(tmp_path):
    names = []
    for _ in range(3):
        target = demonstration.results_path(tmp_path, tmp_path / "Book 1.XLSM")
        target.touch()
        names.append(target.name)
    assert names == ["Book 1 - Montecell.xlsm", "Book 1 - Montecell (2).xlsm", "Book 1 - Montecell (3).xlsm"]


def test_a_taken_port_is_passed_over():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = listener.getsockname()[1]
        assert not launch.is_free(taken)
        assert taken < launch.free_port(taken) < taken + launch.PORTS_TRIED


def test_a_port_lost_at_the_last_moment_is_passed_over(tmp_path, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = listener.getsockname()[1]
        # As if somebody had taken the port after it was found free.
        monkeypatch.setattr(launch, "is_free", lambda port, really=launch.is_free: port == taken or really(port))
        wish = demonstration.Wish(tmp_path / "book.xlsx", SimulationSpec(), tmp_path, port=taken)
        settings = {"MONTECELL_DATA_FOLDER": str(tmp_path)}
        with demonstration.started(wish, tmp_path / "server.log", settings, None) as (server, _):
            assert server.port != taken
            assert server.runs()
