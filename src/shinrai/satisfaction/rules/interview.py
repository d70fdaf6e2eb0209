"""Interviews: what a round asks of whom, what a person consents to, and what may be written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any, Final

from shinrai.satisfaction.rules.survey import KEY
from shinrai.satisfaction.rules.targeting import Targeting, read_targeting
from shinrai.units.errors import UserError
from shinrai.units.text import Text, joined

STEPS: Final = {
    "invited": Text("invited"),
    "declined": Text("declined"),
    "consented": Text("consented"),
    "held": Text("interview held"),
    "note": Text("note"),
    "quote": Text("quote"),
    "withdrawn": Text("withdrawn"),
}
SCOPES: Final = {
    "notes": Text("You write down what I say."),
    "quotes_inside": Text("Colleagues in your company read sentences of mine, without my name."),
    "quotes_outside": Text("You publish sentences of mine outside the company, without my name."),
    "recording": Text("You record the conversation."),
}
SCOPE_WORDS: Final = {
    "notes": Text("notes"),
    "quotes_inside": Text("quotes inside the company"),
    "quotes_outside": Text("quotes outside"),
    "recording": Text("recording"),
}
GIVEN_BY: Final = {
    "self": Text("for myself"),
    "guardian": Text("as the guardian of a child"),
}
HOW: Final = {
    "mail": Text("by mail"),
    "in_person": Text("in person"),
    "form": Text("on paper or by a form"),
    "link": Text("by the link of the invitation"),
}
INVITED_HOW: Final = {"hand": Text("by hand"), "mail": Text("by mail")}
CHILDREN: Final = {
    "none": Text("whoever has a guardian is left out"),
    "guardian": Text("guardians are invited, children never"),
}
QUOTES: Final = ("quotes_inside", "quotes_outside")
COVERED_BY: Final = {"note": ("notes",), "quote": QUOTES}
MOST_DAYS: Final = 730
USUAL: Final = Targeting()
MOST_WANTED: Final = 500
MOST_WORDS: Final = 20_000


class BadInterview(UserError, ValueError):
    """A round, a need or a step that cannot be recorded like this; says what to do instead."""


@dataclass(frozen=True)
class RoundForm:
    """What a round wants answered, by which guide, from whom, and from how many of them.

    `keep_days`: how long a consent lasts unless the person chooses less.
    """

    title: str
    question: str
    guide: str = ""
    targeting: Targeting = USUAL
    cohort: str = ""
    wanted: int = 8
    keep_days: int = 365

    @property
    def document(self) -> dict[str, Any]:
        """Return it as a round keeps it."""
        return asdict(self) | {"targeting": self.targeting.document}


@dataclass(frozen=True)
class InterviewConsent:
    """What a person consented to, until when (the day counts), who said so and how."""

    scope: tuple[str, ...]
    until: date
    given_by: str
    how: str

    @property
    def document(self) -> dict[str, Any]:
        """Return it as a step keeps it."""
        return asdict(self) | {"scope": list(self.scope), "until": f"{self.until}"}

    def covers(self, kind: str, on: date, *, outside: bool = False) -> bool:
        """Return whether a note or quote may be written and shown on a day."""
        scopes = ("quotes_outside",) if outside else COVERED_BY[kind]
        return on <= self.until and any(one in self.scope for one in scopes)


@dataclass(frozen=True)
class InterviewStanding:
    """How far a person is in a round: invited, declined, consented or withdrawn; None: nowhere."""

    state: str | None = None
    consent: InterviewConsent | None = None
    has_consented: bool = False
    held_count: int = 0

    def is_ended(self, on: date) -> bool:
        """Return whether the consent is over."""
        return self.consent is not None and on > self.consent.until


def standing(steps: Iterable[tuple[str, Mapping[str, Any]]]) -> InterviewStanding:
    """Return how far a person is after steps (kind, detail), the oldest first."""
    state, consent, has_consented, held = None, None, False, 0
    for kind, detail in steps:
        if kind in ("invited", "declined", "consented", "withdrawn"):
            state = kind
            consent = stored_consent(detail) if kind == "consented" else None
            has_consented = has_consented or kind == "consented"
        held += kind == "held"
    return InterviewStanding(state, consent, has_consented, held)


def stored_consent(detail: Mapping[str, Any]) -> InterviewConsent:
    """Return the consent that a step keeps."""
    until = date.fromisoformat(detail["until"])
    return InterviewConsent(tuple(detail["scope"]), until, detail["given_by"], detail["how"])


def scope_text(consent: InterviewConsent | None) -> Text:
    """Return what a consent covers, in words; None: it was taken back."""
    if consent is None:
        return Text("withdrawn")
    return joined(
        [SCOPE_WORDS[one] for one in consent.scope] or [Text("a talk, nothing kept")], ", "
    )


def read_round(given: Mapping[str, Any]) -> RoundForm:
    """Return a round as it was filled in. Raises: BadInterview; BadSurvey of the criteria."""
    title, question = (str(given.get(one, "")).strip() for one in ("title", "question"))
    if not title:
        raise BadInterview(Text("Give the round a title; whoever is invited reads it."))
    if not question:
        raise BadInterview(Text("Write the question that this round is to answer, in a sentence."))
    targeting = read_targeting(given.get("targeting", {}))
    if targeting.children not in CHILDREN:
        raise BadInterview(Text("Choose whether guardians are invited or left out."))
    return RoundForm(
        title[:200],
        question[:500],
        str(given.get("guide", "")).strip()[:MOST_WORDS],
        targeting,
        str(given.get("cohort", "")).strip(),
        _whole(given.get("wanted", 8), MOST_WANTED),
        _whole(given.get("keep_days", 365), MOST_DAYS),
    )


def check_key(key: str) -> None:
    """Refuse a key that cannot be typed. Raises: BadInterview."""
    if not KEY.fullmatch(key):
        raise BadInterview(Text("A key is of small letters, digits, - and _: “{key}”.", key=key))


def read_consent(given: Mapping[str, Any], today: date) -> InterviewConsent:
    """Return a consent as it was given. Raises: BadInterview."""
    scope = tuple(one for one in SCOPES if one in given.get("scope", ()))
    by, how = given.get("given_by"), given.get("how")
    if by not in GIVEN_BY:
        raise BadInterview(Text("Choose who consents: the person, or the guardian of a child."))
    if how not in HOW:
        raise BadInterview(Text("Choose how the consent was given."))
    until = read_day(given.get("until"))
    if until < today:
        raise BadInterview(
            Text("The consent would have ended on {until}; give a day to come.", until=until)
        )
    if until > today + timedelta(days=MOST_DAYS):
        raise BadInterview(Text("A consent lasts at most {most} days.", most=MOST_DAYS))
    return InterviewConsent(scope, until, by, how)


def check_step(found: InterviewStanding, kind: str, on: date) -> None:
    """Refuse a step that may not follow. Raises: BadInterview."""
    if found.state is None:
        raise BadInterview(Text("This person was not invited to this round; invite them first."))
    if found.state == "withdrawn":
        raise BadInterview(
            Text("This person has withdrawn from the round. Nothing more is recorded of them.")
        )
    if kind == "declined" and found.consent:
        raise BadInterview(Text("This person has consented; record that they withdraw."))
    if kind in ("held", *COVERED_BY) and (found.consent is None or found.is_ended(on)):
        raise BadInterview(
            Text("There is no consent in force; ask for it before anything is recorded.")
        )
    if kind in COVERED_BY and found.consent and not found.consent.covers(kind, on):
        raise BadInterview(
            Text("The consent covers {scope}, and no {kind}; ask whether the person agrees to it.",
                 scope=[SCOPE_WORDS[one] for one in found.consent.scope] or "–", kind=STEPS[kind])
        )  # fmt: skip


def drawing_order(key: str, persons: Iterable[int]) -> list[int]:
    """Return persons in the order in which a round draws them: that of a hash, always the same."""
    return sorted(persons, key=lambda one: blake2b(f"{key}:{one}".encode(), digest_size=8).digest())


def is_paused(asked: Sequence[datetime], targeting: Targeting, at: datetime) -> bool:
    """Return whether a person was asked by a survey or an interview too short a time ago."""
    return any(at - one < timedelta(days=targeting.cap_days) for one in asked)


def read_day(given: Any) -> date:
    """Return a day as it was typed. Raises: BadInterview."""
    try:
        return date.fromisoformat(str(given or ""))
    except ValueError as error:
        raise BadInterview(
            Text("“{given}” is no date; write it as 2026-06-30.", given=str(given or "")[:20])
        ) from error


def _whole(given: Any, most: int) -> int:
    typed = str(given).strip()
    if not typed.isdecimal() or not 1 <= int(typed[:9]) <= most:
        raise BadInterview(
            Text("“{given}” is not between 1 and {most}.", given=typed[:20], most=most)
        )
    return int(typed)
