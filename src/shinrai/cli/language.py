"""In which of our two languages a command speaks: its answers, its help, and click's own words."""

import gettext
import os
from contextvars import ContextVar
from typing import Any

from shinrai.units.text import DOMAIN, LANGUAGES, LOCALE, Language, Text, translated

_chosen: ContextVar[Language | None] = ContextVar("shinrai_language", default=None)


def choose_language(language: Language) -> None:
    """Speak this language from now on."""
    _chosen.set(language)
    speak()


def speak() -> None:
    """Let gettext, which click asks for its own words, speak the language of this command."""
    gettext.bindtextdomain(DOMAIN, str(LOCALE))
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = language()  # gettext looks nowhere else


def language() -> Language:
    """Give the language chosen by --lang, else SHINRAI_LANGUAGE, else the terminal's, else en."""
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
    """Write a message and its values, or a text, in the language of this command."""
    text = Text(message, plural, **values) if isinstance(message, str) else message
    return translated(text, language())
