"""Searches for inputs that break what `properties.py` promises, led by the code that they reach.

    pip install atheris && python tests/fuzz/coverage_guided.py verdict /tmp/corpus -max_total_time=3600

The directory fills with the inputs that reached something new, and is taken up again by the next search; an empty one begins with the
fixtures and the rules' examples. What fails is written to the working directory. The options are libFuzzer's.
"""

from __future__ import annotations

import hashlib
import random
import re
import sys
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import atheris

with atheris.instrument_imports(include=["migcompat"]):
    import properties
    from found import FOUND
    from strategies import HOSTILE, PIECES

    import migcompat
    from migcompat.rules.every import RULES

    for layer in ("sql", "lowering", "schema", "reports", "migrations"):
        for module in iter_modules([str(Path(migcompat.__file__).parent / layer)], f"migcompat.{layer}."):
            import_module(module.name)  # what is imported later goes unobserved

FIXTURES = Path(__file__).parent.parent.parent / "fixtures"
PARTING = "\n-- deploy --\n"
"""Stands between the schema and the migration."""
SCHEMA = "CREATE TABLE t (id integer PRIMARY KEY, a text); CREATE TYPE e AS ENUM ('x', 'y'); CREATE VIEW v AS SELECT id FROM t"
LONGEST = 2_000
"""Bytes of one input."""
PATIENCE = 5.0
"""Seconds of processor time that one input may take; instrumented code is two to three times slower."""
NAMES = ("1_a.sql", "V1__a.sql", "R__a.sql", "1_a.up.sql", "1/up.sql", "20260101000000_a.sql", "a.sql")
_PIECE = re.compile(r"\$\w*\$|\w+|\s+|--[^\n]*|'[^']*'|\"[^\"]*\"|.", re.DOTALL)


def tokens(text: str) -> None:
    properties.tokens_stand_in_order(text)
    properties.the_splitter_loses_no_text(text)
    properties.nothing_hides_what_follows(text)


def statements(text: str) -> None:
    properties.what_a_statement_does_lies_in_it(text)
    properties.every_statement_is_counted(text)
    properties.every_statement_is_done_or_reported(text)


def verdict(text: str) -> None:
    before, parted, after = text.partition(PARTING)
    schema, migration = (before, after) if parted else (SCHEMA, text)
    properties.every_format_shows(properties.a_verdict_lies_in_its_file(schema, migration), schema, migration)


def override(text: str) -> None:
    properties.an_override_is_one_or_malformed_or_a_comment(text)
    properties.a_verdict_lies_in_its_file(SCHEMA, f"ALTER TABLE t DROP COLUMN a;\n{text}")


def file(text: str) -> None:
    content = text.encode("utf-8", "surrogatepass")
    properties.any_file_is_read_or_refused(NAMES[len(content) % len(NAMES)], content)


def everything(text: str) -> None:
    tokens(text)
    statements(text)
    verdict(text)
    override(text)
    file(text)


TARGETS: dict[str, Callable[[str], None]] = {t.__name__: t for t in (tokens, statements, verdict, override, file, everything)}


def texts() -> Iterator[str]:
    """What a search begins with."""
    yield from FOUND
    for rule in RULES:
        if rule.example is not None:
            yield PARTING.join((rule.example.schema, rule.example.migration))
            yield from (PARTING.join((rule.example.schema, script)) for script in rule.example.compatible)
    yield "ALTER TABLE t DROP COLUMN a; -- compat: breaking[drop-column] (reason: drained in October)"
    yield "-- +goose Up\n-- +goose StatementBegin\nDROP TABLE t;\n-- +goose StatementEnd\n-- +goose Down\nSELECT 1;"
    yield "--liquibase formatted sql\n--changeset a:1\nDROP TABLE t;\n--rollback SELECT 1;"
    yield from (path.read_text(encoding="utf-8") for path in sorted(FIXTURES.rglob("*.sql")))


POOL = [statement for text in texts() for statement in text.replace(PARTING, ";").split(";") if statement.strip()]
"""Statements to mix."""


def mutated(data: bytes, largest: int, seed: int) -> bytes:
    """Another input: bytes as libFuzzer changes them, or pieces of SQL exchanged, doubled, left out, wrapped."""
    chance = random.Random(seed)
    if chance.random() < 0.2:
        return atheris.Mutate(data, largest)
    text = data.decode("utf-8", "surrogateescape")
    for _ in range(chance.choice((1, 1, 2, 4, 8))):
        text = chance.choice(CHANGES)(text, chance)
    return text.encode("utf-8", "replace")[:largest]


def _pieces(text: str, chance: random.Random) -> str:
    pieces = _PIECE.findall(text) or [""]
    at = chance.randrange(len(pieces))
    kind = chance.randrange(5)
    if kind == 0:
        pieces[at] = chance.choice(pieces)
    elif kind == 1:
        pieces[at] = f" {chance.choice(PIECES)} "
    elif kind == 2:
        pieces.insert(at, f" {chance.choice(PIECES)} ")
    elif kind == 3:
        del pieces[at : at + chance.randrange(1, 6)]
    else:
        pieces[at:at] = pieces[at : at + chance.randrange(1, 20)]
    return "".join(pieces)


def _statements(text: str, chance: random.Random) -> str:
    found = text.split(";")
    at = chance.randrange(len(found))
    kind = chance.randrange(4)
    if kind == 0:
        found.insert(at, chance.choice(POOL))
    elif kind == 1:
        found[at] = chance.choice(POOL)
    elif kind == 2:
        found.insert(at, chance.choice(found))
    else:
        del found[at]
    return ";".join(found)


def _wrapped(text: str, chance: random.Random) -> str:
    pieces = _PIECE.findall(text) or [""]
    start = chance.randrange(len(pieces))
    end = chance.randrange(start, len(pieces) + 1)
    before, within, after = "".join(pieces[:start]), "".join(pieces[start:end]), "".join(pieces[end:])
    quoted = within.replace("'", "''")
    around = chance.choice((
        f"({within})", f"({within}", f"{'(' * 40}{within}{')' * 40}", f"/*{within}*/", f"'{quoted}'", f'"{within}"',
        f"DO $$ BEGIN {within}; END $$", f"DO $$ BEGIN EXECUTE '{quoted}'; END $$", f"{within}{chance.choice(HOSTILE)}",
        f"{within}{PARTING}", within.upper(), within * 5, f"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC {within}; END",
        f"CREATE VIEW w AS SELECT * FROM ({within}) AS s",
    ))  # fmt: skip
    return before + around + after


CHANGES = (_pieces, _pieces, _pieces, _statements, _statements, _wrapped)


def crossed(one: bytes, other: bytes, largest: int, seed: int) -> bytes:
    """Statements of both."""
    chance = random.Random(seed)
    pieces = one.split(b";") + other.split(b";")
    return b";".join(chance.sample(pieces, chance.randrange(1, len(pieces) + 1)))[:largest]


def begin(corpus: Path) -> None:
    corpus.mkdir(parents=True, exist_ok=True)
    if not any(corpus.iterdir()):
        for text in texts():
            content = text.encode("utf-8", "replace")[:LONGEST]
            (corpus / hashlib.sha256(content).hexdigest()[:16]).write_bytes(content)


def within_bounds(target: Callable[[str], None]) -> Callable[[bytes], None]:
    def test_one(content: bytes) -> None:
        started = time.process_time()
        target(content.decode("utf-8", "surrogateescape"))
        taken = time.process_time() - started
        assert taken < PATIENCE, f"{taken:.1f} s"

    return test_one


if __name__ == "__main__":
    if len(sys.argv) < 3 or sys.argv[1] not in TARGETS:
        sys.exit(f"usage: {sys.argv[0]} {'|'.join(TARGETS)} DIRECTORY [-max_total_time=SECONDS] [libFuzzer option]…")
    begin(Path(sys.argv[2]))
    arguments = [sys.argv[0], *sys.argv[3:], f"-max_len={LONGEST}", "-timeout=120", "-rss_limit_mb=4096", sys.argv[2]]
    atheris.Setup(arguments, within_bounds(TARGETS[sys.argv[1]]), custom_mutator=mutated, custom_crossover=crossed)
    atheris.Fuzz()
