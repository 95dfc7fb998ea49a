"""``python -m server``: serve with the settings of the environment."""

from __future__ import annotations

import sys

from server.app import run
from server.errors import StartupError

if __name__ == "__main__":
    try:
        run()
    except StartupError as error:
        sys.exit(str(error))
