"""The configuration: `[tool.migcompat]` in pyproject.toml, or migcompat.toml, found upwards from the migrations."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Iterator, Mapping, Sequence

from migcompat.errors import CheckError
from migcompat.frozen import EMPTY, frozen, replace
from migcompat.migrations.content import read_bytes
from migcompat.rollback.names import RollbackNames

FILE = "migcompat.toml"


@frozen
class Directory:
    """One directory of migrations, with the settings that differ from the rest."""

    path: str
    """Relative to the configuration file."""
    settings: Mapping[str, object] = EMPTY
    """Field of `Config` to value."""


@frozen
class Config:
    """Every setting, with its default. What each means is said once, in `config_keys`."""

    migrations: tuple[Directory, ...] = ()
    layout: str = "auto"
    start_after: str = ""
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: Mapping[str, str] = EMPTY
    relax: tuple[str, ...] = ()
    signoff: str = "reported"
    signoff_file: str = "migcompat-signoff.toml"
    placeholders: Mapping[str, str] = EMPTY
    search_path: tuple[str, ...] = ("public",)
    rollback: RollbackNames = RollbackNames()
    file: str = ""
    """The file it was read from, as an absolute path; empty: there is none, and every setting has its default."""

    def resolve(self, path: str) -> str:
        """A configured path: it counts from the configuration file, else from the working directory."""
        return os.path.join(os.path.dirname(self.file), path)

    def of_directory(self, directory: Directory) -> Config:
        """The settings that hold for one of `migrations`."""
        return replace(self, **directory.settings) if directory.settings else self  # type: ignore[arg-type]


def load_config(start: str | os.PathLike[str], rules: Collection[str]) -> Config:
    """The configuration that holds at `start`, a file or a directory; `rules` are the names that it may use."""
    for file, table in _tables(start):
        from migcompat.config_keys import read_settings

        return read_settings(table, file, rules)
    return Config()


def load_config_for(paths: Sequence[str], rules: Collection[str]) -> Config:
    """The configuration of all paths; without any, that of the working directory. Two different ones are an error."""
    found = {config.file: config for config in (load_config(path, rules) for path in paths or ["."])}
    if len(found) > 1:
        files = " and ".join(file or "no configuration" for file in sorted(found))
        raise CheckError(
            f"the paths given have different configurations ({files}): check them one by one, or keep one configuration above all of them"
        )
    return next(iter(found.values()))


def _tables(start: str | os.PathLike[str]) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The settings of the nearest directory that has any, up to the top of the git work tree."""
    directory, above = os.path.realpath(start), ""
    while directory != above:
        own, project = os.path.join(directory, FILE), os.path.join(directory, "pyproject.toml")
        tool = _toml(project).get("tool") if os.path.isfile(project) else None
        in_project = tool.get("migcompat") if isinstance(tool, dict) else None
        if os.path.lexists(own) and not os.path.isdir(own):  # a link that leads nowhere is no reason to go by other settings
            if in_project is not None:
                raise CheckError(f"{own} and [tool.migcompat] in {project} both hold settings: keep one of them")
            settings = _toml(own)
            if "tool" in settings:
                raise CheckError(
                    f"{own}: `[tool.migcompat]` is for pyproject.toml; here its settings stand by themselves, without `tool.migcompat`"
                )
            yield own, settings
        elif in_project is not None:
            if not isinstance(in_project, dict):
                raise CheckError(f"{project}: `tool.migcompat` must be a table")
            yield project, in_project
        if os.path.exists(os.path.join(directory, ".git")):
            return
        directory, above = os.path.dirname(directory), directory


def _toml(file: str) -> dict[str, object]:
    content = read_bytes(file)
    if os.path.basename(file) != FILE and b"migcompat" not in content:
        return {}  # nothing for us: not worth loading what reads TOML
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise CheckError(f"{file} is not UTF-8") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise CheckError(f"{file} is not valid TOML: {error}") from error
