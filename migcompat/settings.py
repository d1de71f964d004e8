"""What decides which findings count: the configuration, and what the command line adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from migcompat.config import Config
from migcompat.findings import Severity
from migcompat.frozen import frozen, replace
from migcompat.listing import OPT_IN

if TYPE_CHECKING:
    from migcompat.migrations.history import History
    from migcompat.signoff import Signature


@frozen
class Settings:
    """What decides which findings count."""

    select: frozenset[str] = frozenset()
    ignore: frozenset[str] = frozenset()
    severity: Mapping[str, str] | None = None
    relax: frozenset[str] = frozenset()
    overrides: bool = True
    signatures: tuple[Signature, ...] | None = None
    """What reviewers have signed; None: an override needs no signature."""

    def admits(self, rule: str) -> bool:
        if rule in self.ignore:
            return False
        if self.select:
            return rule in self.select
        return rule not in OPT_IN

    def severity_of(self, rule: str, given: Severity) -> Severity | None:
        """What the configuration makes of a severity; None: off."""
        wanted = (self.severity or {}).get(rule)
        if wanted == "off":
            return None
        return Severity(wanted) if wanted is not None else given

    def of(self, history: History) -> Settings:
        """With what the history's own directory is configured to."""
        own = history.settings
        return replace(self, select=self.select or frozenset(own.select), ignore=self.ignore | frozenset(own.ignore), severity=own.severity)


def settings_of(config: Config, *, select: Sequence[str] = (), ignore: Sequence[str] = (), overrides: bool = True) -> Settings:
    """The settings of a configuration, with what the command line adds."""
    signatures: tuple[Signature, ...] | None = None
    if config.signoff == "required":
        from migcompat.signoff import read_signatures

        signatures = read_signatures(config.resolve(config.signoff_file))
    return Settings(
        frozenset(select or config.select), frozenset(ignore) | frozenset(config.ignore), config.severity,
        frozenset(config.relax), overrides, signatures,
    )  # fmt: skip
