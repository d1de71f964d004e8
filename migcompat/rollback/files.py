"""A drafted migration as the files of its layout: sections with their markers, and a file that would take it back."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable

from migcompat.frozen import frozen
from migcompat.migrations.lexemes import comment_lines
from migcompat.migrations.sections import LIQUIBASE, SECTIONS, changesets
from migcompat.sql.lexer import tokens

NOTHING_TO_UNDO = "-- Nothing to undo: this migration only gives back what code relies on."


@frozen
class File:
    """A file to be written, by its name below the root."""

    name: str
    text: str


@frozen
class Script:
    """What goes forward: a head of comments, and statements that each end in a semicolon."""

    head: str
    statements: tuple[str, ...]
    slug: str

    def text(self, wrapped: Callable[[str], str] = str) -> str:
        """All of it as one text; `wrapped` may put a marker around a statement."""
        return "\n\n".join((self.head, *map(wrapped, self.statements)))


def files_of(name: str, script: Script, tool: str, companions: Iterable[str]) -> tuple[File, ...]:
    """The migration in the sections of its tool, and the files that stand beside each migration."""
    return (File(name, f"{_SHAPES.get(tool, _plain)(script)}\n"), *(File(companion, f"{NOTHING_TO_UNDO}\n") for companion in companions))


def tool_of(text: str, tools: Collection[str]) -> str:
    """Whose section markers a migration has, of the tools that may have written it; empty: none."""
    if LIQUIBASE in tools and any(True for _ in changesets(text)):
        return LIQUIBASE
    lines = list(comment_lines(text))
    for style in SECTIONS:
        if style.tool in tools and any(style.marks(text, line) for line in lines):
            return style.tool
    return next(iter(tools)) if len(tools) == 1 else ""


def companions_of(name: str, newest: str, there: Callable[[str], bool]) -> tuple[str, ...]:
    """Files that take a migration back, where the newest migration has one."""
    for up, down in _PAIRS:
        if up.search(newest) and there(up.sub(down, newest)):
            return (up.sub(down, name),)
    return ()


_PAIRS = (
    (re.compile(r"\.up\.sql$"), ".down.sql"),
    (re.compile(r"_up\.sql$"), "_down.sql"),
    (re.compile(r"-up\.sql$"), "-down.sql"),
    (re.compile(r"\.do\.sql$"), ".undo.sql"),
    (re.compile(r"/up\.sql$"), "/down.sql"),
    (re.compile(r"(?<!\.up)\.sql$"), ".down.sql"),
)


def _plain(script: Script) -> str:
    return script.text()


def _goose(script: Script) -> str:
    return f"-- +goose Up\n{script.text(_marked('+goose'))}\n\n-- +goose Down\n{NOTHING_TO_UNDO}"


def _sql_migrate(script: Script) -> str:
    return f"-- +migrate Up\n{script.text(_marked('+migrate'))}\n\n-- +migrate Down\n{NOTHING_TO_UNDO}"


def _dbmate(script: Script) -> str:
    return f"-- migrate:up\n{script.text()}\n\n-- migrate:down\n{NOTHING_TO_UNDO}"


def _tern(script: Script) -> str:
    return f"{script.text()}\n\n---- create above / drop below ----\n\n{NOTHING_TO_UNDO}"


def _node_pg_migrate(script: Script) -> str:
    return f"-- Up Migration\n{script.text()}\n\n-- Down Migration\n{NOTHING_TO_UNDO}"


def _mybatis(script: Script) -> str:
    return f"-- // {script.slug.replace('_', ' ')}\n{script.text()}\n\n-- //@UNDO\n{NOTHING_TO_UNDO}"


def _liquibase(script: Script) -> str:
    return f"--liquibase formatted sql\n\n--changeset migcompat:{script.slug} splitStatements:false\n{script.text()}\n--rollback empty"


def _marked(sign: str) -> Callable[[str], str]:
    """These tools split at semicolons that end a line; a body with semicolons in it must be kept together."""

    def wrapped(statement: str) -> str:
        inside = any(";" in statement[token.start : token.end] for token in tokens(statement)[:-1])
        return f"-- {sign} StatementBegin\n{statement}\n-- {sign} StatementEnd" if inside else statement

    return wrapped


_SHAPES: dict[str, Callable[[Script], str]] = {
    "dbmate": _dbmate,
    "goose": _goose,
    "liquibase": _liquibase,
    "mybatis": _mybatis,
    "node-pg-migrate": _node_pg_migrate,
    "sql-migrate": _sql_migrate,
    "tern": _tern,
}
