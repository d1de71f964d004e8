"""Writes the pages that repeat what the code says: `python docs/generate.py`. A test keeps them true."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from migcompat.config_keys import documented_keys
from migcompat.explain import markdown, rule
from migcompat.explain.example import example_steps
from migcompat.migrations.detection import DETECTED, ENOUGH
from migcompat.migrations.layouts import LAYOUTS
from migcompat.rules.every import RULES

TOP = Path(__file__).resolve().parent.parent
_START, _END = "<!-- generated: rules -->", "<!-- end -->"


def pages() -> Iterator[tuple[Path, str]]:
    """Each generated file with its content."""
    for one in RULES:
        yield TOP / "docs/rules" / f"{one.name}.md", markdown.render(rule.blocks(one, example_steps(one)))
    yield TOP / "docs/rules/README.md", f"# Rules\n\n{rule_table('')}"
    yield TOP / "docs/configuration.md", _configuration()
    yield TOP / "docs/layouts.md", _layouts()
    readme = (TOP / "README.md").read_text(encoding="utf-8")
    before, rest = readme.split(_START, 1)
    yield TOP / "README.md", f"{before}{_START}\n{rule_table('docs/rules/')}{_END}{rest.split(_END, 1)[1]}"


def rule_table(directory: str) -> str:
    """The rules as a Markdown table; links count from the page that shows it."""
    lines = ["| rule | severity | the prior generation gets | |", "|---|---|---|---|"]
    for one in RULES:
        got = f"{one.breaks.value}, {one.sqlstate}" if one.sqlstate else one.breaks.value if one.breaks.value != "nothing" else ""
        mark = " ᴬ" if one.adr else ""
        lines.append(f"| [{one.name}]({directory}{one.name}.md){mark} | {one.severity.value} | {got} | {one.summary} |")
    return "\n".join(lines) + "\n\nᴬ breaking by ADR-053 D5\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _configuration() -> str:
    rows = "\n".join(f"| `{key.name}` | {_cell(key.type)} | `{_cell(key.default)}` | {_cell(key.meaning)} |" for key in documented_keys())
    return f"""# Configuration

`migcompat.toml`, or `[tool.migcompat]` in `pyproject.toml`, found upwards from the migrations, or from the working directory where no path
is given. The examples are of `migcompat.toml`; in `pyproject.toml` a table `[rollback]` is called `[tool.migcompat.rollback]`. An unknown
key or value is an error that names the nearest one. Editors can use [`config.schema.json`](../migcompat/config.schema.json).

| key | type | default | |
|---|---|---|---|
{rows}

Several directories of a monorepo, each with settings of its own:

```toml
[[migrations]]
path = "billing/db/migrations"
start-after = "0042"

[[migrations]]
path = "accounts/prisma/migrations"
layout = "prisma"
```

Two relaxations of the policy's letter exist, for forms that it names although the contract says that this instance is harmless:

```toml
relax = ["widening-type", "unique-on-new-column"]
```
"""


def _layouts() -> str:
    rows = "\n".join(f"| `{name}` | {_cell(layout.files)} |" for name, layout in LAYOUTS.items())
    *first, last = (f"`{directory}`" for directory in DETECTED)
    usual = f"{', '.join(first)} and {last}"
    return f"""# Layouts

Where no path and no configuration names them, migrations are looked for in {usual}.

Where none of these is there, a directory further down is taken, and the report says so, if it is the only one that can be meant: it is
called as those above are and holds {ENOUGH} files or more; no other one is called so, or has SQL files under a version; and it does not lie
among tests or examples. Otherwise those found are named, nothing is checked, and the exit code is 2.

The tool that wrote them is told from the files. `layout = "…"` in the configuration says so where it cannot be.

| layout | files |
|---|---|
{rows}

Parts that take a migration back are never judged. Snapshots of a schema, seed data, what is for another database
(`1_a.mysql.up.sql`, or `mysql/` beside `postgres/`) and the like are left aside, and the summary says how many and why.

Placeholders (`${{x}}`, `{{{{ x }}}}`, `{{x}}`, `:name`, `/* TEMPLATE */`) get their values from `placeholders` in the configuration; one
without a value is read as a name. `{{{{ if }}}}`, `{{{{ else }}}}` and `{{{{ end }}}}` are left out, so that all branches count as run.
"""


if __name__ == "__main__":
    for path, content in pages():
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")
