"""Articles: what may be written, which variables a template has, and how they are filled."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Final

from shinrai.units.errors import UserError
from shinrai.units.text import Text

KINDS: Final[dict[str, Text]] = {
    "template": Text("answer template"),
    "manual": Text("manual"),
}
STATES: Final[dict[str, Text]] = {
    "draft": Text("draft"),
    "published": Text("published"),
    "retired": Text("retired"),
}
LANGUAGES: Final = ("en", "ja")
# A value is known of every case, or it is typed by whoever sends: then it stays in the text until
# it is replaced, and a text that still has it is not sent.
VARIABLES: Final[dict[str, Text]] = {
    "case": Text("the key of the case"),
    "topic": Text("the name of the topic"),
    "today": Text("the date of today"),
    "release": Text("the release the article is about"),
    "customer": Text("the name of the customer; typed before sending"),
    "date": Text("a date; typed before sending"),
}
VARIABLE: Final = re.compile(r"\{([^{}\s]*)\}")
KEY: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
LONGEST_TITLE, LONGEST_BODY, LONGEST_KEY = 200, 20_000, 80


class BadArticle(UserError, ValueError):
    """An article that cannot be kept as typed; `field` is what is wrong."""

    def __init__(self, name: str, text: Text) -> None:
        super().__init__(text)
        self.field = name


@dataclass(frozen=True)
class ArticleFields:
    """What a member writes of an article."""

    kind: str
    language: str
    title: str
    body: str
    topic: str = ""
    owner: str = ""
    review_on: date | None = None
    release: str = ""
    valid_until: date | None = None


FIELDS: Final = tuple(ArticleFields.__dataclass_fields__)


@dataclass(frozen=True)
class Article:
    """A version of an article, as kept; `case_id` is the investigation it was drafted from."""

    id: int
    key: str
    number: int
    state: str
    fields: ArticleFields
    case_id: int | None
    at: datetime
    by: str

    @property
    def title(self) -> str:
        return self.fields.title

    @property
    def is_published(self) -> bool:
        return self.state == "published"

    def is_valid(self, on: date) -> bool:
        """Tell whether it may still be sent on a date."""
        until = self.fields.valid_until
        return self.is_published and (until is None or on <= until)

    def is_review_due(self, on: date) -> bool:
        """Tell whether somebody said it is to be looked at by now."""
        return self.fields.review_on is not None and self.fields.review_on <= on


@dataclass(frozen=True)
class FilledText:
    """A template with its values; `missing` are the variables still to be typed."""

    text: str
    missing: tuple[str, ...] = field(default=())


def article_fields(typed: Mapping[str, str]) -> ArticleFields:
    """Return the fields of an article as typed, as text.

    Raises: BadArticle for a date that is none.
    """
    given = {name: typed.get(name, "") for name in FIELDS}
    review_on, valid_until = (_date(name, given.pop(name)) for name in ("review_on", "valid_until"))
    return ArticleFields(**given, review_on=review_on, valid_until=valid_until)


def _date(name: str, typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if typed else None
    except ValueError as error:
        raise BadArticle(name, Text("write a date as 2026-12-31")) from error


def checked(fields: ArticleFields) -> ArticleFields:
    """Return what is kept of what was typed.

    Raises: BadArticle.
    """
    texts: dict[str, Any] = {
        name: one.replace("\0", "") for name, one in vars(fields).items() if isinstance(one, str)
    }
    fields = replace(fields, **texts)
    title, body = " ".join(fields.title.split()), fields.body.replace("\r\n", "\n").strip()
    if fields.kind not in KINDS:
        raise BadArticle("kind", Text("choose: {kinds}", kinds=list(KINDS.values())))
    if fields.language not in LANGUAGES:
        raise BadArticle("language", Text("choose the language it is written in: en or ja"))
    if not title or len(title) > LONGEST_TITLE:
        raise BadArticle("title", Text("give it a title of 1 to {most} characters", most=200))
    if not body or len(body) > LONGEST_BODY:
        raise BadArticle("body", Text("write 1 to {most:,} characters", most=LONGEST_BODY))
    unknown = [name for name in variables(body) if name not in VARIABLES]
    if fields.kind == "template" and unknown:
        raise BadArticle(
            "body",
            Text(
                "{name} is no variable; there are {known}",
                name=f"{{{unknown[0]}}}",
                known=", ".join(f"{{{one}}}" for one in VARIABLES),
            ),
        )
    if len(fields.topic) > 100:
        raise BadArticle("topic", Text("choose a topic of the codebook"))
    if len(fields.release) > 80 or not fields.release.isprintable():
        raise BadArticle("release", Text("name a release in at most 80 characters"))
    return ArticleFields(
        fields.kind, fields.language, title, body, fields.topic.strip(), fields.owner.strip(),
        fields.review_on, fields.release.strip(), fields.valid_until,
    )  # fmt: skip


def checked_key(key: str, title: str, taken: frozenset[str]) -> str:
    """Return the key of a new article: as typed, else from its title, else numbered.

    Raises: BadArticle.
    """
    if key:
        if not KEY.fullmatch(key) or len(key) > LONGEST_KEY:
            raise BadArticle("key", Text("a key has small letters, digits and hyphens"))
        if key in taken:
            raise BadArticle("key", Text("{key} is taken; choose another key", key=key))
        return key
    plain = "-".join(re.findall(r"[a-z0-9]+", title.lower()))[:60].strip("-")
    made = plain or "article"
    if made not in taken and plain:
        return made
    return next(f"{made}-{n}" for n in range(1, len(taken) + 2) if f"{made}-{n}" not in taken)


def variables(body: str) -> list[str]:
    """Return the names in braces of a text, each once, in their order."""
    return list(dict.fromkeys(VARIABLE.findall(body)))


def filled(body: str, values: Mapping[str, str]) -> FilledText:
    """Fill the variables of a template that are known; the others stay as they are."""
    text = VARIABLE.sub(lambda found: values.get(found[1]) or found[0], body)
    return FilledText(text, unfilled(text))


def unfilled(text: str) -> tuple[str, ...]:
    """Return the variables that still stand in a text which is about to be sent."""
    return tuple(name for name in variables(text) if name in VARIABLES)
