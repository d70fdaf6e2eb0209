"""The home folder, where one installation keeps its database, secrets and lock files."""

import base64
import binascii
import os
import secrets
from contextlib import suppress
from pathlib import Path

from shinrai.site.environment import BadSetting, read_secret, read_text

KEY_BYTES = 32
SIGNING_BYTES = 48  # Django asks for 50 letters at least; a shorter one of an older home holds on
RESTORING = "restore-unfinished"  # lies in a home into which a backup is being restored
OTHERS = 0o077
STICKY = 0o1000


class HomeUnusable(Exception):
    """The home folder cannot be created, read or written."""


def home_folder() -> Path:
    """Return the home folder: SHINRAI_HOME, or else `shinrai` in the user's data folder (XDG)."""
    chosen = read_text("SHINRAI_HOME")
    if chosen is not None:
        return Path(chosen).expanduser().absolute()
    data = read_text("XDG_DATA_HOME")
    base = Path(data) if data is not None and Path(data).is_absolute() else None
    return (base or Path.home() / ".local" / "share") / "shinrai"


def make_private(folder: Path) -> Path:
    """Create a folder that only its owner can enter; existing folders are not changed.

    Missing parents are created with the usual modes.
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


def refuse_unfinished(home: Path) -> None:
    """Refuse a home into which a backup was restored in part. Raises: HomeUnusable."""
    if (home / RESTORING).exists():
        raise HomeUnusable(
            f"a backup is being restored into {home}, or that was broken off: what lies there is "
            "not complete. If nothing runs any more, remove it, and restore again into another "
            "folder (and with DATABASE_URL into another empty database)"
        )


def make_home_private(home: Path) -> str:
    """Deny other users access to the home folder; return a warning if that fails, or "".

    The folder may have existed before with an open mode. If it also contains files of others, its
    mode is not changed, because they may need it.

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
    """Return the secret of that name, or None if it has not been created yet."""
    return read_or_make_secret(home, name) if (home / "secrets" / name).exists() else None


def read_or_make_secret(home: Path, name: str, *, size: int = KEY_BYTES) -> str:
    """Return the secret of that name, created if needed (random bytes in base64, mode 0600).

    Two processes that ask at the same time get the same secret.

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
    """Return the key that signs sessions and forms; a temporary one if none has been created."""
    kept = read_secret("SHINRAI_SECRET_KEY") or read_made_secret(home, "secret-key")
    return kept or secrets.token_urlsafe(SIGNING_BYTES)


def master_key(home: Path) -> bytes:
    """Return the key that encrypts the key of every person; None if none has been created.

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
