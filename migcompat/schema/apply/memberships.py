"""Who is a member of which role, and with which options."""

from __future__ import annotations

from migcompat.changes import Grant
from migcompat.frozen import replace
from migcompat.schema.apply import objects
from migcompat.schema.catalog import Catalog
from migcompat.schema.model import OF_ROLES, OtherObject


def change_membership(catalog: Catalog, change: Grant) -> None:
    """GRANT and REVOKE of roles, or of an option of a membership."""
    for role in change.roles:
        for group in change.names:
            key = ("grant", f"{role} {OF_ROLES}{group.name}")
            member: OtherObject | None = None
            if change.grant:
                member = catalog.others.find(key) or OtherObject(catalog.new_id(), *key)
                member = replace(member, settings=tuple({**dict(member.settings), **dict(change.options)}.items()))
                catalog.others.put(member.id, key, member)
            elif change.option:
                member = _without(catalog, key, change.option)
            else:
                catalog.others.remove(objects.other(catalog, key).id)
            groups = catalog.memberships.setdefault(role, set())
            if member is not None and member.membership["inherit option"] == "yes":
                groups.add(group.name)
            else:
                groups.discard(group.name)


def _without(catalog: Catalog, key: tuple[str, str], option: str) -> OtherObject:
    """That an option is revoked says that it was there, where nothing else was said."""
    found = objects.other(catalog, key)
    was = catalog.others.was(found.id)
    settings = dict(found.settings)
    without = replace(found, settings=tuple({**settings, option: "no"}.items()))
    catalog.others.put(without.id, key, without)
    if option not in settings and was is not None:
        catalog.others.restate(was.id, key, replace(was, settings=tuple({**dict(was.settings), option: "yes"}.items())))
    return without
