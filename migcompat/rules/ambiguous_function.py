from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.built_in import SYSTEM, competing
from migcompat.rules.drop_function import call, callable_by_clients, described
from migcompat.rules.overloads import Call, answering, calls
from migcompat.rules.pairs import FunctionPair, Pair
from migcompat.rules.routine_sql import create_sql, drop_sql, is_recreatable, rename_sql
from migcompat.schema.model import Function, Key
from migcompat.sql.quoting import ident


class AmbiguousFunction(Rule):
    """PostgreSQL chooses among overloads by the types of the arguments. A new one that takes the same types, and has defaults for the rest,
    fits a call of the old one as well, and PostgreSQL refuses to choose. Constants and the parameters of most drivers have no type until a
    function gives them one, so an overload over other types can do the same. Silent when PostgreSQL prefers one of them, even the new one.
    """

    name = "ambiguous-function"
    summary = "A new overload makes calls of an old function ambiguous"
    breaks = Breaks.CALLS
    sqlstate = "42725"
    example = Example(
        schema=(
            "CREATE FUNCTION shipping_cost(weight integer) RETURNS numeric LANGUAGE sql AS 'SELECT 4.90 + 0.001 * weight';"
            " CREATE TABLE parcels (weight integer NOT NULL)"
        ),
        migration=(
            "CREATE FUNCTION shipping_cost(weight integer, express boolean DEFAULT false) RETURNS numeric LANGUAGE sql"
            " AS 'SELECT CASE WHEN express THEN 9.90 ELSE 4.90 END + 0.001 * weight'"
        ),
        statement="SELECT weight, shipping_cost(weight) FROM parcels",
        compatible=(
            (
                "CREATE FUNCTION parcel_cost(weight integer, express boolean DEFAULT false) RETURNS numeric LANGUAGE sql"
                " AS 'SELECT CASE WHEN express THEN 9.90 ELSE 4.90 END + 0.001 * weight'"
            ),
        ),
    )
    rollback = "The code before it cannot make the call until the new overload gets another name, which takes a moment and loses nothing."

    def function(self, pair: FunctionPair) -> Iterator[Break]:
        old = pair.old
        if callable_by_clients(old) and old.parameters is not None:
            for one in _ambiguous(pair):
                how = "" if one.typed else " with untyped arguments (constants, parameters of most drivers)"
                served = ", or drop the old one in the same migration if the new one serves its calls" if old.key.schema != SYSTEM else ""
                yield self.found(
                    described(pair),
                    f"a call of {described(pair)}{how} fits a new overload as well: it is ambiguous",
                    f"give the new version another name{served}",
                    statement=call(old),
                    created=old.origin,
                )
                return

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, FunctionPair)
        rivals = [now for _, now in _rivals(pair)]
        beside = Key(rivals[0].key.schema, f"{pair.old.key.name}_new")
        created = DeployStep(f"Create the new version as {beside}", tuple(create_sql(f, beside) for f in rivals if f.text))
        if pair.old.key.schema == SYSTEM:
            return (created, DeployStep(f"Call {beside} where the new version is meant"))
        return (
            created,
            DeployStep(f"Call {beside} instead of {described(pair)}"),
            DeployStep(f"When no running code calls {described(pair)}: drop it", (drop_sql(pair.deploy.catalog, pair.old),)),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        # The old name is the prior generation's again; code that calls the new overload must ship with its new name.
        assert isinstance(pair, FunctionPair)
        catalog, spare = pair.deploy.catalog, ident(f"{pair.old.key.name}_new")
        sql: list[str] = []
        for was, now in _rivals(pair):
            recreated = [drop_sql(catalog, now), create_sql(was)] if was is not None and is_recreatable(catalog, was) else []
            sql += recreated or [rename_sql(catalog, now, spare)]
        return Restoration(tuple(sql))


def _rivals(pair: FunctionPair) -> list[tuple[Function | None, Function]]:
    """The overloads that the deploy brought or changed, each with what it was before."""
    both = [(pair.deploy.catalog.functions.was(now.id), now) for now in _overloads(pair)]
    return [(was, now) for was, now in both if was is not now and now.key.schema != SYSTEM]


def _overloads(pair: FunctionPair, *, before: bool = False) -> list[Function]:
    """What a call of the routine may reach; the old name of a built-in one is written without its schema."""
    key, catalog = pair.old.key, pair.deploy.catalog
    if key.schema == SYSTEM:
        return competing(pair.deploy, key.name, before=before)
    return catalog.overloads_before(key) if before else catalog.overloads_at(key)


def _ambiguous(pair: FunctionPair) -> Iterator[Call]:
    """Calls that reached the routine and now reach more than one."""
    catalog = pair.deploy.catalog
    before, after = _overloads(pair, before=True), _overloads(pair)
    rivals = [now for _, now in _rivals(pair)]
    if len(after) > 1 and rivals:
        stays = any(function is pair.old for function in after)
        for one in calls(pair.old):
            if stays and not answering(catalog, one, rivals):
                continue
            if len(answering(catalog, one, after)) > 1 and answering(catalog, one, before, before=True) == (pair.old,):
                yield one
