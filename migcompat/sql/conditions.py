"""Conditions and expressions as text: what columns they name, whether two say the same, whether one CHECK admits what others did.

All but `admits` looks at tokens only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from migcompat.sql.cursor import Cursor, Unreadable
from migcompat.sql.keywords import RESERVED
from migcompat.sql.lexer import Kind, Token
from migcompat.sql.quoting import ident, literal
from migcompat.sql.spellings import plain
from migcompat.sql.types import type_name

_OWN_GRAMMAR = frozenset(
    """json_array json_arrayagg json_exists json_object json_objectagg json_query json_serialize json_table json_value select with
    xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable""".split()
)
"""Inside these a name may be no column."""
_LONG_TYPES = frozenset({"bit", "character", "double", "interval", "national", "time", "timestamp"})
"""First words of types that may stand in more than one word before a constant."""
_INTERVAL_FIELDS = frozenset({"year", "month", "day", "hour", "minute", "second", "to"})
_AFTER_IS = frozenset({"document", "json", "normalized", "unknown"})
_SYNTAX = RESERVED | _LONG_TYPES | {"::", "as", "at", "between", "collate", "extract", "is", "operator"}
"""What may begin key words, types, collations and operators by name."""
_STRING_TYPES = frozenset({"text", "character varying", "character"})
_BEFORE_OPERAND = frozenset({"and", "case", "else", "not", "or", "then", "when"})
"""After any other word, parentheses hold arguments or a list."""
_BEFORE_CONDITION = frozenset({"", "and", "or", "not"})
_AFTER_CONDITION = frozenset({"", ")", "and", "or"})
_LINKS = frozenset({"and", "or", ",", "between", "case"})
_QUERIES = frozenset({"select", "with", "values", "table"})
_LONGEST_GROUP = 10_000
"""Words; around more of them parentheses stay."""
_MOST_RELATED = 100
"""Conditions that are weighed together; to leave some out only admits less."""
_OPERATOR_MAY_END_IN_SIGN = frozenset("~!@#%^&|`?")
"""https://www.postgresql.org/docs/18/sql-syntax-lexical.html#SQL-SYNTAX-OPERATORS"""


def admits(existing: Sequence[str], added: str, types: Mapping[str, str] | None = None) -> bool:
    """Whether every row that the `existing` CHECK conditions accept is certainly accepted by the `added` one.

    A NOT NULL column is an existing condition `c IS NOT NULL`. `types` are columns' types as `format_type` prints them. Columns are
    taken not to be composites, and columns of unknown type that are compared with text are taken to be text. CHECKs are immutable, as
    PostgreSQL assumes (https://www.postgresql.org/docs/18/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS).
    """
    return _admits(tuple(existing), added, tuple(sorted((types or {}).items())))


@lru_cache(maxsize=1024)
def _admits(existing: tuple[str, ...], added: str, types: tuple[tuple[str, str], ...]) -> bool:
    words, mentioned = _words(added), columns_of(added)
    if words in map(_words, existing):
        return True
    if mentioned is None:
        return False
    related = _related(existing, mentioned)
    if mentioned and _is_comparison(words) and all(map(_admits_small_numbers, related)):
        return False  # the commonest case, and sqlglot takes a while to load
    from migcompat.sql.predicates import accepted

    return accepted(related, added, dict(types))


def _is_comparison(words: Sequence[str]) -> bool:
    """`column >= 0`, which some small number always fails."""
    plain = words[1:-1] if _is_group(words) else words
    return len(plain) == 3 and plain[1] in ("<", "<=", "=", "<>", ">=", ">") and plain[2].isdigit() and len(plain[2]) < 5


def _admits_small_numbers(condition: str) -> bool:
    """`column IS NOT NULL`, and what a type of integers lets in: `column >= -32768 AND column < 32768` is the narrowest."""
    words = _words(condition)
    column = words[0]
    return words[1:] == ("is", "not", "null") or (
        len(words) == 8 and words[1:3] + words[4:7] == (">=", "-", "and", column, "<") and words[3] == words[7] and len(words[3]) > 4
    )


def _related(conditions: Sequence[str], columns: frozenset[str]) -> list[str]:
    """The conditions that speak of the columns, or of others which such conditions tie to them; of very many the nearest."""
    left = [(condition, columns_of(condition) or frozenset()) for condition in conditions]
    found: list[str] = []
    while len(found) < _MOST_RELATED:
        near = [(condition, own) for condition, own in left if own & columns]
        if not near:
            return found
        found += [condition for condition, _ in near]
        left = [(condition, own) for condition, own in left if not own & columns]
        columns = columns.union(*(own for _, own in near))
    return found[:_MOST_RELATED]


@lru_cache(maxsize=4096)
def columns_of(expression: str) -> frozenset[str] | None:
    """The columns that an expression names; None where that cannot be told."""
    try:
        cursor = Cursor(expression)
        if not any(token.kind is Kind.WORD and token.value in _OWN_GRAMMAR for token in cursor.tokens):
            return frozenset(token.value for token in _columns(cursor))
    except Unreadable:
        return None
    from migcompat.sql.predicates import columns

    return columns(expression)


def rename_column(expression: str, old: str, new: str) -> str:
    """The expression after a column got another name."""
    for token in reversed(_named(expression)):
        if token.value == old:
            expression = expression[: token.start] + ident(new) + expression[token.end :]
    return expression


@lru_cache(maxsize=4096)
def _named(expression: str) -> tuple[Token, ...]:
    """The tokens that name columns; none where the expression cannot be read."""
    try:
        return tuple(_columns(Cursor(expression)))
    except Unreadable:
        return ()


@lru_cache(maxsize=4096)
def normal(expression: str) -> str:
    """A canonical form: equal for expressions that differ in letter case, whitespace, needless parentheses or casts of strings to text, in
    what PostgreSQL reads as the same (BETWEEN and two comparisons), or in what they call the start of the transaction
    (https://www.postgresql.org/docs/18/functions-datetime.html#FUNCTIONS-DATETIME-CURRENT)."""
    return " ".join(_unwrapped(plain(_without_string_casts(_words(expression)))))


# columns


def _columns(cursor: Cursor) -> Iterator[Token]:
    """The tokens that name columns, without the tables that qualify them."""
    while not cursor.done:
        first = cursor.i
        if _syntax(cursor):
            continue
        cursor.i = first + 1
        if cursor.tokens[first].kind not in (Kind.WORD, Kind.QUOTED):
            continue
        while cursor.at(".") and cursor.i + 1 < len(cursor.tokens):
            cursor.i += 2
        last = cursor.tokens[cursor.i - 1]
        field = first > 1 and _symbol(cursor, first - 1) == "." and _symbol(cursor, first - 2) in (")", "]")
        if last.value != "*" and not field and not cursor.at_any("(", "=>") and cursor.token.kind is not Kind.STRING:
            yield last


def _syntax(cursor: Cursor) -> bool:
    """Reads key words, types, collations and operators by name, if they come next; else it stays or has looked ahead in vain."""
    first = cursor.i
    if not cursor.at_any_of(_SYNTAX):
        return False
    if cursor.take("::") or cursor.take("as"):
        return _type(cursor)
    if cursor.at_any_of(_LONG_TYPES) and _type(cursor) and cursor.token.kind is Kind.STRING:
        cursor.next()
        while cursor.tokens[first].value == "interval" and cursor.at_any_of(_INTERVAL_FIELDS):
            cursor.next()
        return True
    cursor.i = first
    if cursor.take("collate"):
        cursor.name()
        return True
    if cursor.take("operator", "("):
        while not cursor.take(")"):
            cursor.next()
        return True
    if cursor.take("extract", "("):
        cursor.next()
        return True
    if cursor.take("at", "time", "zone") or cursor.take("at", "local") or cursor.take("between"):
        return True
    if cursor.take("is"):
        cursor.take("not")
        if cursor.at_any_of(_AFTER_IS):
            cursor.next()
        return True
    reserved = cursor.at_any_of(RESERVED)
    cursor.i += reserved
    return reserved


def _type(cursor: Cursor) -> bool:
    type_name(cursor)
    return True


def _symbol(cursor: Cursor, i: int) -> str:
    token = cursor.tokens[i]
    return token.value if token.kind is Kind.SYMBOL else ""


# canonical form


@lru_cache(maxsize=4096)
def _words(expression: str) -> tuple[str, ...]:
    """The tokens, spelt in one way; of what cannot be read, the text as it is."""
    try:
        return tuple(_canonical(Cursor(expression)))
    except Unreadable:
        return tuple(expression.split())


def _canonical(cursor: Cursor) -> Iterator[str]:
    while not cursor.done:
        token = cursor.next()
        if token.kind is Kind.SYMBOL and token.value == "::":
            yield from ("::", str(type_name(cursor)))
        elif token.kind is Kind.SYMBOL:
            yield from _signs_apart("<>" if token.value == "!=" else token.value)
        elif token.kind is Kind.QUOTED:
            yield ident(token.value)
        elif token.kind is Kind.STRING:
            bits = cursor.text[token.start] in "bBxX"
            yield cursor.text[token.start : token.end].lower() if bits else literal(token.value)
        elif token.value == "current_timestamp" and not cursor.at("("):
            yield from ("now", "(", ")")
        else:
            yield "now" if token.value == "transaction_timestamp" else token.value.lower()


def _without_string_casts(words: Sequence[str]) -> list[str]:
    """A cast matters to a string with trailing blanks: `character` ignores them."""
    kept: list[str] = []
    for i, word in enumerate(words):
        if i > 1 and words[i - 1] == "::" and word in _STRING_TYPES and words[i - 2][0] == "'" and words[i - 2][-2:] != " '":
            kept.pop()
        else:
            kept.append(word)
    return kept


def _signs_apart(operator: str) -> Iterator[str]:
    """`=-` is an operator and a sign."""
    body = operator.rstrip("+-")
    if body and body != operator and not _OPERATOR_MAY_END_IN_SIGN & set(operator):
        yield from (body, *operator[len(body) :])
    else:
        yield operator


def _unwrapped(pieces: list[str]) -> list[str]:
    """Without parentheses around everything, around a single name or constant, or around parentheses."""
    groups: list[list[str]] = [[]]
    for piece, after in zip(pieces, [*pieces[1:], ""], strict=False):
        if piece == "(":
            groups.append([])
        elif piece == ")" and len(groups) > 1:
            group = groups.pop()
            before = groups[-1][-1] if groups[-1] else ""
            groups[-1] += group if _needless(group, before, after) else ["(", *group, ")"]
        else:
            groups[-1].append(piece)
    if len(groups) > 1:
        return pieces
    whole = groups[0]
    return whole[1:-1] if _is_group(whole) else whole


def _needless(group: list[str], before: str, after: str) -> bool:
    name_before = before[:1].isalpha() or before[:1] in ("_", '"')
    if not group or (name_before and before not in _BEFORE_OPERAND) or after in (".", "["):
        return False
    if before in _BEFORE_CONDITION and after in _AFTER_CONDITION and _binds_as_closely(group, before, after):
        return True
    return len(group) == 1 or _is_group(group) or (len(group) == 2 and group[0] == "-" and group[1][0].isdigit() and after != "::")


def _binds_as_closely(group: list[str], before: str, after: str) -> bool:
    """Whether a condition means the same without parentheses: NOT binds more closely than AND, and that than OR."""
    if group[0] in _QUERIES or len(group) > _LONGEST_GROUP:
        return False
    links = set(_outermost(group))
    return not links or (links == {"and"} and before != "not") or (links == {"or"} and {before, after} <= {"", ")", "or"})


def _outermost(pieces: Sequence[str]) -> Iterator[str]:
    """What links the outermost conditions, or makes them a list or something else."""
    depth = 0
    for piece in pieces:
        if depth == 0 and piece in _LINKS:
            yield piece
        depth += (piece in ("(", "[")) - (piece in (")", "]"))


def _is_group(pieces: Sequence[str]) -> bool:
    """Whether the first and the last piece are a pair of parentheses."""
    if len(pieces) < 2 or pieces[0] != "(" or pieces[-1] != ")":
        return False
    depth = 0
    for i, piece in enumerate(pieces):
        depth += (piece == "(") - (piece == ")")
        if depth == 0:
            return i == len(pieces) - 1
    return False
