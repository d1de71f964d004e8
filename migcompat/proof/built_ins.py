"""Prints `migcompat/sql/built_ins.py`: `python -m migcompat.proof.built_ins > migcompat/sql/built_ins.py`, for each new PostgreSQL."""

from __future__ import annotations

import sys
from textwrap import fill
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from psycopg import Connection

_HEAD = '''"""PostgreSQL's own routines and implicit casts. Made by migcompat.proof.built_ins, of the catalogues of PostgreSQL {version}."""

from __future__ import annotations

'''
_ROUTINES = """
    WITH parameter AS (
        SELECT p.oid, p.proname, string_agg(
            CASE WHEN p.provariadic <> 0 AND n = pronargs THEN '*' ELSE '' END || ltrim(t.typname, '_')
                || CASE WHEN t.typcategory = 'A' THEN '[]' ELSE '' END || CASE WHEN n > pronargs - pronargdefaults THEN '=' ELSE '' END,
            ',' ORDER BY n
        ) AS types
        FROM pg_proc AS p LEFT JOIN unnest(p.proargtypes) WITH ORDINALITY AS a (type, n) ON true LEFT JOIN pg_type AS t ON t.oid = a.type
        WHERE p.pronamespace = 'pg_catalog'::regnamespace
            AND NOT EXISTS (SELECT FROM pg_aggregate WHERE aggfnoid = p.oid AND aggkind <> 'n')
            AND NOT p.proargtypes::oid[] && '{internal,cstring}'::regtype[]::oid[]
            AND p.prorettype <> ALL ('{internal,cstring,trigger,event_trigger,language_handler}'::regtype[])
            AND p.proname !~ '^(pg_|binary_upgrade_|has_|lo_|txid_)|(larger|smaller|subdiff|transfn|validator|equalimage)$'
            AND coalesce(obj_description(p.oid, 'pg_proc'), '') !~ '^(I/O|implementation of|aggregate|convert|less-equal-greater)'
            AND NOT EXISTS (SELECT FROM pg_amproc WHERE amproc = p.oid) AND NOT EXISTS (SELECT FROM pg_cast WHERE castfunc = p.oid)
        GROUP BY p.oid
    ), overloads AS (SELECT proname, string_agg('(' || coalesce(types, '') || ')', ' ' ORDER BY types) AS all FROM parameter GROUP BY 1)
    SELECT proname || "all" FROM overloads ORDER BY proname
"""
"""Those that are called by name, rather than by operators, casts, indexes and the server itself."""
_CASTS = """
    SELECT format_type(castsource, NULL), string_agg(format_type(casttarget, NULL), '|' ORDER BY format_type(casttarget, NULL))
    FROM pg_cast WHERE castcontext = 'i' AND castsource <> casttarget AND format_type(castsource, NULL) !~ '^(reg|pg_)'
        AND format_type(casttarget, NULL) !~ '^reg(oper|operator|procedure|collation|config|dictionary)$'
    GROUP BY 1 ORDER BY 1
"""


def source(connection: Connection[tuple[object, ...]]) -> str:
    """The text of the module."""
    routines = " ".join(str(row[0]) for row in connection.execute(_ROUTINES))
    wrapped = fill(routines, 136, initial_indent="    ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
    casts = "".join(f"    {_quoted(str(given))}: {_quoted(str(taken))},\n" for given, taken in connection.execute(_CASTS))
    version = connection.info.server_version // 10000
    return f'{_HEAD.format(version=version)}ROUTINES = """\n{wrapped}\n"""\nCASTS = {{\n{casts}}}\n'


def _quoted(text: str) -> str:
    return f"'{text}'" if '"' in text else f'"{text}"'


if __name__ == "__main__":
    from psycopg import connect
    from psycopg.conninfo import make_conninfo

    from migcompat.proof.server import open_server

    with open_server(None) as server, connect(make_conninfo("", **server.access.parameters)) as connection:
        sys.stdout.write(source(connection))
