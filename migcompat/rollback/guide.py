"""What a rollback guide is made of: plain values, filled in by `classes` and laid out by `render`."""

from __future__ import annotations

from enum import Enum

from migcompat.frozen import frozen

Command = tuple[str, ...]
"""One command as its separate words; quoting for the shell happens when it is printed. Nothing here is ever run."""


class FailureClass(str, Enum):
    """The four ways a production deploy goes bad; each has its own way out."""

    BEHAVIOR = "behavior"
    PAGES = "pages"
    MIGRATION = "migration"
    DISASTER = "disaster"


@frozen
class Step:
    """One numbered step: what to do, the commands for it, and what to know once they ran."""

    does: str
    commands: tuple[Command, ...] = ()
    then: str = ""


@frozen
class Guide:
    """The way out of one failure class."""

    failure: FailureClass
    title: str
    use_when: str
    steps: tuple[Step, ...]
    never: tuple[str, ...]
    why: tuple[str, ...] = ()
    """Background that this class alone needs."""
    warning: str = ""
    """What must be read before the first step."""


@frozen
class Fill:
    """What the steps name: placeholders in the general guide, this deploy's own commits once it is known."""

    reverts: tuple[Command, ...] = (("git", "revert", "--no-edit", "SHA"),)
    commits: str = (
        "SHA is the commit's hash; with several, the newest first. A merge commit needs one option more:\n  git revert --no-edit -m 1 SHA"
    )
    projects: str = "the affected Pages project"
    warning: str = ""
    schema: Step = Step(
        "Leave the schema as it is. The reverted code is the prior generation's code, and it runs safely on the schema that is already "
        "migrated: every migration must keep the prior code working (the expand/contract guarantee)."
    )
    can_run: Step = Step(
        "If the prior code can run on the new schema (every migration kept the older code working: expand/contract held), revert "
        "the code and deploy it, exactly as in 'behavior'. To find out:",
        (("migcompat", "check", "MIGRATION.sql"),),
        "Every error it lists is something the prior code can no longer do, the overridden ones too.",
    )
    cannot_run: tuple[Step, ...] = (
        Step(
            "Otherwise fix forward: write one more migration that gives the prior code back what it needs, for example makes a NOT NULL "
            "column nullable again until the backfill is complete, and ship it together with the corrected code. To draft it:",
            (("migcompat", "fix-forward", "MIGRATION.sql", "--write"),),
        ),
    )
