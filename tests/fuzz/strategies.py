"""SQL as nobody writes it: pieces that mean something to the splitter, the lexer and the statements, in any order."""

from __future__ import annotations

from hypothesis import strategies as st

PIECES = r"""
create table view alter drop add column constraint check unique primary key references not null default rename to type using index
on function returns language as begin atomic end do $$ $a$ $b$ if exists cascade select from where insert into values ( ) , ; . ::
= [ ] ' '' " "" -- /* */ \ \; \. \echo e'\' u&" copy stdin t u v a b int text integer 1 1.5 $1 grant revoke all public policy rule
trigger domain enum 'x' "q" execute format loop for in 1..3 declare raise with recursive union set search_path schema extension
generated always identity serial partition of attach inherits like including or replace temp materialized comment is null
""".split()
SEPARATORS = (" ", "\n", "", "\t", "\r\n", "\u2028")
HOSTILE = ("\x00", "\x1b[31m", "\u202e", "\u2066", "\ud800", "\u00e9", "\u05d0", "\U0001f600", "\u200b", "\x7f")

pieces = st.one_of(
    st.sampled_from(PIECES), st.sampled_from([piece.upper() for piece in PIECES]), st.sampled_from(HOSTILE), st.text(max_size=4)
)
noise = st.lists(st.tuples(pieces, st.sampled_from(SEPARATORS)), max_size=40).map(lambda found: "".join(a + b for a, b in found))

names = st.sampled_from(["t", "u", "v", '"T"', "public.t", "s.t", "nowhere"])
columns = st.sampled_from(["a", "b", "c", '"A b"'])
types = st.sampled_from(["int", "text", "numeric(10,2)", "timestamptz", "e", "d", "int[]", "serial", "varchar(5)"])
well_formed = st.one_of(
    st.builds("CREATE TABLE {} ({} {}, {} {} NOT NULL DEFAULT 1)".format, names, columns, types, columns, types),
    st.builds("CREATE OR REPLACE VIEW {} AS SELECT * FROM {}".format, names, names),
    st.builds("CREATE TABLE {} () INHERITS ({})".format, names, names),
    st.builds("CREATE TABLE {} (LIKE {} INCLUDING ALL)".format, names, names),
    st.builds("ALTER TABLE {} INHERIT {}".format, names, names),
    st.builds("ALTER TABLE {} RENAME TO t".format, names),
    st.builds("ALTER TABLE {} RENAME {} TO a".format, names, columns),
    st.builds("ALTER TABLE {} ADD COLUMN {} {} GENERATED ALWAYS AS ({} + 1) STORED".format, names, columns, types, columns),
    st.builds("ALTER TABLE {} ADD COLUMN {} {}, DROP COLUMN IF EXISTS {} CASCADE".format, names, columns, types, columns),
    st.builds("ALTER TABLE {} ALTER COLUMN {} TYPE {} USING {}::text".format, names, columns, types, columns),
    st.builds("ALTER TABLE {} ADD CONSTRAINT k CHECK ({} > 0 OR {} IS NULL)".format, names, columns, columns),
    st.builds("ALTER TABLE {} ADD UNIQUE ({}), ADD FOREIGN KEY ({}) REFERENCES {}".format, names, columns, columns, names),
    st.builds("ALTER TABLE {} DROP CONSTRAINT IF EXISTS k CASCADE".format, names),
    st.builds("CREATE UNIQUE INDEX ON {} (lower({})) WHERE {} IS NOT NULL".format, names, columns, columns),
    st.builds("DROP TABLE IF EXISTS {} CASCADE".format, names),
    st.builds("DROP VIEW {}".format, names),
    st.builds("CREATE DOMAIN d AS {} CHECK (VALUE IS NOT NULL)".format, types),
    st.builds("CREATE TYPE e AS ENUM ('x', 'y')".format),
    st.builds("DROP TYPE IF EXISTS {} CASCADE".format, types),
    st.builds("CREATE FUNCTION f({}) RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DROP TABLE ' || $1; END $$".format, types),
    st.builds("SELECT f('{}')".format, names),
    st.builds("DO $$ BEGIN IF EXISTS (SELECT 1) THEN DROP TABLE {}; END IF; END $$".format, names),
    st.builds("CREATE RULE r AS ON INSERT TO {} DO INSTEAD (SELECT 1; SELECT 2)".format, names),
    st.builds("GRANT SELECT ({}) ON {} TO r".format, columns, names),
    st.builds("REVOKE ALL ON {} FROM r CASCADE".format, names),
    st.builds("ALTER SCHEMA public RENAME TO s".format),
    st.builds("SET search_path TO s, public".format),
)
statements = st.one_of(well_formed, noise)
scripts = st.lists(statements, max_size=8).map(";\n".join)
well_formed_scripts = st.lists(well_formed, max_size=8).map(";\n".join)
