"""The overrides of a history: where they stand, who wrote them and when, what they let through."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from migcompat.checking import Declared, check_of
from migcompat.config import Config
from migcompat.errors import CheckError
from migcompat.findings import Finding
from migcompat.frozen import frozen, replace
from migcompat.migrations.deploy import deploys_since
from migcompat.migrations.discovery import discover
from migcompat.migrations.git import run as git
from migcompat.settings import settings_of
from migcompat.signoff import Signed, read_signatures


@frozen
class Listed:
    """One override, as the list shows it."""

    file: str
    line: int
    rules: tuple[str, ...]
    reason: str
    covers: tuple[Finding, ...]
    unsigned: tuple[Finding, ...] = ()
    """What it covers and does not let through, for no reviewer has signed it."""
    author: str = ""
    date: str = ""
    commit: str = ""
    signed_by: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        unsigned = frozenset(self.unsigned)
        return {
            "file": self.file, "line": self.line, "rules": list(self.rules), "reason": self.reason, "stale": not self.covers,
            "author": self.author or None, "date": self.date or None, "commit": self.commit or None, "signed_by": list(self.signed_by),
            "lets_through": [_named(f) for f in self.covers if f not in unsigned], "unsigned": [_named(f) for f in self.unsigned],
        }  # fmt: skip


def _named(finding: Finding) -> dict[str, str]:
    return {"rule": finding.rule, "object": finding.object, "fingerprint": finding.fingerprint}


def of_history(paths: Sequence[str], config: Config) -> list[Listed]:
    """Every override of the histories that `paths` belong to, each migration as its own deploy."""
    signed = Signed(read_signatures(config.resolve(config.signoff_file)))
    settings = settings_of(config)
    found: list[Listed] = []
    for history in discover(paths, config):
        check = check_of(history, replace(settings, signatures=None))
        for migration in history.migrations:
            for _ in check.deploy([migration]):
                pass
        wanted = {m.path for m in history.migrations if m.judged}
        found += [_listed(one, signed, needed=settings.signatures is not None) for one in check.declared if one.migration.path in wanted]
    return found


def _listed(declared: Declared, signed: Signed, *, needed: bool) -> Listed:
    covers = declared.covers
    reviewers = [signed.reviewers(finding) for finding in covers]
    unsigned = tuple(f for f, by in zip(covers, reviewers, strict=True) if needed and not by)
    return Listed(
        declared.place.file, declared.place.line, declared.override.rules, declared.override.reason, covers, unsigned,
        *_blamed(declared.place.file, declared.place.line), tuple(sorted(set[str]().union(*reviewers))),
    )  # fmt: skip


def _blamed(file: str, line: int) -> tuple[str, str, str]:
    """Who wrote a line, when, in which commit; empty outside git or where it is not committed."""
    directory = Path(file).parent.as_posix()
    shown = git(directory, "blame", "--porcelain", "-L", f"{line},{line}", "--", Path(file).name)
    if shown.returncode:
        return "", "", ""
    text = shown.stdout.decode("utf-8", "replace")
    commit = text.split(None, 1)[0]
    if not commit.strip("0"):
        return "", "", ""
    facts = dict(part.partition(" ")[::2] for part in text.splitlines()[1:])
    when = git(directory, "show", "-s", "--format=%as", commit).stdout.decode("utf-8", "replace").strip()
    return facts.get("author", ""), when, commit[:10]


def of_file(file: str, since: str | None, config: Config) -> list[Finding]:
    """What the overrides of one migration let through, signed or not."""
    settings = replace(settings_of(config), signatures=None)
    real = os.path.realpath(file)
    if not Path(real).is_file():
        raise CheckError(f"{file} is no migration: there is no such file")
    if since is not None:
        for deploy in deploys_since((), config, since):
            check = check_of(deploy.history, settings, deploy.read)
            check.context(m for m in deploy.history.migrations if not m.judged)
            found = list(check.deploy([m for m in deploy.history.migrations if m.judged]))
            if any(os.path.realpath(m.path) == real for m in deploy.history.migrations):
                return [f for f in found if f.overridden and os.path.realpath(f.place.file) == real]
        raise CheckError(f"{file} is no migration of what came since {since}")
    for history in discover((file,), config):
        check = check_of(history, settings)
        for migration in history.migrations:
            if migration.judged:
                return [f for f in check.deploy([migration]) if f.overridden]
            check.context([migration])
    raise CheckError(f"{file} is no migration that goes forward")
