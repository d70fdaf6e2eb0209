"""Interviews: nothing is written without a consent that covers it, and taking back removes it."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shinrai.accounts.models import AuditEntry
from shinrai.privacy.operations import read_words
from shinrai.satisfaction.models import InterviewStep
from shinrai.satisfaction.operations.interviews import (
    InterviewEntry,
    declare_need,
    declare_round,
    draw_invitations,
    invite_person,
    record_interview_step,
    remove_ended_words,
)
from shinrai.satisfaction.queries.interviews import (
    UnknownInterview,
    candidates,
    interview_quotes,
    interviewee,
    need_counts,
    round_named,
    round_overviews,
)
from shinrai.satisfaction.queries.surveys import last_asked
from shinrai.satisfaction.rules.interview import BadInterview, drawing_order
from shinrai.warehouse.store import Warehouse
from tests.cast import Cast
from tests.satisfaction.interviews import ALL, ROUND, WORDS, consent, open_round, step
from tests.satisfaction.surveys import BY, moment
from tests.usage.filling import Act, fill

pytestmark = pytest.mark.django_db


def counts(there: int, day: int = 10, month: int = 4) -> dict[str, int]:
    [found] = round_overviews(workspace_id=there, at=moment(month, day))
    return found.counts


def shown(there: int, **asked: Any) -> list[str | None]:
    found = interview_quotes(workspace_id=there, at=asked.pop("at", moment(4, 20)), **asked)
    return [one.words for one in found]


def test_what_yui_said_is_shown_masked_with_the_consent_it_rests_on(cast: Cast) -> None:
    there = cast.workspace.id
    yui = open_round(there)["yui"]
    assert consent(there, yui)
    assert step(there, yui, "held", on="2026-04-10", minutes=40)
    assert step(there, yui, "note", "新学期の話")
    assert step(there, yui, "quote", WORDS, need="time")

    [quote] = interview_quotes(workspace_id=there, at=moment(4, 20))
    assert quote.consent
    assert (quote.need, quote.consent.scope, quote.consent.until) == (
        "time",
        tuple(ALL),
        date(2026, 6, 30),
    )
    assert quote.words is not None
    assert "新学期は忙しくて" in quote.words
    assert "090-1234-5678" not in quote.words
    assert counts(there) | {"invited": 2, "consented": 1, "held": 1, "quotes": 1, "waiting": 1} == (
        counts(there)
    )
    assert need_counts([quote]) == {"time": (1, 1)}


@pytest.mark.parametrize("kind", ["held", "note", "quote"])
def test_without_a_consent_in_force_nothing_is_recorded(cast: Cast, kind: str) -> None:
    there = cast.workspace.id
    yui = open_round(there)["yui"]
    given: dict[str, Any] = {"on": "2026-04-10", "minutes": 40, "need": "time"}
    with pytest.raises(BadInterview, match="no consent in force"):
        step(there, yui, kind, "x", **given)

    consent(there, yui, until=date(2026, 4, 12))
    assert step(there, yui, kind, "x", at=moment(4, 12, 14), **given), "the last day counts"
    with pytest.raises(BadInterview, match="no consent in force"):
        step(there, yui, kind, "y", at=moment(4, 12, 15), **given)  # the 13th in Tokyo


def test_a_consent_covers_what_it_says_and_no_more(cast: Cast) -> None:
    there = cast.workspace.id
    who = open_round(there)
    consent(there, who["yui"], "notes")
    consent(there, who["ren"], "quotes_inside")
    step(there, who["yui"], "note", "x")
    step(there, who["ren"], "quote", "y", need="time")
    with pytest.raises(BadInterview, match="covers notes, and no quote"):
        step(there, who["yui"], "quote", "x", need="time")
    with pytest.raises(BadInterview, match="no note"):
        step(there, who["ren"], "note", "x")

    assert shown(there) == ["y"]
    assert shown(there, outside=True) == [], "it may not be published"
    consent(there, who["ren"], "quotes_outside", at=moment(4, 11))
    assert shown(there, outside=True) == ["y"]


def test_yui_takes_everything_back_and_the_counts_stay(cast: Cast) -> None:
    there = cast.workspace.id
    who = open_round(there)
    for name in ("yui", "ren"):
        consent(there, who[name])
        step(there, who[name], "note", f"note of {name}")
        step(there, who[name], "quote", f"quote of {name}", need="time")
    before = counts(there)

    assert step(there, who["yui"], "withdrawn", how="link")
    assert not step(there, who["yui"], "withdrawn", how="staff"), "once is enough"

    ids = InterviewStep.objects.filter(words_id__isnull=False).values_list("words_id", flat=True)
    assert sorted(read_words(one for one in ids if one).values()) == ["note of ren", "quote of ren"]
    assert counts(there) == before | {"withdrawn": 1}
    assert shown(there) == [None, "quote of ren"] or shown(there) == ["quote of ren", None]
    with pytest.raises(BadInterview, match="has withdrawn"):
        step(there, who["yui"], "note", "after all")
    with pytest.raises(BadInterview, match="has withdrawn"):
        consent(there, who["yui"], at=moment(4, 12))


def test_who_consents_to_less_takes_the_rest_back(cast: Cast) -> None:
    there = cast.workspace.id
    yui = open_round(there)["yui"]
    consent(there, yui)
    step(there, yui, "note", "a note")
    step(there, yui, "quote", "a quote", need="time")
    consent(there, yui, "notes", at=moment(4, 11))

    found = interviewee(workspace_id=there, key="spring", person=yui, at=moment(4, 12))
    assert [one.words for one in found.steps if one.has_words] == ["a note", None]
    consent(there, yui, at=moment(4, 13))
    assert shown(there) == [None], "what was removed does not come back"


def test_when_a_consent_ends_words_are_hidden_at_once_and_gone_by_morning(cast: Cast) -> None:
    there = cast.workspace.id
    yui = open_round(there)["yui"]
    consent(there, yui, until=date(2026, 4, 30))
    step(there, yui, "quote", "a quote", need="time")
    last, next_day = moment(4, 30, 14), moment(4, 30, 15)  # midnight in Tokyo between them

    assert remove_ended_words(workspace=cast.workspace, at=last, by="worker") == 0
    assert shown(there, at=last) == ["a quote"]
    assert shown(there, at=next_day) == [None]
    assert remove_ended_words(workspace=cast.workspace, at=next_day, by="worker") == 1
    assert remove_ended_words(workspace=cast.workspace, at=next_day, by="worker") == 0
    assert shown(there, at=last) == [None], "gone, not hidden"
    assert counts(there, 1, 5) | {"ended": 1, "quotes": 1, "consented": 1} == counts(there, 1, 5)
    assert AuditEntry.objects.filter(what="interview: words removed").count() == 1


BAD: dict[str, tuple[Callable[[int, int], Any], str]] = {
    "a round without a question": (
        lambda there, _yui: declare_round(
            workspace_id=there,
            key="r",
            document=ROUND | {"question": " "},
            at=moment(4, 1),
            by=BY,
        ),
        "Write the question",
    ),
    "a consent that ends in the past": (
        lambda there, yui: consent(there, yui, until=date(2026, 4, 8)),
        "would have ended on 2026-04-08",
    ),
    "a consent for ever": (
        lambda there, yui: consent(there, yui, until=date(2036, 4, 8)),
        "at most 730 days",
    ),
    "a second invitation": (
        lambda there, yui: invite_person(
            workspace_id=there, key="spring", person=yui, how="hand", at=moment(4, 3), by=BY
        ),
        "invited on 2026-04-02 already",
    ),
    "a person nobody knows": (
        lambda there, _yui: invite_person(
            workspace_id=there, key="spring", person=0, how="hand", at=moment(4, 3), by=BY
        ),
        "Nobody of that name",
    ),
    "a mail to whom no address is known": (
        lambda there, yui: invite_person(
            workspace_id=there, key="spring", person=yui + 1, how="mail", at=moment(4, 3), by=BY
        ),
        "No mail address",
    ),
    "a need without a sentence": (
        lambda there, _yui: declare_need(
            workspace_id=there, key="n", sentence="", at=moment(4, 1), by=BY
        ),
        "one sentence",
    ),
    "an interview of tomorrow": (
        lambda there, yui: (
            consent(there, yui),
            step(there, yui, "held", on="2026-04-12", minutes=5),
        ),
        "still to come",
    ),
    "a step that does not exist": (
        lambda there, yui: step(there, yui, "liked"),
        "no step",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_wrong_is_said_in_a_sentence(cast: Cast, case: str) -> None:
    there = cast.workspace.id
    who = open_round(there, invited=("yui",))
    before = InterviewStep.objects.filter(kind__in=("invited", "held")).count()
    deed, said = BAD[case]
    with pytest.raises(BadInterview, match=said):
        deed(there, who["yui"])
    assert InterviewStep.objects.filter(kind__in=("invited", "held")).count() == before


def test_a_quote_for_a_need_that_does_not_exist_names_those_there_are(cast: Cast) -> None:
    there = cast.workspace.id
    yui = open_round(there)["yui"]
    consent(there, yui)
    with pytest.raises(UnknownInterview, match=r"no need “money”.*There are: time"):
        step(there, yui, "quote", "x", need="money")


def test_who_is_invited_is_drawn_by_a_hash_and_rests_from_surveys(
    cast: Cast, tmp_path: Path
) -> None:
    """Yui, Ren, Sora and Aoi studied in April; Yui was invited before, Ren said no elsewhere."""
    there, warehouse = cast.workspace, Warehouse(str(tmp_path))
    who = open_round(there.id, invited=("yui",))
    acts = [Act(one, moment(4, 5)) for one in who.values()]
    fill(warehouse, acts, zone=there.zone, workspace_id=there.id)
    document = ROUND | {"targeting": {"who": "active", "days": 28, "cap_days": 30}}
    for key in ("spring", "other"):
        declare_round(workspace_id=there.id, key=key, document=document, at=moment(4, 3), by=BY)
    invite_person(
        workspace_id=there.id, key="other", person=who["ren"], how="hand", at=moment(4, 3), by=BY
    )
    no = InterviewEntry(there.id, "other", who["ren"], "declined")
    assert record_interview_step(no, at=moment(4, 4), by=BY)

    found = candidates(
        workspace=there,
        there=round_named(workspace_id=there.id, key="spring"),
        at=moment(4, 10),
        warehouse=warehouse,
    )
    assert found.document == {
        "found": 4, "children": 0, "paused": 0, "declined": 1, "invited": 1, "eligible": 2,
    }  # fmt: skip
    assert list(found.eligible) == drawing_order("spring", [who["sora"], who["aoi"]])

    def draw(key: str) -> tuple[int, ...]:
        return draw_invitations(
            workspace=there,
            key=key,
            count=1,
            how="hand",
            warehouse=warehouse,
            at=moment(4, 10),
            by=BY,
        )

    assert draw("spring") == found.eligible[:1]
    asked = last_asked(workspace_id=there.id, persons=found.eligible)
    assert asked == {found.eligible[0]: [moment(4, 10)]}, "no survey asks them either"
    assert draw("spring") == found.eligible[1:]
    with pytest.raises(BadInterview, match=r"4 were found, .* 1 said no before and 3 are invited"):
        draw("spring")
    with pytest.raises(BadInterview, match="3 were asked lately"):
        draw("other")
