"""GitHub annotations, read back as the runner reads a log."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from migcompat.findings import Breaks, Finding, Place, Report, Severity, Summary
from migcompat.frozen import replace
from migcompat.reports import concise, full, github
from migcompat.reports.model import Context

COMMANDS = {
    "add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "notice", "remove-matcher",
    "save-state", "set-env", "set-output", "stop-commands", "warning",
}  # fmt: skip
INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
"""A culture-sensitive search, which the runner uses, looks past these."""


@dataclass
class Command:
    name: str
    data: str
    properties: dict[str, str] = field(default_factory=dict)


def unescaped(text: str, references: Iterable[tuple[str, str]]) -> str:
    for reference, char in references:
        text = text.replace(reference, char)
    return text.replace("%25", "%")


def parsed(line: str, registered: set[str]) -> Command | None:
    """The runner's two parsers, the newer form first: `::name k=v,…::data` after blanks, `##[name k=v;…]data` anywhere."""
    bare = "".join(char for char in line if char not in INVISIBLE)
    start = bare.lstrip()
    end = start.find("::", 2)
    if start.startswith("::") and end >= 0:
        name, _, properties = start[2:end].partition(" ")
        if name.lower() in registered:
            pairs = dict(pair.split("=", 1) for pair in properties.strip().split(",") if "=" in pair)
            data = unescaped(start[end + 2 :], [("%0D", "\r"), ("%0A", "\n")])
            escapes = [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ",")]
            return Command(name.lower(), data, {key: unescaped(value, escapes) for key, value in pairs.items()})
    old = bare.find("##[")
    if old >= 0 and "]" in bare[old:]:
        inner, _, data = bare[old + 3 :].partition("]")
        name = inner.partition(" ")[0].lower()
        if name in registered:
            return Command(name, data)
    return None


def obeyed(log: str) -> Iterator[Command]:
    """The commands that a runner carries out; between `stop-commands` and its token there are none."""
    registered = set(COMMANDS)
    token = None
    for line in log.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        command = parsed(line, registered)
        if command is None:
            continue
        if token is not None:
            if command.name == token:
                registered.discard(token)
                token = None
        elif command.name == "stop-commands":
            token = command.data.lower()
            registered.add(token)
        else:
            yield command
    assert token is None, "the log ends with its commands stopped"


NASTY = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "::",
                "##[",
                "]",
                "::error::",
                "##[add-mask]",
                "stop-commands",
                " ",
                "\n",
                "\r",
                "%",
                "%0A",
                "%25",
                ",",
                "file=",
                ":",
                "\x1b[",
                "\u200b",
                "\u00ad",
                "\ud800",
                "\u2028",
                "::set-env name=PATH::x",
            ]
        ),
        st.text(max_size=4),
    ),
    max_size=8,
).map("".join)


def attacked(finding: Finding, name: str, sql: str) -> Finding:
    return replace(finding, rule=name, object=name, message=name, help=name, statement=sql, reason=name, place=Place(name, 1, 1, 1, 3))


@given(name=NASTY, sql=NASTY, overridden=st.booleans())
def test_no_name_and_no_sql_starts_a_command(name: str, sql: str, overridden: bool) -> None:
    plain = Finding("r", Severity.ERROR, Breaks.READS, Place("f", 1, 1, 1, 2), "o", "m", "h")
    finding = replace(attacked(plain, name, sql), overridden=overridden)
    report = Report((finding,), Summary(), {name: sql}, scope=name, notices=(sql,))
    commands = list(obeyed(github.render(report, Context())))
    assert [command.name for command in commands] == ["warning" if overridden else "error"]
    assert set(commands[0].properties) == {"file", "line", "endLine", "col", "endColumn", "title"}


@given(sql=NASTY)
def test_text_for_people_is_printed_without_being_obeyed(sql: str) -> None:
    assert list(obeyed(github.without_commands(f"{sql}\n::error::x\n##[error]y"))) == []


def annotated(report: Report) -> list[Command]:
    return list(obeyed(github.render(report, Context())))


def test_a_message_comes_back_as_it_was(finding: Finding, report_of: Callable[..., Report]) -> None:
    odd = replace(finding, message="100% :: of, it", help="100%0A", statement="SELECT 1\nFROM t", place=Place("a,b:c%.sql", 2, 1, 2, 4))
    [command] = annotated(report_of(odd))
    assert command.data == "100% :: of, it\nbreaks: reads with 42703 undefined_column\nSELECT 1\nFROM t\nhelp: 100%0A"
    assert command.properties["file"] == "a,b:c%.sql"


def test_a_span_within_a_line_has_columns_and_one_of_several_lines_has_none(finding: Finding, report_of: Callable[..., Report]) -> None:
    one = replace(finding, place=Place("a.sql", 3, 5, 3, 9))
    many = replace(finding, place=Place("b.sql", 3, 5, 6, 2))
    first, second = annotated(report_of(one, many))
    assert {key: first.properties[key] for key in ("line", "endLine", "col", "endColumn")} == {
        "line": "3", "endLine": "3", "col": "5", "endColumn": "9",
    }  # fmt: skip
    assert (second.properties["line"], second.properties["endLine"]) == ("3", "6")
    assert not {"col", "endColumn"} & set(second.properties)


def test_a_finding_without_a_line_names_its_file_only(finding: Finding, report_of: Callable[..., Report]) -> None:
    [command] = annotated(report_of(replace(finding, place=Place("gone.sql", 0, 0, 0, 0))))
    assert set(command.properties) == {"file", "title"}


def test_findings_on_one_line_share_an_annotation_of_the_worst_level(finding: Finding, report_of: Callable[..., Report]) -> None:
    at = [replace(finding, place=Place("a.sql", 7, column, 7, column + 2), message=f"message {column}") for column in (9, 3)]
    note = replace(at[0], severity=Severity.NOTE, message="a note")
    [command] = annotated(report_of(note, *at))
    assert command.name == "error"
    assert (command.properties["col"], command.properties["endColumn"]) == ("3", "11")
    assert command.data.index("message 9") < command.data.index("message 3") < command.data.index("a note")


@pytest.mark.parametrize(("severity", "level"), [(Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.NOTE, "notice")])
def test_each_level_stops_at_ten_and_the_tenth_says_how_many_more(
    severity: Severity, level: str, finding: Finding, report_of: Callable[..., Report]
) -> None:
    many = [replace(finding, severity=severity, place=Place("a.sql", line, 1, line, 2), statement="x" * 5000) for line in range(1, 24)]
    commands = annotated(report_of(*many))
    assert [command.name for command in commands] == [level] * 10
    assert "13 more findings without an annotation: see the step summary" in commands[9].data
    assert all("more" not in command.data for command in commands[:9])


def test_ten_fit(finding: Finding, report_of: Callable[..., Report]) -> None:
    commands = annotated(report_of(*(replace(finding, place=Place("a.sql", line, 1, line, 2)) for line in range(1, 11))))
    assert len(commands) == 10
    assert "more" not in commands[9].data


def test_the_worst_come_first_and_an_override_before_any_warning(finding: Finding, report_of: Callable[..., Report]) -> None:
    def at(line: int, severity: Severity = Severity.ERROR, *, overridden: bool = False) -> Finding:
        return replace(finding, severity=severity, overridden=overridden, place=Place("a.sql", line, 1, line, 2), message=f"m{line}")

    commands = annotated(report_of(at(1, Severity.NOTE), at(2, Severity.WARNING), at(3, overridden=True), at(4)))
    assert [(command.name, command.data.split("\n")[0]) for command in commands] == [
        ("error", "m4"),
        ("warning", "m3"),
        ("warning", "m2"),
        ("notice", "m1"),
    ]


@given(text=st.text(st.sampled_from("%\n\U0001f600a"), min_size=900, max_size=4200))
def test_a_message_stays_below_the_runners_limit_and_is_cut_between_escapes(text: str) -> None:
    finding = Finding("r", Severity.ERROR, Breaks.READS, Place("f", 1, 1, 1, 2), "o", text, "h", statement=text)
    line = github.commands(Report((finding,), Summary()), Context())
    data = line.rstrip("\n").split("::", 2)[2]
    assert len(data.encode("utf-16-le")) // 2 <= 4096
    assert data.replace("%25", "").replace("%0A", "").count("%") == 0


def test_paths_are_those_of_the_repository(finding: Finding, report_of: Callable[..., Report]) -> None:
    file = replace(finding, place=Place("../db/./migrations/1.sql", 1, 1, 1, 2))
    [command] = obeyed(github.commands(report_of(file), Context(directory="services/shop")))
    assert command.properties["file"] == "services/db/migrations/1.sql"


def test_the_log_has_the_full_report(webshop: Report) -> None:
    assert full.render(webshop, Context()) in github.render(webshop, Context())


def test_this_reading_of_a_log_finds_what_an_unguarded_format_lets_through() -> None:
    place = Place("f", 1, 1, 1, 2)
    finding = Finding("r", Severity.ERROR, Breaks.READS, place, "o", "column ##[add-mask]secret is dropped", "h")
    assert [command.name for command in obeyed(concise.render(Report((finding,), Summary()), Context()))] == ["add-mask"]
