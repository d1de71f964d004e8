"""Statements of the running code, read from its files, with values for their parameters."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence

from migcompat.errors import CheckError
from migcompat.findings import Span
from migcompat.frozen import frozen
from migcompat.migrations.model import Source
from migcompat.proof.contract import Contract
from migcompat.proof.session import Probe, Session
from migcompat.proof.values import sample_of
from migcompat.sql.splitter import split

_WITH_PARAMETERS = frozenset("select insert update delete merge with values table".split())
_ALLOWED = _WITH_PARAMETERS | frozenset("call create alter drop truncate refresh lock comment grant revoke set show".split())
"""What may be tried: all of it can be taken back, or is refused within a transaction."""
_NAMED = re.compile(r"--\s*name:\s*(\S+)")
_TOKEN = re.compile(
    r"""('(?:[^']|'')*' | "(?:[^"]|"")*" | --[^\n]* | /\*.*?\*/ | \$([A-Za-z_]\w*|)\$.*?\$\2\$ | ::) | (?<![:\w]):([A-Za-z_]\w*) |
    \bsqlc\.n?arg\(\s*'?(\w+)'?\s*\) | (?<![\w$])\$([0-9]+)""",
    re.VERBOSE | re.DOTALL,
)


@frozen
class Query:
    """One statement; its parameters are `$1`, `$2` …"""

    name: str
    text: str
    path: str
    span: Span
    word: str
    """The keyword that it begins with."""


def read_queries(paths: Sequence[str]) -> tuple[tuple[Query, ...], dict[str, Source]]:
    """Every statement of the files, and the files themselves."""
    sources: dict[str, Source] = {}
    queries: list[Query] = []
    for path in _files(paths):
        try:
            with open(path, encoding="utf-8-sig") as file:  # noqa: PTH123 - the path stays as it was given
                text = file.read()
        except (OSError, UnicodeDecodeError) as error:
            raise CheckError(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error
        sources[path] = Source(path, text, (Span(0, len(text)),))
        queries += _queries(path, text)
    if paths and not queries:
        raise CheckError(f"no statement in {', '.join(paths)}")
    return tuple(queries), sources


def _files(paths: Sequence[str]) -> Iterator[str]:
    for path in paths:
        if not os.path.isdir(path):  # noqa: PTH112
            yield path
            continue
        for directory, below, names in os.walk(path):
            below.sort()
            yield from (f"{directory}/{name}" for name in sorted(names) if name.endswith(".sql"))


def _queries(path: str, text: str) -> Iterator[Query]:
    script = split(text)
    names = [(comment.span.start, match[1]) for comment in script.comments if (match := _NAMED.match(comment.text))]
    for statement in script.statements:
        if statement.word.startswith("\\") or statement.unterminated:
            continue
        name = next((name for start, name in reversed(names) if start < statement.span.end), "")
        yield Query(name, numbered(statement.text), path, statement.span, statement.word)


def numbered(text: str) -> str:
    """Named parameters as numbered ones, in the order in which they first stand."""
    names: dict[str, int] = {}
    highest = max((int(match[5]) for match in _TOKEN.finditer(text) if match[5]), default=0)

    def number(match: re.Match[str]) -> str:
        name = match[3] or match[4]
        return match[0] if name is None else f"${names.setdefault(name, highest + len(names) + 1)}"

    return _TOKEN.sub(number, text)


def filled(text: str, values: Sequence[str]) -> str:
    """The statement with constants in place of its parameters."""
    return _TOKEN.sub(lambda match: values[int(match[5]) - 1] if match[5] and int(match[5]) <= len(values) else match[0], text)


def probes_of(queries: Sequence[Query], session: Session, contract: Contract) -> tuple[list[Probe], list[tuple[Query, str]]]:
    """Each as a probe with sample values of the types that the server infers, and those that it does not understand."""
    probes, refused = [], []
    for query in queries:
        if query.word not in _ALLOWED:
            refused.append((query, "it is not a statement that can be taken back"))
            continue
        types, problem = session.parameter_types(query.text) if query.word in _WITH_PARAMETERS else ([], None)
        if problem is not None:
            refused.append((query, f"{problem.sqlstate}: {problem.message}"))
            continue
        values = [sample_of(name, contract) for name in types]
        label = query.name or " ".join(query.text.split())[:60]
        touches = (f"query {label}", *_mentioned(query.text, contract))
        probes.append(Probe(filled(query.text, values), touches, "query", place=(query.path, query.span.start, query.span.end)))
    return probes, refused


def _mentioned(text: str, contract: Contract) -> Iterator[str]:
    """The objects whose names stand in a statement, as findings name them."""
    words = set(re.findall(r"\w+", text))
    for relation in contract.relations.values():
        if relation.name in words:
            yield relation.object
            yield from (f"{relation.object}.{column.name}" for column in relation.columns if column.name in words)
            yield from (name for column in relation.columns if column.name in words for name in column.type.names)
            yield from (partition for partition, _ in relation.partitions)
            yield from (f"{relation.object}.{key.name}" for key in relation.keys if key.name in words)
    for routine in contract.routines:
        if routine.name in words:
            yield from filter(None, (routine.identity, routine.extension))
    yield from (f"collation {name.partition('.')[2]}" for name in contract.collations if name.partition(".")[2] in words)
    yield from (type_.object for type_ in contract.types if type_.name in words)
