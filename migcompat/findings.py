"""What a check says: findings, and the report that carries them to every format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum

from migcompat.frozen import EMPTY, frozen


class Severity(str, Enum):
    """How sure a break is; defined by what can be proven, not by mood."""

    ERROR = "error"
    """A statement the prior generation may well issue is rejected, data it relies on is gone, or ADR-053 D5 names the form."""
    WARNING = "warning"
    """SQL alone cannot tell: it depends on how the running code reads or writes."""
    NOTE = "note"
    """Worth a reviewer's eye; breaks nothing by itself."""


class Breaks(str, Enum):
    """Who is hit: the kind of work the prior generation does when it meets the break."""

    READS = "reads"
    WRITES = "writes"
    UPSERTS = "upserts"
    CALLS = "calls"
    ACCESS = "access"
    DATA = "data"
    NOTHING = "nothing"


@frozen
class Span:
    """A half-open range of character offsets in a file."""

    start: int
    end: int


@frozen
class Place:
    """A span of a file in 1-based lines and columns; columns count characters, the end is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


@frozen
class Related:
    """Another place that helps to understand a finding."""

    place: Place
    message: str


@frozen
class Proof:
    """A statement that PostgreSQL answered before the deploy and refused after it."""

    probe: str
    sqlstate: str
    message: str
    """The server's."""


@frozen
class Finding:
    """One thing to act on, with everything any report needs."""

    rule: str
    severity: Severity
    breaks: Breaks
    place: Place
    object: str
    message: str
    help: str
    sqlstate: str | None = None
    adr: str | None = None
    statement: str | None = None
    """A statement of the prior generation that worked before the deploy and is answered with `sqlstate` after it."""
    related: tuple[Related, ...] = ()
    migration: str = ""
    """The migration's name without its version number: what a renumbering keeps."""
    overridden: bool = False
    reason: str | None = None
    """The reason its override gives."""
    relaxable: str = ""
    """The relaxation that would let it pass: the policy names the form, the contract says that this instance is harmless."""
    proof: Proof | None = None
    unproven: str = ""
    """Why nothing that was tried on a server shows it, where that is known."""

    @property
    def fingerprint(self) -> str:
        """Identifies what breaks, not where: survives a rebase, a renumbering and a reformatting."""
        import hashlib

        key = "\0".join((self.rule, self.object, self.migration))
        return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:12]

    @property
    def counts(self) -> bool:
        """Whether it makes the check fail."""
        return self.severity is Severity.ERROR and not self.overridden


UNDECIDED = frozenset({"unparsed-statement", "dynamic-sql"})
"""The rules that say of a statement that nothing is known of what it breaks."""


@frozen
class Summary:
    """What was looked at, and what came of it; nothing that was read goes uncounted."""

    migrations: int = 0
    statements: int = 0
    errors: int = 0
    warnings: int = 0
    notes: int = 0
    overridden: int = 0
    not_judged: int = 0
    """Statements that could not be understood (each is a finding too)."""


def summed(findings: Sequence[Finding], migrations: int, statements: int) -> Summary:
    """Counts what was found in so many migrations and statements."""
    active = [f.severity for f in findings if not f.overridden]
    return Summary(
        migrations, statements, active.count(Severity.ERROR), active.count(Severity.WARNING), active.count(Severity.NOTE),
        len(findings) - len(active), sum(f.rule in UNDECIDED for f in findings),
    )  # fmt: skip


@frozen
class Report:
    """The result of one check: a pure value, from which each format is rendered."""

    findings: tuple[Finding, ...]
    summary: Summary
    texts: Mapping[str, str] = EMPTY
    """The text of every file that a finding points into, for code frames."""
    scope: str = ""
    """What was compared, in words: `3 migrations since 1a2b3c4 (merge base with main)`."""
    notices: tuple[str, ...] = ()
    """What a reader must know beside the findings: context that was missing, sign-off state."""
    proven_on: str = ""
    """The server on which the verdict was tried, where it was: `PostgreSQL 18.4`. A finding without a proof is then a claim."""

    @property
    def failed(self) -> bool:
        """Whether anything breaks that no override covers."""
        return any(finding.counts for finding in self.findings)
