"""What a query reads and what comes out of it, from sqlglot's tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from migcompat.changes import Call, FromItem, Name, Output, Query
from migcompat.frozen import replace
from migcompat.sql.keywords import VALUE_FUNCTIONS
from migcompat.sql.result_names import cast_type, is_star, is_value_function, result_name, written_type
from migcompat.sql.tree import guarded, name_of, nodes, parse, source_name

if TYPE_CHECKING:
    from sqlglot import exp

_NOT_UNDERSTOOD = Query(understood=False)
_MAX_ITEMS = 5_000
"""FROM items, each CTE counted wherever it is named: a chain of CTEs that each name the last one twice doubles at every step."""
_BEYOND_UPDATABLE = ("with_", "distinct", "group", "having", "limit", "offset")
_AGGREGATES = frozenset(
    """any_value array_agg avg bit_and bit_or bit_xor bool_and bool_or corr count covar_pop covar_samp cume_dist dense_rank every json_agg
    json_agg_strict json_arrayagg json_object_agg json_object_agg_strict json_object_agg_unique json_object_agg_unique_strict json_objectagg
    jsonb_agg jsonb_agg_strict jsonb_object_agg jsonb_object_agg_strict jsonb_object_agg_unique jsonb_object_agg_unique_strict max min mode
    percent_rank percentile_cont percentile_disc range_agg range_intersect_agg rank regr_avgx regr_avgy regr_count regr_intercept regr_r2
    regr_slope regr_sxx regr_sxy regr_syy stddev stddev_pop stddev_samp string_agg sum var_pop var_samp variance xmlagg""".split()
)
_SET_RETURNING = frozenset(
    """generate_series generate_subscripts json_array_elements json_array_elements_text json_each json_each_text json_object_keys
    json_populate_recordset json_to_recordset jsonb_array_elements jsonb_array_elements_text jsonb_each jsonb_each_text jsonb_object_keys
    jsonb_path_query jsonb_path_query_tz jsonb_populate_recordset jsonb_to_recordset regexp_matches regexp_split_to_table string_to_table
    unnest""".split()
)


def describe(text: str) -> Query:
    """The shape of a query; `understood` is False where it cannot be read. Never raises."""
    try:
        return _described(text)
    except LookupError:
        return _NOT_UNDERSTOOD


@lru_cache(maxsize=256)  # a view goes and comes back, unchanged, wherever what it reads is altered
def _described(text: str) -> Query:
    tree = parse(text)
    if tree is None:
        raise LookupError
    return guarded(lambda: _Reader(text).query(tree), _NOT_UNDERSTOOD)


class _Reader:
    """Reads the queries of one text; raises where a part is not one of a SELECT, VALUES or set operation."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.items_read = 0

    def query(self, node: exp.Expr) -> Query:
        """A query with everything that it and the queries inside it name."""
        below = nodes(node)
        return replace(self._shape(node), reads=tuple(dict.fromkeys(_reads(below))), columns=tuple(dict.fromkeys(_columns(below))))

    def _shape(self, node: exp.Expr) -> Query:
        from sqlglot import exp

        if isinstance(node, exp.SetOperation):  # its columns have the names of the leftmost query
            while isinstance(node, exp.SetOperation):
                node = node.this
            return replace(self._shape(node), simple=False)
        if isinstance(node, exp.Subquery) and isinstance(node.this, exp.Table):  # a join in parentheses
            return Query((Output(None, star=True),), tuple(self._items(node.this)))
        if isinstance(node, exp.Subquery):
            inner = self._shape(node.this)
            return replace(inner, simple=inner.simple and not _beyond_updatable(node))
        if isinstance(node, exp.Values):
            return Query(tuple(Output(f"column{i + 1}") for i in range(len(node.expressions[0].expressions))))
        if isinstance(node, exp.Select):
            return self._select(node)
        raise TypeError(f"no query: {node.key}")

    def _select(self, node: exp.Select) -> Query:
        if node.args.get("into") or node.args.get("laterals"):
            raise ValueError("more than a query")
        source = node.args.get("from_")
        items = tuple(self._items(source.this)) if source else ()
        for join in node.args.get("joins") or ():
            items += tuple(self._joined(join))
        outputs = tuple(self._output(column, items) for column in node.expressions)
        return Query(outputs, items, simple=self._updatable(node, items, outputs), filtered=node.args.get("where") is not None)

    # what comes out

    def _output(self, node: exp.Expr, items: tuple[FromItem, ...]) -> Output:
        from sqlglot import exp

        alias = None
        if isinstance(node, exp.Alias):
            alias, node = name_of(node.args["alias"]), node.this
        if isinstance(node, exp.Star):
            return Output(None, star=True)
        source, column = _place(node.unnest(), items)
        if is_star(node):
            return Output(None, star=True, source=source or "()", call=None if source else self._call(node.this.unnest()))
        name = result_name(node, self.text) if alias is None else alias
        return Output(name, source=source, column=column, type=None if column else cast_type(node))

    def _updatable(self, node: exp.Select, items: tuple[FromItem, ...], outputs: tuple[Output, ...]) -> bool:
        """https://www.postgresql.org/docs/18/sql-createview.html#SQL-CREATEVIEW-UPDATABLE-VIEWS"""
        from sqlglot import exp

        if _beyond_updatable(node) or len(items) != 1 or items[0].name is None or node.args["from_"].this.args.get("sample"):
            return False
        if not any(output.source in (items[0].alias, "") and (output.star or output.column) for output in outputs):
            return False
        order = node.args.get("order")
        for part in (*node.expressions, *(order.expressions if order else ())):
            for found in part.walk(prune=lambda n: isinstance(n, exp.Query)):
                if isinstance(found, exp.Window) or (isinstance(found, exp.Func) and self._name(found) in _AGGREGATES | _SET_RETURNING):
                    return False
        return True

    def _name(self, function: exp.Expr) -> str | None:
        return result_name(function, self.text)

    # what is read

    def _items(self, node: exp.Expr) -> Iterator[FromItem]:
        """The items of one element of FROM: more than one for a join in parentheses."""
        from sqlglot import exp

        self.items_read += 1
        if self.items_read > _MAX_ITEMS:
            raise RecursionError("too many FROM items")
        lateral = isinstance(node, exp.Lateral)
        inner = node.this if lateral else node
        alias, columns = _alias(node)
        if isinstance(inner, exp.Subquery) and isinstance(inner.this, exp.Table) and not alias:
            yield from self._items(inner.this)
        elif isinstance(inner, (exp.Subquery, exp.Values)):
            yield FromItem(alias, query=self.query(inner), columns=columns)
        elif not lateral and isinstance(inner, exp.Table) and _is_relation(inner):
            yield self._relation(inner, alias, columns)
        else:
            yield self._function(inner, alias, columns, numbered=bool(inner.args.get("ordinality") or node.args.get("ordinality")))
        for join in node.args.get("joins") or ():
            yield from self._joined(join)

    def _relation(self, table: exp.Table, alias: str, columns: tuple[str, ...]) -> FromItem:
        name = _relation_name(table)
        cte, recursive = _cte(table)
        if cte is None:
            return FromItem(alias or name.name, name, columns=columns)
        own = _alias(cte)[1]
        query = self.query(cte.this.this if recursive else cte.this)
        return FromItem(alias or name.name, query=query, columns=columns + own[len(columns) :])

    def _function(self, node: exp.Expr, alias: str, columns: tuple[str, ...], *, numbered: bool) -> FromItem:
        from sqlglot import exp

        function = node.this if isinstance(node, exp.Table) else node
        name = alias or (self._function_name(function) if function else "")
        if defined := _defined(node):
            return FromItem(name, query=Query(defined))
        return FromItem(name, columns=columns, call=self._call(function, name_of(node.args.get("db")) or None), numbered=numbered)

    def _call(self, node: exp.Expr, schema: str | None = None) -> Call | None:
        """A call of a routine that sqlglot has no class for: it may be one of the schema's."""
        from sqlglot import exp

        if isinstance(node, exp.Dot) and isinstance(node.this, exp.Identifier):
            schema, node = name_of(node.this), node.expression
        name = source_name(node, self.text) if isinstance(node, exp.Anonymous) else None
        return Call(Name(name, schema), len(node.expressions)) if name is not None else None

    def _joined(self, join: exp.Expr) -> Iterator[FromItem]:
        using = tuple(name_of(column) for column in join.args.get("using") or ())
        natural = str(join.args.get("method") or "").upper() == "NATURAL"
        listed = not any(join.args.get(part) for part in ("on", "using", "method", "kind", "side"))
        first, *others = self._items(join.this)
        yield replace(first, joined=not listed, using=using, natural=natural)
        yield from others

    def _function_name(self, node: exp.Expr) -> str:
        from sqlglot import exp

        if isinstance(node, exp.Identifier):
            return name_of(node)
        return source_name(node, self.text) or result_name(node, self.text) or ("unnest" if isinstance(node, exp.Unnest) else "")


def _place(node: exp.Expr, items: tuple[FromItem, ...]) -> tuple[str, str]:
    """Where a plain column comes from: `c`, `t.c` or, of a row of FROM, `(t).c`; both empty where it is anything else."""
    from sqlglot import exp

    row = node.this.unnest() if isinstance(node, exp.Dot) else None
    if isinstance(row, exp.Column) and row.args.get("table") is None and name_of(row.this) in {item.alias for item in items}:
        return name_of(row.this), "" if is_star(node) else name_of(node.expression)
    if not isinstance(node, exp.Column) or is_value_function(node):
        return "", ""
    table = name_of(node.args.get("table"))
    if is_star(node):
        return table, ""
    return table or (items[0].alias if len(items) == 1 else ""), name_of(node.this)


def _beyond_updatable(node: exp.Expr) -> bool:
    return any(node.args.get(part) is not None for part in _BEYOND_UPDATABLE)


def _alias(node: exp.Expr) -> tuple[str, tuple[str, ...]]:
    """`AS t (a, b)`; a function's column definitions and the number that WITH ORDINALITY adds are columns, too."""
    from sqlglot import exp

    alias = node.args.get("alias")
    if alias is None:
        return "", ()
    columns = tuple(name_of(c.this if isinstance(c, exp.ColumnDef) else c) for c in alias.args.get("columns") or ())
    number = node.args.get("offset")
    if isinstance(number, exp.Identifier):
        columns += (name_of(number),)
    return name_of(alias.this), columns


def _defined(function: exp.Expr) -> tuple[Output, ...]:
    """The columns that `AS t (a integer, b text)` gives to records."""
    from sqlglot import exp

    alias = function.args.get("alias")
    columns = (alias.args.get("columns") or ()) if alias is not None else ()
    return tuple(Output(name_of(c.this), type=written_type(c.args["kind"])) for c in columns if isinstance(c, exp.ColumnDef))


def _is_relation(table: exp.Expr) -> bool:
    from sqlglot import exp

    named = table.this
    return isinstance(named, exp.Identifier) and (bool(named.args.get("quoted")) or name_of(named) not in VALUE_FUNCTIONS)


def _relation_name(table: exp.Expr) -> Name:
    return Name(name_of(table.this), name_of(table.args.get("db")) or None)


def _cte(table: exp.Expr) -> tuple[exp.Expr | None, bool]:
    """The CTE that a name in FROM stands for, and whether it names itself; WITH RECURSIVE lets all its CTEs see each other."""
    from sqlglot import exp

    if table.args.get("db"):
        return None, False
    name = name_of(table.this)
    inside: list[exp.Expr] = []
    node = table.parent
    while node is not None:
        if isinstance(node, exp.CTE):
            inside.append(node)
        with_ = node.args.get("with_")
        recursive = with_ is not None and bool(with_.args.get("recursive"))
        for cte in with_.expressions if with_ is not None else ():
            own = any(cte is outer for outer in inside)
            if own and not recursive:
                break
            if _alias(cte)[0] == name:
                return cte, own
        node = node.parent
    return None, False


def _reads(below: Iterable[exp.Expr]) -> Iterator[Name]:
    from sqlglot import exp

    for table in below:
        if isinstance(table, exp.Table) and _is_relation(table) and not isinstance(table.parent, exp.Lock) and _cte(table)[0] is None:
            yield _relation_name(table)


def _columns(below: Iterable[exp.Expr]) -> Iterator[tuple[str, str]]:
    from sqlglot import exp

    for found in below:
        if isinstance(found, exp.Column):
            if not isinstance(found.this, exp.Star) and not is_value_function(found) and not _is_output(found):
                yield name_of(found.args.get("table")), name_of(found.this)
        elif isinstance(found, exp.Join):
            yield from (("", name_of(column)) for column in found.args.get("using") or ())
        elif isinstance(found, exp.Dot):  # `(t).c`: of a relation's row, or of a composite value
            row = found.this.unnest()
            if isinstance(row, exp.Column) and isinstance(found.expression, exp.Identifier):
                yield name_of(row.this), name_of(found.expression)


def _is_output(column: exp.Expr) -> bool:
    """Whether a name in ORDER BY is an output's alias, which goes before any column."""
    from sqlglot import exp

    order = column.parent.parent if isinstance(column.parent, exp.Ordered) else None
    query = order.parent if isinstance(order, exp.Order) else None
    if not isinstance(query, exp.Query) or column.args.get("table") is not None:
        return False
    while isinstance(query, (exp.SetOperation, exp.Subquery)):
        query = query.this
    return name_of(column.this) in {name_of(output.args["alias"]) for output in query.expressions if isinstance(output, exp.Alias)}
