"""What a run on a server may cost; a migration is somebody's code."""

from __future__ import annotations

from migcompat.frozen import frozen

MEGABYTE = 1024 * 1024


@frozen
class Limits:
    """Bounds that hold whatever the migration sets for itself."""

    statement_seconds: float = 60
    """One statement. PostgreSQL's own statement_timeout first; the connection is cut when a migration has switched that off."""
    total_seconds: float = 1800
    """All work on the server together."""
    disk_bytes: int = 4096 * MEGABYTE
    """The scratch databases together, on the embedded server with the write-ahead log; temporary files of a statement get as much."""
    memory_bytes: int = 4096 * MEGABYTE
    """Address space of one process of the embedded server, where the system can limit it."""


DEFAULT_LIMITS = Limits()


def with_way_out(reason: str, place: str) -> str:
    """What to do where there is no more room for an embedded server in `place`."""
    full = "No space left" in reason or "quota" in reason
    return f"{reason} (it lives in {place}: give it more room with TMPDIR=/another/place)" if full else reason
