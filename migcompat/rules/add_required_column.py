from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, RelationPair, Rule, column_sql


class AddRequiredColumn(Rule):
    name = "add-required-column"
    summary = "A column is added that every INSERT must fill"
    breaks = Breaks.WRITES
    sqlstate = "23502"
    adr = True

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        if not pair.old.is_table or pair.new is None:
            return
        again = [new for old, new in pair.kept if pair.recreated(old, new) and not pair.was_not_null(old)]
        for column in (*pair.added, *again):
            if pair.required(column):
                domain = next((d for d in pair.deploy.domains_after(column) if d.not_null), None)
                why = f"its domain {domain.key} forbids NULL" if domain is not None and not column.not_null else "it is NOT NULL and has no default"
                renamed = pair.old.column_by_id(column.id)
                what = f"column {renamed.name} of {pair.name} is now" if renamed is not None else f"{pair.name} gets the column"
                yield self.found(
                    f"{pair.name}.{column.name}",
                    f"{what} {column.name}, and {why}: an INSERT that does not know it is rejected",
                    "add it as nullable or with a default, let every writer fill it, and require it in a later deploy",
                    statement=_insert(pair),
                    detail=column.name,
                )


def _insert(pair: RelationPair) -> str:
    columns = [c for c in pair.old.columns if c.generated == "" and c.identity == ""] or list(pair.old.columns)
    if not columns:
        return f"INSERT INTO {pair.sql} …"
    names = ", ".join(column_sql(c) for c in columns)
    return f"INSERT INTO {pair.sql} ({names}) VALUES ({', '.join(f'${i + 1}' for i in range(len(columns)))})"
