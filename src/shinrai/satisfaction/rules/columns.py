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
    "id": "responseid, response id, respondent id, 回答id, 回答番号, token, =#, =id",
    "person": "externalreference, user id, userid, customer id, contact id, customer, member id, "
    "learner, person, =user, ユーザーid, 会員id, 会員番号, 顧客id, 顧客番号, お客様id, メール, "
    "recipientemail, email, user",
    "at": "recordeddate, submit date, submitted, response date, enddate, end date, タイムスタンプ, "
    "timestamp, 回答日時, 回答日, answered, completed, created, =date, =日時, =日付, =at, 日時",
    "comment": "comment, reason, why, verbatim, explication, feedback, improve, do better, "
    "コメント, 理由, 意見, 自由記述, 自由回答, 感想, =text, =response",
    "wave": "=wave, =round, =調査回, =回",
}
SCORES: Final[Mapping[str, str]] = {
    "nps": "nps, recommend, すすめ, 勧め, 薦め, 推奨",
    "ces": "ces, effort, easy, 簡単, 手間, 労力",
    "csat": "csat, satisf, 満足, rating, 評価, stars",
}
ANY_SCORE: Final = "=score, =rating, =スコア, =点数, score"  # where a kind is said elsewhere
WORDS: Final[Mapping[str, int]] = {
    "extremely satisfied": 5, "very satisfied": 5, "satisfied": 4, "somewhat satisfied": 4,
    "neutral": 3, "neither satisfied nor dissatisfied": 3, "somewhat dissatisfied": 2,
    "dissatisfied": 2, "unsatisfied": 2, "very dissatisfied": 1, "very unsatisfied": 1,
    "extremely dissatisfied": 1, "とても満足": 5, "非常に満足": 5, "大変満足": 5, "満足": 4,
    "やや満足": 4, "どちらともいえない": 3, "どちらでもない": 3, "ふつう": 3, "普通": 3,
    "やや不満": 2, "不満": 2, "とても不満": 1, "非常に不満": 1, "大変不満": 1, "とても良い": 5,
    "良い": 4, "悪い": 2, "とても悪い": 1,
}  # fmt: skip
NUMBER: Final = re.compile(r"\s*(\d{1,2})(?:[.,]0+)?(?![\d.,])")
AT_END: Final = re.compile(r"[^\d\s].*[-–:(]\s*(\d{1,2})\)?\s*")  # Extremely likely - 10
STARS: Final = re.compile("([★⭐]+)☆*")
TEXTS: Final = ("survey", "kind", "wave", "source", "zone", "dates", "on", "delimiter")
ROLES: Final = ("id", "person", "at", "score", "comment", "wave")
FEWEST: Final = 0.8  # of the cells of a column of scores are scores
MOST_STEPS: Final = 11  # of a scale in words
FIVE: Final = 5  # steps of a CSAT; more words are another scale


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
    mapping: AnswerMapping,
    labels: Mapping[str, str],
    rows: Sequence[Mapping[str, str]],
    title: str = "",
) -> AnswerMapping:
    """Return a mapping with all columns and the kind known.

    `labels` are the words of each column, by its name; they may stand in a second row of the file.
    `title`, the file's name and what stands above its header, may say the kind.
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
        said = kind or _kind_said(rows, title)
        every = [(one, name) for one, words in usual.items() for name in _named(words, free)]
        every += [(said, name) for name in _named(ANY_SCORE, free) if said]
        cells = {name: [row.get(name, "") for row in rows] for _one, name in every}
        found = [(one, name) for one, name in every if _is_scored(mapping, cells[name])]
        if not found:
            for _one, name in every:
                _check_words(mapping, name, cells[name])
        for one, name in found[:1]:
            columns["score"], kind = name, one
    if "score" not in columns or not kind:
        raise UnusableAnswers(
            Text("It is not clear which column is the score, and of what. Say so: kind is nps, "
                 "csat or ces, and score is the name of a column. There are {header}",
                 header=names[:30])
        )  # fmt: skip
    for role, words in USUAL.items():
        free = {name: label for name, label in labels.items() if name not in columns.values()}
        fitting = _named(words, free)
        fitting = [name for name in fitting if any(row.get(name, "").strip() for row in rows)]
        if role not in columns and fitting:
            columns[role] = fitting[0]
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
    narrow = unicodedata.normalize("NFKC", cell)
    if found := NUMBER.match(narrow) or AT_END.fullmatch(narrow):
        return int(found[1])
    if found := STARS.fullmatch(narrow.strip()):
        return len(found[1])
    return WORDS.get(shown)


def plain(words: str) -> str:
    """Return words without case and differing widths."""
    return " ".join(unicodedata.normalize("NFKC", words).casefold().split())


def _named(words: str, labels: Mapping[str, str]) -> list[str]:
    """Return the columns in whose name or words one of these stands; =word is the whole name."""
    found = []
    for word in words.split(", "):
        for name, label in labels.items():
            spoken = tuple(plain(one).replace("_", " ") for one in (name, label))
            is_it = word[1:] in spoken if word.startswith("=") else any(word in s for s in spoken)
            if is_it and not any(s.endswith("group") for s in spoken) and name not in found:
                found.append(name)
    return found


def _kind_said(rows: Sequence[Mapping[str, str]], title: str) -> str:
    """Return the kind that the file's name says, or a column that has it in every row."""
    columns = zip(*(row.values() for row in rows), strict=False)  # a row may end early
    every = [{plain(cell) for cell in cells} for cells in columns]
    spoken = [plain(title), *(next(iter(one)) for one in every if len(one) == 1)]
    kinds = {kind for kind in SCORES for one in spoken if kind in re.split(r"[\W_]+", one)}
    return kinds.pop() if len(kinds) == 1 else ""


def _check_words(mapping: AnswerMapping, name: str, cells: Sequence[str]) -> None:
    """Raise UnusableAnswers if a column has a scale in words that are not known as one of five."""
    words = sorted({cell.strip() for cell in cells if cell.strip()})
    if len(words) <= MOST_STEPS and all(len(word) <= 60 for word in words) and words:
        raise UnusableAnswers(
            Text("{name!r} looks like the score, but it is not clear which number each answer is:"
                 " {words}. Say it under scores, such as Agree: 4.", name=name[:80], words=words)
        )  # fmt: skip


def _is_scored(mapping: AnswerMapping, cells: Sequence[str]) -> bool:
    said = [cell for cell in cells if cell.strip()]
    words = {plain(cell) for cell in said} & set(WORDS)
    if len(words - set(mapping.scores)) > FIVE:
        return False
    scores = sum(score_in(mapping, cell) is not None for cell in said)
    return bool(said) and scores >= FEWEST * len(said)
