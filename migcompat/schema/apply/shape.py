"""The columns that a query yields, worked out from the schema it reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from migcompat.changes import FromItem, Name, Output, Query
from migcompat.frozen import frozen, replace
from migcompat.schema.apply.rows import row_of
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Column, DataType, Relation


@frozen
class Shape:
    """A query's columns and what it depends on."""

    columns: tuple[Column, ...]
    complete: bool
    reads: tuple[int, ...]
    uses: frozenset[int]


def shape(catalog: Catalog, query: Query, names: Sequence[str] = ()) -> Shape:
    """The shape of a query; `names` rename its first columns, as `CREATE VIEW v (a, b)` does."""
    columns, complete = _columns(catalog, query)
    columns = [replace(c, name=names[i]) if i < len(names) else c for i, c in enumerate(columns)]
    if len(names) > len(columns) and not complete:
        columns += [_unknown(catalog, name) for name in names[len(columns) :]]
        complete = True
    read = {name: r for name in query.reads if (r := catalog.relation(name)) is not None}
    anywhere, there = _mentioned(query)
    uses = {c.id for name, r in read.items() for c in r.columns if c.name in anywhere or c.name in there.get(name, ())}
    uses |= {c.source for c in columns if c.source is not None} | _used_within(catalog, query)
    return Shape(tuple(columns), complete, tuple(dict.fromkeys(r.id for r in read.values())), frozenset(uses))


def _mentioned(query: Query) -> tuple[set[str], dict[Name | None, set[str]]]:
    """The columns that a query names: those that may be any relation's, and by relation those of an alias in FROM. An alias of a subquery
    names what comes out of that; relations that are read elsewhere, as in a condition, may have the same alias."""
    aliased: dict[str, set[Name | None]] = {}
    for item in (item for each in _queries(query) for item in each.items):
        aliased.setdefault(item.alias, set()).add(item.name)
    elsewhere = set(query.reads).difference(*aliased.values())
    anywhere: set[str] = set()
    there: dict[Name | None, set[str]] = {}
    for alias, name in (*query.columns, *((o.source, o.column) for o in query.outputs)):
        if alias not in aliased:
            anywhere.add(name)
        for relation in (*aliased.get(alias, ()), *elsewhere):
            there.setdefault(relation, set()).add(name)
    return anywhere, there


def runs(catalog: Catalog, query: Query) -> bool:
    """Whether all the columns that a query names are there, as far as it can be told."""
    inner = list(_queries(query))
    items = [item for each in inner for item in each.items]
    offered = [(item.alias, *_item(catalog, item)) for item in items]
    elsewhere = [r for name in set(query.reads) - {item.name for item in items} if (r := catalog.relation(name)) is not None]
    aliases = {item.alias for item in items}
    own = {output.name for each in inner for output in each.outputs if output.name != output.column}

    def offers(alias: str, name: str) -> bool:
        if alias not in aliases if alias else name in aliases | own:
            return True  # a composite value, a row, or what the query computes
        of = [(columns, whole) for a, columns, whole in offered if alias in ("", a)] + [(r.columns, r.complete) for r in elsewhere]
        return any(not whole or any(c.name == name for c in columns) for columns, whole in of)

    return all(offers(alias, name) for alias, name in query.columns)


def _queries(query: Query) -> Iterator[Query]:
    """A query and those in its FROM."""
    yield query
    for item in query.items:
        if item.query is not None:
            yield from _queries(item.query)


def _used_within(catalog: Catalog, query: Query) -> set[int]:
    """What comes out of subqueries in FROM: a star there names every column, whatever the query takes of it."""
    inner = [item.query for item in query.items if item.query is not None]
    own = {c.source for each in inner for c in _columns(catalog, each)[0] if c.source is not None}
    return own.union(*(_used_within(catalog, each) for each in inner))


def _unknown(catalog: Catalog, name: str) -> Column:
    return Column(catalog.new_id(), name, None, None, None, None, collation=None)


def _columns(catalog: Catalog, query: Query) -> tuple[list[Column], bool]:
    if not query.understood:
        return [], False
    items = [(item, *_item(catalog, item)) for item in query.items]
    sources = {item.alias: {c.name: c for c in reversed(columns)} for item, columns, _ in items}
    found: list[Column] = []
    complete = True
    for output in query.outputs:
        row = row_of(catalog, output.call, "") if output.call is not None else None
        if row is not None:
            found += row
        elif output.star:
            chosen = [of for of in items if output.source in ("", of[0].alias)]
            complete = complete and bool(chosen) and all(whole for _, _, whole in chosen)
            shown = [column for _, columns, _ in chosen for column in columns] if output.source else _starred(chosen)
            found += [_shown(catalog, column) for column in shown]
        elif output.name is None:
            complete = False
        else:
            found.append(_plain(catalog, output, sources))
    return found, complete


def _starred(items: Sequence[tuple[FromItem, list[Column], bool]]) -> list[Column]:
    """`*`: in each element of the FROM list, the columns of USING and NATURAL once and first."""
    elements: list[list[Column]] = []
    for item, columns, _ in items:
        left = elements.pop() if item.joined and elements else []
        both = left + columns
        names = {c.name for c in columns}
        merged = tuple(c.name for c in left if c.name in names) if item.natural else item.using
        first = [next(c for c in both if c.name == name) for name in merged if any(c.name == name for c in both)]
        elements.append(first + [c for c in both if c.name not in merged])
    return [column for element in elements for column in element]


def _shown(catalog: Catalog, column: Column) -> Column:
    return Column(
        catalog.new_id(), column.name, column.type, None, None, None, collation=column.collation, source=column.source or column.id
    )


def _plain(catalog: Catalog, output: Output, sources: Mapping[str, Mapping[str, Column]]) -> Column:
    assert output.name is not None
    if output.type is not None:
        return replace(_unknown(catalog, output.name), type=catalog.data_type(output.type))
    chosen = [sources[output.source]] if output.source in sources else sources.values()
    for columns in chosen if output.column else ():
        if output.column in columns:
            return replace(_shown(catalog, columns[output.column]), name=output.name)
    return _unknown(catalog, output.name)


def _item(catalog: Catalog, item: FromItem) -> tuple[list[Column], bool]:
    if item.query is not None:
        columns, complete = _columns(catalog, item.query)
    elif item.name is not None and (relation := catalog.relation(item.name)) is not None:
        columns, complete = list(relation.columns), relation.complete
        columns = [replace(c, source=_base(relation, c)) for c in columns]
    else:
        row = row_of(catalog, item.call, item.alias) if item.call is not None else None
        columns, complete = row or [], row is not None
        if complete and item.numbered:
            columns = [*columns, replace(_unknown(catalog, "ordinality"), type=DataType("bigint"))]
    return [replace(c, name=item.columns[i]) if i < len(item.columns) else c for i, c in enumerate(columns)], complete


def _base(relation: Relation, column: Column) -> int | None:
    """The column itself: a view's dependency is on what it names, not on what lies beneath."""
    return column.id
