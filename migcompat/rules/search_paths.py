"""Which objects a name without a schema means: the first on the search path that has it."""

from __future__ import annotations

from collections.abc import Iterator

from migcompat.schema.catalog import Catalog
from migcompat.schema.model import PUBLIC, Key, OtherObject

Paths = tuple[tuple[str, ...], ...]
_SETTING = "set search_path"
_SESSIONS = ("role", "database", "system")


def paths_of(catalog: Catalog) -> Paths:
    """Those of more than one schema on which sessions of the prior generation may look: the configured one, those set for roles and
    databases, and of a role for which none is set its own schema before public."""
    objects = (catalog.others.was(other.id) for other in catalog.others if other.kind in _SESSIONS)
    found = {catalog.default_path, *(_path_of(other) for other in objects if other is not None)}
    return tuple(sorted(path for path in found if len(path) > 1))


def _path_of(sessions: OtherObject) -> tuple[str, ...]:
    said = dict(sessions.settings).get(_SETTING) or f"$user, {PUBLIC}"
    own = sessions.name if sessions.kind == "role" else ""
    schemas = (schema.strip().strip('"') for schema in said.split(","))
    return tuple(name for schema in schemas if (name := own if schema == "$user" else schema))


def hidden_by(paths: Paths, key: Key) -> Iterator[Key]:
    """What is found later on a path than an object of this key."""
    for path in paths:
        if key.schema in path:
            yield from (Key(schema, key.name) for schema in path[path.index(key.schema) + 1 :])


def hiding(paths: Paths, key: Key) -> Iterator[Key]:
    """What is found earlier on a path than an object of this key."""
    for path in paths:
        if key.schema in path:
            yield from (Key(schema, key.name) for schema in path[: path.index(key.schema)])
