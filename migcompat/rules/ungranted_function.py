from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.computed import Use, uses
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.schema.apply.mentions import called_in
from migcompat.schema.definitions import function_name, grants_sql
from migcompat.schema.model import PUBLIC, Function, Privilege
from migcompat.sql.quoting import ident


class UngrantedFunction(Rule):
    """What a statement computes on the way, it computes with the privileges of whoever issues it: a default, a CHECK, a generated column,
    an index, a policy, a trigger's WHEN, the query of a view. If that calls a function which the role may not EXECUTE, the statement is
    rejected, though it does not name the function. A trigger's own function asks for no such privilege. Silent where everybody may execute
    the function, as is so unless EXECUTE was revoked from PUBLIC, and where no grant on the table is known.
    """

    name = "ungranted-function"
    summary = "What a statement computes calls a function that its role may not execute"
    looks_at = ("added", "changed", "constraints", "indexes", "policies", "row_security", "triggers", "definition")
    looks_beyond = True
    breaks = Breaks.WRITES
    sqlstate = "42501"
    example = Example(
        schema="""
            CREATE ROLE shop; CREATE TABLE orders (item text NOT NULL, code text); GRANT SELECT, INSERT ON orders TO shop;
            CREATE FUNCTION new_code() RETURNS text LANGUAGE sql AS 'SELECT md5(random()::text)';
            REVOKE EXECUTE ON FUNCTION new_code FROM PUBLIC;
        """,
        migration="ALTER TABLE orders ALTER COLUMN code SET DEFAULT new_code()",
        statement="INSERT INTO orders (item) VALUES ('lamp')",
        compatible=("GRANT EXECUTE ON FUNCTION new_code TO shop; ALTER TABLE orders ALTER COLUMN code SET DEFAULT new_code()",),
        session="SET ROLE shop",
    )
    rollback = "The code before it is rejected until the function is granted, which takes a moment and loses nothing."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        for use, function, roles in _barred(pair):
            yield self.found(
                f"{pair.name}.{use.part}" if use.part else pair.name,
                f"{use.what} of {pair.name} calls {function.kind} {function.key}, which"
                f" {', '.join('PUBLIC' if r == PUBLIC else r for r in roles)} may not execute: {use.refused} is rejected",
                f"GRANT EXECUTE ON FUNCTION {function_name(pair.deploy.catalog, function)} in the same migration",
                statement=(f"SET ROLE {ident(roles[0])}; " if roles[0] != PUBLIC else "")
                + (f"SELECT * FROM {pair.sql}" if "select" in use.privileges else f"INSERT INTO {pair.sql} …"),
                detail=use.part,
                breaks=Breaks.READS if "select" in use.privileges else Breaks.WRITES,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        return (DeployStep("Deploy this migration with the grant in it", self.restore(pair, found).sql),)

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        catalog = pair.deploy.catalog
        barred = ((function, role) for use, function, roles in _barred(pair) if use.part == found.detail for role in roles)
        return Restoration(
            tuple(
                sql
                for function, role in barred
                for sql in grants_sql((Privilege(role, "execute"),), f"ROUTINE {function_name(catalog, function)}")
            )
        )


def _barred(pair: RelationPair) -> Iterator[tuple[Use, Function, list[str]]]:
    """What is computed only now, the function that it calls, and the roles that may not."""
    if pair.new is None or not pair.old.grants:
        return
    before = {use.expression for use in uses(pair.old)}
    fresh = [use for use in uses(pair.new) if "(" in use.expression and use.expression not in before]
    known = {name for expression in before for name in called_in(expression)} if fresh else set()
    for use in fresh:
        for name in sorted(called_in(use.expression) - known, key=str):
            overloads = pair.deploy.catalog.overloads(name)
            roles = _lacking(pair, use, overloads) if overloads else []
            if roles:
                yield use, overloads[0], roles
                break


def _lacking(pair: RelationPair, use: Use, overloads: list[Function]) -> list[str]:
    """The roles that were granted one of the privileges before and since, and may execute none of the overloads."""
    assert pair.new is not None
    since = {p.role for p in pair.new.grants if p.privilege in use.privileges}
    before = {p.role for p in pair.old.grants if p.privilege in use.privileges} - {pair.new.owner, *(f.owner for f in overloads)}
    may = {p.role for f in overloads for p in f.grants}
    writers = before if PUBLIC in since else before & since
    acting = {role: pair.deploy.catalog.acting_for(role) for role in writers}
    return sorted(role for role, roles in acting.items() if may.isdisjoint(roles) and not roles.isdisjoint(use.roles))
