"""The `compat:` comments: what a migration declares as breaking, and why."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence

from migcompat.findings import Finding, Severity, Span
from migcompat.frozen import frozen, replace
from migcompat.sql.splitter import Comment

FORM = "-- compat: breaking (reason: why running code survives it)"
_DIRECTIVE = re.compile(r"\s*compat\s*:\s*(.*)\Z", re.IGNORECASE | re.DOTALL)
_NEAR = re.compile(
    r"\s*(?:(?:migcompat|compat|compatible|compatibility|comapt|copmat|cmpat|compt)\b\s*[:=\-]?\s*(?:break|ignore|allow|skip|override)"
    r"|(?:[\w-]{1,20}\s*[:=]?\s*)?breaking\s*(?:\[[^\]]*\]\s*)?\(\s*reason\b)",
    re.IGNORECASE,
)
"""A near miss: of the word, or of all but the form."""
_BREAKING = re.compile(r"breaking\s*(?:\[(?P<rules>[^\]]*)\])?\s*\(\s*reason\s*:(?P<reason>.*)\)\s*\Z", re.DOTALL)
_PLACEHOLDERS = frozenset(
    """todo tbd fixme xxx reason none n/a na because test testing temp temporary wip ok okay fine yes please x foo bar asdf why … ... -
    why running code survives it your reason here""".split()
) | {"why running code survives it", "your reason here", "<reason>", "to do"}
_MOST = 1_000
"""Of one migration: each may cover all that breaks in it."""
NOT_COVERED = frozenset({"malformed-override", "unused-override", "unsigned-override", "stale-signoff"})
"""What no override can cover: an override of overrides."""


@frozen
class Override:
    """One declaration; it covers its whole migration."""

    span: Span
    reason: str
    rules: tuple[str, ...] = ()
    """Empty: every rule."""

    def covers(self, rule: str) -> bool:
        return rule not in NOT_COVERED and (not self.rules or rule in self.rules)


@frozen
class Malformed:
    """A comment that means to be an override and is none: it suppresses nothing."""

    span: Span
    problem: str


def means_one(comment: str) -> bool:
    """Whether a comment is an override, or something like one."""
    body = _body(comment)
    return _DIRECTIVE.match(body) is not None or _NEAR.match(body) is not None


def read_overrides(comments: Iterable[Comment], known: Collection[str]) -> tuple[list[Override], list[Malformed]]:
    """The overrides among a migration's comments. A reason of several lines needs a block comment."""
    overrides: list[Override] = []
    malformed: list[Malformed] = []
    for comment in comments:
        body = _body(comment.text)
        directive = _DIRECTIVE.match(body)
        if directive is None:
            if _NEAR.match(body):
                malformed.append(Malformed(comment.span, f"this is not an override; write `{FORM}`"))
            continue
        read = _read(directive.group(1).strip(), known)
        if isinstance(read, str):
            malformed.append(Malformed(comment.span, read))
        elif len(overrides) == _MOST:
            malformed.append(Malformed(comment.span, f"more than {_MOST:,} overrides in one migration: from here on they are not read"))
            break
        else:
            overrides.append(replace(read, span=comment.span))
    return overrides, malformed


def _body(comment: str) -> str:
    if comment.startswith("--"):
        return comment.lstrip("-")
    return comment.removeprefix("/*").removesuffix("*/").strip("* \t\r\n")


def _read(text: str, known: Collection[str]) -> Override | str:
    """The override that a directive spells, or what is wrong with it."""
    found = _BREAKING.match(text)
    if found is None:
        if re.match(r"breaking\b.*\(\s*reason\s*:[^)]*\Z", text, re.DOTALL):
            return "the reason's parenthesis is not closed on this line: a reason of several lines needs a /* … */ comment"
        if re.match(r"breaking\b", text):
            return f"a reason is required in parentheses: write `{FORM}`"
        word = next(iter(text.split()), "nothing")
        return f"`{word[:40]}` is not a directive: write `{FORM}`"
    reason = " ".join(found["reason"].split())
    if len(re.sub(r"\W", "", reason)) < 3 or reason.lower().strip(" .!?") in _PLACEHOLDERS:
        return f"`{reason}` gives no reason: say why running code survives it" if reason else f"the reason is empty: write `{FORM}`"
    rules: tuple[str, ...] = ()
    if found["rules"] is not None:
        rules = tuple(name.strip() for name in found["rules"].split(",") if name.strip())
        if not rules:
            return "the brackets name no rule: leave them out to cover every rule of this migration"
        for rule in rules:
            if rule not in known:
                return unknown_rule(rule, known)
    return Override(Span(0, 0), reason, rules)


def unknown_rule(name: str, known: Collection[str]) -> str:
    """What to say of a rule that does not exist."""
    import difflib

    near = difflib.get_close_matches(name.lower(), sorted(known), n=1)
    return f"`{name}` is not a rule" + (f": did you mean `{near[0]}`?" if near else "; `migcompat rules` lists them")


def cover(findings: Sequence[Finding], overrides: Sequence[Override]) -> tuple[list[Finding], list[Override]]:
    """Marks what the overrides of a migration cover; returns the findings and the overrides that cover nothing.

    Only what makes a check fail needs an override: warnings and notes are neither covered nor counted as a use.
    """
    broken = {finding.rule for finding in findings if finding.severity is Severity.ERROR}
    covering = {rule: [o for o in overrides if o.covers(rule)] for rule in broken}
    used = {id(override) for found in covering.values() for override in found}
    marked = []
    for finding in findings:
        by = covering[finding.rule] if finding.severity is Severity.ERROR else []
        marked.append(replace(finding, overridden=True, reason=by[0].reason) if by else finding)
    return marked, [o for o in overrides if id(o) not in used]
