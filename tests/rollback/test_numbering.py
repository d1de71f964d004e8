"""The next migration's name, in the style of those that are there."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from migcompat.migrations.naming import version_of
from migcompat.rollback.numbering import next_name

NOW = datetime(2026, 11, 23, 4, 5, 6, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    ("newest", "following"),
    [
        ("0042_drop_nick.sql", "0043_fix_forward.sql"),
        ("9_drop.sql", "10_fix_forward.sql"),
        ("099_drop.sql", "100_fix_forward.sql"),
        ("00042_drop.sql", "00043_fix_forward.sql"),
        ("42-drop-nick.sql", "43-fix-forward.sql"),
        ("42.drop.sql", "43.fix_forward.sql"),
        ("0042.sql", "0043_fix_forward.sql"),
        ("v42_drop.sql", "v43_fix_forward.sql"),
        ("000042_drop_nick.up.sql", "000043_fix_forward.up.sql"),
        ("42_drop_up.sql", "43_fix_forward_up.sql"),
        ("42.do.sql", "43_fix_forward.do.sql"),
        ("V7__drop_nick.sql", "V8__fix_forward.sql"),
        ("V1_2__drop_nick.sql", "V1_3__fix_forward.sql"),
        ("V1.2.9__drop.sql", "V1.2.10__fix_forward.sql"),
        ("1.2.9_drop.sql", "1.2.10_fix_forward.sql"),
        ("V20240131120000__drop.sql", "V20261123040506__fix_forward.sql"),
        ("20240131120000_drop_nick.sql", "20261123040506_fix_forward.sql"),
        ("202401311200_drop.sql", "202611230405_fix_forward.sql"),
        ("20240131_drop.sql", "20261123_fix_forward.sql"),
        ("1700000000_drop.sql", "1795406706_fix_forward.sql"),
        ("1700000000000_drop.sql", "1795406706000_fix_forward.sql"),
        ("2024-01-31-120000_drop/up.sql", "2026-11-23-040506_fix_forward/up.sql"),
        ("2024-01-31-120000-0000_drop/up.sql", "2026-11-23-040506-0000_fix_forward/up.sql"),
        ("20240131120000_drop/migration.sql", "20261123040506_fix_forward/migration.sql"),
        ("default/1700000000000_drop/up.sql", "default/1795406706000_fix_forward/up.sql"),
        ("15/07_drop.up.sql", "15/08_fix_forward.up.sql"),
    ],
)
def test_the_style_is_kept(newest: str, following: str) -> None:
    assert next_name(newest, "fix_forward", NOW) == following
    assert version_of(following) > version_of(newest)


@pytest.mark.parametrize(
    ("newest", "following"),
    [
        ("20270101000000_later.sql", "20270101000001_fix_forward.sql"),
        ("20261123_today.sql", "20261124_fix_forward.sql"),
        ("2027-01-01-000000_later/up.sql", "2027-01-01-000001_fix_forward/up.sql"),
        ("1900000000000_later.sql", "1900000000001_fix_forward.sql"),
        ("20261123040506_now.sql", "20261123040507_fix_forward.sql"),
    ],
)
def test_a_time_that_lies_ahead_is_passed(newest: str, following: str) -> None:
    assert next_name(newest, "fix_forward", NOW) == following


def test_a_number_that_only_looks_like_a_time_is_counted_on() -> None:
    assert next_name("10000000000000_odd.sql", "fix_forward", NOW) == "10000000000001_fix_forward.sql"
    assert next_name("99999999_odd.sql", "fix_forward", NOW) == "100000000_fix_forward.sql"


@pytest.mark.parametrize("newest", ["schema.sql", "drop_nick.sql", "R__views.sql", "deploy/drop_nick.sql"])
def test_a_name_without_a_version_gives_none(newest: str) -> None:
    assert next_name(newest, "fix_forward", NOW) is None
