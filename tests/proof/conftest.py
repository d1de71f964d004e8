"""The embedded server needs a Unix system; an existing one can be used from anywhere."""

from __future__ import annotations

import sys

collect_ignore = ["test_server.py", "test_server_end.py"] if sys.platform == "win32" else []
