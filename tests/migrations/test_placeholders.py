"""Placeholders: filled in where a value is configured, else read as names; places stay those of the file."""

from __future__ import annotations

import pytest

from migcompat.findings import Place, Span
from migcompat.migrations.model import Migration, Source
from migcompat.migrations.source import source_of

VALUES = {"schema": "app", "Schema": "app", "flyway:user": "shop", "prefix": "v2_", "empty": "", "q": "it's"}


def source(text: str, values: dict[str, str] | None = None) -> Source:
    return source_of(Migration("m/1_a.sql", "m", "1_a.sql", (0, 1)), text.encode(), VALUES if values is None else values)


FILLED = {
    "braces": ("DROP TABLE ${schema}.a;", "DROP TABLE app.a;"),
    "a name with a colon": ("GRANT ALL ON a TO ${flyway:user};", "GRANT ALL ON a TO shop;"),
    "double braces": ("DROP TABLE {{schema}}.a;", "DROP TABLE app.a;"),
    "double braces of Go": ("DROP TABLE {{ .Schema }}.a;", "DROP TABLE app.a;"),
    "within a word": ("DROP TABLE ${prefix}users_${schema};", "DROP TABLE v2_users_app;"),
    "nothing": ("DROP TABLE ${empty}users;", "DROP TABLE users;"),
    "in a string": ("SELECT 'x ${schema}';", "SELECT 'x app';"),
    "in a quoted name": ('DROP TABLE "${schema}"."a";', 'DROP TABLE "app"."a";'),
    "in a dollar quote": ("DO $$ BEGIN DROP TABLE ${schema}.a; END $$;", "DO $$ BEGIN DROP TABLE app.a; END $$;"),
    "psql": ("DROP TABLE :schema.a; SELECT :'q', :\"schema\";", "DROP TABLE app.a; SELECT 'it''s', \"app\";"),
    "a cast is no variable": ("SELECT a::schema, b :: schema, x[1:schema];", "SELECT a::schema, b :: schema, x[1:schema];"),
    "what steers a template": ("CREATE INDEX {{ if not .Tx }}CONCURRENTLY{{end}} i ON a (b);", "CREATE INDEX CONCURRENTLY i ON a (b);"),
    "both branches": ("{{- if .a -}}DROP TABLE a;{{ else }}DROP TABLE {{ .Schema }}.b;{{ end }}", "DROP TABLE a;DROP TABLE app.b;"),
    "a comment of a template": ("{{- /* no longer read */ -}}\nDROP TABLE a;", "\nDROP TABLE a;"),
    "a comment that marks a place": ("DROP TABLE /* TEMPLATE: schema */.a;", "DROP TABLE app.a;"),
    "another comment": ("/* ${schema} */ -- ${schema} {{schema}} :schema\n", "/* ${schema} */ -- ${schema} {{schema}} :schema\n"),
}


@pytest.mark.parametrize(("text", "filled"), FILLED.values(), ids=FILLED.keys())
def test_a_value_takes_the_place_of_its_placeholder(text: str, filled: str) -> None:
    assert source(text).text == filled
    assert source(text).as_written == text


NAMES = {
    "a schema": ("DROP TABLE ${x}.a;", 'DROP TABLE "${x}".a;', ("${x}",)),
    "quoted already": ('DROP TABLE "${x}".a;', 'DROP TABLE "${x}".a;', ()),
    "part of a word": ("DROP TABLE Log_${x}_Old;", 'DROP TABLE "log_${x}_old";', ("${x}",)),
    "half of them known": ("DROP TABLE ${schema}_{{ x }};", 'DROP TABLE "app_{{ x }}";', ("{{ x }}",)),
    "a call with quotes": ('DROP TABLE {{ var("x") }}.a;', 'DROP TABLE "{{ var(""x"") }}".a;', ('{{ var("x") }}',)),
    "in a string": ("SELECT '${x} {{x}}';", "SELECT '${x} {{x}}';", ()),
    "in a comment": ("-- ${x}\n/* {{x}} */", "-- ${x}\n/* {{x}} */", ()),
    "a dollar quote before a brace": ('SELECT $${"a": 1}$$;', 'SELECT $${"a": 1}$$;', ()),
    "single braces": ("GRANT ALL ON a TO {role_name};", 'GRANT ALL ON a TO "{role_name}";', ("{role_name}",)),
    "an array in a string": ("SELECT '{x}'::text[], '{\"a\":{}}';", "SELECT '{x}'::text[], '{\"a\":{}}';", ()),
    "a variable of psql": ('DROP TABLE :x.a, :"x".b;', 'DROP TABLE ":x".a, ":x".b;', (":x",)),
    "a string of psql": ("SELECT f(:'x');", "SELECT f(':x');", (":x",)),
    "no variable of psql": ("SELECT a[1:x], a::x, b :: x; f := x;", "SELECT a[1:x], a::x, b :: x; f := x;", ()),
}


@pytest.mark.parametrize(("text", "read", "unknown"), NAMES.values(), ids=NAMES.keys())
def test_without_a_value_it_is_a_name(text: str, read: str, unknown: tuple[str, ...]) -> None:
    assert source(text).text == read
    assert source(text).placeholders == unknown


def test_places_are_those_of_the_file() -> None:
    read = source("SELECT 1;\nALTER TABLE ${schema}.users_${schema} DROP COLUMN ${x};\nSELECT 2;")

    def place(part: str) -> Place:
        start = read.text.index(part)
        return read.place(Span(start, start + len(part)))

    assert place("ALTER") == Place("m/1_a.sql", 2, 1, 2, 6)
    assert place("app") == Place("m/1_a.sql", 2, 13, 2, 22)
    assert place(".users") == Place("m/1_a.sql", 2, 22, 2, 38), "a word is replaced as a whole"
    assert place('"${x}"') == Place("m/1_a.sql", 2, 51, 2, 55)
    assert place("DROP COLUMN") == Place("m/1_a.sql", 2, 39, 2, 50)
    assert place("SELECT 2") == Place("m/1_a.sql", 3, 1, 3, 9)
    assert read.place(Span(0, len(read.text))) == Place("m/1_a.sql", 1, 1, 3, 10)


def test_places_around_a_value_that_is_empty() -> None:
    read = source("DROP TABLE ${empty} a;")
    assert read.text == "DROP TABLE  a;"
    assert read.place(Span(11, 13)) == Place("m/1_a.sql", 1, 20, 1, 22)


def test_markers_count_in_the_text_as_it_runs() -> None:
    read = source("-- +goose Up\nDROP TABLE ${schema}.a;\n-- +goose Down\nCREATE TABLE ${schema}.a ();\n")
    assert [read.text[span.start : span.end] for span in read.forward] == ["-- +goose Up\nDROP TABLE app.a;\n"]
