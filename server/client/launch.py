"""A server of the person's own: started as a child process on a free port of 127.0.0.1, and stopped again."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from server.client.problems import ServerProblem

APPLICATION = "server.app:create_app"
FIRST_PORT = 8000
PORTS_TRIED = 100
STOP_SECONDS = 10.0
LOG_LINES = 15
_TAKEN = ("address already in use", "only one usage of each socket address")
"""What a server's log says of a port that is taken, on Linux and macOS and on Windows."""


def is_free(port: int) -> bool:
    """Whether nobody listens on a port of this machine, on IPv4 or IPv6: a browser may ask either for ``localhost``."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                if os.name != "nt":
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
        except OSError:
            if family == socket.AF_INET or _listens(address, port):
                return False
    return True


def _listens(address: str, port: int) -> bool:
    """Whether a connection is accepted; tells a machine without IPv6 from a port that is taken."""
    try:
        with socket.create_connection((address, port), timeout=0.5):
            return True
    except OSError:
        return False


def free_port(first: int) -> int:
    """The first free port from ``first`` on. Raises ServerProblem when a hundred in a row are taken."""
    for port in range(first, min(65536, first + PORTS_TRIED)):
        if is_free(port):
            return port
    raise ServerProblem(f"no free port from {first} on; give another with PORT=")


@dataclass(frozen=True, slots=True)
class Tls:
    """The files that a server needs for HTTPS, and the authority that its clients trust."""

    certificate: Path
    key: Path
    authority: Path


class LocalServer:
    """The control plane as a child process. What it says goes to a log file; use it as a context manager."""

    def __init__(self, port: int, log: Path, settings: Mapping[str, str], tls: Tls | None = None) -> None:
        self.port = port
        self.log = log
        self._settings = settings
        self._tls = tls
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        """Where the server answers, as a person types it."""
        return f"{'https' if self._tls else 'http'}://localhost:{self.port}"

    def __enter__(self) -> LocalServer:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        words = [
            sys.executable,
            "-P",
            "-m",
            "uvicorn",
            "--factory",
            APPLICATION,
            "--no-access-log",
            "--no-server-header",
        ]
        words += ["--host", "127.0.0.1", "--port", str(self.port), "--timeout-graceful-shutdown", "2"]
        if self._tls:
            words += ["--ssl-certfile", str(self._tls.certificate), "--ssl-keyfile", str(self._tls.key)]
        environment = {**os.environ, **self._settings}
        with self.log.open("ab") as log:
            # Ctrl+C reaches every process of the terminal; in a session of its own the server stops when it is told to.
            self._process = subprocess.Popen(  # noqa: S603
                words,
                env=environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=os.name != "nt",
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def runs(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def lost_its_port(self) -> bool:
        """Whether it ended because somebody took the port between the look for a free one and its own start."""
        return not self.runs() and any(words in self.last_words().lower() for words in _TAKEN)

    def wait(self) -> int:
        """Wait until the server ends by itself; returns its exit status."""
        return self._process.wait() if self._process else 0

    def last_words(self) -> str:
        """The end of the log, for a person whose server didn't start."""
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(lines[-LOG_LINES:])
