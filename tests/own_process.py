"""Python that is run in a process of its own, where nothing is loaded yet."""

from __future__ import annotations

import subprocess
import sys


def run_alone(code: str) -> None:
    """Fails with what the process said where it does not end well."""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
