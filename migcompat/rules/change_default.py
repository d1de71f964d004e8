from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.frozen import replace
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.keys import renamed
from migcompat.rules.old_names import now_called
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.row_facts import domain_that_refuses, filled_with, refuses, types_of
from migcompat.rules.shown import beneath
from migcompat.rules.sql_text import alter, column_sql, default_sql, set_default_sql, set_expression_sql
from migcompat.rules.whereabouts import altered, column_behind, old_column, written
from migcompat.schema.model import Column, Relation
from migcompat.sql.conditions import columns_of, normal
from migcompat.sql.excerpt import excerpt
from migcompat.sql.quoting import ident


class ChangeDefault(Rule):
    """Nothing is rejected, but rows that the prior generation writes without the column look otherwise than before. What that means to
    its readers, SQL cannot tell. Silent when only the spelling of the default changes, and when the column had no default: a new one
    fills what was NULL. An error where a CHECK refuses the new default, and where a view's goes to a column that takes no values. A
    generated column that is computed otherwise is the same.
    """

    name = "change-default"
    summary = "A column that writers may omit is filled with something else"
    looks_at = ("changed",)
    severity = Severity.WARNING
    breaks = Breaks.WRITES
    example = Example(
        schema="CREATE TABLE tickets (title text NOT NULL, priority text NOT NULL DEFAULT 'normal')",
        migration="ALTER TABLE tickets ALTER COLUMN priority SET DEFAULT 'P3'",
        statement="INSERT INTO tickets (title) VALUES ('Printer on fire')",
        compatible=(),
        answer="INSERT INTO tickets (title) VALUES ('Printer on fire') RETURNING priority",
    )
    rollback = "The code before it goes on to work, and its new rows hold a value that it may not know until the default is back."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if pair.new is None or pair.old.columns is pair.new.columns:
            return
        if pair.old.kind == pair.new.kind == "view":
            yield from self._of_view(pair)
        if not pair.old.is_table:
            return
        for old, new in written(pair):
            if old.generated and new.generated:
                yield from self._computed(pair, old, new)
            check = _refusing(pair, new) if _filled_otherwise(pair, old, new) else None
            if check is not None:
                yield self._refused(pair, old, new, check)
                continue
            if not old.has_default or not old.default or pair.required(new):
                continue
            if new.identity or new.generated or (new.sequence is not None and new.sequence == old.sequence):
                continue
            of_domain = (pair.deploy.domain_default_after(new) if new.default is None else None) or "NULL"
            now = new.default if new.has_default and new.default else of_domain
            if normal(now) != normal(old.default):
                yield self._filled(pair, old, old.default, now)

    def _of_view(self, pair: RelationPair) -> Iterator[Break]:
        """A view's own default goes before that of its table."""
        assert pair.new is not None
        relations = pair.deploy.catalog.relations
        for old, new in pair.changed:
            was, shown = beneath(relations.was, pair.old, old), beneath(relations.get, pair.new, new)
            before, now = _fills(was), _fills(shown)
            stays = normal(old.default or "") == normal(new.default or "") or normal(before) == normal(now)
            if stays or not before or _given(was):
                continue
            if _given(shown) and not _written_by_trigger(pair.new):
                yield self._not_taken(pair, old, now)
            elif now or not pair.required(shown[-1]):
                yield self._filled(pair, old, before, now or "NULL")

    def _not_taken(self, pair: RelationPair, old: Column, now: str) -> Break:
        return self.found(
            f"{pair.name}.{old.name}",
            f"column {old.name} of {pair.name} is filled with {now} where a write omits it, and the column that it shows takes no values",
            "give the view no default for it",
            statement=f"INSERT INTO {pair.sql} DEFAULT VALUES",
            detail=old.name,
            severity=Severity.ERROR,
            sqlstate="428C9",
            breaks=Breaks.WRITES,
            created=old.origin,
        )

    def _filled(self, pair: RelationPair, old: Column, before: str, now: str) -> Break:
        return self.found(
            f"{pair.name}.{old.name}",
            f"column {old.name} of {pair.name} is filled with {now} instead of {before} where a write omits it",
            "make sure that the prior generation can live with such rows, or let it write the value itself first",
            statement=f"SELECT {column_sql(old)} FROM {pair.sql}",
            detail=old.name,
            created=old.origin,
        )

    def _computed(self, pair: RelationPair, old: Column, new: Column) -> Iterator[Break]:
        """A generated column whose expression is another one."""
        names = now_called(pair)
        if (names or old.expression != new.expression) and normal(renamed(old.expression, names)) != normal(new.expression):
            judged = _judging(pair, new)
            before = f"instead of {excerpt(old.expression, 80)}" if old.expression else "now"
            yield self.found(
                f"{pair.name}.{old.name}",
                f"column {old.name} of {pair.name} is computed as {excerpt(new.expression, 80)} {before}"
                + (f", and {judged} may refuse what comes out" if judged else ""),
                "make sure that the prior generation can live with such rows",
                statement=f"SELECT {column_sql(old)} FROM {pair.sql}",
                detail=old.name,
                created=old.origin,
            )

    def _refused(self, pair: RelationPair, old: Column, new: Column, check: str) -> Break:
        return self.found(
            f"{pair.name}.{old.name}",
            f"column {old.name} of {pair.name} is filled with {new.default} where a write omits it, which {check} refuses",
            "let the check admit the default, or give the column a default that it admits",
            statement=f"INSERT INTO {pair.sql} DEFAULT VALUES",
            detail=old.name,
            severity=Severity.ERROR,
            sqlstate="23514",
            breaks=Breaks.WRITES,
            created=old.origin,
        )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        assert pair.new is not None
        new = pair.new.column(found.detail)
        if new is not None and new.generated:
            return (
                DeployStep(f"Cope with other values of {found.detail} when reading, and write only rows for which they are accepted"),
                DeployStep("When only that code runs: change the expression", (set_expression_sql(altered(pair), new),)),
            )
        default = default_sql(pair.deploy, new) if new is not None else ""
        column = f"ALTER TABLE {pair.sql} ALTER COLUMN {ident(found.detail)}"
        return (
            DeployStep(f"Give {found.detail} a value in every INSERT, and cope with the new one when reading"),
            DeployStep(
                "When only that code runs: change the default",
                (f"{column} SET DEFAULT {default}" if default else f"{column} DROP DEFAULT",),
            ),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        old = old_column(pair, found)
        if old.generated:
            was = replace(column_behind(pair, found), expression=renamed(old.expression, now_called(pair)))
            back = (set_expression_sql(altered(pair), was),)
            return Restoration(back) if was.expression else Restoration(lost="the expression, which was never seen")
        if pair.old.is_view and not old.default:
            return Restoration((f"{alter(altered(pair))} ALTER COLUMN {ident(old.name)} DROP DEFAULT",))
        sql = set_default_sql(pair.deploy, altered(pair), old, column_behind(pair, found))
        return Restoration(sql) if sql else Restoration(lost="the default, which was never seen")


def _fills(shown: list[Column]) -> str:
    """What fills the first of these columns where a write omits it; empty: nothing does."""
    default = next((c.default for c in shown if c.default), "")
    return default or ("the next number" if shown[-1].identity else shown[-1].expression)


def _given(shown: list[Column]) -> bool:
    """Whether a view gives a value to a column of a table that takes none."""
    return any(c.default for c in shown[:-1]) and bool(shown[-1].identity == "always" or shown[-1].generated)


def _written_by_trigger(view: Relation) -> bool:
    """Whether what is inserted into a view goes where a trigger puts it."""
    return any(t.timing == "instead of" and "insert" in t.events for t in view.triggers)


def _filled_otherwise(pair: RelationPair, old: Column, new: Column) -> bool:
    """Without a default, and no domain's, it is NULL."""
    before = None if old.default is None and pair.was_filled(old) else _value(old)
    return _value(new) != before


def _value(column: Column) -> str:
    return normal(column.default) if column.default and column.has_default is not False else "null"


def _judging(pair: RelationPair, column: Column) -> str:
    """The first constraint or unique key that judges a column; empty: none does."""
    assert pair.new is not None
    keys = (f"unique key {i.name}" for i in pair.new.indexes if i.unique and any(k.column == column.id for k in i.keys))
    constraints = (f"constraint {c.name}" for c in pair.new.constraints if c.enforced and column.id in c.columns and c.index is None)
    return next(keys, "") or next(constraints, "") or ("its NOT NULL" if column.not_null else "")


def _refusing(pair: RelationPair, column: Column) -> str | None:
    """The check that certainly refuses a column's default, where the column was filled otherwise or not at all."""
    if pair.new is None or not column.default or column.generated or column.identity:
        return None
    facts = filled_with(column.name, column.default)
    for check in pair.new.constraints:
        if (
            check.kind == "check"
            and check.enforced
            and columns_of(check.expression) == frozenset({column.name})
            and refuses(check.expression, facts, types_of(pair, frozenset({column.name})))
        ):
            return f"check {check.name}"
    domain = domain_that_refuses(pair, column)
    return f"domain {domain.key}" if domain is not None else None
