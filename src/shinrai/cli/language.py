"""In which of our two languages a command speaks: its answers, its help, and click's own words."""

import gettext
import os
from contextvars import ContextVar
from pathlib import Path
from typing import Literal

Language = Literal["en", "ja"]
LANGUAGES: tuple[Language, ...] = ("en", "ja")

_chosen: ContextVar[Language | None] = ContextVar("shinrai_language", default=None)


CATALOGUE = "cli"
FOLDER = Path(__file__).parent / "locale"


def choose_language(language: Language) -> None:
    """Speak this language from now on."""
    _chosen.set(language)
    speak()


def speak() -> None:
    """Let gettext, which click asks for its own words, speak the language of this command."""
    gettext.bindtextdomain(CATALOGUE, str(FOLDER))
    gettext.textdomain(CATALOGUE)
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


def said(*, en: str, ja: str) -> str:
    """Give the words in the language of this command."""
    return ja if language() == "ja" else en
