"""Stand-ins for extensions that the embedded server lacks: what they offer, by name and signature.

They are real extensions with SQL scripts (extension_control_path, PostgreSQL 18), so that CREATE EXTENSION in any spelling, DROP, SET
SCHEMA and the dependencies in the catalogues are PostgreSQL's own. What they compute is right where that is cheap and plausible elsewhere;
a report says which of them a replay leaned on.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from migcompat.frozen import frozen

_COMMENT = "stand-in: names, types and signatures"
_SCRIPTS = Path(__file__).with_name("extensions")


@frozen
class StandIn:
    """One extension, with the version that PostgreSQL 18 ships; every earlier one can be asked for and is the same."""

    name: str
    newest: int
    """The part after `1.`."""

    def files(self) -> Iterator[tuple[str, str]]:
        """Names and texts of its control file and scripts."""
        yield f"{self.name}.control", f"comment = '{_COMMENT}'\ndefault_version = '1.{self.newest}'\nrelocatable = true\ntrusted = true\n"
        script = (_SCRIPTS / f"{self.name}.sql").read_text()
        for minor in range(self.newest + 1):
            yield f"{self.name}--1.{minor}.sql", script
        for minor in range(self.newest):
            yield f"{self.name}--1.{minor}--1.{minor + 1}.sql", ""


STAND_INS = (
    StandIn("btree_gin", 3),
    StandIn("btree_gist", 8),
    StandIn("citext", 8),
    StandIn("fuzzystrmatch", 2),
    StandIn("hstore", 8),
    StandIn("intarray", 5),
    StandIn("lo", 2),
    StandIn("ltree", 3),
    StandIn("moddatetime", 0),
    StandIn("pg_stat_statements", 12),
    StandIn("pg_trgm", 6),
    StandIn("pgcrypto", 4),
    StandIn("postgres_fdw", 2),
    StandIn("tablefunc", 0),
    StandIn("unaccent", 1),
    StandIn("uuid-ossp", 1),
)

HARMLESS = ("vector",)
"""Extensions of the wheel that only a superuser may create but that reach neither files nor the network: made trusted."""


def lacking(system: Path) -> tuple[str, ...]:
    """Names of the stand-ins that are used next to the extensions in `system`."""
    return tuple(stand_in.name for stand_in in STAND_INS if not (system / f"{stand_in.name}.control").exists())


def provide_extensions(system: Path, share: Path) -> Path:
    """Writes control files and scripts below `share`, for those that `system` lacks; returns what belongs into extension_control_path."""
    target = share / "extension"
    target.mkdir(parents=True)
    used = lacking(system)
    for stand_in in STAND_INS:
        if stand_in.name in used:
            for name, text in stand_in.files():
                (target / name).write_text(text)
    for name in HARMLESS:
        control = system / f"{name}.control"
        if control.exists():
            (target / control.name).write_text(f"{control.read_text()}\ntrusted = true\n")
            for script in system.glob(f"{name}--*.sql"):
                shutil.copyfile(script, target / script.name)
    return share
