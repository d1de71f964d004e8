"""Reports to render: a webshop's deploy, and one whose names are written to do harm."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from migcompat.findings import Breaks, Finding, Place, Related, Report, Severity, Summary
from migcompat.frozen import replace
from migcompat.reports.model import Context, RuleDoc

CUSTOMERS = """\
CREATE TABLE customers (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  email text NOT NULL,
\tnickname text,
  phone varchar(40)
);
"""
DEPLOY = """\
-- compat: breaking[drop-column] (reason: unread since v41, drained 2026-10-02)
ALTER TABLE customers DROP COLUMN nickname;

ALTER TABLE customers ADD COLUMN country text NOT NULL, ADD COLUMN /* Größe, 尺寸 */ 尺寸 text NOT NULL;
ALTER TABLE orders
  ADD CONSTRAINT orders_number_key
  UNIQUE (shop_id,
          number);
ALTER TYPE order_state ADD VALUE 'refunded';
DO $$ BEGIN EXECUTE 'ALTER TABLE ' || quote_ident(current_setting('shop.table')) || ' DROP COLUMN legacy'; END $$;
"""
FIRST, SECOND = "migrations/0001_customers.sql", "migrations/0042_tidy_up.sql"

RULES = {
    "drop-column": RuleDoc(
        "drop-column",
        "A column that running code may read is dropped",
        "Every statement of the prior generation that names the column is rejected.",
        "Stop using the column, deploy, then drop it",
        Severity.ERROR,
        adr="ADR-053 D5",
        loses_data=True,
    ),
    "add-enum-value": RuleDoc(
        "add-enum-value", "A label is added", "A reader may meet a label it does not know.", "Teach readers first", Severity.WARNING
    ),
    "new-column-in-star": RuleDoc("new-column-in-star", "SELECT * is wider", "It is planned anew.", "Name the columns", Severity.NOTE),
}


def place_of(file: str, text: str, marked: str) -> Place:
    """Where `marked` first stands in a text."""
    start = text.index(marked)
    end = start + len(marked)
    columns = [offset - text.rfind("\n", 0, offset) for offset in (start, end)]
    return Place(file, text.count("\n", 0, start) + 1, columns[0], text.count("\n", 0, end) + 1, columns[1])


@pytest.fixture
def context() -> Context:
    return Context(rules=lambda: RULES, version="1.2.3", width=100)


@pytest.fixture
def finding() -> Finding:
    """The simplest one there is; tests replace what they are about."""
    return Finding(
        rule="drop-column",
        severity=Severity.ERROR,
        breaks=Breaks.READS,
        place=place_of(SECOND, DEPLOY, "nickname"),
        object="public.customers.nickname",
        message="column public.customers.nickname is dropped",
        help="stop reading and writing the column in one deploy, drop it in the next",
        sqlstate="42703",
        adr="ADR-053 D5",
        statement="SELECT id, email, nickname FROM customers",
        related=(Related(place_of(FIRST, CUSTOMERS, "nickname"), "the column was created here"),),
        migration="tidy_up",
    )


@pytest.fixture
def webshop(finding: Finding) -> Report:
    """One of everything: an override, a required column, a span of several lines, a warning, a statement not judged."""
    findings = (
        replace(finding, overridden=True, reason="unread since v41, drained 2026-10-02"),
        replace(
            finding,
            rule="add-required-column",
            breaks=Breaks.WRITES,
            place=place_of(SECOND, DEPLOY, "country"),
            object="public.customers.country",
            message="column public.customers.country is added NOT NULL without a default",
            help="add it nullable or with a default; make it NOT NULL once every writer fills it",
            sqlstate="23502",
            statement="INSERT INTO customers (email)\nVALUES ('a@example.org')",
            related=(),
        ),
        replace(
            finding,
            rule="add-required-column",
            breaks=Breaks.WRITES,
            place=place_of(SECOND, DEPLOY, "尺寸 text"),
            object="public.customers.尺寸",
            message="column public.customers.尺寸 is added NOT NULL without a default",
            help="add it nullable or with a default; make it NOT NULL once every writer fills it",
            sqlstate="23502",
            statement="INSERT INTO customers (email) VALUES ('a@example.org')",
            related=(),
        ),
        replace(
            finding,
            rule="add-unique",
            breaks=Breaks.WRITES,
            place=place_of(SECOND, DEPLOY, "ADD CONSTRAINT orders_number_key\n  UNIQUE (shop_id,\n          number)"),
            object="public.orders.orders_number_key",
            message="public.orders must now be unique in (shop_id, number)",
            help="write unique values first, then add the constraint",
            sqlstate="23505",
            statement="INSERT INTO orders (shop_id, number) VALUES (1, 7), (1, 7)",
            related=(),
        ),
        replace(
            finding,
            rule="add-enum-value",
            severity=Severity.WARNING,
            place=place_of(SECOND, DEPLOY, "'refunded'"),
            object="public.order_state.refunded",
            message="label 'refunded' is added to public.order_state",
            help="deploy readers that know the label first",
            sqlstate=None,
            adr=None,
            statement=None,
            related=(),
        ),
        replace(
            finding,
            rule="dynamic-sql",
            breaks=Breaks.NOTHING,
            place=place_of(SECOND, DEPLOY, "'ALTER TABLE ' || quote_ident(current_setting('shop.table')) || ' DROP COLUMN legacy'"),
            object="",
            message="SQL is built at run time and cannot be judged",
            help="write the statement out, or override it with a reason",
            sqlstate=None,
            adr=None,
            statement=None,
            related=(),
        ),
    )
    return Report(
        findings=findings,
        summary=Summary(migrations=2, statements=7, errors=4, warnings=1, notes=0, overridden=1, not_judged=1),
        texts={FIRST: CUSTOMERS, SECOND: DEPLOY},
        scope="2 migrations since 1a2b3c4, the merge base with main",
        notices=("the directory lacks migration 0017: what it created is taken to exist",),
    )


@pytest.fixture
def clean() -> Report:
    return Report(findings=(), summary=Summary(migrations=3, statements=11), scope="3 migrations since 1a2b3c4")


@pytest.fixture
def report_of() -> Callable[..., Report]:
    """A report of some findings in one file."""

    def build(*findings: Finding, text: str = DEPLOY, file: str = SECOND) -> Report:
        summary = Summary(
            migrations=1,
            statements=1,
            errors=sum(finding.counts for finding in findings),
            overridden=sum(finding.overridden for finding in findings),
        )
        return Report(findings=findings, summary=summary, texts={file: text})

    return build


HOSTILE_SQL = 'ALTER TABLE t DROP COLUMN "\x1b[31m\u202ex`@team`"; -- ##[add-mask]a ::error::b </script> | <img src=x> \ud800\n'


@pytest.fixture
def hostile(finding: Finding, report_of: Callable[..., Report]) -> Report:
    """Names that try to start commands, steer the terminal, mention people and become HTML."""
    name = "public.t.\x1b[31m\u202ex\n::error::pwned\r##[add-mask]a`@team` <img src=x onerror=alert(1)> [a](http://b.c) | #12 \ud800\u200b"
    attacked = replace(
        finding,
        place=place_of("m/%0A,b:##[x]\x1b.sql", HOSTILE_SQL, '"\x1b[31m\u202ex`@team`"'),
        object=name,
        message=f"column {name} is dropped",
        help=f"stop reading {name}",
        statement=f'SELECT "{name}"\n::warning::x\n```\n# heading',
        related=(Related(place_of("m/%0A,b:##[x]\x1b.sql", HOSTILE_SQL, "t DROP"), f"{name} was created here"),),
    )
    overridden = replace(attacked, overridden=True, reason=f"::stop-commands::x\n{name}")
    return replace(
        report_of(attacked, overridden, text=HOSTILE_SQL, file="m/%0A,b:##[x]\x1b.sql"),
        scope="1 migration since \x1b]0;x\x07@main",
        notices=("##[error]y\n::error::z",),
    )
