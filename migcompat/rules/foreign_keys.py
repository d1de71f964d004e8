"""Comparing what a relation's foreign keys demand before and after a deploy."""

from __future__ import annotations

from migcompat.rules.bodies import body_of
from migcompat.rules.old_names import names_for
from migcompat.rules.pairs import Deploy, RelationPair
from migcompat.rules.whereabouts import shown_table
from migcompat.schema.model import Constraint, Function, Relation

Demand = tuple[frozenset[str], object, frozenset[str]]
"""What a foreign key demands: columns, parent (by identity or by name) and the parent's columns. Not what it does ON DELETE."""


def enforced(relation: Relation) -> list[Constraint]:
    """The foreign keys that refuse rows."""
    return [c for c in relation.constraints if c.kind == "foreign" and c.enforced]


def untouched(pair: RelationPair, key: Constraint) -> bool:
    """Whether the key demands what it did: it is as it was, no column got another name, and its parent goes by the same one."""
    if key.references is None or not pair.kept_as_is(key):
        return False
    relations = pair.deploy.catalog.relations
    was, now = relations.was(key.references), relations.get(key.references)
    return was is not None and now is not None and was.key == now.key


def demanded(pair: RelationPair, key: Constraint) -> list[Constraint]:
    """The keys before that demanded the same as one of the schema after."""
    now = _demands(pair, key)
    names = names_for(pair, _columns(pair, key))
    found = [old for old in enforced(pair.old) if len(old.columns) == len(key.columns) and _old_demands(pair, old, names) & now]
    return [old for old in found if old.id == key.id] or found


def could_wait(before: list[Constraint], key: Constraint) -> bool:
    """Whether keys that demanded the same could wait for the end of the transaction, or did by themselves, and this one does not."""
    return (not key.deferrable and any(old.deferrable for old in before)) or (not key.deferred and any(old.deferred for old in before))


def fuller(before: list[Constraint], key: Constraint) -> bool:
    """Whether MATCH FULL is new to keys that demanded the same: a row with some of several columns NULL is refused."""
    return key.match == "full" and len(key.columns) > 1 and bool(before) and all(old.match != "full" for old in before)


def _columns(pair: RelationPair, key: Constraint) -> frozenset[str]:
    """What the columns of a key are called now."""
    assert pair.new is not None
    return frozenset([c.name for c in (*pair.new.columns, *pair.new.hidden) if c.id in key.columns])


def _demands(pair: RelationPair, key: Constraint) -> set[Demand]:
    """What a key of the schema after demands."""
    columns = _columns(pair, key)
    parent = pair.deploy.catalog.relations.get(key.references)
    return {(columns, key.references, frozenset(key.referenced)), (columns, str(parent.key) if parent else "", frozenset(key.referenced))}


def _old_demands(pair: RelationPair, key: Constraint, names: dict[str, str]) -> set[Demand]:
    """What a key of the schema before demanded; `names` are those of columns that are called otherwise now."""
    columns = frozenset([names.get(c.name, c.name) for c in pair.old.columns if c.id in key.columns])
    relations = pair.deploy.catalog.relations
    parent = relations.was(key.references) if key.references is not None else None
    now = relations.get(key.references)
    moved = (
        {c.name: n.name for c in parent.columns if (n := now.column_by_id(c.id)) is not None}
        if parent is not None and now is not None and parent.columns is not now.columns
        else {}
    )
    referenced = frozenset(moved.get(c, c) for c in key.referenced)
    by_name = (columns, str(parent.key) if parent else "", referenced)
    if now is not None and successor(pair.deploy, key.references) is not None:
        return {by_name}  # old statements write the parents to the table that bears the name now
    return {(columns, key.references, referenced), by_name}


def successor(deploy: Deploy, parent_id: int | None) -> Relation | None:
    """Another table that bears the name which a parent had before; a view that shows the parent is none."""
    relations = deploy.catalog.relations
    was = relations.was(parent_id)
    found = relations.find(was.key) if was is not None else None
    table = shown_table(deploy, found.id) if found is not None else None
    return table if table is not None and table.id != parent_id else None


def left_behind(pair: RelationPair, key: Constraint) -> Relation | None:
    """What has the name of a key's parent now, where the key itself is as it was and refers to the table under its new name."""
    return successor(pair.deploy, key.references) if pair.kept_as_is(key) else None


def bars_truncate(deploy: Deploy, child: Relation, parent: Relation) -> bool:
    """Whether TRUNCATE of a parent worked before a key referred to it: another table's key bars it, its own does not."""
    catalog = deploy.catalog
    before = [r for id_ in catalog.ever_referring(parent.id) if id_ != parent.id and (r := catalog.relations.was(id_)) is not None]
    return child.id != parent.id and not any(key.references == parent.id for other in before for key in enforced(other))


def truncating(deploy: Deploy, child: Relation, parent: Relation) -> Function | None:
    """A routine that the deploy has left as it was, and that truncates a parent without what refers to it now."""
    for function in deploy.naming([parent.key.name]):
        body = body_of(function) if "truncate" in function.text.lower() and deploy.kept(function) else None
        for statement in body.statements if body is not None else ():
            words = {token.value for token in statement}
            if statement and statement[0].value == "truncate" and parent.key.name in words and not words & {"cascade", child.key.name}:
                return function
    return None
