"""What a migration changes in the contract, part by part: what breaks there, or why nothing does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from migcompat.explain.blocks import Block, Change, Section
from migcompat.explain.reasons import reason
from migcompat.findings import Finding, Severity
from migcompat.schema.difference import Difference
from migcompat.schema.difference_text import labelled
from migcompat.schema.model import Function, Relation

_LONGEST = 300
"""Characters of one text; a query may be pages long, and stands in the migration."""
_ABOUT: Mapping[str, frozenset[str]] = {
    "privilege": frozenset({"revoke-privilege"}),
    "owner": frozenset({"revoke-privilege"}),
    "row security": frozenset({"enable-row-security"}),
    "policy": frozenset({"enable-row-security"}),
    "partition": frozenset({"detach-partition"}),
    "rows": frozenset({"truncate-table", "drop-table"}),
    "query": frozenset({"change-view-columns"}),
    "sequence numbers": frozenset({"drop-sequence"}),
}
"""Kinds of changes of a whole object, and the rules that speak of them; of any other kind all rules that name the part."""

_BY_OVERLOADS = frozenset({"ambiguous-function", "hide-name"})
"""What a new routine may break of one that was there by its name."""


def change_blocks(differences: Sequence[Difference], findings: Sequence[Finding]) -> Iterator[Block]:
    """Every object that changes, with its parts."""
    for subject, group in groupby(differences, lambda difference: difference.subject):
        yield Section(subject)
        for difference in group:
            about = findings_about(difference, findings)
            yield Change(*shown(difference), _verdict(about, findings) if about else f"fine: {reason(difference)}")


def findings_about(difference: Difference, findings: Sequence[Finding]) -> list[Finding]:
    """The findings that name a part, under its old name or its new one."""
    rules = _ABOUT.get(difference.kind)
    if rules is not None:
        whole = difference.subject.rpartition(" ")[2]
        return [one for one in findings if one.rule in rules and (one.object == whole or one.object.startswith(f"{whole}."))]
    if isinstance(difference.new, Function) and difference.old is None:
        name = difference.new.key.name
        return [one for one in findings if one.rule in _BY_OVERLOADS and one.object.partition("(")[0].rpartition(".")[2] == name]
    owner, _, _ = difference.object.rpartition(".")
    renamed = getattr(difference.new, "name", None)
    return [one for one in findings if one.object in (difference.object, f"{owner}.{renamed}")]


def shown(difference: Difference) -> tuple[str, str]:
    """What a part was and is, shortened; of a whole table its columns."""
    return _side(difference, difference.before, difference.old), _side(difference, difference.after, difference.new)


def _side(difference: Difference, text: str, part: object) -> str:
    if not text:
        return ""
    if isinstance(part, Relation) and difference.kind not in _ABOUT:
        columns = ", ".join(column.name for column in part.columns)
        text = f"{difference.kind} {part.key}{f' ({columns})' if columns else ''}"
    text = labelled(difference.kind, " ".join(text.split()))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _verdict(about: Sequence[Finding], findings: Sequence[Finding]) -> str:
    words = {Severity.ERROR: "BREAKS", Severity.WARNING: "may break", Severity.NOTE: "note:"}
    numbers: dict[str, list[str]] = {}
    for one in about:
        numbers.setdefault(f"{words[one.severity]} {one.breaks.value}: {one.rule}", []).append(f"[{findings.index(one) + 1}]")
    return "; ".join(f"{what}, see {' and '.join(where)}" for what, where in numbers.items())
