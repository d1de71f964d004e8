"""Stand-ins for extensions that the embedded server lacks: what they offer, by name and signature.

They are real extensions with SQL scripts (extension_control_path, PostgreSQL 18), so that CREATE EXTENSION in any spelling, DROP, SET
SCHEMA and the dependencies in the catalogues are PostgreSQL's own. What they compute is right where that is cheap and plausible elsewhere;
a report says which of them a replay leaned on.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

_SCRIPTS = Path(__file__).with_name("extensions")


@dataclass(frozen=True, slots=True)
class StandIn:
    """One extension with the version it stands in for."""

    name: str
    version: str
    requires: tuple[str, ...] = ()


STAND_INS: tuple[StandIn, ...] = ()

HARMLESS = ("vector",)
"""Extensions of the wheel that only a superuser may create but that reach neither files nor the network: made trusted."""


def lacking(system: Path) -> tuple[str, ...]:
    """Names of the stand-ins that are used next to the extensions in `system`."""
    return tuple(stand_in.name for stand_in in STAND_INS if not (system / f"{stand_in.name}.control").exists())


def provide_extensions(system: Path, share: Path) -> Path:
    """Writes control files and scripts below `share`, for those that `system` lacks; returns what belongs into extension_control_path."""
    target = share / "extension"
    target.mkdir(parents=True)
    for stand_in in STAND_INS:
        if stand_in.name in lacking(system):
            (target / f"{stand_in.name}.control").write_text(_control(stand_in))
            shutil.copyfile(_SCRIPTS / f"{stand_in.name}.sql", target / f"{stand_in.name}--{stand_in.version}.sql")
    for name in HARMLESS:
        if (system / f"{name}.control").exists():
            for script in system.glob(f"{name}--*.sql"):
                shutil.copyfile(script, target / script.name)
            (target / f"{name}.control").write_text((system / f"{name}.control").read_text() + "\ntrusted = true\n")
    return share


def _control(stand_in: StandIn) -> str:
    lines = {"comment": "stand-in: names, types and signatures", "default_version": stand_in.version}
    if stand_in.requires:
        lines["requires"] = ", ".join(stand_in.requires)
    return "".join(f"{key} = '{value}'\n" for key, value in lines.items()) + "relocatable = true\ntrusted = true\n"
