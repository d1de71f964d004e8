from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.frozen import replace
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Pair, RelationPair, forbids_null
from migcompat.rules.row_facts import domain_that_refuses, yields_null
from migcompat.rules.sql_text import allow_null, alter, column_definition, column_sql, type_sql
from migcompat.rules.whereabouts import altered
from migcompat.schema.model import Column
from migcompat.sql.quoting import ident


class AddRequiredColumn(Rule):
    """The prior generation does not know the new column, so its INSERT leaves it out, and PostgreSQL has nothing to put there. On a
    table that holds rows PostgreSQL refuses the migration itself for the same reason. What counts is the end of the deploy: a default
    that is dropped again fills nothing. A column that is nullable, has a default or fills itself (identity, serial, generated) is no
    break; a generated one is, where its expression yields NULL for rows that the prior generation may write.
    """

    name = "add-required-column"
    summary = "A column is added that every INSERT must fill"
    looks_at = ("added", "changed")
    breaks = Breaks.WRITES
    sqlstate = "23502"
    adr = True
    example = Example(
        schema="CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer text NOT NULL)",
        migration="ALTER TABLE orders ADD COLUMN currency text NOT NULL",
        statement="INSERT INTO orders (customer) VALUES ('Ada')",
        compatible=("ALTER TABLE orders ADD COLUMN currency text NOT NULL DEFAULT 'EUR'",),
    )
    rollback = "The code before it cannot insert until the column may be NULL or has a default, which takes a moment and loses nothing."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None:
            return
        again = [new for old, new in pair.changed if pair.recreated(old, new) and not pair.was_not_null(old)]
        hidden = [c for c in pair.new.hidden if not _was_required(pair, c)]
        for column in (*pair.added, *again, *hidden):
            what = _what(pair, column)
            if pair.required(column):
                domain = next((d for d in pair.deploy.domains_after(column) if forbids_null(d)), None)
                why = (
                    f"its domain {domain.key} forbids NULL"
                    if domain is not None and not column.not_null
                    else "it is NOT NULL and has no default"
                )
                yield self.found(
                    f"{pair.name}.{column.name}",
                    f"{what}, and {why}: an INSERT that does not know it is rejected",
                    "add it as nullable or with a default, let every writer fill it, and require it in a later deploy",
                    statement=_insert(pair),
                    detail=column.name,
                    sqlstate="23514" if domain is not None and not domain.not_null and not column.not_null else "",
                )
            elif (refusing := domain_that_refuses(pair, column)) is not None:
                yield self.found(
                    f"{pair.name}.{column.name}",
                    f"{what}, and its domain {refusing.key} refuses its default: an INSERT that does not know it is rejected",
                    "give it a default that the domain admits",
                    statement=_insert(pair),
                    detail=column.name,
                    sqlstate="23514",
                )
            elif column.generated and column.not_null and yields_null(pair, column):
                yield self.found(
                    f"{pair.name}.{column.name}",
                    f"{what}, and it is generated and NOT NULL: a write for which {column.expression.strip()} is NULL is rejected",
                    "let the expression yield a value whatever it is given (COALESCE), or let the column be NULL",
                    statement=_insert(pair),
                    detail=column.name,
                )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        assert pair.new is not None
        column = pair.new.column(found.detail)
        if column is None:
            return ()
        if (refusing := domain_that_refuses(pair, column)) is not None:
            return (DeployStep(f"Give {column.name} a default that {refusing.key} admits"),)
        table, name = f"ALTER TABLE {pair.sql}", ident(column.name)
        forbidding = [d for d in pair.deploy.domains_after(column) if d.not_null]
        type_, require = column.type, f"{table} ALTER COLUMN {name} SET NOT NULL"
        if forbidding:
            type_, require = forbidding[-1].base, f"{table} ALTER COLUMN {name} TYPE {type_sql(pair.deploy, column.type)}"
        definition = column_definition(pair.deploy, replace(column, type=type_, not_null=False))
        return (
            DeployStep(
                f"Add {column.name} as nullable, or with a default; the code gives it a value", (f"{table} ADD COLUMN {definition}",)
            ),
            DeployStep(
                f"When only that code runs: give {column.name} a value in the rows that have none, and require it",
                (f"-- UPDATE {pair.sql} SET {name} = … WHERE {name} IS NULL", require),
            ),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        assert pair.new is not None
        shown = next(c for c in (*pair.new.columns, *pair.new.hidden) if c.name == found.detail)
        column = next(c for c in altered(pair).columns if c.id == shown.id)  # a view may call it otherwise
        if column.default and not pair.not_null(column):
            return Restoration((f"{alter(altered(pair))} ALTER COLUMN {ident(column.name)} DROP DEFAULT",))
        return allow_null(pair, column)


def _what(pair: RelationPair, column: Column) -> str:
    if pair.new is not None and column in pair.new.hidden:
        return f"view {pair.name} shows no column {column.name}"
    was = pair.old.column_by_id(column.id)
    return f"column {was.name} of {pair.name} is now {column.name}" if was is not None else f"{pair.name} gets the column {column.name}"


def _was_required(pair: RelationPair, column: Column) -> bool:
    """Whether every write gave the column a value before, so that each names what is not there: that is the break."""
    was = pair.old.column_by_id(column.id)
    return was is not None and bool(pair.was_not_null(was)) and not pair.was_filled(was)


def _insert(pair: RelationPair) -> str:
    columns = [c for c in pair.old.columns if c.generated == "" and c.identity == ""] or list(pair.old.columns)
    if not columns:
        return f"INSERT INTO {pair.sql} …"
    names = ", ".join(column_sql(c) for c in columns)
    return f"INSERT INTO {pair.sql} ({names}) VALUES ({', '.join(f'${i + 1}' for i in range(len(columns)))})"
