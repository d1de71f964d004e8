from __future__ import annotations

from collections.abc import Iterator

from migcompat.changes import Name
from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.keys import renamed
from migcompat.rules.old_names import names_for, now_called
from migcompat.rules.pairs import Pair, RelationPair
from migcompat.rules.row_facts import types_of
from migcompat.rules.sql_text import alter, drop_index_sql, set_expression_sql
from migcompat.rules.whereabouts import altered
from migcompat.sql.conditions import columns_of, normal
from migcompat.sql.excerpt import excerpt
from migcompat.sql.fallible import failures, too_long
from migcompat.sql.quoting import ident


class AddFallibleExpression(Rule):
    """PostgreSQL computes the expressions of an index, and those of a stored generated column, for every row that is written. Where one
    fails, the write is rejected: a cast of text that holds something else, a text too long for the column, a division by zero, a function
    of your own that raises an exception. That of a virtual column fails whoever reads it, SELECT * too. Which rows the prior generation
    writes SQL alone cannot tell. Silent when the same expression was computed before, and about arithmetic that overflows.
    """

    name = "add-fallible-expression"
    summary = "An expression that fails for some values is computed for every row"
    looks_at = ("added", "changed", "indexes")
    severity = Severity.WARNING
    breaks = Breaks.WRITES
    sqlstate = "22P02"
    example = Example(
        schema="CREATE TABLE readings (sensor integer NOT NULL, value text NOT NULL)",
        migration="CREATE INDEX readings_value ON readings ((value::numeric))",
        statement="INSERT INTO readings (sensor, value) VALUES (7, 'out of range')",
        compatible=("CREATE INDEX readings_number ON readings (value) WHERE value ~ '^[0-9]+$'",),
    )
    rollback = "The code before it is rejected for every such row until the index or column is dropped, which takes a moment."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None:
            return
        indexes = [index for index in pair.new.indexes if index.expressions]
        columns = [column for column in pair.new.columns if column.generated]
        if not indexes and not columns:
            return
        computed = [*(e for i in pair.old.indexes for e in i.expressions), *(c.expression for c in pair.old.columns)]
        names, before = now_called(pair), set(map(normal, computed))
        renamed_since = {normal(renamed(e, names)) for e in computed} if names else before

        def is_new(expression: str) -> bool:
            over = columns_of(expression) or frozenset()
            return normal(expression) not in (renamed_since if names_for(pair, over) else before)

        for index in indexes:
            new = [e for e in index.expressions if is_new(e)]
            yield from self._of(pair, f"index {index.name}", index.name, new, Breaks.WRITES)
        for column in columns:
            if is_new(column.expression):
                breaks = Breaks.READS if column.generated == "virtual" else Breaks.WRITES
                yield from self._of(pair, f"generated column {column.name}", column.name, [column.expression], breaks)

    def _of(self, pair: RelationPair, part: str, name: str, expressions: list[str], breaks: Breaks) -> Iterator[Break]:
        overloads = pair.deploy.catalog.overloads
        for expression in expressions:
            types = types_of(pair, columns_of(expression) or frozenset())
            failure = next(failures(expression, types, lambda called: bool(overloads(Name(called)))), None)
            column = pair.new.column(name) if pair.new is not None and part.startswith("generated") else None
            if failure is None and column is not None:
                failure = too_long(expression, types, pair.deploy.type_after(column.type))
            if failure is not None:
                done = "read" if breaks is Breaks.READS else "written"
                yield self.found(
                    f"{pair.name}.{name}",
                    f"{part} of {pair.name} computes {excerpt(expression, 80)} for every row that is {done}:"
                    f" where {failure.what} fails, the statement is rejected",
                    "let the expression yield NULL for what it cannot compute (CASE), or let no writer produce such values",
                    statement=f"INSERT INTO {pair.sql} … -- values for which it fails",
                    detail=name,
                    sqlstate=failure.sqlstate,
                    breaks=breaks,
                )
                return

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        return (
            DeployStep(f"Let every writer produce only values that {found.object} can be computed of"),
            DeployStep("When only that code runs: change the rows that hold others, and deploy this migration"),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        table = altered(pair)
        index = next((i for i in table.indexes if i.name == found.detail), None)
        if index is not None:
            return Restoration(drop_index_sql(pair.deploy, table, index))
        old = pair.old.column(found.detail)
        if old is not None and old.generated:
            return Restoration((set_expression_sql(table, old),))
        return Restoration((f"{alter(table)} DROP COLUMN {ident(found.detail)}",))
