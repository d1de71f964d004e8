"""What SQL lets one write in several ways, in the one that PostgreSQL's parser makes of them (src/backend/parser/gram.y, parse_expr.c)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_LIKE = {"like": "~~", "ilike": "~~*"}
_TESTS = frozenset("= <> < <= > >= ~~ ~~* !~~ !~~* ~ ~* is in like ilike similar between isnull notnull symmetric".split())
"""What binds no closer than BETWEEN: where one of these is part of an operand, the text stays as it is."""
_LIMITS = frozenset(", and or not when then else end case where from".split())


def plain(words: Sequence[str]) -> list[str]:
    """LIKE, lists of constants behind IN, and BETWEEN, spelt as operators."""
    found = list(words)
    if any(word in _LIKE for word in words):
        found = list(_without_like(found))
    if "in" in words:
        found = _without_in(found)
    at = len(found)
    while at := _last(found, "between", at):
        found = _without_between(found, at)
    return found


def _last(words: Sequence[str], word: str, before: int) -> int:
    """Where a word stands last; 0: nowhere, or where nothing can be compared."""
    return next((i for i in range(before - 1, 0, -1) if words[i] == word), 0)


def _without_like(words: Sequence[str]) -> Iterator[str]:
    for i, word in enumerate(words):
        if word in _LIKE:
            yield ("!" if i and words[i - 1] == "not" else "") + _LIKE[word]
        elif word != "not" or words[i + 1 : i + 2] not in (["like"], ["ilike"]):
            yield word


def _without_in(words: list[str]) -> list[str]:
    """`a IN (1, 2)` is `a = ANY (ARRAY[1, 2])`, and `a IN (1)` is `a = 1`."""
    at = 0
    while at := next((i for i in range(at + 1, len(words) - 2) if words[i : i + 2] == ["in", "("]), 0):
        end = _end_of_operand(words, at + 2, frozenset({")"}))
        members = words[at + 2 : end]
        if not all(word[0] in "'-,0123456789" for word in members):
            continue
        negated = words[at - 1] == "not"
        sign, each = ("<>", "all") if negated else ("=", "any")
        among = [each, "(", "array", "[", *members, "]", ")"] if "," in members else members
        words = [*words[: at - negated], sign, *among, *words[end + 1 :]]
    return words


def _without_between(words: list[str], at: int) -> list[str]:
    """`a BETWEEN 1 AND 2` is `a >= 1 AND a <= 2`."""
    negated = words[at - 1] == "not"
    start = _start_of_operand(words, at - negated)
    middle = _end_of_operand(words, at + 1, frozenset({"and"}))
    end = _end_of_operand(words, middle + 1, _LIMITS | {")"})
    operand, low, high = words[start : at - negated], words[at + 1 : middle], words[middle + 1 : end]
    if not (operand and low and high) or _TESTS & {*operand, *low, *high}:
        return words
    link, signs = ("or", ("<", ">")) if negated else ("and", (">=", "<="))
    tests = ["(", *operand, signs[0], *low, link, *operand, signs[1], *high, ")"]
    return [*words[:start], *tests, *words[end:]]


def _start_of_operand(words: Sequence[str], end: int) -> int:
    depth = 0
    for i in range(end - 1, -1, -1):
        depth += (words[i] in (")", "]")) - (words[i] in ("(", "["))
        if depth < 0 or (depth == 0 and words[i] in _LIMITS):
            return i + 1
    return 0


def _end_of_operand(words: Sequence[str], start: int, limits: frozenset[str]) -> int:
    depth = 0
    for i in range(start, len(words)):
        if depth == 0 and words[i] in limits:
            return i
        depth += (words[i] in ("(", "[")) - (words[i] in (")", "]"))
    return len(words)
