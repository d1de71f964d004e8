"""Wheels of what is installed here, so that a test can install migcompat for real without a network."""

from __future__ import annotations

from importlib.metadata import Distribution, distribution
from pathlib import Path
from zipfile import ZipFile

from packaging.requirements import Requirement


def needed_by(*names: str) -> dict[str, Distribution]:
    """The distributions of these names and all that they require here."""
    found: dict[str, Distribution] = {}
    wanted = list(names)
    while wanted:
        name = wanted.pop().lower()
        if name in found:
            continue
        found[name] = distribution(name)
        requirements = map(Requirement, found[name].requires or ())
        wanted += [r.name for r in requirements if r.marker is None or r.marker.evaluate({"extra": ""})]
    return found


def pack(one: Distribution, directory: Path) -> None:
    """Writes the wheel that `one` was installed from, as far as pip needs it: without scripts and compiled files."""
    tag = next(line.removeprefix("Tag: ") for line in (one.read_text("WHEEL") or "").splitlines() if line.startswith("Tag: "))
    name = one.metadata["Name"].replace("-", "_")
    with ZipFile(directory / f"{name}-{one.version}-{tag}.whl", "w") as wheel:
        for file in one.files or ():
            if ".." not in file.parts and file.suffix != ".pyc" and file.name not in {"INSTALLER", "REQUESTED", "direct_url.json"}:
                wheel.write(str(file.locate()), file.as_posix())


def fill(directory: Path) -> None:
    """All that building and installing migcompat takes."""
    needed = needed_by("hatchling", "migcompat")
    del needed["migcompat"]
    for one in needed.values():
        pack(one, directory)
