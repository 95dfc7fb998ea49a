"""What can go wrong for a client of the API, and the exit status that each kind ends a command with.

ClientError                 the message is for the person
├── ProblemReceived         the server answered with a problem document; its ``code`` decides the exit status
├── FileProblem             the person's file cannot be read, or the results cannot be written
└── ServerProblem           the server didn't start, went away, or spoke something else
"""

from __future__ import annotations

OK = 0
MODEL_PROBLEM = 2
FILE_PROBLEM = 3
SERVER_PROBLEM = 4
USAGE = 64
INTERRUPTED = 130

# The first prefix that fits decides. Codes are stable: docs/cli.md and the API's problem documents.
EXIT_STATUSES = (
    ("workbook.not_found", SERVER_PROBLEM),
    ("workbook.", FILE_PROBLEM),
    ("request.too_large", FILE_PROBLEM),
    ("request.unsupported_media", FILE_PROBLEM),
    ("model.", MODEL_PROBLEM),
    ("formula.", MODEL_PROBLEM),
    ("distribution.", MODEL_PROBLEM),
    ("simulation.invalid", MODEL_PROBLEM),
    ("request.invalid", MODEL_PROBLEM),
)


def exit_status(code: str) -> int:
    """The exit status for a problem's stable code; anything unknown is the server's (4)."""
    return next((status for prefix, status in EXIT_STATUSES if code.startswith(prefix)), SERVER_PROBLEM)


class ClientError(Exception):
    """Anything that ends a command before its results; ``status`` is the exit status."""

    status = SERVER_PROBLEM


class FileProblem(ClientError):
    """A file of the person's that cannot be read or written."""

    status = FILE_PROBLEM


class ServerProblem(ClientError):
    """The server didn't start, went away, or its answer isn't the API's."""


class ProblemReceived(ClientError):
    """A problem document (RFC 9457): its title, its detail, its stable code and the cells it names."""

    def __init__(self, code: str, detail: str, cells: tuple[str, ...] = (), http_status: int = 0) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.cells = cells
        self.http_status = http_status
        self.status = exit_status(code)
