"""Translatable texts: an English message with named values, and its Japanese translation."""

import gettext
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

Language = Literal["en", "ja"]
LANGUAGES: Final[tuple[Language, ...]] = ("en", "ja")

# Django looks here too (LOCALE_PATHS), and click through `cli.language`.
LOCALE: Final = Path(__file__).parents[1] / "console" / "locale"
DOMAIN: Final = "django"


@dataclass(frozen=True, init=False)
class Text:
    """A message and its values: `Text("{count} row", "{count} rows", count=3)`.

    The first message is the English text and the key of its translation; the second is its plural,
    chosen by the value `count`. The value `context` distinguishes messages that are the same in
    English. A value may itself be a text, or a list, which is joined by commas; `{name:capfirst}`
    makes its first letter a capital. `str()` returns the English.
    """

    message: str
    plural: str | None
    values: Mapping[str, Any]

    def __init__(self, message: str, plural: str | None = None, /, **values: Any) -> None:
        for name, value in (("message", message), ("plural", plural), ("values", values)):
            object.__setattr__(self, name, value)

    def using(self, **values: Any) -> "Text":
        """Return the message with these values added."""
        return Text(self.message, self.plural, **self.values, **values)

    def __hash__(self) -> int:
        return hash(self.message)

    def __str__(self) -> str:
        return translated(self, "en")

    def __getitem__(self, language: str) -> str:
        """Return the text in a language, like a dictionary that holds both languages.

        Raises: KeyError for other keys, because a template tries keys before attributes.
        """
        if language not in LANGUAGES:
            raise KeyError(language)
        return translated(self, language)


def translated(text: Text | str | Sequence[object], language: str) -> str:
    """Return a text in a language; several are joined by commas, and a `str` is returned unchanged.

    Raises: KeyError if a message, or its translation, names a value that is missing.
    """
    if isinstance(text, str):
        return text
    if not isinstance(text, Text):
        comma = translated(Text(", "), language)
        return comma.join(str(_value(part, language)) for part in text)
    if "ja" in text.values:
        return str(text.values["ja"] if language == "ja" else text.message)
    values = {name: _value(value, language) for name, value in text.values.items()}
    return _message(text, language).format_map(values)


def _message(text: Text, language: str) -> str:
    catalogue, message, plural = _catalogue(language), text.message, text.plural
    context = text.values.get("context")
    if plural is not None and context is not None:
        return catalogue.npgettext(context, message, plural, text.values["count"])
    if plural is not None:
        return catalogue.ngettext(message, plural, text.values["count"])
    if context is not None:
        return catalogue.pgettext(context, message)
    return catalogue.gettext(message) if message else ""  # of nothing gettext gives its header


def _value(value: object, language: str) -> object:
    return (
        _Words(translated(value, language))
        if isinstance(value, Text | str | list | tuple)
        else value
    )


class _Words(str):
    """A string that supports the format `capfirst`: its first letter becomes a capital."""

    def __format__(self, form: str) -> str:
        return self[:1].upper() + self[1:] if form == "capfirst" else super().__format__(form)


def in_both_languages(text: Text, most: int | None = None) -> dict[str, str]:
    """Return the text in English and Japanese, for storing, each cut to `most` characters."""
    return {language: translated(text, language)[:most] for language in LANGUAGES}


def verbatim(value: object) -> Text:
    """Return a text that is the same in every language, such as a key, a path or a name."""
    return Text("{value}", value=value)


def bilingual(en: str, ja: str) -> Text:
    """Return a text whose data contains both languages, such as a holiday's name."""
    return Text(en, ja=ja)


def joined(parts: Iterable[Text | str], by: str = "\n") -> Text:
    """Return several texts joined by `by`."""
    values = {f"part_{number}": part for number, part in enumerate(parts)}
    return Text(by.join(f"{{{name}}}" for name in values), **values)


def alternatives(words: Iterable[object]) -> Text:
    """Return words joined as a choice: a or b or c."""
    whole, *rest = map(verbatim, words)
    for word in rest:
        whole = Text("{whole} or {word}", whole=whole, word=word)
    return whole


def in_a_row(parts: Iterable[Text]) -> Text:
    """Return sentences joined, with a space between them in languages that use one."""
    whole, *rest = parts
    for part in rest:
        whole = Text("{whole} {part}", whole=whole, part=part)
    return whole


@cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation(DOMAIN, LOCALE, [language])
