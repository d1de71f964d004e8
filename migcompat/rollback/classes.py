"""The failure classes of the runbook, and what holds for all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from migcompat.rollback.guide import Command, FailureClass, Fill, Guide, Step
from migcompat.rollback.names import RollbackNames


def guide_for(failure: FailureClass, names: RollbackNames, fill: Fill | None = None) -> Guide:
    """The guide of one failure class; without `fill` its commands carry placeholders."""
    return _GUIDES[failure](names, fill or Fill())


def behavior(names: RollbackNames, fill: Fill) -> Guide:
    """Wrong code on a sound schema."""
    return Guide(
        FailureClass.BEHAVIOR,
        "the API or the workers misbehave; the schema is fine",
        "The new generation gives wrong answers or got worse, and no migration is to blame.",
        (
            Step(f"Revert the commit, or commits, that caused it on {names.main_branch}.", revert_commands(names, fill), fill.commits),
            Step(
                f"Fast-forward {names.production_branch} to the revert and push. The push redeploys ({names.deploy_docs}).",
                push_commands(names),
                refused(names),
            ),
            fill.schema,
        ),
        (_no_force_push(names), "roll a migration back, or let the revert delete the file of one that ran: restore the file"),
        warning=fill.warning,
    )


def pages(names: RollbackNames, fill: Fill) -> Guide:
    """A bad frontend or docs site, and nothing else."""
    return Guide(
        FailureClass.PAGES,
        f"only {names.project_list} is bad",
        f"The bad deploy affects only {names.project_list}; the API and the workers are well, and stay as they are.",
        (
            Step(f"Revert the frontend or docs commit that caused it on {names.main_branch}.", revert_commands(names, fill), fill.commits),
            Step(
                f"Fast-forward {names.production_branch} to the revert and push: {names.pages_workflow} then redeploys {fill.projects}.",
                push_commands(names),
                refused(names),
            ),
            Step(
                "If the bad site is live and the revert is not ready yet, use the deployment rollback of Cloudflare Pages for "
                f"{fill.projects} (its Deployments list, a good deployment, 'Rollback to this deployment'). Then still land the revert "
                "or the fix in git, or the next deploy brings the bad site back."
            ),
        ),
        (_no_force_push(names), "redeploy the API or the workers for this"),
    )


def migration(names: RollbackNames, fill: Fill) -> Guide:
    """The schema itself is the problem."""
    return Guide(
        FailureClass.MIGRATION,
        "a migration that was applied is itself the problem",
        "It began when a migration ran: errors about columns, tables, constraints or types, locks, or wrong data.",
        (
            Step("Do not roll the schema back. Migrations only go forward (ADR-032 D4)."),
            fill.can_run,
            *fill.cannot_run,
        ),
        ("run a down migration or undo the change by hand", _no_force_push(names)),
        (
            (
                "A schema change must leave the prior generation working (ADR-109 D5), so prior code rarely breaks on a new schema. The "
                "migration-compat lint (ADR-053 D5) rejects in the pull request: ADD COLUMN ... NOT NULL without a default, DROP COLUMN, "
                "DROP TABLE, ALTER COLUMN ... TYPE, ADD ... UNIQUE on an existing table."
            ),
            (
                "The one way past it is opting in: a comment '-- compat: breaking (reason: ...)' in the migration, signed off by a "
                "reviewer. Look for it first. No such comment, and the prior code should run: that is what keeps rollback simple."
            ),
        ),
    )


def disaster(names: RollbackNames, fill: Fill) -> Guide:
    """Beyond a rollback."""
    return Guide(
        FailureClass.DISASTER,
        "the database is corrupted, or a region is down",
        "Data in the database is damaged, or a whole region does not answer.",
        (
            Step(f"Declare disaster recovery (DR) and follow {names.disaster_docs}."),
            Step(
                f"Restore the database as {names.disaster_docs} says: point-in-time recovery (PITR) or the restore of a managed backup. "
                "Fix the point in time before you start: what was written after it is lost."
            ),
        ),
        ("try reverts or migrations first: they cannot bring data or a region back",),
    )


def model(names: RollbackNames) -> tuple[str, ...]:
    """Why rolling back means going forward."""
    production = names.production_branch
    return (
        (
            f"You roll back by deploying a new commit that reverts the change. {production} is fast-forward-only and its ruleset blocks "
            "force-push, so it cannot move backward (ADR-109 D5)."
        ),
        "Every deploy is stamped with its generation. No blue/green CNAME flip is there to turn back, no legacy generation to drain.",
        (
            "A container deploy ships a new generation: one container. It claims the outbox rows stamped with its own generation. The "
            "prior generation's rows age out unclaimed; there is no reaper to run."
        ),
        "A Pages deploy ships the static files and Functions of one frontend or docs project; the API/workers generation is not touched.",
        (
            "Migrations only go forward (ADR-032 D4) and expand before they contract, so the prior generation's code keeps working on "
            "the new schema."
        ),
    )


def communication(names: RollbackNames) -> tuple[str, ...]:
    """What to tell, for any rollback in production."""
    return (
        f"Now, in {names.ops_channel}: the deploy's SHA, the generation, the failure class.",
        "If a GitHub Release was made for the deploy: mark it or annotate it.",
        "When it is over: write down what the deploy doctrine did not cover, if anything.",
    )


def questions(names: RollbackNames) -> tuple[tuple[str, FailureClass], ...]:
    """Told apart in this order: the first yes decides."""
    return (
        ("Is the database corrupted, or a region down?", FailureClass.DISASTER),
        ("Did it begin when a migration ran, or is a migration itself wrong?", FailureClass.MIGRATION),
        (f"Is only {names.project_list} bad, with the API and the workers well?", FailureClass.PAGES),
        ("Does the new code give wrong answers, and the schema is fine?", FailureClass.BEHAVIOR),
    )


def revert_commands(names: RollbackNames, fill: Fill) -> tuple[Command, ...]:
    """From an up-to-date main branch to the revert on it."""
    return (*up_to_date(names), *fill.reverts)


def up_to_date(names: RollbackNames) -> tuple[Command, ...]:
    """To the newest commit of the main branch."""
    return (("git", "switch", names.main_branch), ("git", "pull", "--ff-only", names.remote, names.main_branch))


def push_commands(names: RollbackNames) -> tuple[Command, ...]:
    """Pushing without force is the fast-forward: git refuses anything else."""
    main = names.main_branch
    return (("git", "push", names.remote, main), ("git", "push", names.remote, f"{main}:{names.production_branch}"))


def refused(names: RollbackNames) -> str:
    """What to know where the push is refused."""
    main, production = names.main_branch, names.production_branch
    return f"All that is on {main} ships with it. Refused as not a fast-forward? Merge {production} into {main} and push again."


def _no_force_push(names: RollbackNames) -> str:
    return f"force-push {names.production_branch}, or try to move it back (the ruleset blocks it)"


_GUIDES: Mapping[FailureClass, Callable[[RollbackNames, Fill], Guide]] = {
    FailureClass.BEHAVIOR: behavior,
    FailureClass.PAGES: pages,
    FailureClass.MIGRATION: migration,
    FailureClass.DISASTER: disaster,
}
