"""What a survey asks: its questions, which of them is the score, and what an answer may hold."""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final, Literal, get_args

from shinrai.units.errors import UserError
from shinrai.units.text import Text

Kind = Literal["csat", "nps", "ces", "free"]
KINDS: Final = get_args(Kind)
SCALES: Final = {"csat": (1, 5), "nps": (0, 10)}  # MEASURES §7; scales are never mixed
WIDEST: Final = 11  # steps of a scale of one's own
SCORED: Final = ("scale", "smileys")
QUESTION_KINDS: Final = (*SCORED, "choice", "text")
KEY: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,79}")
MOST_QUESTIONS, MOST_WORDS, MOST_CHOICES = 12, 400, 20
MOST_COMMENT: Final = 5_000


class BadSurvey(UserError, ValueError):
    """A survey that cannot be asked."""


class BadSurveyAnswer(UserError, ValueError):
    """An answer that the survey does not allow."""


@dataclass(frozen=True)
class SurveyQuestion:
    """One question; `words` by language. A scale goes from `low` to `high`.

    `choices` are words by language, by the code that an answer holds.
    """

    key: str
    kind: str
    words: Mapping[str, str]
    low: int = 0
    high: int = 0
    choices: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class SurveyForm:
    """A kind of survey and its questions; of csat, nps and ces, the first scale is the score."""

    kind: Kind
    questions: tuple[SurveyQuestion, ...]

    @property
    def scored(self) -> SurveyQuestion | None:
        """Return the question whose answer is the score; None for a survey of free questions."""
        if self.kind == "free":
            return None
        return next(one for one in self.questions if one.kind in SCORED)

    @property
    def document(self) -> dict[str, Any]:
        """Return the survey as JSON keeps it."""
        return {"kind": self.kind, "questions": [asdict(one) for one in self.questions]}

    @property
    def wording(self) -> str:
        """Return the mark of what is asked and on which scale: another mark, another series."""
        plain = json.dumps(self.document, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(plain.encode()).hexdigest()[:32]


@dataclass(frozen=True)
class GivenAnswer:
    """What one person answered, by the keys of questions; `source_key` is the answer's own id."""

    person: int
    source_key: str
    values: Mapping[str, Any]
    answered_at: datetime


@dataclass(frozen=True)
class CheckedAnswer:
    """An answer that can count: its score, its codes, and what was written."""

    score: int | None
    codes: Mapping[str, int | str]
    comment: str


def read_survey(document: Any) -> SurveyForm:
    """Return the survey that a document describes.

    Raises: BadSurvey.
    """
    if not isinstance(document, Mapping):
        raise BadSurvey(Text("a survey has a kind and questions"))
    kind: Any = document.get("kind")
    if kind not in KINDS:
        raise BadSurvey(Text("a survey is one of {kinds}", kinds=list(KINDS)))
    given = document.get("questions")
    if not isinstance(given, list) or not given:
        raise BadSurvey(Text("A survey without questions asks nothing; write at least one."))
    if len(given) > MOST_QUESTIONS:
        raise BadSurvey(
            Text("Nobody answers so many questions; ask at most {most}.", most=MOST_QUESTIONS)
        )
    questions = tuple(_question(one) for one in given)
    if len({one.key for one in questions}) < len(questions):
        raise BadSurvey(Text("Two questions have the same key; give each its own."))
    survey = SurveyForm(kind, questions)
    if kind == "free":
        return survey
    first = next((one for one in questions if one.kind in SCORED), None)
    if first is None:
        raise BadSurvey(Text("No question has a scale: there is nothing to score."))
    if kind in SCALES and (first.low, first.high) != SCALES[kind]:
        low, high = SCALES[kind]
        raise BadSurvey(
            Text("{kind} is asked from {low} to {high}; other scales cannot be compared with it.",
                 kind=kind.upper(), low=low, high=high)
        )  # fmt: skip
    return survey


def _question(given: Any) -> SurveyQuestion:
    if not isinstance(given, Mapping):
        raise BadSurvey(Text("a question has a key, a kind and words"))
    key, kind, words = given.get("key"), given.get("kind"), given.get("words")
    if not isinstance(key, str) or not KEY.fullmatch(key):
        raise BadSurvey(Text("a question's key is of small letters, digits, - and _"))
    if kind not in QUESTION_KINDS:
        raise BadSurvey(
            Text("{key}: a question is one of {kinds}", key=key, kinds=list(QUESTION_KINDS))
        )
    low, high = given.get("low", 0), given.get("high", 0)
    if kind in SCORED and not (
        type(low) is int and type(high) is int and 0 <= low < high < low + WIDEST and high <= 10
    ):
        raise BadSurvey(
            Text("{key}: a scale goes from one whole number to a higher one, between 0 and 10",
                 key=key)
        )  # fmt: skip
    choices = given.get("choices") or {}
    if kind == "choice" and not (
        isinstance(choices, Mapping)
        and 2 <= len(choices) <= MOST_CHOICES
        and all(KEY.fullmatch(str(one)) for one in choices)
    ):
        raise BadSurvey(
            Text("{key}: a choice has 2 to {most} answers to choose from",
                 key=key, most=MOST_CHOICES)
        )  # fmt: skip
    is_scale = kind in SCORED
    return SurveyQuestion(
        key,
        kind,
        _words(key, words),
        low if is_scale else 0,
        high if is_scale else 0,
        {str(code): _words(key, said) for code, said in choices.items()}
        if kind == "choice"
        else {},
    )


def _words(key: str, given: Any) -> dict[str, str]:
    """Return the words of a question or choice, in English, Japanese or both."""
    if not isinstance(given, Mapping):
        given = {}
    found = {
        language: " ".join(given[language].replace("\0", "").split())
        for language in ("en", "ja")
        if isinstance(given.get(language), str) and given[language].strip()
    }
    if not found or max(map(len, found.values())) > MOST_WORDS:
        raise BadSurvey(
            Text("{key}: write in words what is asked, in at most {most} characters",
                 key=key, most=MOST_WORDS)
        )  # fmt: skip
    return found


def checked_answer(survey: SurveyForm, values: Mapping[str, Any]) -> CheckedAnswer:
    """Return what counts of an answer; what several text questions hold becomes one comment.

    Raises: BadSurveyAnswer.
    """
    known = {one.key: one for one in survey.questions}
    codes: dict[str, int | str] = {}
    comments = []
    for key, value in values.items():
        question = known.get(key)
        if question is None:
            raise BadSurveyAnswer(Text("the survey has no question {key!r}", key=str(key)[:80]))
        if value is None or value == "":
            continue
        if question.kind == "text":
            if not isinstance(value, str):
                raise BadSurveyAnswer(Text("{key}: the answer is no text", key=key))
            comments.append(value.replace("\0", "").strip()[:MOST_COMMENT])
        elif question.kind == "choice":
            if value not in question.choices:
                raise BadSurveyAnswer(
                    Text("{key}: {value!r} is none of its answers", key=key, value=str(value)[:40])
                )
            codes[key] = value
        else:
            codes[key] = _on_scale(question, value)
    comment = "\n\n".join(filter(None, comments))[:MOST_COMMENT]
    if not codes and not comment:
        raise BadSurveyAnswer(Text("nothing is answered"))
    scored = survey.scored
    score = codes.get(scored.key) if scored else None
    return CheckedAnswer(score if isinstance(score, int) else None, codes, comment)


def _on_scale(question: SurveyQuestion, value: Any) -> int:
    if type(value) is not int or not question.low <= value <= question.high:
        raise BadSurveyAnswer(
            Text("{key}: {value} is not on the scale from {low} to {high}",
                 key=question.key, value=str(value)[:40], low=question.low, high=question.high)
        )  # fmt: skip
    return value
