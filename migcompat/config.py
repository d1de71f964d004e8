"""The configuration: `[tool.migcompat]` in pyproject.toml, or migcompat.toml."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Config:
    """Every setting, with its default."""

    migrations: tuple[str, ...] = ()
    """Directories of migrations, relative to the working directory; empty: detected."""
    layout: str = "auto"
    start_after: str = ""
