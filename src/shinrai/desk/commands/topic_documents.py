"""The codebook and the agreement of labellers, as JSON documents and in words."""

from typing import Any

from shinrai.quality.queries.topics import ModeTopics, TopicReport, gate_state
from shinrai.quality.queries.words import mode_name
from shinrai.quality.rules.figures import Figure, is_unknown, plain
from shinrai.quality.rules.topical import TopicAgreement
from shinrai.topics.rules.codebook import Codebook, Topic
from shinrai.units.text import Text, joined, verbatim

ALPHA = Text("alpha {alpha:.2f} ({low:.2f} to {high:.2f}), n = {of:,}")
UNKNOWN = Text("unknown: {why}")
TOPIC = Text("    {name}: {figure}; same in {agreed:,} of {pairs:,} pairs{mistaken}{gate}")
MISTAKEN = Text("; mistaken for {others}")
EMPTY = Text(
    "the codebook is empty; add a topic with: shinrai topics add KEY --workspace W --en NAME"
)
GATES = {
    "above": Text("; above its gate"),
    "below": Text("; below its gate"),
    "unknown": Text("; not known against its gate"),
    "none": Text(""),
}
NOTHING = Text("no inquiry is known here yet")


def codebook_document(workspace: str, book: Codebook) -> dict[str, Any]:
    """Return the JSON document of a codebook."""
    return {
        "workspace": workspace,
        "codebook": book.version,
        "topics": [_topic(book, topic) for topic in book.topics.values()],
    }


def _topic(book: Codebook, topic: Topic) -> dict[str, Any]:
    return {
        "key": topic.key,
        "name": {"en": topic.name_en, "ja": topic.name_ja},
        "definition": topic.definition,
        "parent": topic.parent or None,
        "gate": topic.gate or None,
        "from": topic.since,
        "until": topic.until,
        "counts_as": book.counts_as(topic.key),
        "definitions": topic.definitions,
        "codebook": topic.codebook,
    }


def codebook_words(book: Codebook) -> Text:
    """Write a codebook for people: one topic per line, its definition below."""
    lines: list[Text] = []
    for topic in book.in_use:
        deep = "  " * (len(book.path(topic.key)) - 1)
        lines.append(Text("{deep}{key}: {name}", deep=deep, key=topic.key, name=topic.name))
        if topic.definition:
            lines.append(verbatim(f"{deep}    {topic.definition}"))
    merged = [
        verbatim(f"{key} → {book.counts_as(key)}") for key, t in book.topics.items() if t.into
    ]
    return joined([*lines, *merged] or [EMPTY])


def agreement_document(workspace: str, found: TopicReport, book: Codebook) -> dict[str, Any]:
    """Return the JSON document that shows how far labellers agree."""
    return {
        "workspace": workspace,
        "at": found.at,
        "from": found.since,
        "to": found.until,
        "codebook": book.version,
        "modes": {
            mode.mode: {
                "agreement": plain(mode.agreement),
                "topics": [
                    {
                        "topic": agreed.topic,
                        "name": str(book.name(agreed.topic)),
                        **plain(agreed.figure),
                        "pairs": agreed.pairs,
                        "agreed": agreed.agreed,
                        "confused_with": dict(agreed.confused),
                        "gate": _gate(book, agreed.topic),
                        "stands": gate_state(book, agreed),
                    }
                    for agreed in mode.by_topic
                ],
            }
            for mode in found.modes
        },
        "versions": found.versions,
    }


def _gate(book: Codebook, key: str) -> str | None:
    return book.topics[key].gate or None if key in book.topics else None


def agreement_words(found: TopicReport, book: Codebook) -> Text:
    """Write how far labellers agree: a line for each mode, then a line for each topic."""
    return joined([line for mode in found.modes for line in _mode_lines(mode, book)] or [NOTHING])


def _mode_lines(mode: ModeTopics, book: Codebook) -> list[Text]:
    figure = alpha_text(mode.agreement)
    said = Text("{mode}: {figure}", mode=mode_name(mode.mode), figure=figure)
    return [said, *(_topic_line(agreed, book) for agreed in mode.by_topic)]


def _topic_line(agreed: TopicAgreement, book: Codebook) -> Text:
    others = [Text("{name} {n:,}", name=book.name(key), n=n) for key, n in agreed.confused[:3]]
    return TOPIC.using(
        name=book.name(agreed.topic),
        figure=alpha_text(agreed.figure),
        agreed=agreed.agreed,
        pairs=agreed.pairs,
        mistaken=MISTAKEN.using(others=others) if others else "",
        gate=GATES[gate_state(book, agreed)],
    )


def alpha_text(figure: Figure) -> Text:
    """Write an alpha in one line, with n and its interval, or why it is not known."""
    return UNKNOWN.using(why=figure["unknown"]) if is_unknown(figure) else ALPHA.using(**figure)
