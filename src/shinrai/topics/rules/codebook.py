"""A codebook, built from its changes: topics, and which label counts as which."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from shinrai.units.errors import UserError
from shinrai.units.text import Text, bilingual, verbatim

DEFINED, MERGED, ENDED = DEEDS = ("defined", "merged", "ended")
KEY: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
LONGEST_LABEL: Final = 100
LONGEST_TEXT: Final = 2_000


class BadTopic(UserError, ValueError):
    """The codebook cannot be changed like this."""


class UnknownTopic(UserError, LookupError):
    """The codebook has no such topic in use."""


@dataclass(frozen=True)
class TopicChange:
    """One change of a codebook; which fields are used depends on `deed`."""

    number: int
    deed: str
    key: str
    at: datetime
    by: str
    name_en: str = ""
    name_ja: str = ""
    definition: str = ""
    parent: str = ""
    into: str = ""
    gate: str = ""


@dataclass(frozen=True)
class Topic:
    """A topic as last defined; `until` and `into` are set once it has ended or was merged.

    A label that was only merged has no names: it came from a source. `gate` is a decimal number as
    text: the lower end of alpha must reach it before a machine may label.
    """

    key: str
    name_en: str = ""
    name_ja: str = ""
    definition: str = ""
    parent: str = ""
    gate: str = ""
    since: datetime | None = None
    until: datetime | None = None
    into: str = ""
    codebook: int = 0
    definitions: int = 0

    @property
    def is_in_use(self) -> bool:
        """Return whether it can be chosen as a label now."""
        return self.since is not None and self.until is None

    @property
    def name(self) -> Text:
        """Return its name in the reader's language, or in the other, or its key."""
        en, ja = self.name_en or self.name_ja, self.name_ja or self.name_en
        return bilingual(en or self.key, ja or self.key)


@dataclass(frozen=True)
class Codebook:
    """All topics ever defined, as of a version (0: none was)."""

    version: int
    topics: Mapping[str, Topic]

    @property
    def in_use(self) -> tuple[Topic, ...]:
        """Return the topics that can be chosen, each parent followed by its children."""
        found = {key: topic for key, topic in self.topics.items() if topic.is_in_use}
        return tuple(sorted(found.values(), key=lambda topic: self.path(topic.key)))

    def path(self, key: str) -> tuple[str, ...]:
        """Return the keys from the topmost parent down to the topic itself."""
        found: list[str] = []
        while key and key not in found:
            found.append(key)
            key = self.topics[key].parent if key in self.topics else ""
        return tuple(reversed(found))

    def counts_as(self, label: str) -> str:
        """Return the topic a label counts as today: what it was merged into, or itself."""
        seen: set[str] = set()
        while label in self.topics and self.topics[label].into and label not in seen:
            seen.add(label)
            label = self.topics[label].into
        return label

    def name(self, key: str) -> Text:
        """Return a topic's name, or its key if it was never defined."""
        return self.topics[key].name if key in self.topics else verbatim(key)

    def topic(self, key: str) -> Topic:
        """Return a topic that is in use.

        Raises: UnknownTopic, which names the topics in use.
        """
        found = self.topics.get(key)
        if found is None or not found.is_in_use:
            known = [topic.key for topic in self.in_use[:20]] or Text("none yet")
            raise UnknownTopic(
                Text(
                    "the codebook has no topic {key!r} in use; there are: {known}; add one on the "
                    "page of topics, or with `shinrai topics add`",
                    key=key,
                    known=known,
                )
            )
        return found


def codebook_of(changes: Iterable[TopicChange], *, until: datetime | None = None) -> Codebook:
    """Build a codebook from the changes made by a moment (None: all of them)."""
    version, topics = 0, dict[str, Topic]()
    for change in sorted(changes, key=lambda change: change.number):
        if until is not None and change.at > until:
            continue
        version = change.number
        topics[change.key] = _changed(topics.get(change.key) or Topic(change.key), change)
    return Codebook(version, topics)


def _changed(topic: Topic, change: TopicChange) -> Topic:
    match change.deed:
        case "defined":
            return replace(
                topic,
                name_en=change.name_en,
                name_ja=change.name_ja,
                definition=change.definition,
                parent=change.parent,
                gate=change.gate,
                since=topic.since or change.at,
                until=None,
                into="",
                codebook=change.number,
                definitions=topic.definitions + 1,
            )
        case "merged":
            return replace(topic, until=change.at, into=change.into, codebook=change.number)
        case _:
            return replace(topic, until=change.at, codebook=change.number)


def check_change(codebook: Codebook, change: TopicChange) -> TopicChange:
    """Return a change if the codebook allows it.

    Raises: BadTopic, UnknownTopic.
    """
    if change.deed == DEFINED:
        _check_definition(codebook, change)
    elif change.deed == MERGED:
        _check_merge(codebook, change)
    else:
        codebook.topic(change.key)
        _check_nothing_beneath(codebook, change.key)
    return change


def _check_definition(codebook: Codebook, change: TopicChange) -> None:
    if not KEY.fullmatch(change.key):
        raise BadTopic(
            Text(
                "{key!r} cannot be a topic's key; use a-z, 0-9, _ and -, at most 60", key=change.key
            ),
        )
    names = (change.name_en, change.name_ja)
    if not any(name.strip() for name in names) or any(len(n) > LONGEST_LABEL for n in names):
        raise BadTopic(
            Text(
                "topic {key} needs a name in English or Japanese, of at most "
                "{longest_label} characters",
                key=change.key,
                longest_label=LONGEST_LABEL,
            ),
        )
    if len(change.definition) > LONGEST_TEXT or any("\x00" in text for text in names):
        raise BadTopic(
            Text(
                "the definition of topic {key} is longer than {longest_text} characters, "
                "or cannot be kept; shorten it",
                key=change.key,
                longest_text=LONGEST_TEXT,
            ),
        )
    if change.gate:
        read_gate(change.gate)
    if not change.parent:
        return
    codebook.topic(change.parent)
    if change.key in codebook.path(change.parent):
        raise BadTopic(
            Text(
                "topic {key} cannot lie beneath {parent}, which lies beneath it",
                key=change.key,
                parent=change.parent,
            ),
        )


def _check_merge(codebook: Codebook, change: TopicChange) -> None:
    codebook.topic(change.into)
    if not change.key.strip() or len(change.key) > LONGEST_LABEL or "\x00" in change.key:
        raise BadTopic(
            Text(
                "a label of 1 to {longest_label} characters can be merged; name one",
                longest_label=LONGEST_LABEL,
            ),
        )
    if codebook.counts_as(change.key) == change.into:
        raise BadTopic(
            Text(
                "{key!r} already counts as {into}; choose another topic",
                key=change.key,
                into=change.into,
            ),
        )
    _check_nothing_beneath(codebook, change.key)


def _check_nothing_beneath(codebook: Codebook, key: str) -> None:
    beneath = [topic.key for topic in codebook.in_use if topic.parent == key]
    if beneath:
        raise BadTopic(
            Text(
                "{beneath} lie beneath {key}; move them first", beneath=", ".join(beneath), key=key
            ),
        )


def read_gate(text: str) -> Decimal:
    """Read a gate from decimal text.

    Raises: BadTopic unless it is above 0 and at most 1.
    """
    try:
        found = Decimal(text)
    except InvalidOperation:
        found = Decimal(-1)
    if not 0 < found <= 1 or len(text) > 10:
        raise BadTopic(
            Text("{text!r} is no gate; give a number above 0 and up to 1, such as 0.8", text=text),
        )
    return found
