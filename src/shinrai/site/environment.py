"""Typed readers of the environment: they fail loudly, naming the variable and what it accepts."""

import os
from collections.abc import Mapping
from pathlib import Path

YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off"})


class BadSetting(ValueError):
    """A variable of the environment holds something we cannot use."""


def read_text(
    name: str, default: str | None = None, *, environment: Mapping[str, str] | None = None
) -> str | None:
    """Read a variable; one that is unset or empty gives the default."""
    text = (os.environ if environment is None else environment).get(name, "").strip()
    return text or default


def read_bool(name: str, default: bool, *, environment: Mapping[str, str] | None = None) -> bool:
    """Read yes or no.

    Raises: BadSetting for anything but the words listed in it.
    """
    text = read_text(name, environment=environment)
    if text is None:
        return default
    if text.lower() in YES:
        return True
    if text.lower() in NO:
        return False
    raise BadSetting(
        f"{name} is {text!r}; it accepts {', '.join(sorted(YES))} or {', '.join(sorted(NO))}"
    )


def read_whole(
    name: str,
    default: int,
    *,
    low: int,
    high: int,
    environment: Mapping[str, str] | None = None,
) -> int:
    """Read a whole number between two bounds, both included.

    Raises: BadSetting for anything else.
    """
    text = read_text(name, environment=environment)
    if text is None:
        return default
    if text.isascii() and text.isdigit() and low <= int(text) <= high:
        return int(text)
    raise BadSetting(f"{name} is {text!r}; it accepts a whole number from {low} to {high}")


def read_choice(
    name: str,
    default: str,
    *,
    choices: tuple[str, ...],
    environment: Mapping[str, str] | None = None,
) -> str:
    """Read one word out of a few.

    Raises: BadSetting for any other word.
    """
    text = read_text(name, environment=environment)
    if text is None or text in choices:
        return text or default
    raise BadSetting(f"{name} is {text!r}; it accepts {', '.join(choices)}")


def read_list(
    name: str, default: tuple[str, ...], *, environment: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Read words separated by commas."""
    text = read_text(name, environment=environment)
    if text is None:
        return default
    return tuple(part.strip() for part in text.split(",") if part.strip())


def read_secret(name: str, *, environment: Mapping[str, str] | None = None) -> str | None:
    """Read a secret from NAME, or from the file that NAME_FILE names.

    Raises: BadSetting if both are set, or if the file cannot be read.
    """
    text = read_text(name, environment=environment)
    path = read_text(f"{name}_FILE", environment=environment)
    if path is None:
        return text
    if text is not None:
        raise BadSetting(f"both {name} and {name}_FILE are set; keep one of them")
    try:
        return Path(path).read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"{name}_FILE names {path}, which cannot be read: {error}") from error
