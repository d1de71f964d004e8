"""What columns were called: old statements name columns, and a name may stand for another column by now."""

from __future__ import annotations

from collections.abc import Iterable

from migcompat.rules.pairs import RelationPair


def now_called(pair: RelationPair) -> dict[str, str]:
    """Old column names to new ones, for columns that were renamed, though a view in their table's place may not show them."""
    hidden = {c.id: c.name for c in pair.new.hidden} if pair.new is not None else {}
    names = pair.new_names | hidden
    return {c.name: to for c in pair.old.columns if (to := names.get(c.id, c.name)) != c.name} if names else {}


def names_for(pair: RelationPair, columns: Iterable[str]) -> dict[str, str]:
    """In which names the old schema is to be compared with something new over these columns.

    Where old statements know them all, they write to what bears the name now, and a rename is of no interest. Else to the same columns.
    """
    return {} if {c.name for c in pair.old.columns}.issuperset(columns) else now_called(pair)
