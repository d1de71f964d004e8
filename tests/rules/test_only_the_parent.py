"""ALTER TABLE ONLY, where servers differ: the embedded one cannot be asked."""

from __future__ import annotations

from migcompat.checking import check_text


def test_a_primary_key_of_only_the_parent_demands_nothing_of_its_children() -> None:
    """PostgreSQL 15 leaves the child as it is; 18 refuses the migration."""
    found = check_text("CREATE TABLE p (a int); CREATE TABLE c () INHERITS (p)", "ALTER TABLE ONLY p ADD PRIMARY KEY (a)")
    assert {finding.rule for finding in found} == {"set-not-null", "add-unique"}
    assert {finding.object.split(".")[1] for finding in found} == {"p"}
