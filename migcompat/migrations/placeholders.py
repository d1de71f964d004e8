"""Placeholders that a migration tool fills in before PostgreSQL sees the text: `${x}`, `{{ x }}`, `{x}`, `:x`, `/* TEMPLATE: x */`.

A configured value replaces its placeholder. Any other that stands in code is read as a name: the word around it becomes a
quoted identifier, so `${schema}.orders` is the table "orders" in a schema called "${schema}" throughout. Where a
name cannot stand, the parser stumbles and the statement is reported. What steers a template of Go (`{{ if }}`, `{{ else }}`, `{{ end }}`)
is left out: all branches count as run. Lengths change, so each replacement is noted as an `Edit`, and `Source.place` counts in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from migcompat.findings import Span
from migcompat.frozen import frozen
from migcompat.migrations.lexemes import BLOCK, LINE, NAME, STRING, lexemes
from migcompat.migrations.model import Edit

_BRACED = r"(?:\$\{[\w.:-]+\}|\{\{[^{}\n]*\}\}|\{[^\W\d]\w*\})"
_PLACEHOLDER = re.compile(_BRACED)
_PLACEHOLDER_IN_STRING = re.compile(r"\$\{[\w.:-]+\}|\{\{[^{}\n]*\}\}")
"""`'{x}'` is an array of one."""
_OPENING = re.compile(rf"{_BRACED}|\{{\{{")
_COLON = re.compile(r""":(?<![^\s(,.=]:)["']?[^\W\d]""")
_STEERING = re.compile(r"\{\{-?\s*(?:(?:if|else|end|range|with|break|continue)\b|/\*)[^{}\n]*\}\}")
_TEMPLATE = re.compile(r"/\*\s*TEMPLATE:?\s*([\w.-]+)\s*\*/")
_TOKEN = re.compile(
    "|".join(
        (
            LINE,
            BLOCK,
            STRING,
            NAME,
            rf"(?P<word>(?<!\w)\w*(?:{_BRACED}\w*)+)",
            r"""(?P<variable>(?<![^\s(,.=]):(?P<quote>["']?)(?P<of>[^\W\d]\w*)(?P=quote)(?!:))""",
            r"(?P<tag>\$\w*\$)",
        )
    ),
    re.DOTALL,
)


@frozen
class Filled:
    """A text with its placeholders replaced."""

    text: str
    edits: tuple[Edit, ...] = ()
    unknown: tuple[str, ...] = ()
    """Placeholders in code that have no value, in order of appearance."""


def fill(text: str, values: Mapping[str, str]) -> Filled:
    """Replaces the placeholders of a text."""
    if not values and not _may_hold_any(text):
        return Filled(text)
    pieces: list[str] = []
    edits: list[Edit] = []
    unknown: dict[str, None] = {}
    length = last = 0
    for span, replacement in _replacements(text, values, unknown):
        pieces += (text[last : span.start], replacement)
        start = length + span.start - last
        length = start + len(replacement)
        edits.append(Edit(Span(start, length), span))
        last = span.end
    pieces.append(text[last:])
    return Filled("".join(pieces), tuple(edits), tuple(unknown)) if edits else Filled(text)


def _may_hold_any(text: str) -> bool:
    return ("{" in text and _OPENING.search(text) is not None) or _COLON.search(text) is not None


def _replacements(text: str, values: Mapping[str, str], unknown: dict[str, None]) -> Iterator[tuple[Span, str]]:
    for lexeme in lexemes(text, _TOKEN):
        span, found = Span(lexeme.start, lexeme.end), text[lexeme.start : lexeme.end]
        if lexeme.kind == "word":
            yield span, _word(found, values, unknown)
        elif lexeme.kind in ("string", "name"):
            yield from _inside(found, span.start, values)
        elif lexeme.kind == "variable":
            yield span, _variable(lexeme.match["of"], lexeme.match["quote"], values, unknown)
        elif lexeme.kind == "block":
            template = _TEMPLATE.fullmatch(found)
            if template and template[1] in values:
                yield span, values[template[1]]


def _word(word: str, values: Mapping[str, str], unknown: dict[str, None]) -> str:
    """A word in code without what steers the template."""
    return "".join(_name(piece, values, unknown) for piece in _STEERING.split(word)) if "{{" in word else _name(word, values, unknown)


def _variable(name: str, quote: str, values: Mapping[str, str], unknown: dict[str, None]) -> str:
    """One of psql: `:'x'` is a string, the others are read as names where they have no value."""
    value = values.get(name)
    if value is None:
        unknown[f":{name}"] = None
        quote, value = quote or '"', f":{name}"
    return quote + value.replace(quote, quote * 2) + quote if quote else value


def _name(word: str, values: Mapping[str, str], unknown: dict[str, None]) -> str:
    """Plain where all of it has a value, else one quoted name that keeps its placeholders as written."""
    missing = [found.group() for found in _PLACEHOLDER.finditer(word) if _value(found.group(), values) is None]
    unknown.update(dict.fromkeys(missing))
    filled = _PLACEHOLDER.sub(lambda found: _filled(found.group(), values), word)
    if not missing:
        return filled
    parts = re.split(f"({_BRACED})", filled)
    name = "".join(part if index % 2 else part.lower() for index, part in enumerate(parts))
    return '"' + name.replace('"', '""') + '"'


def _inside(quoted: str, start: int, values: Mapping[str, str]) -> Iterator[tuple[Span, str]]:
    for found in _PLACEHOLDER_IN_STRING.finditer(quoted):
        value = _value(found.group(), values)
        if value is not None:
            yield Span(start + found.start(), start + found.end()), value


def _filled(placeholder: str, values: Mapping[str, str]) -> str:
    value = _value(placeholder, values)
    return placeholder if value is None else value


def _value(placeholder: str, values: Mapping[str, str]) -> str | None:
    """Go's templates write `{{ .name }}`, others leave the dot out."""
    name = placeholder.strip("${}").strip()
    return values.get(name, values.get(name.removeprefix(".")))
