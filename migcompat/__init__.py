"""Proves that the prior generation of a service keeps working on the schema a migration leaves behind."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from migcompat.findings import Finding, Report, Severity

__version__ = "0.1.0"
__all__ = ["Finding", "Report", "Severity", "__version__", "check", "check_text"]


def check(*paths: str, since: str | None = None, select: Sequence[str] = (), ignore: Sequence[str] = (), overrides: bool = True) -> Report:
    """Judges migrations, as `migcompat check` does.

    Raises migcompat.errors.CheckError where that cannot be done.
    """
    from migcompat.run import Request, run

    return run(Request(paths, since, False, tuple(select), tuple(ignore), overrides))


def check_text(schema: str, migration: str) -> list[Finding]:
    """Judges SQL text as one deploy on the schema that other SQL text has built."""
    from migcompat.checking import check_text as judge

    return judge(schema, migration)


def __getattr__(name: str) -> object:
    """The classes of a report, loaded when they are asked for: the command line need not wait for them."""
    if name in ("Finding", "Report", "Severity"):
        from migcompat import findings

        return getattr(findings, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
