"""Whom a wave asks, how often, and what it asks by default: decisions without any database."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Final

from shinrai.satisfaction.rules.survey import BadSurvey, SurveyForm
from shinrai.units.text import Language, Text, in_both_languages, translated

ASKING_CHANNELS: Final = {
    "app": Text("in the product"),
    "mail": Text("by mail"),
    "link": Text("by a link"),
}
WHO: Final = {
    "all": Text("everybody"),
    "active": Text("who was active in the last days"),
    "since": Text("who began at least some days ago"),
    "solved": Text("whose inquiry was solved in the last days"),
}
CHILDREN: Final = {
    "none": Text("no children use it; whoever has a guardian is left out"),
    "smileys": Text("children answer by three faces"),
    "guardian": Text("guardians are asked, children never"),
}
MOST_STEPS: Final = 3  # in the product, where they stand one after the other
AGAIN: Final = timedelta(days=1)  # a sheet that was shown and not closed may come back
LATE: Final = timedelta(days=14)  # answers kept by a device, and links in mails
MOST_DAYS: Final = 730
_PARTS: Final = 1 << 32


@dataclass(frozen=True)
class Targeting:
    """Whom a wave asks: who, over which days, which share of them, and after how long a pause."""

    who: str = "all"
    days: int = 28
    share: float = 1.0
    cap_days: int = 90
    is_signed: bool = True
    children: str = "none"
    origins: tuple[str, ...] = ()

    @property
    def document(self) -> dict[str, Any]:
        """Return it as a wave keeps it."""
        return asdict(self) | {"origins": list(self.origins)}


def read_targeting(given: Mapping[str, Any]) -> Targeting:
    """Return whom a wave asks. Raises: BadSurvey, in a sentence for whoever fills in the form."""
    usual = Targeting()
    who, children = given.get("who", usual.who), given.get("children", usual.children)
    if who not in WHO or children not in CHILDREN:
        raise BadSurvey(Text("Choose who is asked, and how children are."))
    share = _number(given.get("share", usual.share))
    if not 0 < share <= 1:
        raise BadSurvey(Text("A share of nobody asks nobody; give more than 0 and at most 100 %."))
    days, cap = (int(_number(given.get(one, getattr(usual, one)))) for one in ("days", "cap_days"))
    if not (1 <= days <= MOST_DAYS and 0 <= cap <= MOST_DAYS):
        raise BadSurvey(Text("Give days between 1 and {most}.", most=MOST_DAYS))
    origins = tuple(given.get("origins", ()))
    return Targeting(who, days, share, cap, bool(given.get("is_signed", True)), children, origins)


def _number(given: Any) -> float:
    try:
        return float(given)
    except (TypeError, ValueError) as error:
        raise BadSurvey(Text("“{given}” is no number.", given=str(given)[:20])) from error


def in_sample(survey: str, person: int, share: float) -> bool:
    """Return whether a person is among the share that a survey asks: the same ones each time."""
    mark = blake2b(f"{survey}:{person}".encode(), digest_size=4).digest()
    return int.from_bytes(mark) < share * _PARTS


def state_for(
    targeting: Targeting, survey: str, person: int, asked: Iterable[datetime], at: datetime
) -> str:
    """Return how far a person of the population may go: eligible, sampled_out or capped.

    `asked` is when any survey of the workspace asked them, whatever the channel.
    """
    if not in_sample(survey, person, targeting.share):
        return "sampled_out"
    pause = timedelta(days=targeting.cap_days)
    return "capped" if any(at - one < pause for one in asked) else "eligible"


def asked_instead(
    persons: Iterable[int], guardians: Mapping[int, Iterable[int]], children: str
) -> set[int]:
    """Return who is asked in place of persons; `guardians` are those of each learner.

    Where guardians are asked, only they are: whoever is not known to be one may be a child.
    """
    persons = set(persons)
    if children == "smileys":
        return persons
    if children == "none":
        return persons - set(guardians)
    adults = {one for some in guardians.values() for one in some}
    return (persons & adults) | {one for child in persons for one in guardians.get(child, ())}


QUESTIONS: Final = {
    "csat": Text("How satisfied are you with it?"),
    "nps": Text("How likely are you to recommend us to a friend?"),
    "ces": Text("How easy was it to do what you wanted?"),
    "free": Text("What should we do better?"),
}
SMILEYS: Final = Text("How was it for you?")
COMMENT: Final = Text("What is the reason? You may leave it empty.")
ENDS: Final = {
    "csat": (Text("not satisfied at all"), Text("very satisfied")),
    "nps": (Text("not likely at all"), Text("very likely")),
    "ces": (Text("very hard"), Text("very easy")),
    "free": (Text("not at all"), Text("very")),
}
FACES: Final = (("☹", Text("not good")), ("😐", Text("so so")), ("☺", Text("good")))
SCALES: Final = {"csat": (1, 5), "nps": (0, 10), "ces": (1, 7)}
PERSON_WORDS: Final = {
    "send": Text("Send"),
    "next": Text("Next"),
    "skip": Text("Skip"),
    "close": Text("Do not ask me"),
    "thanks": Text("Thank you. Your answer has arrived."),
    "kept": Text("Thank you. You are offline; your answer is sent as soon as you are back."),
    "progress": Text("Question %1 of %2"),
    "choose": Text("Choose an answer, or skip."),
}


def usual_document(kind: str, *, faces: bool = False) -> dict[str, Any]:
    """Return the usual survey of a kind; children are asked by faces, which take the same scale."""
    words = SMILEYS if faces else QUESTIONS.get(kind, QUESTIONS["free"])
    low, high = SCALES.get(kind, (0, 0))
    form = "smileys" if faces else "scale"
    score = {"key": "score", "kind": form, "low": low, "high": high}
    comment = {"key": "comment", "kind": "text", "words": in_both_languages(COMMENT)}
    if kind not in SCALES:
        return {"kind": "free", "questions": [comment | {"words": in_both_languages(words)}]}
    return {"kind": kind, "questions": [score | {"words": in_both_languages(words)}, comment]}


def shown_survey(survey: SurveyForm, language: Language) -> dict[str, Any]:
    """Return what a person is shown, question by question, in a language."""
    steps = []
    low, high = (translated(one, language) for one in ENDS[survey.kind])
    for one in survey.questions:
        options: list[dict[str, Any]] = []
        if one.kind == "scale":
            options = [{"value": n, "label": str(n)} for n in range(one.low, one.high + 1)]
        elif one.kind == "smileys":  # three faces on the scale of the kind: both ends, the middle
            values = (one.low, (one.low + one.high) // 2, one.high)
            options = [
                {"value": value, "face": face, "label": translated(word, language)}
                for value, (face, word) in zip(values, FACES, strict=True)
            ]
        elif one.kind == "choice":
            options = [
                {"value": code, "label": _in(said, language)} for code, said in one.choices.items()
            ]
        said = {"key": one.key, "kind": one.kind, "words": _in(one.words, language)}
        steps.append(said | {"options": options, "low": low, "high": high})
    words = {name: translated(text, language) for name, text in PERSON_WORDS.items()}
    return {"language": language, "steps": steps, "words": words}


def _in(words: Mapping[str, str], language: str) -> str:
    return words.get(language) or next(iter(words.values()))
