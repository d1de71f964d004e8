from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.column_steps import bring_back, move_over
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.sql_text import alter, collated_type_sql, column_sql, default_sql, drop_constraint_sql, type_sql
from migcompat.rules.type_changes import COLLATION, TypeChange, between_domains, compare, has_no_cast, only_renamed
from migcompat.rules.view_steps import around_views, as_it_was, changed_beside, same_query
from migcompat.rules.whereabouts import altered, column_home, column_now, old_column
from migcompat.schema.model import Column
from migcompat.sql.conditions import columns_of
from migcompat.sql.quoting import ident


class ChangeColumnType(Rule):
    """A narrower type rejects values that were accepted (22001, 22003). A type of another family rejects comparisons and functions
    (42883, 42804), and a driver may fail on what it reads. A wider type rejects nothing new, but a statement that was prepared before
    the deploy fails once with 0A000; the policy names the form, so it is reported all the same. The finding says which of these it is.
    Silent when the type is spelled otherwise only (`int4` for `integer`).
    """

    name = "change-column-type"
    summary = "A column gets another type"
    looks_at = ("changed",)
    breaks = Breaks.READS
    sqlstate = "42883"
    adr = True
    example = Example(
        schema="CREATE TABLE orders (id integer PRIMARY KEY, reference integer NOT NULL)",
        migration="ALTER TABLE orders ALTER COLUMN reference TYPE text USING reference::text",
        statement="SELECT id FROM orders WHERE reference = 4711",
        compatible=(
            "ALTER TABLE orders ADD COLUMN reference_code text",
            "UPDATE orders SET reference_code = reference::text WHERE reference_code IS DISTINCT FROM reference::text",
        ),
    )
    rollback = (
        "The code before it meets a type it was not written for until the type is changed back, which rewrites the table under a lock"
        " and fails on values that the old type cannot hold."
    )

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.new is None or pair.old.kind in ("sequence", "index"):
            return
        for old, new in pair.changed:
            if old.type is new.type and old.collation == new.collation and not _renamed_type(pair, old):
                continue
            before, after = pair.deploy.type_before(old.type), pair.deploy.type_after(new.type)
            if not after or (not before and not old.assumed and not pair.old.is_table):
                continue
            if before != after:
                change = _change(pair, old, new)
            elif pair.old.is_table and old.id == new.id and old.collation != new.collation and None not in (old.collation, new.collation):
                change = COLLATION
                after = f"{after} COLLATE {new.collation or 'of the type'}"
            else:
                continue
            yield self.found(
                f"{pair.name}.{old.name}",
                f"column {old.name} of {pair.name} changes from {before or 'its type'} to {after}:"
                f" {change.consequence}{_lost(old, new, pair)}",
                _help(change),
                statement=_statement(pair, old, change),
                detail=old.name,
                sqlstate=change.sqlstate,
                breaks=change.breaks,
                created=old.origin,
                relaxable="widening-type" if change.kind == "widens" else "",
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        assert pair.new is not None
        old, new = next((old, new) for old, new in pair.kept if old.name == found.detail)
        if pair.old.is_view:
            return changed_beside(pair) if not same_query(pair) else ()  # its table's steps say it
        type_, name = collated_type_sql(pair.deploy, new), ident(old.name)
        change = _change(pair, old, new)
        alter_type = around_views(pair.deploy, [(pair.old, old)], (f"ALTER TABLE {pair.sql} ALTER COLUMN {name} TYPE {type_}",))
        if change.kind == "narrows":
            return (
                DeployStep(f"Stop writing values that do not fit {type_}; the code that reads them goes on"),
                DeployStep("When only that code runs: change the values that do not fit, and the type", alter_type),
            )
        if change.kind == "widens" and change.binary:
            return (
                DeployStep("Prepare statements again when they fail with 0A000 (many drivers do), or prepare none of this table"),
                DeployStep("When only that code runs: change the type", alter_type),
            )
        # there is no cast from one enum to another
        through = "::text" if _is_enum(pair, old) and _is_enum(pair, new) and not only_renamed(old.type, new.type) else ""
        uncast = has_no_cast(pair.deploy.type_before(old.type), pair.deploy.type_after(new.type))
        copied = "" if uncast else f"{name}{through}::{type_sql(pair.deploy, new.type)}"
        return move_over(pair, old, f"{old.name}_new", type_, copied, default_sql(pair.deploy, new))

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        old = old_column(pair, found)
        now, type_ = column_now(pair, old), type_sql(pair.deploy, old.type)
        if now is None or not type_:
            return Restoration(lost=f"the type of {found.object}: it was never seen, or a view computes the column now")
        if pair.old.is_view:
            return as_it_was(pair) if not same_query(pair) else Restoration()
        column, collated = f"ALTER COLUMN {ident(now.name)}", collated_type_sql(pair.deploy, old)
        if old.id == now.id and collated == collated_type_sql(pair.deploy, now):  # only its type is called otherwise
            return Restoration(lost=f"the name that the type of {found.object} had: it is {collated} now")
        change = _change(pair, old, now)
        # Within a family the assignment cast raises where a value no longer fits; an explicit one would cut it off in silence.
        using = f" USING {ident(now.name)}::text::{type_}" if change.kind == "family" and not _assigned(pair, old, now, change) else ""
        computed: tuple[str, ...] = ()
        if using and now.generated:  # PostgreSQL takes no USING for what it computes: it computes anew, or stops computing
            if not old.generated and now.generated != "stored":
                return Restoration(lost=f"the type of {found.object}: it cannot change while PostgreSQL computes the column")
            if old.generated:  # nor does it cast what it computes: it computes the old column anew
                return Restoration((f"{alter(column_home(pair, old))} DROP COLUMN {ident(now.name)}", *bring_back(pair, old)))
            computed = (f"{alter(column_home(pair, old))} {column} DROP EXPRESSION",)
        default = default_sql(pair.deploy, old)
        actions = [f"{column} DROP DEFAULT"] if now.default else []
        actions += [f"{column} TYPE {collated}{using}", *([f"{column} SET DEFAULT {default}"] if default else [])]
        if old.id != now.id:
            lost = f"the values that {found.object} held: it was dropped and added again"
        else:
            lost = "anything that the change cut off or rounded" if change.kind == "narrows" and change.sqlstate.startswith("22") else ""
        checks = _added_checks(pair, now) if using else ()
        sql = (*checks, *computed, f"{alter(column_home(pair, old))} {', '.join(actions)}")
        return Restoration(around_views(pair.deploy, [(altered(pair), now)], sql), lost)


def _is_enum(pair: RelationPair, column: Column) -> bool:
    types, id_ = pair.deploy.catalog.types, column.type.type_id if column.type is not None else None
    found = (types.get(id_) or types.was(id_)) if id_ is not None else None
    return found is not None and found.kind == "enum"


def _renamed_type(pair: RelationPair, column: Column) -> bool:
    return (
        column.type is not None
        and column.type.type_id is not None
        and pair.deploy.type_before(column.type) != pair.deploy.type_after(column.type)
    )


def _change(pair: RelationPair, old: Column, new: Column) -> TypeChange:
    """A value of a domain is compared as one of the type that the domain is over."""
    before, after = pair.deploy.type_before(old.type), pair.deploy.type_after(new.type)
    if before == after:
        return COLLATION
    left = [domain for domain in pair.deploy.domains_before(old) if domain.base is not None]
    entered = [domain for domain in pair.deploy.domains_after(new) if domain.base is not None]
    if left:
        before = pair.deploy.type_before(left[-1].base)
    if entered:
        after = pair.deploy.type_after(entered[-1].base)
    return compare(before, after) if before != after else between_domains(left, entered)


def _added_checks(pair: RelationPair, column: Column) -> Iterator[str]:
    """Drops the checks that came with the new type: they compare it with constants."""
    table = altered(pair)
    for check in table.constraints:
        if check.kind == "check" and pair.old.constraint(check.name) is None and column.name in (columns_of(check.expression) or ()):
            yield from drop_constraint_sql(pair.deploy, table, check.name)


def _assigned(pair: RelationPair, old: Column, new: Column, change: TypeChange) -> bool:
    """Whether a value of the new type goes into the old one without being told how."""
    both = (pair.deploy.type_before(old.type), pair.deploy.type_after(new.type))
    times = all(name.startswith(("timestamp", "date")) and "[" not in name for name in both)
    return times or change is COLLATION or pair.old.kind == "foreign"  # of a foreign table nothing is rewritten


def _lost(old: Column, new: Column, pair: RelationPair) -> str:
    return "; it is dropped and added again, so its data is lost" if old.id != new.id and not pair.replaced else ""


def _help(change: TypeChange) -> str:
    if change.kind == "narrows":
        return "stop writing values that do not fit, deploy that, and change those that are left and the type in a later deploy"
    if change.kind == "widens" and change.binary:
        return "let code prepare a statement again when it fails with 0A000, deploy that, and change the type in a later deploy"
    return "add a column of the new type, keep both filled, move readers over, and drop the old one in a later deploy"


def _statement(pair: RelationPair, column: Column, change: TypeChange) -> str:
    name = column_sql(column)
    if change.breaks is Breaks.WRITES:
        return f"INSERT INTO {pair.sql} ({name}) VALUES ($1)"
    if change.sqlstate == "0A000":
        return f"EXECUTE prepared  -- PREPARE prepared AS SELECT {name} FROM {pair.sql}"
    return f"SELECT {name} FROM {pair.sql} WHERE {name} = $1"
