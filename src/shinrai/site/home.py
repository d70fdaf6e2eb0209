"""The home folder: where one installation keeps its books, its keys and its locks."""

import base64
import os
import secrets
from pathlib import Path

from shinrai.site.environment import read_text

KEY_BYTES = 32


class HomeUnusable(Exception):
    """The home folder cannot be made, read or written."""


def home_folder() -> Path:
    """Name the home folder: SHINRAI_HOME, or `shinrai` among the user's data (XDG)."""
    chosen = read_text("SHINRAI_HOME")
    if chosen is not None:
        return Path(chosen).expanduser().absolute()
    data = read_text("XDG_DATA_HOME")
    base = Path(data) if data is not None and Path(data).is_absolute() else None
    return (base or Path.home() / ".local" / "share") / "shinrai"


def make_private(folder: Path) -> Path:
    """Make a folder that only its owner enters; parents get the usual modes, none is changed.

    Raises: HomeUnusable, naming the folder and the variable to set.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise HomeUnusable(
            f"cannot make the folder {folder}: {error.strerror}. "
            "Free some space or set SHINRAI_HOME to a folder that can be written"
        ) from error
    return folder


def keep_secret(home: Path, name: str) -> str:
    """Give the secret of that name, making it (32 random bytes in base64, mode 0600) at first.

    Two processes that ask at once get the same secret.

    Raises: HomeUnusable, naming the file.
    """
    path = make_private(make_private(home) / "secrets") / name
    fresh = base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")
    scratch = path.with_name(f".{name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        if not path.exists():
            descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(fresh)
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(scratch, path)  # fails if another process was quicker: then theirs counts
            except FileExistsError:
                pass
            finally:
                scratch.unlink()
        text = path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise HomeUnusable(
            f"cannot keep the secret {path}: {error.strerror}. "
            "Free some space or set SHINRAI_HOME to a folder that can be written"
        ) from error
    if not text:
        raise HomeUnusable(f"the secret {path} is empty; restore it from a backup")
    return text
