from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.built_in import SYSTEM, competing
from migcompat.rules.drop_function import call, described
from migcompat.rules.overloads import answering, calls
from migcompat.rules.pairs import FunctionPair, Pair, RelationPair, TypePair
from migcompat.rules.routine_sql import rename_sql
from migcompat.rules.search_paths import hiding
from migcompat.rules.shown import through
from migcompat.schema.model import Function, Key, Relation, signature
from migcompat.sql.quoting import ident, qualified


class HideName(Rule):
    """A name without a schema means the first object on the search path that has it. A new one in an earlier schema takes the place of what
    the prior generation meant, which is still there, and finds other columns, other labels or other rows. Which paths there are, the
    configuration says, ALTER ROLE and ALTER DATABASE … SET search_path, and a schema called like a role. An overload of a built-in function
    does the same where it takes as it is what that casts, as `lower(varchar)` beside lower(text). Silent where the new one is a view of
    the old one with all of its columns. A warning: SQL does not show whether running code names the schema.
    """

    name = "hide-name"
    summary = "A new object is found first on the search path, before one of the same name"
    looks_beyond = True
    severity = Severity.WARNING
    breaks = Breaks.READS
    sqlstate = "42703"
    example = Example(
        schema="""
            CREATE TABLE public.settings (key text, value text);
            CREATE SCHEMA billing;
            CREATE ROLE clerk;
            ALTER ROLE clerk SET search_path = billing, public;
        """,
        migration="CREATE TABLE billing.settings (currency text NOT NULL)",
        statement="SELECT value FROM settings WHERE key = 'theme'",
        compatible=("CREATE TABLE billing.currencies (currency text NOT NULL)",),
        session="SET search_path = billing, public",
    )
    rollback = "The code before it goes on with the wrong object until the new one has another name."

    def relation(self, pair: RelationPair) -> Iterator[Break]:
        relations = pair.deploy.catalog.relations
        for key in _earlier(pair):
            new = relations.find(key)
            if new is not None and relations.was_at(key) is None and not _shows(pair, new):
                yield self._found(new.called, key, pair.old.key, self.sqlstate)
                return

    def type(self, pair: TypePair) -> Iterator[Break]:
        types = pair.deploy.catalog.types
        for key in _earlier(pair):
            new = types.find(key)
            if new is not None and types.was_at(key) is None:
                yield self._found("type", key, pair.old.key, "22P02" if new.kind == "enum" else "42804")
                return

    def function(self, pair: FunctionPair) -> Iterator[Break]:
        for new in _preferred(pair):
            taken = ", ".join(pair.deploy.type_after(p.type) for p in new.inputs)
            yield self.found(
                described(pair),
                f"{new.kind} {new.key}({taken}) is new, and what calls of the built-in {described(pair)} with such arguments reach now",
                f"call the new one otherwise, or name {pair.old.key} with its schema",
                statement=call(pair.old),
                detail=new.key.schema,
                breaks=Breaks.CALLS,
                sqlstate=None,
            )
            return
        for key in _earlier(pair):
            if _hiding(pair, key) is not None:
                yield self._found(pair.old.kind, key, pair.old.key, None)
                return

    def _found(self, kind: str, key: Key, old: Key, sqlstate: str | None) -> Break:
        return self.found(
            str(old),
            f"{kind} {key} is new, and found before {old} on the search path: {key.name} without a schema now means another one",
            f"name {old} with its schema, or call the new one otherwise",
            statement=f"… {ident(old.name)} …",
            detail=key.schema,
            breaks=Breaks.CALLS if sqlstate is None else None,
            sqlstate=sqlstate,
        )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        return (
            DeployStep(f"Name {found.object} with its schema"),
            DeployStep("When only that code runs: deploy this migration"),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        """The new generation needs its object, too: it gets another name."""
        assert isinstance(pair, (RelationPair, TypePair, FunctionPair))
        key, catalog = Key(found.detail, pair.old.key.name), pair.deploy.catalog
        to = ident(f"{key.name}_new")
        if isinstance(pair, FunctionPair):
            new = _hiding(pair, key) if pair.old.key.schema != SYSTEM else next(_preferred(pair), None)
            return Restoration((rename_sql(catalog, new, to),) if new is not None else ())
        relation = catalog.relations.find(key) if isinstance(pair, RelationPair) else None
        kind = relation.called if relation is not None else "type"
        return Restoration((f"ALTER {kind.upper()} {qualified(*key)} RENAME TO {to}",))


def _earlier(pair: RelationPair | TypePair | FunctionPair) -> Iterator[Key]:
    """Where an object would hide the old one, which is still there."""
    stays = pair.same is not None and pair.same.key == pair.old.key
    return hiding(pair.deploy.paths, pair.old.key) if stays else iter(())


def _preferred(pair: FunctionPair) -> Iterator[Function]:
    """New routines that take as it is what calls give of which a built-in one had to cast something."""
    old, deploy = pair.old, pair.deploy
    if old.key.schema == SYSTEM:
        now, was = competing(deploy, old.key.name), competing(deploy, old.key.name, before=True)
        for new in now:
            if new.key.schema != SYSTEM and deploy.catalog.functions.was(new.id) is None:
                reaching = (one for one in calls(new) if one.typed and answering(deploy.catalog, one, now) == (new,))
                if any(answering(deploy.catalog, one, was, before=True) == (old,) for one in reaching):
                    yield new


def _shows(pair: RelationPair, new: Relation) -> bool:
    """Whether it is a view through which all of the old relation is read and written."""
    shown = through(pair.deploy.catalog, new) if new.kind == "view" and pair.old.id in new.reads else new
    return shown is not new and {c.name for c in pair.old.columns} <= {c.name for c in shown.columns}


def _hiding(pair: FunctionPair, key: Key) -> Function | None:
    """A new routine that takes the same arguments: of those of other types PostgreSQL chooses as among overloads."""
    functions = pair.deploy.catalog.functions
    fresh = (f for f in pair.deploy.catalog.overloads_at(key) if functions.was(f.id) is None)
    return next((f for f in fresh if signature(f) == signature(pair.old)), None)
