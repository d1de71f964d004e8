"""Statements that give a contract back, in an order in which they run."""

from __future__ import annotations

from migcompat.rollback.ordering import in_order

IN_ORDER = [
    "CREATE SCHEMA shop",
    "DROP VIEW v",
    "ALTER TABLE t DROP CONSTRAINT once",
    "DROP INDEX once",
    "CREATE TYPE mood AS ENUM ('a')",
    "ALTER TYPE mood ADD VALUE 'b'",
    "CREATE TABLE t (a int)",
    "ALTER TABLE t ADD COLUMN c text",
    "ALTER TABLE t ALTER COLUMN c DROP NOT NULL",
    "UPDATE t SET c = d",
    "ALTER TABLE t ADD CONSTRAINT once UNIQUE (c)",
    "CREATE UNIQUE INDEX ON t (c)",
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE VIEW v AS SELECT c FROM t",
    "CREATE TRIGGER tr AFTER INSERT ON t EXECUTE FUNCTION f()",
    "ALTER TABLE t DISABLE ROW LEVEL SECURITY",
    "GRANT SELECT ON t TO reader",
]


def test_what_others_rest_on_comes_first() -> None:
    assert in_order([[statement] for statement in reversed(IN_ORDER)])[0] == "CREATE SCHEMA shop"
    positions = {statement: number for number, statement in enumerate(in_order([[statement] for statement in reversed(IN_ORDER)]))}
    for earlier, later in [
        ("DROP VIEW v", "ALTER TABLE t ALTER COLUMN c DROP NOT NULL"),
        ("ALTER TABLE t DROP CONSTRAINT once", "ALTER TABLE t ADD CONSTRAINT once UNIQUE (c)"),
        ("CREATE TYPE mood AS ENUM ('a')", "CREATE TABLE t (a int)"),
        ("CREATE TABLE t (a int)", "ALTER TABLE t ADD COLUMN c text"),
        ("ALTER TABLE t ADD COLUMN c text", "UPDATE t SET c = d"),
        ("UPDATE t SET c = d", "CREATE UNIQUE INDEX ON t (c)"),
        ("ALTER TABLE t ADD COLUMN c text", "CREATE VIEW v AS SELECT c FROM t"),
        ("CREATE VIEW v AS SELECT c FROM t", "GRANT SELECT ON t TO reader"),
    ]:
        assert positions[earlier] < positions[later]


def test_in_this_order_nothing_moves() -> None:
    assert in_order([[statement] for statement in IN_ORDER]) == IN_ORDER


def test_statements_that_belong_together_stay_in_their_order() -> None:
    together = [
        "ALTER TABLE t ADD COLUMN c_new text",
        "UPDATE t SET c_new = c",
        "ALTER TABLE t DROP COLUMN c",
        "ALTER TABLE t RENAME c_new TO c",
    ]
    assert in_order([together]) == together


def test_a_view_goes_before_the_tables_change_and_comes_after() -> None:
    assert in_order([["DROP VIEW v", "CREATE VIEW v AS SELECT 1"], ["ALTER TABLE t ADD COLUMN c text"]]) == [
        "DROP VIEW v",
        "ALTER TABLE t ADD COLUMN c text",
        "CREATE VIEW v AS SELECT 1",
    ]


def test_a_routine_comes_before_what_calls_it() -> None:
    default = "ALTER TABLE t ALTER COLUMN a SET DEFAULT shop.next_number()"
    check = 'ALTER TABLE t ADD CONSTRAINT c CHECK ("Even"(a))'
    routines = [
        ['ALTER FUNCTION odd(int) RENAME TO "Even"'],
        ["DROP FUNCTION shop.next_number(int)", "CREATE FUNCTION shop.next_number() RETURNS int AS ''"],
    ]
    assert in_order([[check], [default], ["ALTER TABLE u ADD COLUMN a int"], *routines]) == [
        *routines[1], default, "ALTER TABLE u ADD COLUMN a int", *routines[0], check,
    ]  # fmt: skip


def test_the_same_statement_runs_once() -> None:
    assert in_order([["DROP VIEW v"], ["DROP VIEW v"]]) == ["DROP VIEW v"]


def test_what_is_made_comes_before_what_names_it_in_the_same_phase() -> None:
    domain, attribute = "CREATE DOMAIN mood AS text", "ALTER TYPE level ADD ATTRIBUTE m mood"
    parent, part = "CREATE TABLE t (a int) PARTITION BY LIST (a)", "CREATE TABLE part PARTITION OF public.t DEFAULT"
    lower, upper = "CREATE VIEW public.lower AS SELECT 1", 'CREATE VIEW upper AS SELECT * FROM "lower"'
    assert in_order([[part], [parent], [attribute], [domain], [upper], [lower]]) == [domain, attribute, parent, part, lower, upper]


def test_what_rests_on_each_other_in_a_circle_stays_as_it_came() -> None:
    circle = ["CREATE VIEW a AS SELECT * FROM b", "CREATE VIEW b AS SELECT * FROM a"]
    assert sorted(in_order([[view] for view in circle])) == circle


def test_a_name_is_freed_before_another_takes_it() -> None:
    made, moved = "CREATE TYPE t AS ()", "ALTER TYPE t RENAME TO u"
    assert in_order([[made], [moved]]) == [moved, made]
