"""The fine cases of types, functions, sequences, partitions, rewriting and access; see fixtures/types-functions-access/README.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DIRECTORY = Path(__file__).parent.parent / "fixtures" / "types-functions-access"
_DIRECTIVE = re.compile(r"-- (case|schema|and|migration|prior|answer|error|warning):[ ]*(.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Case:
    """One claim about one deploy."""

    name: str
    schema: str
    migration: str
    prior: str
    answer: str
    finds: tuple[str, ...]


def read_cases(path: Path) -> Iterator[Case]:
    common: dict[str, list[str]] = {}
    for block in path.read_text(encoding="utf-8").split("\n-- case:"):
        own: dict[str, list[str]] = {}
        for line in f"-- case:{block}".splitlines(keepends=True):
            directive = _DIRECTIVE.fullmatch(line)
            if directive:
                said = own.setdefault(directive[1], [])
                said.append(directive[2])
            else:
                said[-1] += line
        if "migration" not in own:
            common = own
            continue
        schema = own.get("schema", common.get("schema", [""])) + own.get("and", [])
        prior, answer = ("".join(own.get(key, [])).strip() for key in ("prior", "answer"))
        finds = tuple(f"{severity} {found.strip()}" for severity in ("error", "warning") for found in own.get(severity, ()))
        yield Case(f"{path.stem}: {own['case'][0].strip()}", "".join(schema), own["migration"][0], prior, answer, finds)


CASES = [case for path in sorted(DIRECTORY.glob("*.sql")) for case in read_cases(path)]
