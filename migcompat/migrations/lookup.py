"""Finds the migrations that a person means."""

from __future__ import annotations

import difflib
from collections.abc import Sequence

from migcompat.errors import CheckError
from migcompat.migrations.history import History
from migcompat.migrations.naming import DIRECTORY_FILES, names_of, number_of, own_name
from migcompat.migrations.roots import as_given


def history_of(wanted: Sequence[str], histories: Sequence[History]) -> tuple[History, list[int]]:
    """The history that has all of these migrations, and their positions in it. A migration is named by its path, its name with or
    without suffix, or its version number."""
    for history in histories:
        found = [_matching(name, history) for name in wanted]
        if all(len(positions) == 1 for positions in found):
            return history, [positions[0] for positions in found]
    for history in histories:
        for name in wanted:
            _require_one(name, history)
    raise CheckError(f"no directory of migrations has both {' and '.join(wanted)}" if histories else "there is no migration here")


def _matching(wanted: str, history: History) -> list[int]:
    path = as_given(wanted)
    migrations = list(enumerate(history.migrations))
    named = [position for position, m in migrations if path in (m.path, _directory(m.path)) or wanted in names_of(m.name)]
    if named or not (number_of(wanted) and wanted[-1].isdigit()):
        return named
    return [position for position, m in migrations if number_of(own_name(m.name)) == number_of(wanted)]


def _directory(path: str) -> str:
    """The directory that is one migration; empty where a migration is a file."""
    directory, _, base = path.rpartition("/")
    return directory if base.lower() in DIRECTORY_FILES else ""


def _require_one(wanted: str, history: History) -> None:
    matching = [history.migrations[position].path for position in _matching(wanted, history)]
    if len(matching) > 1:
        raise CheckError(f"`{wanted}` may be {' or '.join(matching[:2])}: write the path")
    if not matching:
        near = difflib.get_close_matches(wanted, [name for m in history.migrations for name in (m.path, own_name(m.name))], 1, 0.5)
        raise CheckError(f"`{wanted}` is no migration of {history.root}" + (f"; did you mean `{near[0]}`?" if near else ""))
