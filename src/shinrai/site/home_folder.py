"""The home folder: where one installation keeps its books, its keys and its locks."""

import base64
import binascii
import os
import secrets
from contextlib import suppress
from pathlib import Path

from shinrai.site.environment import BadSetting, read_secret, read_text

KEY_BYTES = 32
SIGNING_BYTES = 48  # Django asks for 50 letters at least; a shorter one of an older home holds on
OTHERS = 0o077
STICKY = 0o1000


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


def make_home_private(home: Path) -> str:
    """Take from other users what they may do in the home; say what cannot be closed, or nothing.

    A folder that was there before may be open, with all that was written into it. What holds
    other people's things beside ours is left as it is: its mode may be theirs.

    Raises: HomeUnusable.
    """
    make_private(home)
    try:
        others = {path.name for path in home.iterdir()} - {"lost+found"}
        is_ours = not home.stat().st_mode & STICKY and (not others or "secrets" in others)
        folders = [home, *(path for path in home.iterdir() if path.is_dir())]
    except OSError as error:
        raise HomeUnusable(f"cannot read the folder {home}: {error.strerror}") from error
    for folder in folders if is_ours else []:
        with suppress(OSError):  # another's folder, such as a volume's; it is looked at below
            mode = folder.lstat().st_mode
            if mode & OTHERS and not folder.is_symlink():
                folder.chmod(mode & 0o700)
    mode = home.stat().st_mode
    if not mode & OTHERS:
        return ""
    why = (
        f"it belongs to user {home.stat().st_uid}"
        if is_ours
        else "other things lie in it beside Shinrai's"
    )
    return (
        f"other users of this machine can enter {home} (mode {mode & 0o777:04o}) and we do not "
        f"close it: {why}. Have its owner run `chmod 700 {home}`, or set SHINRAI_HOME to a folder "
        "of its own"
    )


def read_made_secret(home: Path, name: str) -> str | None:
    """Give the secret of that name if it has been made; makes nothing."""
    return read_or_make_secret(home, name) if (home / "secrets" / name).exists() else None


def read_or_make_secret(home: Path, name: str, *, size: int = KEY_BYTES) -> str:
    """Give the secret of that name, making it (random bytes in base64, mode 0600) at first.

    Two processes that ask at once get the same secret.

    Raises: HomeUnusable, naming the file.
    """
    path = make_private(make_private(home) / "secrets") / name
    fresh = base64.urlsafe_b64encode(secrets.token_bytes(size)).decode("ascii")
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


def secret_key(home: Path) -> str:
    """Read the key that signs sessions and forms; one for this process alone before one is made."""
    kept = read_secret("SHINRAI_SECRET_KEY") or read_made_secret(home, "secret-key")
    return kept or secrets.token_urlsafe(SIGNING_BYTES)


def master_key(home: Path) -> bytes:
    """Read the key under which the key of every person is encrypted.

    Raises: BadSetting unless it is 32 bytes in base64.
    """
    text = read_secret("SHINRAI_MASTER_KEY") or read_made_secret(home, "master-key")
    if text is None:
        return None  # type: ignore[return-value]  # nothing can be encrypted: no mistake stays unseen
    try:
        key = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise BadSetting("SHINRAI_MASTER_KEY must be 32 random bytes in base64") from error
    if len(key) != KEY_BYTES:
        raise BadSetting(f"SHINRAI_MASTER_KEY holds {len(key)} bytes; it must hold {KEY_BYTES}")
    return key
