"""What the columns of a file of answers mean: by a mapping, else by names and cells."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from shinrai.satisfaction.rules.survey import KEY, KINDS
from shinrai.units.errors import UserError
from shinrai.units.text import Text

# A column is found by a word in its name, or in the words below it; earlier words come first.
USUAL: Final[Mapping[str, str]] = {
    "id": "responseid, response id, 回答id, 回答番号, token, network id, =#, =id",
    "person": "externalreference, user id, userid, customer id, customer, member id, learner, "
    "person, user, ユーザーid, 会員id, 会員番号, 顧客id, 顧客番号, メール, recipientemail, email",
    "at": "recordeddate, submit date, submitted, enddate, タイムスタンプ, timestamp, 回答日時, "
    "回答日, answered, =date, =日時, =日付, =at",
    "comment": "comment, reason, why, verbatim, explication, feedback, improve, コメント, 理由, "
    "ご意見, 自由記述, 感想",
    "wave": "=wave, =round, =調査回, =回",
}
SCORES: Final[Mapping[str, str]] = {
    "nps": "nps, recommend, すすめ, 勧め, 薦め, 推奨",
    "ces": "ces, effort, easy, 簡単, 手間, 労力",
    "csat": "csat, satisf, 満足, rating, 評価",
}
WORDS: Final[Mapping[str, int]] = {
    "very satisfied": 5, "satisfied": 4, "neutral": 3, "neither satisfied nor dissatisfied": 3,
    "dissatisfied": 2, "very dissatisfied": 1, "とても満足": 5, "非常に満足": 5, "大変満足": 5,
    "満足": 4, "やや満足": 4, "どちらともいえない": 3, "どちらでもない": 3, "ふつう": 3, "普通": 3,
    "やや不満": 2, "不満": 2, "とても不満": 1, "非常に不満": 1, "大変不満": 1,
}  # fmt: skip
NUMBER: Final = re.compile(r"\s*(\d{1,2})(?:\.0+)?(?![\d.,])")
TEXTS: Final = ("survey", "kind", "wave", "source", "zone", "dates", "on", "delimiter")
ROLES: Final = ("id", "person", "at", "score", "comment", "wave")
FEWEST: Final = 0.8  # of the cells of a column of scores are scores


class UnusableAnswers(UserError, ValueError):
    """A mapping, or a file without one, does not say what is needed."""


@dataclass(frozen=True)
class AnswerMapping:
    """What a file of answers means; `columns` are names by role, `scores` are numbers by words.

    `wave`: its key, if all are of one; `source`: who knows the persons under these names; `on`: the
    date of answers that have none.
    """

    survey: str = ""
    kind: str = ""
    wave: str = ""
    source: str = "usage"
    zone: str = ""
    dates: str = ""
    on: str = ""
    delimiter: str = ""
    high: int = 0
    columns: Mapping[str, str] = field(default_factory=dict)
    scores: Mapping[str, int] = field(default_factory=dict)


def read_mapping(document: Any) -> AnswerMapping:
    """Return the mapping that a YAML document holds.

    Raises: UnusableAnswers.
    """
    if not isinstance(document, Mapping):
        raise UnusableAnswers(Text("a mapping has lines such as kind: nps"))
    known = {*TEXTS, "high", "columns", "scores"}
    columns, scores = document.get("columns") or {}, document.get("scores") or {}
    if not isinstance(columns, Mapping) or not isinstance(scores, Mapping):
        raise UnusableAnswers(Text("columns are lines such as score: NAME"))
    for name, some in (*((name, known) for name in document), *((one, ROLES) for one in columns)):
        if name not in some:
            raise UnusableAnswers(
                Text("{name!r} is none of {known}", name=str(name)[:40], known=sorted(some))
            )
    given: dict[str, Any] = {name: str(document[name]) for name in TEXTS if name in document}
    try:
        given["high"] = int(document.get("high") or 0)
        given["scores"] = {plain(str(word)): int(number) for word, number in scores.items()}
    except (TypeError, ValueError) as error:
        raise UnusableAnswers(Text("a score is a whole number")) from error
    return AnswerMapping(columns={role: str(name) for role, name in columns.items()}, **given)


def completed(
    mapping: AnswerMapping, labels: Mapping[str, str], rows: Sequence[Mapping[str, str]]
) -> AnswerMapping:
    """Return a mapping with all columns and the kind known.

    `labels` are the words of each column, by its name; they may stand in a second row of the file.
    Raises: UnusableAnswers, which says what the file lacks.
    """
    names = list(labels)
    for role, name in mapping.columns.items():
        if name not in labels:
            raise UnusableAnswers(
                Text("{role}: there is no column {name!r}; there are {header}",
                     role=role, name=name[:80], header=names[:30])
            )  # fmt: skip
    if mapping.kind and mapping.kind not in KINDS[:3]:
        raise UnusableAnswers(Text("kind is one of {kinds}", kinds=list(KINDS[:3])))
    kind, columns = mapping.kind, dict(mapping.columns)
    usual = {kind: SCORES[kind]} if kind else SCORES
    if "score" not in columns:
        free = {name: label for name, label in labels.items() if name not in columns.values()}
        for one, words in usual.items():
            for name in _named(words, free):
                if _is_scored(mapping, [row.get(name, "") for row in rows]):
                    columns["score"], kind = name, one
                    break
            if "score" in columns:
                break
    if "score" not in columns or not kind:
        raise UnusableAnswers(
            Text("It is not clear which column is the score, and of what. Say so: kind is nps, "
                 "csat or ces, and score is the name of a column. There are {header}",
                 header=names[:30])
        )  # fmt: skip
    for role, words in USUAL.items():
        free = {name: label for name, label in labels.items() if name not in columns.values()}
        found = _named(words, free)
        found = [name for name in found if any(row.get(name, "").strip() for row in rows)]
        if role not in columns and found:
            columns[role] = found[0]
    if "at" not in columns and not mapping.on:
        raise UnusableAnswers(
            Text("No column says when people answered. Say the day of all: on: 2026-04-30. "
                 "There are {header}", header=names[:30])
        )  # fmt: skip
    survey = mapping.survey or kind
    if not KEY.fullmatch(survey):
        raise UnusableAnswers(Text("A survey's key is of small letters, digits, - and _."))
    return replace(mapping, kind=kind, survey=survey, columns=columns)


def score_in(mapping: AnswerMapping, cell: str) -> int | None:
    """Return the score that a cell says, as a number or in words; None if it says none."""
    shown = plain(cell)
    if shown in mapping.scores:
        return mapping.scores[shown]
    if found := NUMBER.match(unicodedata.normalize("NFKC", cell)):
        return int(found[1])
    return WORDS.get(shown)


def plain(words: str) -> str:
    """Return words without case and differing widths."""
    return " ".join(unicodedata.normalize("NFKC", words).casefold().split())


def _named(words: str, labels: Mapping[str, str]) -> list[str]:
    """Return the columns in whose name or words one of these stands; =word is the whole name."""
    found = []
    for word in words.split(", "):
        for name, label in labels.items():
            spoken = (plain(name), plain(label))
            is_it = word[1:] in spoken if word.startswith("=") else any(word in s for s in spoken)
            if is_it and "group" not in spoken[0] and name not in found:
                found.append(name)
    return found


def _is_scored(mapping: AnswerMapping, cells: Sequence[str]) -> bool:
    said = [cell for cell in cells if cell.strip()]
    scores = sum(score_in(mapping, cell) is not None for cell in said)
    return bool(said) and scores >= FEWEST * len(said)
