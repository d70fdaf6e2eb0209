"""The language of a command's answers and help texts, and of click's own messages."""

import gettext
import os
from contextvars import ContextVar
from typing import Any

from shinrai.units.text import DOMAIN, LANGUAGES, LOCALE, Language, Text, translated

_chosen: ContextVar[Language | None] = ContextVar("shinrai_language", default=None)


def choose_language(language: Language) -> None:
    """Set the language of this command's output."""
    _chosen.set(language)
    speak()


def speak() -> None:
    """Set gettext, which click uses for its own messages, to the language of this command."""
    gettext.bindtextdomain(DOMAIN, str(LOCALE))
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = language()  # gettext looks nowhere else


def language() -> Language:
    """Return the language of --lang, else of SHINRAI_LANGUAGE, else the terminal's, else "en"."""
    chosen = _chosen.get()
    if chosen is not None:
        return chosen
    asked = os.environ.get("SHINRAI_LANGUAGE", "").strip()
    if asked in LANGUAGES:
        return "ja" if asked == "ja" else "en"
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        found = os.environ.get(name, "")
        if found:
            return "ja" if found.lower().startswith("ja") else "en"
    return "en"


def translate(message: str | Text, plural: str | None = None, /, **values: Any) -> str:
    """Translate a message, with its values filled in, into the language of this command."""
    text = Text(message, plural, **values) if isinstance(message, str) else message
    return translated(text, language())
