"""What is true of every row that the prior generation can write: conditions in SQL, for `sql.conditions.admits`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from migcompat.rules.pairs import RelationPair
from migcompat.schema.model import Column, DataType, Type
from migcompat.sql.conditions import admits, columns_of, rename_column
from migcompat.sql.quoting import ident, literal
from migcompat.sql.types import INTEGERS

_DETERMINISTIC = ("", "default", "C", "POSIX", "ucs_basic", "unicode")
"""Collations of every database (https://www.postgresql.org/docs/18/collation.html#COLLATION-MANAGING-STANDARD)."""
_LIMITED = ("character varying", "character")


def facts_of(pair: RelationPair, column: Column, name: str) -> Iterator[str]:
    """What the type of an old column, and the domains that it is of, let in; `name` is what the condition calls the column."""
    quoted = ident(name)
    for domain in pair.deploy.domains_before(column):
        for check in domain.checks:
            yield rename_column(check.expression, "value", name)
    type_ = _below(pair.deploy.domains_before(column), column)
    if type_ is None or type_.dims:
        return
    enum = pair.deploy.catalog.types.was(type_.type_id)
    if enum is not None and enum.kind == "enum":
        yield f"{quoted} IN ({', '.join(literal(label.text) for label in enum.labels)})"
    if type_.name in INTEGERS:
        yield f"{quoted} >= -{INTEGERS[type_.name]} AND {quoted} < {INTEGERS[type_.name]}"
    limit = type_.modifiers.strip("()")
    if limit.isdigit() and type_.name in _LIMITED:
        yield f"length({quoted}) <= {limit}"


def _below(domains: Iterable[Type], column: Column) -> DataType | None:
    """The type of a column, or what lies below its domains."""
    return [column.type, *(domain.base for domain in domains)][-1]


def types_of(pair: RelationPair, names: frozenset[str]) -> dict[str, str]:
    """The types of these columns of the schema after, as PostgreSQL prints them; not where different strings may be equal."""
    columns = [c for c in pair.new.columns if (c.collation or "").rpartition(".")[2] in _DETERMINISTIC] if pair.new is not None else []
    found = {c.name: pair.deploy.type_after(_below(pair.deploy.domains_after(c), c)) for c in columns if c.name in names}
    return {name: type_ for name, type_ in found.items() if type_}


def refuses(check: str, facts: list[str], types: dict[str, str] | None = None) -> bool:
    """Whether a condition is certainly false where the facts hold."""
    return admits(facts, f"({check}) IS FALSE", types)


def filled_with(name: str, default: str | None) -> list[str]:
    """What a write leaves in a column that it omits."""
    quoted = ident(name)
    nothing = default is None or default.partition("::")[0].strip().upper() == "NULL"
    return [f"{quoted} IS NULL"] if nothing else [f"({quoted} = {default}) IS TRUE", f"{quoted} IS NOT NULL"]


def left_in(pair: RelationPair, column: Column) -> list[str]:
    """What a write leaves in a new column that it does not know; empty: it cannot be told."""
    if column.default is None and (column.filled or column.generated):
        return []
    return filled_with(column.name, _default(pair, column))


def domain_that_refuses(pair: RelationPair, column: Column) -> Type | None:
    """The domain whose check certainly refuses a column's default."""
    default = _default(pair, column) if column.type is not None and column.type.type_id is not None else None
    if not default or column.generated:  # an identity has no domain
        return None
    value, type_ = filled_with("value", default), types_of(pair, frozenset({column.name})).get(column.name, "")
    of_domain = ((domain, c) for domain in pair.deploy.domains_after(column) for c in domain.checks)
    return next((domain for domain, check in of_domain if refuses(check.expression, value, {"value": type_})), None)


def _default(pair: RelationPair, column: Column) -> str | None:
    """A column's own, or its domain's."""
    return column.default if column.default is not None else pair.deploy.domain_default_after(column)


def yields_null(pair: RelationPair, column: Column) -> bool:
    """Whether a generated column certainly comes out as NULL where a column that may be NULL is."""
    mentioned = columns_of(column.expression) or frozenset()
    nullable = [old for old, new in pair.kept if new.name in mentioned and not pair.was_not_null(old) and not pair.not_null(new)]
    return any(admits([f"{ident(old.name)} IS NULL"], f"({column.expression}) IS NULL", types_of(pair, mentioned)) for old in nullable)
