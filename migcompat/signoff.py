"""The reviewer's signature under an override, kept in the repository so that it counts on forks, in merge queues and offline."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterable

from migcompat.errors import CheckError
from migcompat.findings import Finding
from migcompat.frozen import frozen
from migcompat.migrations.content import read_bytes

_KEYS = ("migration", "breaks", "by", "on", "note")
_HEAD = """\
# What reviewers have signed: overrides of migrations that break the prior generation.
# Written by `migcompat signoff`; a signature lapses when what breaks changes.
"""


@frozen
class Signature:
    """One reviewer's word on one migration."""

    migration: str
    """The migration's name without its version number."""
    breaks: tuple[str, ...]
    """`fingerprint rule object` of each break; the fingerprint decides, the rest is for the reader."""
    by: str
    on: str
    note: str = ""


def signature_of(findings: Iterable[Finding], by: str, note: str) -> Signature:
    """A signature under everything that a migration's overrides let through, as of today."""
    import datetime as dt

    let_through = sorted({(f.fingerprint, f.rule, f.object, f.migration) for f in findings})
    lines = tuple(" ".join(parts[:3]) for parts in let_through)
    return Signature(let_through[0][3], lines, by, dt.datetime.now(tz=dt.timezone.utc).date().isoformat(), note)


def read_signatures(path: str | os.PathLike[str]) -> tuple[Signature, ...]:
    """The signatures of a file; none where there is no file. Raises CheckError for a file that is not of the form."""
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    if not os.path.lexists(path):
        return ()
    try:
        content = tomllib.loads(read_bytes(os.fspath(path)).decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise CheckError(f"{path}: cannot be read: {error}") from error
    entries = content.get("signoff", [])
    if set(content) - {"signoff"} or not isinstance(entries, list):
        raise CheckError(f"{path}: expected only [[signoff]] tables")
    return tuple(_signature(entry, f"{path}: entry {i}") for i, entry in enumerate(entries, 1))


def _signature(entry: object, where: str) -> Signature:
    if not isinstance(entry, dict) or set(entry) - set(_KEYS) or not {"migration", "breaks", "by"} <= set(entry):
        raise CheckError(f"{where}: expected the keys {', '.join(_KEYS)}")
    breaks = entry["breaks"]
    if not isinstance(breaks, list) or not all(isinstance(line, str) for line in breaks):
        raise CheckError(f"{where}: `breaks` must be a list of texts")
    return Signature(str(entry["migration"]), tuple(breaks), str(entry["by"]), str(entry.get("on", "")), str(entry.get("note", "")))


def add_signature(path: str | os.PathLike[str], signature: Signature) -> None:
    """Appends a signature. Raises CheckError where the file cannot be written."""
    fields = {"migration": signature.migration, "by": signature.by, "on": signature.on, "note": signature.note}
    lines = ["[[signoff]]", *(f"{key} = {_quoted(value)}" for key, value in fields.items()), "breaks = ["]
    lines += [f"    {_quoted(line)}," for line in signature.breaks] + ["]"]
    try:
        head = "" if os.path.exists(path) else _HEAD
        with open(path, "a", encoding="utf-8") as file:
            file.write(head + "\n" + "\n".join(lines) + "\n")
    except OSError as error:
        raise CheckError(f"{path}: cannot be written: {error.strerror}") from error


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are among TOML's, lone surrogates and DEL aside."""
    import json

    return json.dumps(text.encode("utf-8", "replace").decode("utf-8"), ensure_ascii=False).replace("\x7f", "\\u007f")


class Signed:
    """What reviewers have signed, found by what breaks: the file may hold thousands of signatures."""

    def __init__(self, signatures: Iterable[Signature]) -> None:
        self._lines: dict[str, list[tuple[str, str]]] = {}
        self._reviewers: dict[tuple[str, str], set[str]] = {}
        for signature in signatures:
            for line in signature.breaks:
                for fingerprint in line.split(None, 1)[:1]:
                    self._lines.setdefault(signature.migration, []).append((fingerprint, line))
                    self._reviewers.setdefault((signature.migration, fingerprint), set()).add(signature.by)

    def reviewers(self, finding: Finding) -> Collection[str]:
        """Who has signed this very break."""
        return self._reviewers.get((finding.migration, finding.fingerprint), frozenset())

    def lapsed(self, migration: str, findings: Iterable[Finding]) -> list[str]:
        """What is signed for a migration and breaks there no more."""
        present = {f.fingerprint for f in findings}
        return [line for fingerprint, line in self._lines.get(migration, ()) if fingerprint not in present]
