"""The codebook and the agreement of labellers as documents, and in words."""

from typing import Any

from shinrai.quality.queries.topics import ModeTopics, TopicReport, gate_state
from shinrai.quality.queries.words import MODES
from shinrai.quality.rules.figures import Figure, is_unknown, plain
from shinrai.quality.rules.topical import TopicAgreement
from shinrai.topics.rules.codebook import Codebook, Topic
from shinrai.units.wording import both

ALPHA = both(
    en="alpha {alpha:.2f} ({low:.2f} to {high:.2f}), n = {of:,}",
    ja="α {alpha:.2f}（{low:.2f}〜{high:.2f}、{of:,} 件）",
)
UNKNOWN = both(en="unknown: {why}", ja="不明（{why}）")
OVERALL = both(en="{mode}: {figure}", ja="{mode}: {figure}")
TOPIC = both(
    en="    {name}: {figure}; same in {agreed:,} of {pairs:,} pairs{rest}",
    ja="    {name}: {figure}。{pairs:,} 組のうち {agreed:,} 組が一致{rest}",
)
MISTAKEN = both(en="; mistaken for {others}", ja="。取り違え: {others}")
EMPTY = both(
    en="the codebook is empty; add a topic with: shinrai topics add KEY --workspace W --en NAME",
    ja="分類基準はまだ空です。shinrai topics add KEY --workspace W --ja 名前 で話題を追加できます",
)
GATES = {
    "above": both(en="; above its gate", ja="。基準値を超えています"),
    "below": both(en="; below its gate", ja="。基準値に届いていません"),
    "unknown": both(en="; not known against its gate", ja="。基準値と比べられません"),
    "none": both(en="", ja=""),
}
NOTHING = both(en="no inquiry is known here yet", ja="問い合わせがまだありません")


def codebook_document(workspace: str, book: Codebook) -> dict[str, Any]:
    """Make the JSON document of a codebook."""
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


def codebook_words(book: Codebook, language: str) -> str:
    """Say a codebook for people: a topic a line, its definition beneath."""
    lines = []
    for topic in book.in_use:
        deep = "  " * (len(book.path(topic.key)) - 1)
        lines.append(f"{deep}{topic.key}: {topic.name(language)}")
        if topic.definition:
            lines.append(f"{deep}    {topic.definition}")
    merged = [f"{key} → {book.counts_as(key)}" for key, t in book.topics.items() if t.into]
    return "\n".join([*lines, *merged]) or EMPTY[language]


def agreement_document(workspace: str, found: TopicReport, book: Codebook) -> dict[str, Any]:
    """Make the JSON document of how far labellers agree."""
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
                        "name": book.name(agreed.topic, "en"),
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


def agreement_words(found: TopicReport, book: Codebook, language: str) -> str:
    """Say how far labellers agree: the mode's line, then a line a topic."""
    lines = [line for mode in found.modes for line in _mode_lines(mode, book, language)]
    return "\n".join(lines) or NOTHING[language]


def _mode_lines(mode: ModeTopics, book: Codebook, language: str) -> list[str]:
    name = MODES[mode.mode][language] if mode.mode in MODES else mode.mode
    said = OVERALL[language].format(mode=name, figure=alpha_said(mode.agreement, language))
    return [said, *(_topic_line(agreed, book, language) for agreed in mode.by_topic)]


def _topic_line(agreed: TopicAgreement, book: Codebook, language: str) -> str:
    others = ", ".join(f"{book.name(key, language)} {n:,}" for key, n in agreed.confused[:3])
    rest = MISTAKEN[language].format(others=others) if others else ""
    return TOPIC[language].format(
        name=book.name(agreed.topic, language),
        figure=alpha_said(agreed.figure, language),
        agreed=agreed.agreed,
        pairs=agreed.pairs,
        rest=rest + GATES[gate_state(book, agreed)][language],
    )


def alpha_said(figure: Figure, language: str) -> str:
    """Say an alpha in a line, with n and interval, or why it is not known."""
    if is_unknown(figure):
        why = figure["unknown"]
        return UNKNOWN[language].format(
            why=why.ja or why.reason if language == "ja" else why.reason
        )
    return ALPHA[language].format(**figure)
