"""Rounds of interviews: how far persons are, who could be invited, and what was said."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from django.conf import settings
from django.core import signing

from shinrai.accounts.queries import WorkspaceRecord, workspace_numbered
from shinrai.customers.queries import erased_among, masked_identifiers
from shinrai.privacy.operations import read_masked
from shinrai.satisfaction.models import InterviewNeed, InterviewRound, InterviewStep
from shinrai.satisfaction.queries.population import (
    guardians_of,
    solved_persons,
    using_persons,
)
from shinrai.satisfaction.queries.surveys import last_asked
from shinrai.satisfaction.rules.interview import (
    COVERED_BY,
    InterviewConsent,
    InterviewStanding,
    RoundForm,
    drawing_order,
    is_paused,
    read_round,
    standing,
)
from shinrai.satisfaction.rules.targeting import asked_instead
from shinrai.units.errors import UserError
from shinrai.units.text import Text
from shinrai.usage.queries.cohorts import cohort_named
from shinrai.usage.rules.periods import today
from shinrai.warehouse.store import Warehouse

SALT: Final = "interview"


class UnknownInterview(UserError, LookupError):
    """There is no such round, need, or person of a round."""


class ClosedInterview(UserError, LookupError):
    """The link of an invitation that is not ours, or of a person who was erased."""


@dataclass(frozen=True)
class RoundRecord:
    """A round as it stands."""

    workspace_id: int
    key: str
    number: int
    form: RoundForm
    declared_at: datetime
    by: str


@dataclass(frozen=True)
class NeedRecord:
    """A need of users."""

    key: str
    sentence: str
    topic: str


@dataclass(frozen=True)
class InterviewStepRecord:
    """A step of a person in a round; `words` are None where they were removed or may not be shown.

    `has_words`: some were written, whether or not they are still there.
    """

    id: int
    kind: str
    detail: dict[str, Any]
    at: datetime
    by: str
    words_id: int | None
    words: str | None = None

    @property
    def has_words(self) -> bool:
        """Return whether words were written."""
        return self.words_id is not None


@dataclass(frozen=True)
class Interviewee:
    """A person in a round."""

    person: int
    name: str  # masked; "" once erased
    standing: InterviewStanding
    is_ended: bool
    invited_at: datetime
    steps: tuple[InterviewStepRecord, ...]

    @property
    def counts(self) -> Counter[str]:
        """Return how many steps of each kind there are."""
        return Counter(one.kind for one in self.steps)


@dataclass(frozen=True)
class RoundOverview:
    """A round and its persons; counts stay when words are removed."""

    round: RoundRecord
    people: tuple[Interviewee, ...]

    def count(self, what: str) -> int:
        """Return of how many persons a step was ever recorded."""
        return sum(one.counts[what] > 0 for one in self.people)

    @property
    def counts(self) -> dict[str, int]:
        """Return persons by how far they came, and how many notes and quotes were written."""
        states = Counter(one.standing.state for one in self.people)
        return {
            "invited": len(self.people),
            "consented": self.count("consented"),
            "held": self.count("held"),
            "declined": states["declined"],
            "withdrawn": states["withdrawn"],
            "ended": sum(one.is_ended for one in self.people),
            "waiting": states["invited"],
            "notes": sum(one.counts["note"] for one in self.people),
            "quotes": sum(one.counts["quote"] for one in self.people),
        }

    @property
    def document(self) -> dict[str, Any]:
        """Return it as programs read it."""
        there = self.round
        return {"key": there.key, "version": there.number, **there.form.document, **self.counts}


@dataclass(frozen=True)
class CandidateList:
    """Who meets the criteria of a round now, and why others of them are not invited."""

    found: int
    children: int
    paused: int
    declined: int
    invited: int
    eligible: tuple[int, ...]  # in the order in which they are drawn

    @property
    def document(self) -> dict[str, int]:
        """Return the counts."""
        names = ("found", "children", "paused", "declined", "invited")
        return {name: getattr(self, name) for name in names} | {"eligible": len(self.eligible)}


@dataclass(frozen=True)
class InterviewQuote:
    """A quote, the need it speaks for and the consent it rests on; None: withdrawn."""

    id: int
    round: str
    person: int
    need: str
    words: str | None
    consent: InterviewConsent | None
    at: datetime
    is_ended: bool


def rounds(*, workspace_id: int) -> list[RoundRecord]:
    """Return the rounds of a workspace, the newest first, each as it stands."""
    rows = InterviewRound.objects.filter(workspace_id=workspace_id).order_by("number")
    newest = {row.key: row for row in rows}
    found = [
        RoundRecord(
            workspace_id, row.key, row.number, read_round(row.document), row.declared_at, row.by
        )
        for row in newest.values()
    ]
    return sorted(found, key=lambda one: one.declared_at, reverse=True)


def round_named(*, workspace_id: int, key: str) -> RoundRecord:
    """Return a round by its key. Raises: UnknownInterview."""
    there = rounds(workspace_id=workspace_id)
    for one in there:
        if one.key == key:
            return one
    known = [one.key for one in there] or "–"
    raise UnknownInterview(
        Text("There is no round “{key}”; there are: {known}.", key=key, known=known)
    )


def needs(*, workspace_id: int) -> dict[str, NeedRecord]:
    """Return the needs of a workspace by key."""
    rows = InterviewNeed.objects.filter(workspace_id=workspace_id).order_by("id")
    found = {row.key: NeedRecord(row.key, row.sentence, row.topic) for row in rows}
    return dict(sorted(found.items()))


def need_named(*, workspace_id: int, key: str) -> NeedRecord:
    """Return a need by its key. Raises: UnknownInterview."""
    there = needs(workspace_id=workspace_id)
    if key not in there:
        raise UnknownInterview(
            Text("There is no need “{key}”; write it down first. There are: {known}.",
                 key=key, known=list(there) or "–")
        )  # fmt: skip
    return there[key]


def round_overviews(
    *, workspace_id: int, at: datetime, key: str | None = None
) -> list[RoundOverview]:
    """Return rounds with their persons, without words."""
    there = rounds(workspace_id=workspace_id)
    if key is not None:
        there = [round_named(workspace_id=workspace_id, key=key)]
    on = today(workspace_numbered(workspace_id).zone, at)
    rows = InterviewStep.objects.filter(
        workspace_id=workspace_id, round__in=[one.key for one in there]
    ).order_by("id")
    steps: dict[tuple[str, int], list[InterviewStepRecord]] = defaultdict(list)
    for row in rows:
        steps[row.round, row.person_id].append(_step(row))
    names = masked_identifiers(workspace_id=workspace_id, numbers={one for _, one in steps})
    people: dict[str, list[Interviewee]] = defaultdict(list)
    for (round_key, person), some in steps.items():
        found = standing((one.kind, one.detail) for one in some)
        people[round_key].append(
            Interviewee(
                person,
                names.get(person, ""),
                found,
                found.is_ended(on),
                some[0].at,
                tuple(some),
            )
        )
    return [RoundOverview(one, tuple(people[one.key])) for one in there]


def interviewee(*, workspace_id: int, key: str, person: int, at: datetime) -> Interviewee:
    """Return a person of a round, with the words that their consent covers now, masked.

    Raises: UnknownInterview.
    """
    [found] = round_overviews(workspace_id=workspace_id, at=at, key=key)
    for one in found.people:
        if one.person == person:
            return replace(one, steps=_opened(workspace_id, one, at))
    raise UnknownInterview(Text("This person was not invited to this round; invite them first."))


def interview_quotes(
    *,
    workspace_id: int,
    at: datetime,
    need: str = "",
    key: str | None = None,
    outside: bool = False,
) -> list[InterviewQuote]:
    """Return quotes, the newest first, with the words that consents cover now, masked.

    `outside`: only those that may be published. Without it, removed ones are there without words.
    """
    on = today(workspace_numbered(workspace_id).zone, at)
    found = []
    for overview in round_overviews(workspace_id=workspace_id, at=at, key=key):
        for one in overview.people:
            consent = one.standing.consent
            if not one.counts["quote"]:
                continue
            if outside and not (consent and consent.covers("quote", on, outside=True)):
                continue
            found += [
                InterviewQuote(
                    step.id,
                    overview.round.key,
                    one.person,
                    step.detail["need"],
                    step.words,
                    consent,
                    step.at,
                    one.is_ended,
                )
                for step in _opened(workspace_id, one, at)
                if step.kind == "quote" and need in ("", step.detail["need"])
            ]
    return sorted(found, key=lambda one: (one.at, one.id), reverse=True)


def quote_document(one: InterviewQuote) -> dict[str, Any]:
    """Return a quote as programs read it."""
    return {
        "id": one.id,
        "round": one.round,
        "person": one.person,
        "need": one.need,
        "words": one.words,
        "consent": one.consent.document if one.consent else None,
        "at": one.at,
    }


def need_counts(quotes: Iterable[InterviewQuote]) -> dict[str, tuple[int, int]]:
    """Return of how many quotes each need has, and of how many persons; removed ones count."""
    found: dict[str, list[int]] = defaultdict(list)
    for one in quotes:
        found[one.need].append(one.person)
    return {key: (len(persons), len(set(persons))) for key, persons in found.items()}


def candidates(
    *, workspace: WorkspaceRecord, there: RoundRecord, at: datetime, warehouse: Warehouse
) -> CandidateList:
    """Return who could be invited now. Raises: UnknownCohort."""
    targeting, name = there.form.targeting, there.form.cohort
    cohort = cohort_named(workspace_id=workspace.id, name=name).definition if name else None
    if targeting.who == "solved":
        found = solved_persons(workspace.id, targeting, at)
        if cohort:
            everybody = type(targeting)(who="all")
            found &= using_persons(workspace, everybody, at, warehouse, cohort)
    else:
        found = using_persons(workspace, targeting, at, warehouse, cohort)
    guardians = guardians_of(workspace.id, at)
    wanted = asked_instead(found, guardians, targeting.children) - set(guardians)
    wanted -= erased_among(wanted)
    rows = InterviewStep.objects.filter(workspace_id=workspace.id)
    here = set(rows.filter(round=there.key, kind="invited").values_list("person_id", flat=True))
    no = rows.filter(kind__in=("declined", "withdrawn")).values_list("person_id", flat=True)
    invited = wanted & here
    declined = (wanted - invited) & set(no)
    rest = wanted - invited - declined
    asked = last_asked(workspace_id=workspace.id, persons=rest)
    paused = {one for one in rest if is_paused(asked.get(one, ()), targeting, at)}
    return CandidateList(
        len(found),
        len(found & set(guardians)),
        len(paused),
        len(declined),
        len(invited),
        tuple(drawing_order(there.key, rest - paused)),
    )


def invitation_link(*, workspace_id: int, key: str, person: int) -> str:
    """Return the page on which a person says yes or no, and later withdraws; it does not end."""
    token = signing.dumps([workspace_id, key, person], salt=SALT)
    return f"{settings.SHINRAI_ADDRESS}/interview/{token}/"


def read_invitation(token: str, *, at: datetime) -> tuple[RoundRecord, Interviewee]:
    """Return whom a link invites to which round. Raises: ClosedInterview."""
    try:
        workspace_id, key, person = signing.loads(token, salt=SALT)
        there = round_named(workspace_id=workspace_id, key=key)
        found = interviewee(workspace_id=workspace_id, key=key, person=person, at=at)
    except (signing.BadSignature, UnknownInterview, ValueError, TypeError) as error:
        said = Text("This link is not complete. Open it from the invitation once more.")
        raise ClosedInterview(said) from error
    if erased_among([person]):
        raise ClosedInterview(Text("Nothing is kept of you here any more."))
    return there, found


def covered_words(
    steps: Sequence[InterviewStepRecord], consent: InterviewConsent | None, on: date
) -> tuple[set[int], set[int]]:
    """Return the words of steps that a consent covers on a day, and those that it does not."""
    kept: set[int] = set()
    over: set[int] = set()
    for one in steps:
        if one.kind in COVERED_BY and one.words_id is not None:
            (kept if consent and consent.covers(one.kind, on) else over).add(one.words_id)
    return kept, over


def steps_of(*, workspace_id: int, key: str, person: int) -> list[InterviewStepRecord]:
    """Return the steps of a person in a round, the oldest first, without words."""
    rows = InterviewStep.objects.filter(workspace_id=workspace_id, round=key, person_id=person)
    return [_step(row) for row in rows.order_by("id")]


def _opened(workspace_id: int, found: Interviewee, at: datetime) -> tuple[InterviewStepRecord, ...]:
    on = today(workspace_numbered(workspace_id).zone, at)
    kept, _over = covered_words(found.steps, found.standing.consent, on)
    words = read_masked(kept) if kept else {}
    return tuple(replace(one, words=words.get(one.words_id or 0)) for one in found.steps)


def _step(row: InterviewStep) -> InterviewStepRecord:
    return InterviewStepRecord(row.pk, row.kind, row.detail, row.at, row.by, row.words_id)
