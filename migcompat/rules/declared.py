"""Rules about the migrations themselves: their overrides, their sign-off and their history."""

from __future__ import annotations

from migcompat.findings import Breaks, Severity
from migcompat.rules.base import Rule


class MalformedOverride(Rule):
    """A comment that means to be an override is not one, so it suppresses nothing.

    The form is `-- compat: breaking (reason: …)`, with rule names in brackets where it should cover only those. A missing, empty or
    placeholder reason, an unknown rule name and a misspelt directive all end here rather than widening what is let through.
    """

    name = "malformed-override"
    summary = "A comment means to be an override and is none"


class UnusedOverride(Rule):
    """An override covers nothing: the break it was written for is gone, or was never there.

    Remove it, so that it cannot wave through what comes later.
    """

    name = "unused-override"
    summary = "An override covers nothing"
    severity = Severity.WARNING


class UnsignedOverride(Rule):
    """With `signoff = "required"`, an override counts only when the sign-off file records it for this very break.

    `migcompat signoff FILE --by NAME` writes the record. A signature lapses when what breaks changes.
    """

    name = "unsigned-override"
    summary = "An override has no reviewer's signature, or one for something else"


class StaleSignoff(Rule):
    """The sign-off file has a signature for something that this migration no longer breaks.

    Remove it, so that what reviewers signed stays readable.
    """

    name = "stale-signoff"
    summary = "A signature is for what breaks no more"
    severity = Severity.WARNING


class EditedMigration(Rule):
    """A migration that is deployed was edited. Databases that ran it will not run it again, so they stay as they are while new ones differ.

    History only goes forward (ADR-032 D4): put the change in a new migration. An edit of comments or white space alone is a note.
    """

    name = "edited-migration"
    summary = "A deployed migration was edited"
    breaks = Breaks.NOTHING


class DeletedMigration(Rule):
    """A migration that is deployed was deleted or renamed. New databases will never run it, and most tools refuse to go on.

    History only goes forward (ADR-032 D4): restore the file, and undo what it did in a new migration.
    """

    name = "deleted-migration"
    summary = "A deployed migration was deleted or renamed"


class OutOfOrderMigration(Rule):
    """A new migration sorts before one that is deployed, or has the version of another. Databases that are past it skip it, or run the two
    in another order than new databases do.

    Give it a version above all that are deployed.
    """

    name = "out-of-order-migration"
    summary = "A new migration sorts before a deployed one, or shares its version"


class UnforeseenBreak(Rule):
    """A statement that the contract allowed worked on a real server before the deploy and is refused after it, and no rule saw that coming.

    The finding shows the statement and the server's answer. The break is real whatever the rules say; that they missed it is a
    fault worth reporting.
    """

    name = "unforeseen-break"
    summary = "A statement that worked on the server before the deploy fails after it, and no rule foresaw it"


class RejectedStatement(Rule):
    """The server rejected a statement when the history was replayed, so the deploy would stop there.

    The migration runs as a role that is no superuser and reaches neither files nor programs: what needs more than that is rejected as well.
    What follows in that migration is not run, except where only a privilege was missing.
    """

    name = "rejected-statement"
    summary = "The server rejects a statement of the migration"


class MissingExtension(Rule):
    """The server that the history was replayed on lacks an extension that a migration creates, so what uses it was not proven.

    Name a server that has it: `migcompat prove --server URL`. It is used only through scratch databases.
    """

    name = "missing-extension"
    summary = "The server lacks an extension that a migration creates"
