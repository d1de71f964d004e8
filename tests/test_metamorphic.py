"""A verdict does not depend on how SQL is written: letter case, white space, comments, quotes around plain names, one file or two.

`MIGCOMPAT_HISTORIES=DIRECTORY pytest tests/test_metamorphic.py` asks the same of real histories, one in each directory.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from rewriting import REWRITES, Rewrite
from test_adr_053_d5 import DIRECTORY as CASES
from test_adr_053_d5 import read_cases

from migcompat.checking import Check
from migcompat.config import Config
from migcompat.findings import Span
from migcompat.frozen import replace
from migcompat.migrations.discovery import discover
from migcompat.migrations.history import History
from migcompat.migrations.model import Migration, Source
from migcompat.migrations.source import read
from migcompat.settings import Settings
from migcompat.sql.splitter import split

Verdict = list[tuple[str, str, str]]

_SESSION = re.compile(r"search_path|\btemp|\bset\b|^\\", re.IGNORECASE | re.MULTILINE)
"""What a second file would not see: a session ends with its file."""


each_rewrite = pytest.mark.parametrize("rewrite", REWRITES, ids=lambda rewrite: rewrite.__name__)


@cache
def verdict(schema: str, *migration: str) -> Verdict:
    """What one deploy of these files breaks."""
    texts = {"schema.sql": schema, **{f"{number}.sql": text for number, text in enumerate(migration)}}
    migrations = [Migration(name, "", name, ()) for name in texts]
    check = Check(lambda m: Source(m.path, texts[m.path], (Span(0, len(texts[m.path])),)), Settings(overrides=False))
    if schema.strip():
        check.context(migrations[:1])
    return sorted((finding.rule, finding.object, finding.severity.value) for finding in check.deploy(migrations[1:]))


ALL_CASES = [case for path in sorted(CASES.glob("*.sql")) for case in read_cases(path)]


@each_rewrite
def test_the_cases_of_the_policy_break_the_same(rewrite: Rewrite) -> None:
    differing = {
        f"{case.file}: {case.name}": (before, after)
        for case in ALL_CASES
        if (before := verdict(case.schema, case.migration)) != (after := verdict(rewrite(case.schema), rewrite(case.migration)))
    }
    assert not differing


def in_one(text: str) -> tuple[str, ...]:
    return (text,)


def in_two(text: str) -> tuple[str, ...]:
    """A migration cut after half of its statements, where no session state crosses the cut."""
    statements = split(text).statements
    if len(statements) < 2 or _SESSION.search(text):
        return (text,)
    cut = statements[len(statements) // 2].span.start
    return text[:cut], text[cut:]


def test_two_files_of_one_deploy_break_what_one_file_breaks() -> None:
    halves = {f"{case.file}: {case.name}": (case, two) for case in ALL_CASES if len(two := in_two(case.migration)) == 2}
    assert len(halves) > 50
    differing = {
        name: (before, after)
        for name, (case, two) in halves.items()
        if (before := verdict(case.schema, case.migration)) != (after := verdict(case.schema, *two))
    }
    assert not differing


def histories() -> list[Path]:
    fixtures = [path for path in CASES.parent.iterdir() if path.is_dir() and path != CASES]
    real = os.environ.get("MIGCOMPAT_HISTORIES")
    return sorted(fixtures) + (sorted(path for path in Path(real).iterdir() if path.is_dir()) if real else [])


def verdicts(history: History, rewrite: Rewrite, cut: Callable[[str], tuple[str, ...]]) -> Iterator[tuple[str, Verdict]]:
    """What each migration of a history breaks as a deploy of its own."""
    files: dict[str, str] = {}
    check = Check(lambda m: Source(m.path, files[m.path], (Span(0, len(files[m.path])),)), Settings(overrides=False), known=True)
    for migration in history.migrations:
        found = read(migration)
        parts = cut("\n".join(rewrite(found.text[part.start : part.end]) for part in found.forward))
        deploy = [replace(migration, path=f"{migration.path}#{number}") for number in range(len(parts))]
        files |= {part.path: text for part, text in zip(deploy, parts, strict=True)}
        yield migration.path, sorted((f.rule, f.object, f.severity.value) for f in check.deploy(deploy))


@cache
def through(directory: Path, rewrite: Rewrite, cut: Callable[[str], tuple[str, ...]] = in_one) -> list[tuple[str, Verdict]]:
    """The same of every history below a directory."""
    return [verdict for history in discover([str(directory)], Config()) for verdict in verdicts(history, rewrite, cut)]


def as_written(text: str) -> str:
    return text


each_history = pytest.mark.parametrize("directory", histories(), ids=lambda path: path.name)


@each_rewrite
@each_history
def test_histories_break_the_same(directory: Path, rewrite: Rewrite) -> None:
    assert through(directory, rewrite) == through(directory, as_written)


@each_history
def test_histories_in_more_files_break_the_same(directory: Path) -> None:
    assert through(directory, as_written, in_two) == through(directory, as_written)
