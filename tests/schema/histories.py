"""Random histories: each statement is about what those before it have left, so that most of them succeed."""

from __future__ import annotations

from contextlib import suppress
from random import Random

import ddl_access as access
import ddl_alter as alter
import ddl_objects as objects
import ddl_tables as tables
from pick import Nothing, Pick

from migcompat.schema.catalog import Catalog

_OFTEN = 12 * (alter.alter_table,) + 5 * (tables.create_table,) + 3 * (alter.rename_column, alter.create_index, objects.create_view)
_SOMETIMES = (
    tables.create_child, tables.create_partition, tables.create_partitioned, tables.create_like, alter.drop_relation,
    alter.rename_relation, access.grant, objects.alter_enum, objects.alter_domain, objects.alter_composite,
)  # fmt: skip
_SELDOM = (
    alter.add_reference, alter.add_reference, tables.create_temporary, tables.create_as, tables.create_typed, alter.move_relation,
    alter.rename_constraint, alter.attach, alter.attach, alter.detach, alter.drop_missing, tables.create_like_partitioned,
    alter.drop_index, alter.rename_index, alter.truncate, alter.attach_index, alter.table_type, objects.create_sequence,
    objects.alter_sequence, objects.draw_from_sequence, objects.create_enum, objects.create_domain, objects.create_composite,
    objects.create_other_type, objects.rename_type, objects.drop_type, objects.create_function, objects.create_constant_function,
    objects.use_function, objects.create_trigger_function, objects.create_aggregate, objects.drop_function, objects.alter_function,
    objects.create_schema, objects.drop_schema, objects.rename_schema, objects.search_path, objects.alter_view_default,
    objects.create_extension, objects.use_extension, objects.drop_extension, access.create_trigger, access.change_trigger,
    access.create_rule, access.change_rule, access.create_policy, access.change_policy, access.grant_function,
    access.default_privileges, access.own, access.own_other, access.disown, access.publish, access.identify_rows, access.view_options,
)  # fmt: skip
_CHOICES = _OFTEN + 2 * _SOMETIMES + _SELDOM
_BEGINNINGS = (
    tables.create_table, tables.create_table, objects.create_enum, objects.create_domain, objects.create_composite, objects.create_schema,
    tables.create_partitioned, objects.create_trigger_function, objects.create_constant_function,
)  # fmt: skip
"""What most others need."""


def statement(random: Random, catalog: Catalog, *, beginning: bool = False) -> str:
    """One statement about what the catalog holds."""
    pick = Pick(random, catalog)
    text = f"CREATE TABLE {pick.new_relation()} (id integer PRIMARY KEY, name text)"
    for _ in range(3):
        with suppress(Nothing):
            text = pick.of(_BEGINNINGS if beginning else _CHOICES)(pick)
            break
    return objects.in_do_block(pick, text) if pick.once_in(16) else text
