"""What SQL lets one write in several ways, in the one that PostgreSQL's parser makes of them (src/backend/parser/gram.y, parse_expr.c)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_LIKE = {"like": "~~", "ilike": "~~*"}
_TESTS = frozenset("= <> < <= > >= ~~ ~~* !~~ !~~* ~ ~* is in like ilike similar between isnull notnull symmetric".split())
"""What binds no closer than BETWEEN: where one of these is part of an operand, the text stays as it is."""
_LIMITS = frozenset(", and or not when then else end case where from".split())
_LONGEST = 200
"""Words of an operand; with longer ones the text stays as it is."""
_NOWHERE = -1


def plain(words: Sequence[str]) -> list[str]:
    """LIKE, lists of constants behind IN, and BETWEEN, spelt as operators."""
    found = list(words)
    if any(word in _LIKE for word in found):
        found = list(_without_like(found))
    if "in" in found:
        found = _without_in(found)
    return _without_between(found) if "between" in found else found


def _without_like(words: Sequence[str]) -> Iterator[str]:
    for i, word in enumerate(words):
        if word in _LIKE:
            yield ("!" if i and words[i - 1] == "not" else "") + _LIKE[word]
        elif word != "not" or words[i + 1 : i + 2] not in (["like"], ["ilike"]):
            yield word


def _without_in(words: Sequence[str]) -> list[str]:
    """`a IN (1, 2)` is `a = ANY (ARRAY[1, 2])`, and `a IN (1)` is `a = 1`."""
    found: list[str] = []
    at = 0
    while at < len(words):
        end = _end_of_constants(words, at) if words[at] == "in" and found else _NOWHERE
        if end == _NOWHERE:
            found.append(words[at])
            at += 1
            continue
        sign, each = "=", "any"
        if found[-1] == "not":
            found.pop()
            sign, each = "<>", "all"
        members = words[at + 2 : end]
        found += (sign, *((each, "(", "array", "[", *members, "]", ")") if "," in members else members))
        at = end + 1
    return found


def _end_of_constants(words: Sequence[str], at: int) -> int:
    """Where the list behind an IN ends that holds constants alone."""
    start = at + 2
    end = next((i for i in range(start, len(words)) if words[i][0] not in "'-,0123456789"), at)
    return end if end > start and words[at + 1] == "(" and words[end] == ")" else _NOWHERE


def _without_between(words: Sequence[str]) -> list[str]:
    """`a BETWEEN 1 AND 2` is `a >= 1 AND a <= 2`."""
    found: list[str] = []
    at = 0
    while at < len(words):
        if words[at] == "between":
            negated = found[-1:] == ["not"]
            operand = found[_start_of_operand(found, len(found) - negated) : len(found) - negated]
            middle = _end_of_operand(words, at + 1, frozenset({"and"}))
            end = _end_of_operand(words, middle + 1, _LIMITS | {")"})
            low, high = words[at + 1 : middle], words[middle + 1 : end]
            if operand and low and high and not _TESTS & {*operand, *low, *high}:
                link, signs = ("or", ("<", ">")) if negated else ("and", (">=", "<="))
                del found[len(found) - len(operand) - negated :]
                found += ("(", *operand, signs[0], *low, link, *operand, signs[1], *high, ")")
                at = end
                continue
        found.append(words[at])
        at += 1
    return found


def _start_of_operand(words: Sequence[str], end: int) -> int:
    depth = 0
    for i in range(end - 1, max(end - _LONGEST, 0) - 1, -1):
        depth += (words[i] in (")", "]")) - (words[i] in ("(", "["))
        if depth < 0 or (depth == 0 and words[i] in _LIMITS):
            return i + 1
    return 0 if end <= _LONGEST else end


def _end_of_operand(words: Sequence[str], start: int, limits: frozenset[str]) -> int:
    depth = 0
    for i in range(start, min(start + _LONGEST, len(words))):
        if depth == 0 and words[i] in limits:
            return i
        depth += (words[i] in ("(", "[")) - (words[i] in (")", "]"))
    return len(words) if len(words) - start <= _LONGEST else start
