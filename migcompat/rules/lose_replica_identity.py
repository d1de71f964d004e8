from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import Deploy, Pair, RelationPair
from migcompat.rules.sql_text import alter
from migcompat.rules.whereabouts import altered
from migcompat.schema.model import Part, Publication, Relation
from migcompat.sql.quoting import ident

_WRITES = {"update": "UPDATE {} SET …", "delete": "DELETE FROM {} …"}


class LoseReplicaIdentity(Rule):
    """Of a published table PostgreSQL must tell the rows apart that an UPDATE or DELETE changes: by the primary key, by the unique index or
    the whole row that REPLICA IDENTITY names. A table without any of it is published by CREATE or ALTER PUBLICATION, FOR ALL TABLES too, or
    a published one loses it, and its UPDATE and DELETE are rejected from then on. They are, too, where a publication's WHERE judges other
    columns than those, or its list of columns leaves one of those out (42P10). Silent when the publication takes no such writes.
    """

    name = "lose-replica-identity"
    summary = "A table is published, and replication cannot tell its rows apart"
    breaks = Breaks.WRITES
    sqlstate = "55000"
    example = Example(
        schema="CREATE TABLE readings (sensor text NOT NULL UNIQUE, value numeric); INSERT INTO readings VALUES ('a', 1)",
        migration="CREATE PUBLICATION warehouse FOR TABLE readings",
        statement="UPDATE readings SET value = 2 WHERE sensor = 'a'",
        compatible=("ALTER TABLE readings REPLICA IDENTITY FULL", "CREATE PUBLICATION warehouse FOR TABLE readings"),
    )
    rollback = "The code before it cannot change rows of the table until it has a replica identity; giving it one takes a moment."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        now = pair.same
        if now is None or now.kind != "table" or now.is_temporary or not pair.deploy.catalog.publications.is_used:
            return
        refused = _refused(pair.deploy, now, before=False) - _refused(pair.deploy, pair.old, before=True)
        if not refused:
            yield from self._beyond_identity(pair, now)
            return
        yield self.found(
            pair.name,
            f"{pair.name} is published and has no replica identity: {_rejected(refused)}",
            "set a REPLICA IDENTITY, or add a primary key, before the table is published",
            statement=_WRITES[max(refused)].format(pair.sql),
            created=pair.old.origin,
        )

    def _beyond_identity(self, pair: RelationPair, now: Relation) -> Iterator[Break]:
        """A publication's WHERE judges what replication tells rows apart by, and its columns hold that."""
        refused = _hidden(pair.deploy, now, before=False) - _hidden(pair.deploy, pair.old, before=True)
        if refused:
            yield self.found(
                pair.name,
                f"{pair.name} is published by columns that are not its replica identity: {_rejected(refused)}",
                "set a REPLICA IDENTITY that the publication's WHERE and columns go with, before the table is published",
                statement=_WRITES[max(refused)].format(pair.sql),
                detail=_HIDDEN,
                sqlstate="42P10",
                created=pair.old.origin,
            )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        assert isinstance(pair, RelationPair)
        return (
            DeployStep("Give the table a replica identity", (f"ALTER TABLE {pair.sql} REPLICA IDENTITY FULL",)),
            DeployStep("Then deploy this migration"),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, RelationPair)
        if found.detail == _HIDDEN and any(part.columns for _, part in _parts(pair.deploy, altered(pair), before=False)):
            return Restoration(_published_whole(pair))
        if found.detail == _HIDDEN:
            return Restoration((f"{alter(altered(pair))} REPLICA IDENTITY FULL",))
        index = altered(pair).index(pair.old.identity_index)
        if index is not None:
            return Restoration((f"{alter(altered(pair))} REPLICA IDENTITY USING INDEX {ident(index.name)}",))
        if pair.old.replica_identity == "default" and any(c.kind == "primary" for c in altered(pair).constraints):
            return Restoration((f"{alter(altered(pair))} REPLICA IDENTITY DEFAULT",))
        return Restoration((f"{alter(altered(pair))} REPLICA IDENTITY FULL",))


def _rejected(writes: frozenset[str]) -> str:
    return f"{' and '.join(sorted(map(str.upper, writes), reverse=True))} of it {'are' if len(writes) > 1 else 'is'} rejected"


def _refused(deploy: Deploy, relation: Relation, *, before: bool) -> frozenset[str]:
    """The writes of a table that replication refuses."""
    return frozenset() if _identified(relation) else _published(deploy, relation, before=before) & _WRITES.keys()


def _identified(relation: Relation) -> bool:
    if relation.replica_identity == "default":
        return not relation.complete or any(c.kind == "primary" for c in relation.constraints)
    return relation.replica_identity == "full" or (relation.replica_identity == "index" and _has_its_index(relation))


def _has_its_index(relation: Relation) -> bool:
    return not relation.complete if relation.identity_index is None else relation.index(relation.identity_index) is not None


def _published(deploy: Deploy, relation: Relation, *, before: bool) -> frozenset[str]:
    published = (p for p in _publications(deploy, before=before) if deploy.catalog.publishes(p, relation))
    return frozenset(event for publication in published for event in publication.events)


def _publications(deploy: Deploy, *, before: bool) -> Iterator[Publication]:
    store = deploy.catalog.publications
    for id_ in {p.id for p in store} | set(store.changed()):
        publication = store.was(id_) if before else store.get(id_)
        if publication is not None:
            yield publication


_HIDDEN = "by columns"


def _hidden(deploy: Deploy, relation: Relation, *, before: bool) -> frozenset[str]:
    """The writes that are refused since a publication's WHERE or columns do not go with the replica identity."""
    whole, identity = relation.replica_identity == "full", _identity(relation)
    return frozenset(
        event
        for publication, part in _parts(deploy, relation, before=before)
        if (part.filtered - identity and not whole) or (part.columns and (whole or identity - part.columns))
        for event in publication.events & _WRITES.keys()
    )


def _parts(deploy: Deploy, relation: Relation, *, before: bool) -> Iterator[tuple[Publication, Part]]:
    for publication in _publications(deploy, before=before):
        yield from ((publication, part) for part in publication.parts if part.table == relation.id)


def _identity(relation: Relation) -> frozenset[int]:
    """The columns that tell rows apart."""
    if relation.replica_identity == "index" and relation.identity_index is not None:
        index = relation.index(relation.identity_index)
        return frozenset(k.column for k in index.keys if k.column is not None) if index is not None else frozenset()
    return frozenset(column for c in relation.constraints if c.kind == "primary" for column in c.columns)


def _published_whole(pair: RelationPair) -> tuple[str, ...]:
    """PostgreSQL takes no list of columns for a table that the whole row identifies."""
    parts = _parts(pair.deploy, altered(pair), before=False)
    return tuple(
        f"ALTER PUBLICATION {ident(name)} {action} TABLE {pair.sql}"
        for name in sorted({publication.name for publication, _ in parts})
        for action in ("DROP", "ADD")
    )
