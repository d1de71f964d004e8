"""Procedures that end transactions (https://www.postgresql.org/docs/18/plpgsql-transactions.html)."""

from __future__ import annotations

from migcompat.frozen import frozen
from migcompat.rules.bodies import body_of
from migcompat.schema.model import Function
from migcompat.sql.lexer import Kind

_ENDS = frozenset({"commit", "rollback"})


@frozen
class Ends:
    """What a routine meets that ends transactions, and did not before."""

    what: str
    within: bool
    """Whether only a CALL within a transaction is rejected."""
    certain: bool
    """Whether it did end them before, too, and could."""


def transactions(old: Function, new: Function) -> Ends | None:
    if not _ends(new):
        return None
    if not _ends(old):
        barred = ", which it may not" if _is_barred(new) else ""
        rejected = "a call that gets there is rejected" if barred else "a CALL within a transaction is rejected"
        return Ends(f"now ends transactions{barred}: {rejected}", within=not barred, certain=False)
    if _is_barred(new) and not _is_barred(old):
        why = "is SECURITY DEFINER" if new.definer and not old.definer else "sets a parameter"
        return Ends(f"ends transactions, which it may not now that it {why}: a CALL is rejected", within=False, certain=True)
    return None


def _ends(routine: Function) -> bool:
    """Whether it says COMMIT or ROLLBACK. A procedure in SQL never could."""
    text = routine.text.lower()
    body = body_of(routine) if any(word in text for word in _ENDS) else None
    if body is None or body.language != "plpgsql":
        return False
    return any(s[0].kind is Kind.WORD and s[0].value in _ENDS for s in body.statements if s)


def _is_barred(routine: Function) -> bool:
    """Whether PostgreSQL lets it end none, whoever calls it."""
    return routine.kind != "procedure" or routine.definer or any(option.startswith("set ") for option in routine.options)
