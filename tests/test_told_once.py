"""What is found again and again at one place is told once."""

from __future__ import annotations

from migcompat.checking import check_text

LOOP = """DO $$ DECLARE name text; BEGIN
  FOREACH name IN ARRAY ARRAY['a', 'b', 'c'] LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', to_regprocedure(name));
    EXECUTE format('DROP FUNCTION %s', to_regprocedure(name));
  END LOOP;
END $$"""


def test_a_loop_over_what_is_not_understood_is_one_finding_a_statement() -> None:
    assert [(found.rule, found.place.line) for found in check_text("", LOOP)] == [("dynamic-sql", 3), ("dynamic-sql", 4)]


def test_the_same_statement_at_two_places_is_two_findings() -> None:
    assert [found.place.line for found in check_text("", f"{LOOP};\n{LOOP}")] == [3, 4, 9, 10]
