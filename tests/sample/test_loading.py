"""The sample goes in as real data does, and its truth comes out of the ledger again."""

from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shinrai.accounts.queries import members
from shinrai.calendars.queries import declared_events
from shinrai.desk.models import Defect, OpenCase
from shinrai.importers.queries import imports
from shinrai.inquiries.queries import all_inquiries
from shinrai.inquiries.rules.replay import Inquiry
from shinrai.investigations.queries import all_investigations
from shinrai.ledger.models import Step
from shinrai.ledger.queries import batches
from shinrai.objectives.models import Clock
from shinrai.sample.operations.company import load_sample
from shinrai.sample.rules.company import simulate
from shinrai.sample.rules.desk_story import story_truth
from shinrai.sample.rules.known_truth import known_truth
from shinrai.sample.rules.truth import Truth
from tests.sample.conftest import TUESDAY

pytestmark = pytest.mark.django_db
SIZE = 700
FORTNIGHT = timedelta(days=14)


def silently(_: str) -> None:
    """Tell nobody."""


def load(*, beside: Path | None = None) -> Any:
    michi, _desk = load_sample(
        examples=None,
        at=TUESDAY,
        tell=silently,
        inquiries=SIZE,
        truth_beside=beside,
    )
    return michi


@pytest.fixture(scope="module")
def drawn() -> dict[str, Any]:
    company = simulate(until=TUESDAY, truth=Truth(inquiries=SIZE))
    found: dict[str, Any] = known_truth(company)["drawn"]
    return found


def solved_first(life: Inquiry) -> Any:
    return life.resolutions[0].solved_at if life.resolutions else None


def reopened_soon(life: Inquiry) -> bool:
    """Reopened, or written to with more than thanks, within a fortnight of the first solution."""
    solved = solved_first(life)
    back = [one.started_at for one in life.resolutions[1:]]
    back += [m.at for m in life.messages if m.inbound and m.substantive and m.at > solved]
    return any(at - solved <= FORTNIGHT for at in back)


def test_the_ledger_says_what_was_drawn(drawn: dict[str, Any], tmp_path: Path) -> None:
    michi = load(beside=tmp_path)
    outcomes = [life for _, life in all_inquiries(workspace_id=michi.id)]
    asked = [life for _, life in all_investigations(workspace_id=michi.id)]

    assert michi.is_simulated
    assert (tmp_path / "truth.json").exists()
    assert "アプリ 6.0" in [one.name for one in declared_events(workspace_id=michi.id)]
    assert sum(life.verdict == "defect" for life in asked) > 0
    assert len(outcomes) == drawn["inquiries"]
    assert not any(life.flags for life in outcomes)
    assert not any(life.flags for life in asked)
    for mode, count in drawn["by_mode"].items():
        assert sum(life.mode == mode for life in outcomes) == count
    ripe = [
        life
        for life in outcomes
        if any(m for m in life.messages if not m.inbound)
        and (solved := solved_first(life)) is not None
        and solved <= TUESDAY - FORTNIGHT
    ]
    assert len(ripe) == drawn["reopened_14"]["of"]
    assert sum(map(reopened_soon, ripe)) == drawn["reopened_14"]["count"]


def test_schools_are_the_accounts_and_households_are_nobodys(drawn: dict[str, Any]) -> None:
    michi = load()
    opened = Step.objects.filter(workspace_id=michi.id, kind="received")
    named = [account for account in opened.values_list("detail__account", flat=True) if account]

    assert (len(named), len(set(named))) == (drawn["of_schools"], drawn["schools"])
    assert drawn["of_schools"] >= drawn["by_mode"]["direct"] + drawn["by_mode"]["proactive"] > 0


def test_lines_of_support_come_out_as_drawn(drawn: dict[str, Any]) -> None:
    michi = load()
    long_ago = TUESDAY - timedelta(days=30)
    asked = [
        life
        for _, life in all_investigations(workspace_id=michi.id)
        if life.filed_at is not None and life.filed_at <= long_ago.replace(second=0)
    ]
    back = sum(
        any(p.reason == "sent_back" for r in life.rounds for p in r.pauses) for life in asked
    )

    assert (back, len(asked)) == (drawn["sent_back"]["count"], drawn["sent_back"]["of"])
    assert sum(life.highest_tier == 3 for life in asked) == drawn["escalated"]["count"]
    alone = sum(
        life.highest_tier == 2
        for _, life in all_inquiries(workspace_id=michi.id)
        if life.mode == "via_cs"
    )
    assert alone > 0.6 * len(asked)


def test_one_topic_is_answered_by_one_agent_alone() -> None:
    michi = load()
    truth = known_truth(simulate(until=TUESDAY, truth=Truth(inquiries=SIZE)))
    alone, topic_of = truth["answered_alone"], truth["topic_of"]
    names = {one.key: one.display_name for one in members(workspace_id=michi.id)}
    sent = Step.objects.filter(
        workspace_id=michi.id, kind="outbound", case__record="inquiry", role="agent"
    )
    by_topic: dict[str, set[str]] = {}
    for key, by in sent.values_list("case__source_key", "by"):
        by_topic.setdefault(topic_of.get(key, ""), set()).add(names.get(by, by))

    assert by_topic[alone["topic"]] == {alone["person"]}
    assert all(len(some) > 1 for topic, some in by_topic.items() if topic in ("login", "streak"))


def test_nothing_is_set_aside_and_nothing_is_in_doubt() -> None:
    michi = load()

    for record in imports(workspace_id=michi.id):
        assert record.report is not None
        assert record.report["quarantined"] == 0
        assert record.report["flags"] == []


def test_what_is_there_stays_as_it_is() -> None:
    first = load()
    before = [batch.id for batch in batches(workspace_id=first.id)]

    assert load().id == first.id
    assert [batch.id for batch in batches(workspace_id=first.id)] == before


def test_who_was_killed_in_the_middle_is_asked_again(drawn: dict[str, Any]) -> None:
    """Killed after the sheet; on the next day the demo is begun once more."""

    def killed(words: str) -> None:
        if words == "importing the desk's log":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_sample(examples=None, at=TUESDAY, tell=killed, inquiries=SIZE)
    michi = load()

    assert len(list(all_inquiries(workspace_id=michi.id))) == drawn["inquiries"]
    assert len(batches(workspace_id=michi.id)) == 2
    assert Clock.objects.filter(workspace_id=michi.id).count() > drawn["inquiries"]


def test_what_is_worked_here_goes_as_the_story_says() -> None:
    """Filed, sent back, escalated and answered by the operations of the pages."""
    _michi, desk = load_sample(examples=None, at=TUESDAY, tell=silently, inquiries=SIZE)
    truth = story_truth()

    asked = [state for _, state in all_investigations(workspace_id=desk.id)]
    received = [state for _, state in all_inquiries(workspace_id=desk.id)]
    kinds = Counter(Step.objects.filter(workspace_id=desk.id).values_list("kind", flat=True))
    assert (len(asked), len(received)) == (truth["investigations"], truth["inquiries"])
    assert sum(state.phase == "answered" for state in asked) == truth["answered"]
    assert kinds["sent_back"] == truth["sent_back"]
    assert OpenCase.objects.filter(workspace_id=desk.id).count() == truth["open"]
    assert Defect.objects.filter(workspace_id=desk.id).count() == truth["defects"]
    assert not [flag for state in (*asked, *received) for flag in state.flags]

    load_sample(examples=None, at=TUESDAY + timedelta(days=1), tell=silently, inquiries=SIZE)
    assert len(list(all_investigations(workspace_id=desk.id))) == truth["investigations"]
