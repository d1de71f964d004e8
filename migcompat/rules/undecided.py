from __future__ import annotations

from migcompat.changes import Dynamic, Opaque
from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, Rule
from migcompat.sql.excerpt import excerpt


class UnparsedStatement(Rule):
    """Silence means that a statement was understood and breaks nothing, so one that is not understood is reported. It stands alone: the
    statements around it are judged. Silent for statements that cannot touch the schema, such as SET or COMMENT.
    """

    name = "unparsed-statement"
    summary = "A statement could not be understood, so nothing is known of what it breaks"
    severity = Severity.ERROR
    breaks = Breaks.NOTHING
    rollback = "Nothing is known: whoever signs says that the statement takes nothing from the code before it."

    def of(self, change: Opaque) -> Break:
        return self.found(
            excerpt(change.text, 80),
            f"this statement is not understood: {change.reason}",
            "write it in a form that PostgreSQL documents, or judge it by hand and override this finding with a reason",
        )


class DynamicSql(Rule):
    """EXECUTE in PL/pgSQL, and \\gexec in psql, run text that exists only while the migration runs. Text that is constant, or made of
    constants by concatenation or format(), is read like any other SQL. What depends on data is reported, since nobody can say before the
    merge what it does.
    """

    name = "dynamic-sql"
    summary = "SQL is built while the migration runs, so nothing is known of what it breaks"
    severity = Severity.ERROR
    breaks = Breaks.NOTHING
    rollback = "Nothing is known: whoever signs says that what is run takes nothing from the code before it."

    def of(self, change: Dynamic) -> Break:
        return self.found(
            excerpt(change.expression, 80),
            f"SQL is built at run time from {excerpt(change.expression, 80)}: {change.reason}",
            "write the statements out, or judge them by hand and override this finding with a reason",
        )
