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
from test_adr_053_d5 import DIRECTORY as CASES
from test_adr_053_d5 import read_cases

from migcompat.checking import Check
from migcompat.config import Config
from migcompat.findings import Span
from migcompat.frozen import replace
from migcompat.lowering.statements import CANNOT_TOUCH_THE_CONTRACT, ROWS, STATEMENTS
from migcompat.migrations.discovery import discover
from migcompat.migrations.history import History
from migcompat.migrations.model import Migration, Source
from migcompat.migrations.source import read
from migcompat.settings import Settings
from migcompat.sql.keywords import RESERVED, WITH_GRAMMAR
from migcompat.sql.lexer import Kind, Token, tokens
from migcompat.sql.splitter import split
from migcompat.sql.types import ALIASES, BUILTINS

Rewrite = Callable[[str], str]
Verdict = list[tuple[str, str, str]]

_NO_NAMES = (
    RESERVED
    | WITH_GRAMMAR
    | set(ALIASES)
    | BUILTINS
    | ROWS
    | CANNOT_TOUCH_THE_CONTRACT
    | {word for statement in STATEMENTS for word in statement.split()}
    | set(
        """if cascade restrict conflict commit of all no action nothing instead also concurrently current by at value owner add
        before after enum identity level returns""".split()
    )
)
_NAMED = re.compile(r"\b(?:table|column|view|index|constraint|exists|only|to|on|references)\s+([a-z_][a-z0-9_]*)\b", re.IGNORECASE)
_SESSION = re.compile(r"search_path|\btemp|\bset\b|^\\", re.IGNORECASE | re.MULTILINE)
"""What a second file would not see: a session ends with its file."""


def rewritten(text: str, word: Callable[[Token, str], str], gap: Callable[[str], str]) -> str:
    """The text with each unquoted word, and each stretch of white space between tokens, replaced; all else stays to the byte."""
    pieces, at, before = [], 0, None
    for token in tokens(text):
        between = text[at : token.start]
        strings = before is not None and before.kind is token.kind is Kind.STRING
        pieces.append(gap(between) if between.isspace() and not strings else between)
        raw = text[token.start : token.end]
        pieces.append(word(token, raw) if token.kind is Kind.WORD else raw)
        at, before = token.end, token
    return "".join(pieces) + text[at:]


def same_word(_: Token, raw: str) -> str:
    return raw


def same_gap(between: str) -> str:
    return between


def in_capitals(text: str) -> str:
    return rewritten(text, lambda _, raw: raw.upper() if raw.isascii() else raw, same_gap)


def in_small_letters(text: str) -> str:
    return rewritten(text, lambda _, raw: raw.lower() if raw.isascii() else raw, same_gap)


def spread_over_lines(text: str) -> str:
    return rewritten(text, same_word, lambda between: between + "\n\t  ")


def full_of_comments(text: str) -> str:
    return rewritten(text, same_word, lambda between: f"{between}/* DROP TABLE x; -- */ ")


def with_quoted_names(text: str) -> str:
    """Plain names that stand where only a name can, in quotes wherever they are."""
    names = {name.lower() for name in _NAMED.findall(text)} - _NO_NAMES
    return rewritten(text, lambda token, raw: f'"{token.value}"' if token.value in names and raw.isascii() else raw, same_gap)


REWRITES = (in_capitals, in_small_letters, spread_over_lines, full_of_comments, with_quoted_names)
each_rewrite = pytest.mark.parametrize("rewrite", REWRITES, ids=lambda rewrite: rewrite.__name__)


@cache
def verdict(schema: str, *migration: str) -> Verdict:
    """What one deploy of these files breaks."""
    texts = {"schema.sql": schema, **{f"{number}.sql": text for number, text in enumerate(migration)}}
    migrations = [Migration(name, "", name, (), name) for name in texts]
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
