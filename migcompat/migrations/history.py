"""A history: the migrations of one root in the order in which they run, and every file that was left aside."""

from __future__ import annotations

from enum import Enum

from migcompat.config import Config
from migcompat.frozen import frozen
from migcompat.migrations.model import Migration


class Aside(str, Enum):
    """Why a file beside migrations is none."""

    BACKWARD = "takes a migration back"
    SNAPSHOT = "snapshot of a schema"
    SEED = "seed data"
    UNUSED = "not the file that the tool runs"
    ELSEWHERE = "neither versioned nor in a migration directory"
    OTHER_DATABASE = "for another database"
    NOT_SQL = "not SQL"


@frozen
class LeftAside:
    """A file that was seen and not read as a migration."""

    path: str
    why: Aside


@frozen
class History:
    """One root's migrations, in order."""

    root: str
    migrations: tuple[Migration, ...]
    settings: Config
    """Those of the configuration that hold for this root."""
    left_aside: tuple[LeftAside, ...] = ()
    lists: frozenset[str] = frozenset()
    """The root's files that decide about others: a journal, a plan, checksums."""
    notices: tuple[str, ...] = ()
    """What a reader should know about the order or the file set."""
