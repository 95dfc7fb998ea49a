"""``python -m compute.cli``."""

from __future__ import annotations

import sys

from compute.cli.main import main

sys.exit(main())
