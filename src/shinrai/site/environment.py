"""Read typed environment variables; errors name the variable and the values it accepts."""

import os
from collections.abc import Mapping
from pathlib import Path

YES = frozenset({"1", "true", "yes", "on"})
NO = frozenset({"0", "false", "no", "off"})


class BadSetting(ValueError):
    """An environment variable has a value that is not accepted."""


def read_text(
    name: str, default: str | None = None, *, environment: Mapping[str, str] | None = None
) -> str | None:
    """Return the value of a variable, or the default if it is unset or empty."""
    text = (os.environ if environment is None else environment).get(name, "").strip()
    return text or default


def read_bool(name: str, default: bool, *, environment: Mapping[str, str] | None = None) -> bool:
    """Return whether a variable says yes, such as "1" or "on", or no; the default if unset.

    Raises: BadSetting for any value that is not in `YES` or `NO`.
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
    """Return a variable as a whole number from `low` to `high`, both included.

    Raises: BadSetting for any other value.
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
    """Return a variable whose value must be one of `choices`.

    Raises: BadSetting for any other value.
    """
    text = read_text(name, environment=environment)
    if text is None or text in choices:
        return text or default
    raise BadSetting(f"{name} is {text!r}; it accepts {', '.join(choices)}")


def read_list(
    name: str, default: tuple[str, ...], *, environment: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Return the values of a variable, which are separated by commas."""
    text = read_text(name, environment=environment)
    if text is None:
        return default
    return tuple(part.strip() for part in text.split(",") if part.strip())


def read_secret(name: str, *, environment: Mapping[str, str] | None = None) -> str | None:
    """Return a secret from the variable NAME, or from the file whose path is in NAME_FILE.

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
