"""Static findings and what the server said, side by side."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from migcompat.findings import Breaks, Finding, Proof, Severity
from migcompat.frozen import frozen, replace
from migcompat.proof.session import Failure, Outcome, Probe
from migcompat.sql.quoting import ident

_KIN: Mapping[str, frozenset[str]] = {
    rule: frozenset(states.split())
    for rule, states in {
        "change-column-type": "22001 22003 22007 22008 22023 22P02 42804 42846 42883 0A000 23514 42725 42P18 428C9 23502 54000",
        "change-function": "42883 42804 42725 42703 42809 0A000",
        "drop-enum-value": "22P02 0A000 42804 42883",
        "rename-enum-value": "22P02 0A000",
        "change-relation-kind": "42803",
        "change-view-columns": "42703 42883 42804 0A000 22P02 55000 428C9",
        "change-composite-type": "42703 42846 42804 42883 0A000",
        "ambiguous-function": "42725 42883",
        "detach-partition": "23514 42P01",
        "drop-column": "42703 42883 0A000 42P01 42704 42P10",
        "drop-identity": "23502 42P01",
        "drop-extension": "42883 42704 42P01 3F000 0A000",
        "drop-function": "42883 42725 42809 3F000 42704",
        "drop-object": "42704 42883",
        "drop-schema": "3F000 42P01 42883 42704",
        "drop-table": "42P01 42704 42703 23503 3F000",
        "drop-type": "42704 42P01 42703 42883",
        "drop-view": "42P01 3F000",
        "drop-sequence": "42P01 3F000 23502",
        "drop-constraint": "42704 42P10",
        "drop-unique": "42P10 42704",
        "enable-row-security": "42501 P0002",
        "identity-always": "428C9",
        "generate-column": "428C9",
        "move-table": "42P01 42883 3F000",
        "recreate-column": "42804 42883 22P02 22001 22003 0A000 23502 42501",
        "rename-column": "42703 42883 0A000",
        "rename-schema": "3F000 42P01 42883 42704",
        "rename-table": "42P01 42703 42704",
        "rename-type": "42704 42883",
        "revoke-privilege": "42501",
        "tighten-domain": "23514 23502 22001 22003",
        "add-rule": "0A000 23514 23502",
        "add-trigger": "P0001 23514 23502 27000 42501",
        "drop-trigger": "55000 23502",
    }.items()
}
"""What else a break of this rule shows as, beside the SQLSTATE that the finding names."""


_ANSWER_ANYTHING = frozenset({"add-trigger", "add-fallible-expression"})
"""Functions run with every write: what they answer is theirs to say."""
_ANYWHERE = frozenset({"ambiguous-operator"})
"""What any expression may meet: the server names neither cast nor operator."""

_TOO_LATE = "57014"
"""query_canceled: slow is not wrong, and a busy machine makes anything slow."""


@frozen
class Comparison:
    """One deploy's findings with their proof, and the failures that nothing foresaw."""

    findings: tuple[Finding, ...]
    unforeseen: tuple[tuple[Probe, Failure], ...]


def compare(findings: Sequence[Finding], outcomes: Mapping[Probe, Outcome]) -> Comparison:
    """Gives each finding the failure that shows it best. `findings` are all there are, whatever a configuration hides."""
    failures = _failures(outcomes)
    proofs: dict[int, tuple[int, Probe, Failure]] = {}
    unforeseen: dict[tuple[str, str, str], tuple[Probe, Failure]] = {}
    for probe, failure in failures:
        scores = [(explains(finding, probe, failure), -number) for number, finding in enumerate(findings)]
        score, negative = max(scores, default=(0, 0))
        if score == 0 and probe.kind == "star":
            continue  # a wider row is a note, and off unless asked for
        if score == 0:
            unforeseen.setdefault((probe.touches[0], failure.sqlstate, _without_values(failure.message, probe)), (probe, failure))
            continue
        number, score = -negative, score + (probe.kind == "query")  # the code's own statements say most
        if number not in proofs or proofs[number][0] < score:
            proofs[number] = (score, probe, failure)
    proven = [
        replace(finding, proof=proof_of(*proofs[number][1:])) if number in proofs else finding for number, finding in enumerate(findings)
    ]
    return Comparison(tuple(proven), tuple(unforeseen.values()))


def is_claim(finding: Finding) -> bool:
    """Whether the rules say that a statement fails: not that data is lost, nor that only the policy names a form."""
    error = finding.sqlstate is not None and finding.severity is Severity.ERROR and finding.rule not in _OF_THE_SERVER
    return error and finding.breaks is not Breaks.DATA and (finding.proof is not None or not finding.relaxable)


_OF_THE_SERVER = frozenset({"unforeseen-break", "rejected-statement", "missing-extension"})


def without_proof(finding: Finding, outcomes: Mapping[Probe, Outcome], rowless: Mapping[str, str]) -> str:
    """Why nothing shows what a finding says; empty: nobody knows."""
    if finding.relaxable:
        return "the policy names the form, but the contract says that nothing is rejected"
    if finding.breaks is Breaks.DATA:
        return "what is lost is data, and no statement fails by that"
    relation = relation_of(finding)
    writes = (Breaks.WRITES, Breaks.UPSERTS)
    if relation in rowless and finding.breaks in writes:
        return f"no row could be made for {relation}, so its writes were not tried"
    kinds = writes if finding.breaks in writes else (finding.breaks,)
    failed = [probe for probe, failure in outcomes.items() if failure is not None and relation in probe.touches and probe.kind != "star"]
    hidden = any(breaks_of(probe) in kinds or probe.kind in ("name", "query") for probe in failed)
    return f"another break of {relation} comes first and hides this one" if hidden else ""


def breaks_of(probe: Probe) -> Breaks:
    """What of the prior generation's work a probe stands for."""
    return _KINDS.get(probe.kind, Breaks.CALLS)


_KINDS = {
    **dict.fromkeys(("read", "compare", "plan", "star"), Breaks.READS),
    **dict.fromkeys(("insert", "value", "null", "omit", "duplicate", "update", "delete"), Breaks.WRITES),
    "upsert": Breaks.UPSERTS,
}


def proof_of(probe: Probe, failure: Failure) -> Proof:
    statement = f"EXECUTE, prepared before the deploy as: {probe.statement}" if probe.prepared else probe.statement
    if probe.kind == "duplicate":
        statement = f"{probe.setup[-1]}; {statement}"
    return Proof(f"SET ROLE {ident(probe.role)}; {statement}" if probe.role else statement, failure.sqlstate, failure.message)


def _failures(outcomes: Mapping[Probe, Outcome]) -> list[tuple[Probe, Failure]]:
    """What failed by itself; what could not be tried counts only where nothing else failed for that reason."""
    outcomes = {probe: None if failure is not None and failure.sqlstate == _TOO_LATE else failure for probe, failure in outcomes.items()}
    own = [(probe, failure) for probe, failure in outcomes.items() if failure is not None and not failure.blocked]
    known = {(failure.sqlstate, failure.message) for _, failure in own}
    blocked = [
        (probe, failure)
        for probe, failure in outcomes.items()
        if failure is not None and failure.blocked and (failure.sqlstate, failure.message) not in known
    ]
    return own + blocked


def explains(finding: Finding, probe: Probe, failure: Failure) -> int:
    """How well a finding accounts for a failure; 0: not at all."""
    if finding.breaks is Breaks.NOTHING and finding.sqlstate is None and finding.rule != "new-column-in-star":
        return 0
    about = finding.object
    whole = about.partition("(")[0].rpartition(".")[2].split(" ")[-1]
    state = failure.sqlstate == finding.sqlstate
    kin = state or failure.sqlstate in _KIN.get(finding.rule, frozenset())
    mentioned = _mentions(failure.message, whole)
    relation = probe.touches[0]
    if probe.kind == "star" or finding.rule == "new-column-in-star":
        named = about == relation or about.startswith(relation + ".")
        return 5 if named and probe.kind == "star" and finding.rule == "new-column-in-star" else 0
    if finding.rule in _ANSWER_ANYTHING and breaks_of(probe) in (Breaks.WRITES, Breaks.UPSERTS):
        named = any(_mentions(finding.message, touched) for touched in probe.touches)
        return 1 + state if named or _writes(probe, relation_of(finding)) else 0
    if finding.rule in _ANYWHERE and state:
        return 1
    if about in probe.touches[1:] and kin:
        return 5 + mentioned + 3 * state
    if about == relation and kin:
        return 3 + mentioned + 3 * state
    if kin and any(about.startswith(touched + ".") for touched in probe.touches):
        return 2 + mentioned + 3 * state
    met = any(_mentions(finding.message, touched.partition("(")[0]) for touched in probe.touches)  # a function that meets a new column, say
    return 1 if kin and (mentioned or met) else 0


def _writes(probe: Probe, relation: str) -> bool:
    """Whether a probe writes to a relation, or what it needs does."""
    return relation in probe.touches or any(_mentions(statement.replace('"', ""), relation) for statement in probe.setup)


def relation_of(finding: Finding) -> str:
    """The relation that a finding is about, or that what it is about belongs to."""
    return ".".join(finding.object.partition("(")[0].split(".")[:2])


def _without_values(message: str, probe: Probe) -> str:
    """The same for each value that a probe tries."""
    return re.sub('"([^"]*)"', lambda quoted: '""' if f"'{quoted[1]}'" in probe.statement else quoted[0], message)


def _mentions(message: str, name: str) -> int:
    """Whether the server names the object."""
    return int(bool(name) and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", message) is not None)
