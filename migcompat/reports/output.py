"""Where reports go: the `--format` values of one run, and what comes by itself under GitHub Actions."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TextIO

from migcompat.errors import CheckError
from migcompat.findings import Report
from migcompat.frozen import frozen, replace
from migcompat.reports import RENDERERS
from migcompat.reports.escaping import visible
from migcompat.reports.model import PLAIN, Context
from migcompat.reports.verdict import listed, verdict

HUMAN = frozenset({"full", "concise"})
"""Formats that show SQL to a person: a log must not take it for commands."""
_SUMMARY_LIMIT = 1 << 20
"""Bytes of one step's summary on GitHub."""
_SUMMARY_SPARE = 1_024
_SUMMARY_LEAST = 400_000
_AT_ONCE = 1 << 20
"""Characters that are encoded at once: a report may have hundreds of megabytes."""


@frozen
class Destination:
    """One format of a run and the file it goes to."""

    format: str
    file: str | None = None
    """None: standard output."""


def destinations(values: Sequence[str]) -> tuple[Destination, ...]:
    """The values of `--format`: `F` for standard output, `F=FILE` for a file."""
    found = tuple(_destination(value) for value in values)
    targets: dict[str | None, str] = {}
    for destination in found:
        if destination.file in targets:
            place = destination.file or "standard output"
            hint = "" if destination.file else f"; give one a file, as in --format {destination.format}=FILE"
            raise CheckError(f"two formats for {place}: {targets[destination.file]} and {destination.format}{hint}")
        targets[destination.file] = destination.format
    return found


def _destination(value: str) -> Destination:
    name, separator, file = value.partition("=")
    if name not in RENDERERS:
        import difflib

        near = difflib.get_close_matches(name, RENDERERS, 1)
        hint = f"did you mean {near[0]}?" if near else f"the formats are {', '.join(RENDERERS)}"
        raise CheckError(f"unknown format {name!r}: {hint}")
    if separator and not file:
        raise CheckError(f"no file given for format {name}: write --format {name}=FILE, or --format {name} for standard output")
    return Destination(name, None if file in ("", "-") else file)


def colour(choice: str, environment: Mapping[str, str], terminal: bool) -> bool:
    """Whether to colour: the flag (`always`, `never`, `auto`), then NO_COLOR, FORCE_COLOR, and whether a terminal is there."""
    if choice != "auto":
        return choice == "always"
    if environment.get("NO_COLOR"):
        return False
    if environment.get("FORCE_COLOR"):
        return True
    return terminal and environment.get("TERM") != "dumb"


def directory_below_top(environment: Mapping[str, str], directory: str) -> str:
    """Where the working directory lies in the repository that GitHub or GitLab checked out; empty at its top or elsewhere."""
    top = environment.get("GITHUB_WORKSPACE") or environment.get("CI_PROJECT_DIR")
    if not top:
        return ""
    from pathlib import Path

    try:
        below = Path(os.path.realpath(directory)).relative_to(os.path.realpath(top))
    except ValueError:
        return ""
    return "" if below == Path() else below.as_posix()


def deliver(
    report: Report, wanted: Sequence[Destination], context: Context, environment: Mapping[str, str], *, out: TextIO, err: TextIO
) -> None:
    """Writes every report: standard output first, so that no full disk hides a finding."""
    report = listed(report)
    on_actions = environment.get("GITHUB_ACTIONS") == "true"
    asked = next((destination.format for destination in wanted if destination.file is None), None)
    if on_actions:
        text, beside = _on_actions(asked or "github", report, context)
        _print(text, out)
        _print(beside, err)
    elif asked or not wanted:
        _print(RENDERERS[asked or "full"](report, context), out)
    plain = replace(context, palette=PLAIN)
    if on_actions:
        _print("".join(f"migcompat: {problem}\n" for problem in _tell_actions(report, wanted, plain, environment)), err)
    for destination in wanted:
        if destination.file is not None:
            mode = "a" if destination.file == environment.get("GITHUB_STEP_SUMMARY") else "w"
            _write(destination.file, mode, RENDERERS[destination.format](report, plain))


def _on_actions(name: str, report: Report, context: Context) -> tuple[str, str]:
    """What goes to standard output and to standard error: the runner reads commands in both, a program that reads JSON does not."""
    from migcompat.reports import github

    text = RENDERERS[name](report, context)
    if name == "github":
        return text, ""
    if name in HUMAN:
        return github.without_commands(text) + github.commands(report, context), ""
    return text, github.commands(report, context)


def _tell_actions(report: Report, wanted: Sequence[Destination], context: Context, environment: Mapping[str, str]) -> Iterator[str]:
    """Adds the step summary and the step's outputs; yields what went wrong, which does not change the verdict."""
    from pathlib import Path

    from migcompat.reports import markdown

    summary = environment.get("GITHUB_STEP_SUMMARY")
    outputs = environment.get("GITHUB_OUTPUT")
    try:
        if summary and all(destination.file != summary for destination in wanted):
            path = Path(summary)
            room = _SUMMARY_LIMIT - _SUMMARY_SPARE - (path.stat().st_size if path.exists() else 0)
            if room < _SUMMARY_LEAST:
                yield "no room is left in the step summary: the log has the whole report"
            else:
                _write(summary, "a", markdown.render_within(min(room, markdown.LIMIT), report, context))
        if outputs:
            counts = report.summary
            _write(outputs, "a", f"errors={counts.errors}\noverridden={counts.overridden}\nverdict={verdict(report).value}\n")
    except CheckError as error:
        yield str(error)


def _write(file: str, mode: str, text: str) -> None:
    try:
        with open(file, mode, encoding="utf-8", errors="backslashreplace", newline="\n") as stream:  # noqa: PTH123
            stream.write(text)
    except (OSError, ValueError) as error:
        raise CheckError(f"cannot write {visible(file)}: {getattr(error, 'strerror', None) or error}") from error


def _print(text: str, stream: TextIO) -> None:
    """A character that the terminal's encoding lacks is written out rather than raised."""
    encoding = stream.encoding or "utf-8"
    pieces = (text[start : start + _AT_ONCE] for start in range(0, len(text), _AT_ONCE))
    stream.writelines(piece.encode(encoding, "backslashreplace").decode(encoding) for piece in pieces)
    if text:
        stream.flush()
