"""The histories under fixtures/: PostgreSQL accepts them, and migcompat says of them what their authors meant."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest

from migcompat.config import Config
from migcompat.migrations.discovery import discover
from migcompat.migrations.source import read
from migcompat.sql.splitter import split

FIXTURES = Path(__file__).parent.parent / "fixtures"

BREAKS = {
    "webshop": {
        ("0010_drop_customer_full_name.sql", "drop-column", "public.customers.full_name", "overridden"),
        ("0011_payments.sql", "add-required-column", "public.orders.currency", "open"),
        ("0011_payments.sql", "add-unique", "public.orders.orders_one_open_per_address", "open"),
    },
    "ticketing": {
        ("20260302150000_rename_title.sql", "rename-column", "public.events.title", "open"),
        ("20260302150000_rename_title.sql", "add-required-column", "public.events.name", "open"),
        ("20260309083000_archive_first_quarter.sql", "detach-partition", "public.tickets_2026_q1", "overridden"),
        ("20260309083000_archive_first_quarter.sql", "drop-identity", "public.tickets_2026_q1.id", "overridden"),
        ("20260309083000_archive_first_quarter.sql", "drop-identity", "public.tickets_2026_q1.id", "overridden"),
        ("20260316140000_slim_upcoming_events.sql", "change-view-columns", "public.upcoming_events.capacity", "open"),
        ("20260316140000_slim_upcoming_events.sql", "change-view-columns", "public.upcoming_events.seats_left", "open"),
    },
    "ledger": {
        ("V9__no_huge_amounts.sql", "tighten-domain", "ledger.amount", "open"),
        ("V10__postings_are_final.sql", "revoke-privilege", "ledger.postings", "overridden"),
        ("V11__protect_accounts.sql", "enable-row-security", "ledger.accounts", "open"),
        ("V12__express_fees.sql", "ambiguous-function", "ledger.fee(ledger.amount, numeric)", "open"),
    },
    "chat": {
        ("000011_reactions_with_skin_tone.up.sql", "drop-unique", "public.reactions.reactions_once", "open"),
        ("000012_topics_are_required.up.sql", "set-not-null", "public.rooms.topic", "overridden"),
    },
    "clinic": {
        ("20260228110000_note_author/migration.sql", "add-required-column", "public.Note.authorId", "open"),
        ("20260307140000_room_numbers/migration.sql", "change-column-type", "public.Clinician.room", "open"),
        ("20260314093000_no_show/migration.sql", "drop-enum-value", "public.AppointmentStatus.MISSED", "open"),
        ("20260321100000_drop_tags/migration.sql", "drop-column", "public.Note.tags", "overridden"),
    },
}
each_history = pytest.mark.parametrize("history", BREAKS)


def check(history: str) -> tuple[int, dict[str, Any]]:
    """The exit code and the JSON report."""
    command = [sys.executable, "-m", "migcompat", "check", f"fixtures/{history}", "--format", "json"]
    ran = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, cwd=FIXTURES.parent)
    assert ran.stderr == ""
    return ran.returncode, json.loads(ran.stdout)


@each_history
def test_postgresql_accepts_every_migration(history: str, database: str) -> None:
    [found] = discover([str(FIXTURES / history)], Config())
    assert len(found.migrations) >= 12
    with psycopg.connect(database, autocommit=True) as connection:
        for migration in found.migrations:
            source = read(migration)
            for span in source.forward:
                for statement in split(source.text, span).statements:
                    connection.execute(statement.text)
            connection.execute("RESET ALL")  # each migration has a session of its own
        if history == "ledger":
            connection.execute("DROP OWNED BY ledger_app, ledger_audit; DROP ROLE ledger_app, ledger_audit")


@each_history
def test_breaks_are_those_that_were_meant(history: str) -> None:
    exit_code, report = check(history)
    errors = {
        (f["file"].removeprefix(f"fixtures/{history}/"), f["rule"], f["object"], "overridden" if f["overridden"] else "open")
        for f in report["findings"]
        if f["severity"] == "error"
    }
    assert errors == BREAKS[history]
    assert exit_code == 1
    assert report["summary"]["migrations"] >= 12
