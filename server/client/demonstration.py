"""``make run``: start a server, simulate a workbook through its API, show the results, leave the server for use."""

from __future__ import annotations

import os
import sys
import tempfile
import webbrowser
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from compute.protocol import SimulationSpec
from server.client import certificate, presenter, terminal
from server.client.api import Client
from server.client.launch import FIRST_PORT, LocalServer, Tls, free_port
from server.client.problems import INTERRUPTED, OK, ClientError, FileProblem, ProblemReceived, ServerProblem
from server.client.progress_bar import ProgressBar
from server.settings import MEGABYTE, Settings

READY_SECONDS = 60.0
LARGEST_UPLOAD = 500 * MEGABYTE
CELLS_NAMED = 10
PORTS_LOST = 5
"""Ports that may be lost to others before the person is asked to choose one."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What the person asked for. ``port`` None: 8000 or the next free one; ``once``: no server stays."""

    workbook: Path
    spec: SimulationSpec
    results: Path
    port: int | None = None
    once: bool = False
    https: bool = False


def say(text: str = "") -> None:
    """A line on stdout."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def complain(text: str) -> None:
    """A line on stderr."""
    sys.stdout.flush()
    sys.stderr.write(text + "\n")
    sys.stderr.flush()


def results_path(folder: Path, workbook: Path) -> Path:
    """A name for the results workbook that no file has yet: ``Book - Montecell.xlsx``, then ``(2)``, ``(3)`` …"""
    suffix = workbook.suffix.lower() if workbook.suffix.lower() in (".xlsx", ".xlsm") else ".xlsx"
    target = folder / f"{workbook.stem} - Montecell{suffix}"
    number = 2
    while target.exists():
        target = folder / f"{workbook.stem} - Montecell ({number}){suffix}"
        number += 1
    return target


def upload_limit(workbook: Path) -> int:
    """The server's upload limit for a person's own machine: the default, or as much as their own file needs."""
    try:
        size = workbook.stat().st_size
    except OSError as error:
        raise FileProblem(f"{workbook} cannot be read: {error.strerror or error}") from error
    if not workbook.is_file():
        raise FileProblem(f"{workbook} is not a file")
    if size > LARGEST_UPLOAD:
        raise FileProblem(f"{workbook} has {size / MEGABYTE:,.0f} MB; the largest workbook taken has 500 MB")
    return max(Settings().max_upload_bytes, size)


@contextmanager
def data_folder(wish: Wish) -> Iterator[Path]:
    """The person's data folder; with ``once`` one that is gone afterwards, so that a server in use isn't disturbed."""
    if not wish.once:
        yield Settings().data_folder
        return
    with tempfile.TemporaryDirectory(prefix="montecell-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def choose_port(wish: Wish, lost: int | None = None) -> int:
    """The port asked for, or 8000; the next free one when it is taken, also one that was ``lost`` just now, which is
    said.
    """
    first = wish.port or FIRST_PORT
    port = free_port(first if lost is None else lost + 1)
    if port != first and not wish.once:
        say(f"Port {first} is taken; using {port}.")
    return port


def simulate(client: Client, wish: Wish) -> None:
    """Upload, simulate with a progress bar, print the results, write the results workbook."""
    uploaded = client.upload(wish.workbook)
    say(presenter.model_line(client.model(uploaded.id)))
    simulation = client.simulate(uploaded.id, wish.spec)
    bar = ProgressBar(sys.stderr, terminal.look(sys.stderr))
    try:
        ended = client.follow(simulation.id, bar.show)
    except KeyboardInterrupt:
        client.cancel(simulation.id)
        raise
    finally:
        bar.close()
    if ended.problem is not None:
        raise ProblemReceived(ended.problem.code, ended.problem.detail or ended.problem.title, ended.problem.cells)
    if ended.status != "succeeded":
        raise ServerProblem(f"the simulation was {ended.status}")
    say()
    say(presenter.results_page(client.results(simulation.id), terminal.look(sys.stdout)))
    target = results_path(wish.results, wish.workbook)
    client.save_results_workbook(simulation.id, target)
    say(f"Results workbook: {target}")


def explain(problem: ClientError) -> None:
    """Why there are no results, with the cells concerned."""
    complain(f"\n{problem}")
    if isinstance(problem, ProblemReceived):
        if problem.cells and not any(cell in problem.detail for cell in problem.cells):
            more = f" and {len(problem.cells) - CELLS_NAMED} more" if len(problem.cells) > CELLS_NAMED else ""
            complain(f"Cells: {', '.join(problem.cells[:CELLS_NAMED])}{more}")
        complain(f"({problem.code})")


def may_open_browser() -> bool:
    """Whether a person sits at a desktop in front of this terminal."""
    if not sys.stdout.isatty() or os.environ.get("CI") or os.environ.get("SSH_CONNECTION"):
        return False
    return (
        os.name == "nt"
        or sys.platform == "darwin"
        or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    )


def stay(server: LocalServer, tls: Tls | None) -> int:
    """Tell where the server is and wait until the person stops it."""
    say(f"\nThe playground: {server.address}/playground\nThe API: {server.address}/api/v1/docs")
    if tls:
        say(certificate.how_to_trust(tls.authority))
    say(f"The server's log: {server.log}\nCtrl+C stops it.")
    if may_open_browser():
        webbrowser.open(f"{server.address}/playground")
    status = server.wait()
    complain(f"The server ended by itself (status {status}). Its last words:\n{server.last_words()}")
    return ServerProblem.status


def start(server: LocalServer, client: Client) -> None:
    """Wait until the server is ready. Raises ServerProblem with the end of its log when it doesn't get there."""
    try:
        client.wait_until_ready(READY_SECONDS, server.runs)
    except ServerProblem as problem:
        raise ServerProblem(f"{problem}. Its log ({server.log}) ends:\n{server.last_words()}") from problem


@contextmanager
def started(
    wish: Wish, log: Path, settings: Mapping[str, str], tls: Tls | None
) -> Iterator[tuple[LocalServer, Client]]:
    """A server that answers, and a client of it. A port that somebody else takes at the last moment is passed over."""
    lost: int | None = None
    for _ in range(PORTS_LOST):
        port = choose_port(wish, lost)
        with LocalServer(port, log, settings, tls) as server:
            client = Client(server.address, authority=tls.authority if tls else None)
            try:
                start(server, client)
            except ServerProblem:
                if not server.lost_its_port():
                    raise
                lost = port
                continue
            yield server, client
            return
    raise ServerProblem(f"{PORTS_LOST} ports were taken by others just before the server could; give one with PORT=")


def carry_out(client: Client, wish: Wish, server: LocalServer) -> None:
    """Simulate; when the server itself failed, show the end of its log, which may be gone soon."""
    try:
        simulate(client, wish)
    except ClientError as problem:
        if problem.status == ServerProblem.status:
            complain(server.last_words())
        raise


def demonstrate(wish: Wish) -> int:
    """Carry a wish out; returns the exit status (docs/cli.md). After a problem no server stays."""
    try:
        limit = upload_limit(wish.workbook)
        with data_folder(wish) as folder:
            tls = certificate.provide(Settings().data_folder / "https") if wish.https else None
            settings = {"MONTECELL_DATA_FOLDER": str(folder), "MONTECELL_MAX_UPLOAD_BYTES": str(limit)}
            with started(wish, folder / "server.log", settings, tls) as (server, client):
                carry_out(client, wish, server)
                return OK if wish.once else stay(server, tls)
    except ClientError as problem:
        explain(problem)
        return problem.status
    except KeyboardInterrupt:
        complain("\nStopped.")
        return INTERRUPTED
