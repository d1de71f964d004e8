"""Every key of the configuration: how it is read, what it means, and what editors are told about it."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from migcompat.config import Config, Directory
from migcompat.errors import CheckError
from migcompat.frozen import frozen
from migcompat.migrations.layouts import LAYOUTS
from migcompat.rollback.names import PagesProject, RollbackNames

Schema = dict[str, object]


@frozen
class Where:
    """The place of a value, for error messages, and the rule names that it may use."""

    file: str
    key: str
    rules: Collection[str]

    def below(self, key: str) -> Where:
        """A key inside this one."""
        return Where(self.file, f"{self.key}.{key}" if self.key else key, self.rules)

    def must_be(self, what: str) -> CheckError:
        """The error for a value of the wrong shape."""
        return CheckError(f"{self.file}: `{self.key}` must be {what}")

    def unknown(self, what: str, given: str, known: Iterable[str]) -> CheckError:
        """The error for a name that is none of those known."""
        return CheckError(f"{self.file}: {f'`{self.key}` names an ' if self.key else ''}{unknown_name(what, given, known)}")


@frozen
class Kind:
    """What a value may be."""

    label: str
    schema: Schema
    read: Callable[[object, Where], object]


@frozen
class Key:
    """One setting."""

    name: str
    kind: Kind
    meaning: str

    @property
    def field(self) -> str:
        """The attribute that holds it."""
        return self.name.replace("-", "_")


@frozen
class DocumentedKey:
    """What the documentation says of one setting."""

    name: str
    type: str
    default: str
    """As TOML."""
    meaning: str


def unknown_name(what: str, given: str, known: Iterable[str]) -> str:
    """`unknown rule drop-colum; did you mean drop-column?`"""
    names = sorted(known)
    near = difflib.get_close_matches(given, names, 1, 0.6) or [name for name in names if given and name.startswith(given)]
    known_ones = "`migcompat rules` lists them" if what == "rule" else f"known: {', '.join(names)}"
    hint = f"did you mean `{near[0]}`?" if near else known_ones
    return f"unknown {what} `{given}`; {hint}"


def read_settings(table: Mapping[str, object], file: str, rules: Collection[str]) -> Config:
    """Reads `[tool.migcompat]`, or all of migcompat.toml."""
    return Config(**_read(KEYS, table, Where(file, "", rules)), file=file)  # type: ignore[arg-type]


def json_schema() -> Schema:
    """The JSON schema of the table, for editors."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$comment": "Generated from migcompat/config_keys.py; a test keeps it true.",
        "title": "migcompat",
        "description": "Settings of migcompat: migcompat.toml, or [tool.migcompat] in pyproject.toml.",
        **_object(KEYS, Config()),
    }


def documented_keys() -> Iterator[DocumentedKey]:
    """Every key with its type, default and meaning, in the order of the documentation."""
    yield from _documented(KEYS, Config(), "")
    yield from _documented(ROLLBACK_KEYS, RollbackNames(), "rollback.")


def _documented(keys: Iterable[Key], defaults: object, prefix: str) -> Iterator[DocumentedKey]:
    for key in keys:
        if key.kind is not _ROLLBACK:
            yield DocumentedKey(prefix + key.name, key.kind.label, _as_toml(_default(key, defaults)), key.meaning)


def _read(keys: Sequence[Key], table: Mapping[str, object], where: Where) -> dict[str, object]:
    known = {key.name: key for key in keys}
    settings: dict[str, object] = {}
    for name, value in table.items():
        if name not in known:
            raise where.unknown("key", name, known)
        settings[known[name].field] = known[name].kind.read(value, where.below(name))
    return settings


def _text(value: object, where: Where) -> str:
    if not isinstance(value, str) or not value.strip():
        raise where.must_be("a string that is not empty")
    return value


def _any_text(value: object, where: Where) -> str:
    if not isinstance(value, str):
        raise where.must_be("a string")
    return value


def _rule(value: object, where: Where) -> str:
    name = _text(value, where)
    if name not in where.rules:
        raise where.unknown("rule", name, where.rules)
    return name


def _one_of(choices: Collection[str]) -> Kind:
    def read(value: object, where: Where) -> str:
        name = _text(value, where)
        if name not in choices:
            raise where.unknown("value", name, choices)
        return name

    return Kind(" or ".join(f'"{choice}"' for choice in choices), {"type": "string", "enum": list(choices)}, read)


def _list_of(kind: Kind, label: str) -> Kind:
    def read(value: object, where: Where) -> tuple[object, ...]:
        if not isinstance(value, list):
            raise where.must_be("a list")
        return tuple(kind.read(item, where) for item in value)

    return Kind(label, {"type": "array", "items": kind.schema}, read)


def _table_of(kind: Kind, label: str, name: Callable[[object, Where], str] = _text) -> Kind:
    def read(value: object, where: Where) -> dict[str, object]:
        if not isinstance(value, dict):
            raise where.must_be("a table")
        return {name(key, where): kind.read(item, where.below(key)) for key, item in value.items()}

    return Kind(label, {"type": "object", "additionalProperties": kind.schema}, read)


def _directories(value: object, where: Where) -> tuple[Directory, ...]:
    if not isinstance(value, list):
        raise where.must_be("a list of directories")
    return tuple(_directory(item, where) for item in value)


def _directory(value: object, where: Where) -> Directory:
    if not isinstance(value, dict):
        return Directory(_text(value, where))
    if "path" not in value:
        raise CheckError(f"{where.file}: each table of `{where.key}` needs a `path`")
    path = _text(value["path"], where.below("path"))
    return Directory(path, _read(DIRECTORY_KEYS, {key: item for key, item in value.items() if key != "path"}, where))


def _rollback(value: object, where: Where) -> RollbackNames:
    if not isinstance(value, dict):
        raise where.must_be("a table")
    return RollbackNames(**_read(ROLLBACK_KEYS, value, where))  # type: ignore[arg-type]


def _projects(value: object, where: Where) -> tuple[PagesProject, ...]:
    table = _TEXTS_TABLE.read(value, where)
    assert isinstance(table, dict)
    return tuple(PagesProject(name, paths) for name, paths in table.items())


def _links(value: object, where: Where) -> tuple[tuple[str, str], ...]:
    table = _TEXT_TABLE.read(value, where)
    assert isinstance(table, dict)
    return tuple(table.items())


_TEXT = Kind("string", {"type": "string", "pattern": "\\S"}, _text)
_TEXTS = _list_of(_TEXT, "list of strings")
_RULE_NAME = {"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}
_RULES = _list_of(Kind("rule", dict(_RULE_NAME), _rule), "list of rules")
_TEXT_TABLE = _table_of(Kind("string", {"type": "string"}, _any_text), "table of strings")
_TEXTS_TABLE = _table_of(_TEXTS, "table of lists of strings")
_ROLLBACK = Kind("table", {}, _rollback)

DIRECTORY_KEYS = (
    Key("layout", _one_of(tuple(LAYOUTS)), "The tool that runs the migrations, where it cannot be told from the files"),
    Key("start-after", _TEXT, "The last migration that was deployed before migcompat was adopted: it and all before it are not judged"),
    Key("select", _RULES, "The rules that are checked; empty: those that are on by default"),
    Key("ignore", _RULES, "Rules that are not checked"),
    Key(
        "severity",
        _table_of(_one_of(("error", "warning", "note", "off")), "table of rule to severity", _rule),
        "The severity of single rules",
    ),
    Key(
        "relax",
        _list_of(_one_of(("widening-type", "unique-on-new-column")), "list of relaxations"),
        "Forms that ADR-053 D5 names and that are let through where the contract proves them harmless: "
        "a type change that only widens, a unique constraint over columns that are new",
    ),
    Key("signoff", _one_of(("reported", "required")), "Whether an override counts by itself, or only when the sign-off file records it"),
    Key("signoff-file", _TEXT, "Where reviewers record what they signed, relative to the configuration file"),
    Key("placeholders", _TEXT_TABLE, "Values of the placeholders that the migration tool fills in: `${name}`, `{{ name }}`, `:name`"),
    Key("search-path", _TEXTS, "The schemas in which unqualified names are looked up"),
)
"""What may differ from directory to directory."""

_DIRECTORIES = Kind("list of directories, or of tables with `path` and settings of their own", {}, _directories)

ROLLBACK_KEYS = (
    Key("production-branch", _TEXT, "The branch that is deployed; it only moves forward"),
    Key("main-branch", _TEXT, "The branch that reverts land on first"),
    Key("remote", _TEXT, "The git remote that deploys are pushed to"),
    Key("deploy-docs", _TEXT, "The document that says how to deploy"),
    Key("disaster-docs", _TEXT, "The document that says how to declare a disaster and restore"),
    Key("pages-workflow", _TEXT, "The workflow that deploys frontends and docs"),
    Key("pages-projects", Kind(_TEXTS_TABLE.label, _TEXTS_TABLE.schema, _projects), "Frontend and docs projects, and the paths of each"),
    Key("ops-channel", _TEXT, "Where a rollback is announced"),
    Key("generation-label", _TEXT, "How a generation is named; `{sha}` stands for the short hash of its commit"),
    Key("links", Kind(_TEXT_TABLE.label, _TEXT_TABLE.schema, _links), "What to print below every guide: title to address"),
)

KEYS = (
    Key("migrations", _DIRECTORIES, "Directories of migrations, relative to the configuration file; empty: the usual ones are looked for"),
    *DIRECTORY_KEYS,
    Key("rollback", _ROLLBACK, "Names that the rollback guide prints"),
)


def _object(keys: Iterable[Key], defaults: object | None) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            key.name: {
                "description": key.meaning,
                **_schema_of(key),
                **({} if key.kind is _ROLLBACK or defaults is None else {"default": _default(key, defaults)}),
            }
            for key in keys
        },
    }


def _schema_of(key: Key) -> Schema:
    if key.kind is _ROLLBACK:
        return _object(ROLLBACK_KEYS, RollbackNames())
    if key.kind is _DIRECTORIES:
        own = _object(DIRECTORY_KEYS, None)
        properties = own["properties"]
        assert isinstance(properties, dict)
        table = {**own, "properties": {"path": {"description": "The directory", **_TEXT.schema}, **properties}, "required": ["path"]}
        return {"type": "array", "items": {"anyOf": [_TEXT.schema, table]}}
    if key.name == "severity":
        return {**key.kind.schema, "propertyNames": _RULE_NAME}
    return key.kind.schema


def _default(key: Key, defaults: object) -> object:
    value = _plain(getattr(defaults, key.field))
    return {} if value == [] and key.kind.schema.get("type") == "object" else value


def _plain(value: object) -> object:
    """A setting as JSON and TOML have it."""
    if isinstance(value, tuple) and value and isinstance(value[0], PagesProject):
        return {project.name: list(project.paths) for project in value}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return dict(value) if isinstance(value, Mapping) else value


def _as_toml(value: object) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_as_toml(item)}" for key, item in value.items()) + " }" if value else "{}"
    return "[" + ", ".join(map(_as_toml, value)) + "]" if isinstance(value, list) else json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    Path(__file__).with_name("config.schema.json").write_text(json.dumps(json_schema(), indent=2) + "\n", encoding="utf-8")
