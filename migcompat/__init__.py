"""Proves that the prior generation of a service keeps working on the schema a migration leaves behind."""

from __future__ import annotations

__version__ = "0.1.0"
