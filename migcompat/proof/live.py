"""The rules on the schema as the server has it before and after a deploy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from migcompat.rules.base import Break
from migcompat.rules.judge import Judge
from migcompat.rules.pairs import Deploy, Pair
from migcompat.schema.catalog import Catalog
from migcompat.schema.live.spelling import relation_in_todays_words, type_in_todays_words
from migcompat.schema.store import Store
from migcompat.sql.quoting import ident


def live_breaks(before: Catalog, after: Catalog) -> list[tuple[Pair | None, Break]]:
    """Judges the difference of two readings of one database. `before` becomes what `after` is, and knows what it was."""
    called = _called(before, after)
    for relation in before.relations:
        if (now := after.relations.get(relation.id)) is not None:
            before.relations.assume(relation.id, relation.key, relation_in_todays_words(relation, now, called))
    for type_ in before.types:
        if (is_now := after.types.get(type_.id)) is not None:
            before.types.assume(type_.id, type_.key, type_in_todays_words(type_, is_now))
    before.begin()
    _become(before.namespaces, after.namespaces, lambda o: before.namespaces.put(o.id, o.name, o))
    _become(before.extensions, after.extensions, lambda o: before.extensions.put(o.id, o.name, o))
    _become(before.others, after.others, lambda o: before.others.put(o.id, (o.kind, o.name), o))
    _become(before.types, after.types, before.put_type)
    _become(before.relations, after.relations, before.put)
    _become(before.functions, after.functions, before.put_function)
    _become(before.publications, after.publications, before.put_publication)
    judged = Judge(Deploy(before)).after_change()
    return [(pair, found) for _, pair, breaks in judged for found in breaks]


def _called(before: Catalog, after: Catalog) -> dict[str, str]:
    """What the server calls routines now that have got another name or schema, by what it called them."""
    both = ((function.key, now.key) for function in before.functions if (now := after.functions.get(function.id)) is not None)
    return {".".join(map(ident, was)): ".".join(map(ident, now)) for was, now in both if was != now}


def _become(store: Store[Any], other: Store[Any], put: Callable[[Any], object]) -> None:
    now = {o.id: o for o in store}
    then: dict[int, Any] = {o.id: o for o in other}
    for id_ in now:
        if id_ not in then:
            store.remove(id_)
    for id_, o in then.items():
        if now.get(id_) != o:
            put(o)
