from __future__ import annotations

from collections.abc import Iterator

from migcompat.findings import Breaks, Severity
from migcompat.frozen import replace
from migcompat.lowering.options import is_on
from migcompat.rules.base import Break, DeployStep, Example, Restoration, Rule
from migcompat.rules.pairs import ObjectPair, Pair
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import Key, OtherObject
from migcompat.sql.quoting import ident, literal

_LOSSES = {
    "login": (Severity.ERROR, "28000", "may no longer log in"),
    "superuser": (Severity.ERROR, "42501", "is no longer a superuser, and may do only what it was granted"),
    "bypassrls": (Severity.ERROR, "42501", "no longer passes row security: rows that it read and wrote are beyond it"),
    "inherit": (Severity.WARNING, "42501", "no longer has what roles granted to it from now on may do, unless it says SET ROLE"),
    "createdb": (Severity.ERROR, "42501", "may no longer create databases"),
    "createrole": (Severity.ERROR, "42501", "may no longer create roles"),
    "replication": (Severity.ERROR, "42501", "may no longer replicate"),
    "allow_connections": (Severity.ERROR, "55000", "no longer lets anybody in"),
}
"""What a switch that goes off means: severity, SQLSTATE and the words for it."""
_OTHERS = {
    "password": ("28P01", "has another password: the prior generation may not know it"),
    "valid until": ("28P01", "has a password that ends"),
    "connection limit": ("53300", "lets fewer connect at once"),
    "set default_transaction_read_only": ("25006", "starts transactions that may write nothing"),
    "set role": ("42501", "works as another role"),
    "set session_authorization": ("42501", "works as another role"),
    "set statement_timeout": ("57014", "ends statements that take too long"),
    "set transaction_timeout": ("25P04", "ends transactions that take too long"),
    "set lock_timeout": ("55P03", "ends statements that wait too long for a lock"),
    "set idle_in_transaction_session_timeout": ("25P03", "ends transactions that wait for their client too long"),
    "set idle_session_timeout": ("57P05", "ends sessions that are idle too long"),
    "set row_security": ("42501", "is refused what row security would hide from it"),
    "set default_transaction_isolation": ("40001", "starts transactions at another isolation level"),
    "set session_replication_role": ("23503", "runs other triggers, or none: those of foreign keys too"),
    **dict.fromkeys(("set timezone", "set datestyle", "set intervalstyle"), ("22007", "reads and prints times in another way")),
    **dict.fromkeys(("set standard_conforming_strings", "set backslash_quote"), ("42601", "reads strings in another way")),
    **dict.fromkeys(("set bytea_output", "set client_encoding", "set extra_float_digits"), ("22P02", "gets values in another form")),
    **dict.fromkeys(
        (
            "set transform_null_equals",
            "set array_nulls",
            "set xmloption",
            "set default_text_search_config",
            "set lc_numeric",
            "set lc_monetary",
        ),
        ("42804", "gets other answers to the same statements"),
    ),
    **dict.fromkeys(("set default_tablespace", "set temp_tablespaces"), ("42704", "puts what it creates elsewhere")),
}
_DEFAULT_PATH = "$user, public"


class RestrictSession(Rule):
    """What a role or database lets its sessions do is outside every table, and yet part of what running code relies on: to log in, to pass
    row security, to find unqualified names on the search path of ALTER ROLE … SET. It binds new sessions only, so a pool of connections
    hides it until it reconnects. A warning where SQL alone cannot tell: a password, a limit, a timeout, another time zone, a path that
    leads to other tables. ALTER SYSTEM is the same for all sessions. Silent when a role gains, and about parameters that say nothing of
    what statements mean.
    """

    name = "restrict-session"
    summary = "Sessions of a role or database may do less, or find other names"
    breaks = Breaks.ACCESS
    sqlstate = "42501"
    example = Example(
        schema="CREATE ROLE registrar CREATEROLE",
        migration="ALTER ROLE registrar NOCREATEROLE",
        statement="CREATE ROLE student",
        compatible=("CREATE ROLE librarian CREATEROLE",),
        session="SET ROLE registrar",
    )
    rollback = "The code before it is refused in every new session until the role or database is as it was; nothing is lost."

    def object(self, pair: ObjectPair) -> Iterator[Break]:
        old = pair.old
        now = pair.deploy.catalog.others.get(old.id) if isinstance(old, OtherObject) else None
        if not isinstance(old, OtherObject) or now is None:
            return
        before = dict(old.settings)
        worst: list[Break] = []
        for attribute, value in now.settings:
            if value != before.get(attribute):
                worst += self._changed(pair, old, attribute, before.get(attribute), value)
        worst.sort(key=lambda found: found.severity is not Severity.ERROR)
        if worst:  # one finding an object: the first tells the rest
            yield replace(worst[0], message="; ".join(found.message for found in worst))

    def _changed(self, pair: ObjectPair, old: OtherObject, attribute: str, before: str | None, value: str) -> Iterator[Break]:
        who = f"{old.kind} {old.name}" if old.name else "every session" if old.kind == "system" else f"every {old.kind}"
        if attribute in _LOSSES and value == "no":
            severity, sqlstate, what = _LOSSES[attribute]
            yield self._found(old, f"{who} {what}", severity, sqlstate, attribute)
        elif attribute == "set search_path":
            path, now = _schemas(before or _DEFAULT_PATH), _schemas(value or _DEFAULT_PATH)
            lost = set(path) - set(now)
            if lost:
                what = f"no longer looks for names in {', '.join(sorted(lost))}"
                yield self._found(old, f"{who} {what}", Severity.ERROR, "42P01", attribute)
            elif other := _found_first(pair.deploy.catalog, path, now):
                yield self._found(old, f"{who} now finds {other[0]} before {other[1]}", Severity.WARNING, "42703", attribute)
        elif attribute in _OTHERS and not _eases(attribute, before, value):
            sqlstate, what = _OTHERS[attribute]
            severity = Severity.ERROR if attribute == "set default_transaction_read_only" else Severity.WARNING
            yield self._found(old, f"{who} {what}", severity, sqlstate, attribute)

    def _found(self, old: OtherObject, message: str, severity: Severity, sqlstate: str, attribute: str) -> Break:
        return self.found(
            f"{old.kind} {old.name}".strip() if old.kind == "system" else f"{old.kind} {old.name}",
            message,
            "make sure that no session of the prior generation needs it, deploy that, and take it away in a later deploy",
            detail=attribute,
            severity=severity,
            sqlstate=sqlstate,
        )

    def steps(self, pair: Pair, found: Break) -> tuple[DeployStep, ...]:
        return (
            DeployStep(f"Let the code work without it, with a role of its own if need be: {found.message}"),
            DeployStep("When only that code runs: deploy this migration"),
        )

    def restore(self, pair: Pair, found: Break) -> Restoration:
        assert isinstance(pair, ObjectPair)
        old = pair.old
        assert isinstance(old, OtherObject)
        value = dict(old.settings).get(found.detail, "")
        head = "ALTER SYSTEM" if old.kind == "system" else f"ALTER {old.kind.upper()} {ident(old.name) if old.name else 'ALL'}"
        if found.detail in _LOSSES:
            switch = "ALLOW_CONNECTIONS true" if found.detail == "allow_connections" else found.detail.upper()
            return Restoration((f"{head} {switch}",))
        if found.detail.startswith("set "):
            parameter = found.detail.removeprefix("set ")
            values = ", ".join(literal(part.strip()) for part in value.split(","))
            return Restoration((f"{head} SET {parameter} = {values}" if value else f"{head} RESET {parameter}",))
        if found.detail == "connection limit":
            return Restoration((f"{head} CONNECTION LIMIT {value or '-1'}",))
        if found.detail == "valid until":
            return Restoration((f"{head} VALID UNTIL {literal(value or 'infinity')}",))
        return Restoration(lost="the old password")


def _schemas(path: str) -> list[str]:
    return [name for part in path.split(",") if (name := part.strip().strip('"')) not in ("", "$user")]


def _found_first(catalog: Catalog, path: list[str], now: list[str]) -> tuple[Key, Key] | None:
    """A relation that another path finds, and that of the same name which it found."""
    for at, first in enumerate(now):
        overtaken = (
            [schema for schema in now[at + 1 :] if schema in path and schema not in path[path.index(first) :]]
            if first in path
            else now[at + 1 :]
        )
        for relation in catalog.relations if overtaken else ():
            hid = (Key(schema, relation.key.name) for schema in overtaken if relation.key.schema == first)
            if other := next((key for key in hid if catalog.relations.find(key) is not None), None):
                return relation.key, other
    return None


def _eases(attribute: str, before: str | None, value: str) -> bool:
    """Whether sessions may do no less than before."""
    if attribute == "connection limit":
        return value == "-1" or (before is not None and before != "-1" and int(value) >= int(before))
    if attribute == "valid until":
        return value == "infinity"
    if attribute == "set default_transaction_read_only":
        return value == "" or not is_on(value)
    if attribute == "set row_security":
        return value == "" or is_on(value)
    if attribute.endswith("_timeout"):
        return value in ("", "0")
    return value == "" and before is None
