"""The table of actions: what is possible by phase, role and source, and what forms must say."""

from itertools import product

import pytest

from shinrai.accounts.rules.permission import PERMITTED
from shinrai.accounts.rules.role import Role
from shinrai.desk.rules.action_steps import (
    FACT_CLASSES,
    ActionContext,
    BadFields,
    action_steps,
    is_web_address,
)
from shinrai.desk.rules.actions import (
    ACTIONS,
    IN_SOURCE,
    ActionRefused,
    CaseState,
    allowed_action,
    possible_actions,
    tier_of,
    tiers_for,
)
from shinrai.desk.rules.case_facts import KNOWN, facts_named
from shinrai.inquiries.rules.kinds import MAY as INQUIRY_MAY
from shinrai.investigations.rules.kinds import MAY as INVESTIGATION_MAY
from shinrai.units.text import translated
from tests.desk.stage import tokyo

PHASES = {
    "inquiry": sorted({phase for phases in INQUIRY_MAY.values() for phase in phases}),
    "investigation": sorted({phase for phases in INVESTIGATION_MAY.values() for phase in phases}),
}
TAKAHASHI = ActionContext(
    by="staff:2",
    tier=2,
    persons={"staff:1": 1, "staff:2": 2},
    clocks=("investigation",),
    held=2,
    missing=facts_named(["version", "契約番号"]),
    at=tokyo(9, 12),
    zone="Asia/Tokyo",
)


def keys(record: str, phase: str, *roles: Role, source: str = "shinrai", tier: int = 2) -> set[str]:
    found = possible_actions(CaseState(record, source, phase, tier), roles)
    return {one.key for one in found}


@pytest.mark.parametrize("record", ["inquiry", "investigation"])
def test_what_is_offered_is_allowed_and_all_else_refused_with_what_is_possible(record) -> None:
    """For every phase, role, source and line: the list and the check say the same."""
    for phase, role, source, tier in product(
        PHASES[record], Role, ("shinrai", "zendesk"), (1, 2, 3)
    ):
        case = CaseState(record, source, phase, tier)
        offered = {one.key for one in possible_actions(case, [role])}
        for of, key in ACTIONS:
            if of != record:
                continue
            if key in offered:
                action = allowed_action(key, case, [role])
                assert phase in action.phases
                assert any(role in PERMITTED[one] for one in action.permissions)
                assert source == "shinrai" or key in IN_SOURCE
            else:
                with pytest.raises(ActionRefused) as refused:
                    allowed_action(key, case, [role])
                for language in ("en", "ja"):
                    assert translated(refused.value.text, language)


def test_suzuki_files_notes_and_reopens_but_does_not_answer_an_investigation() -> None:
    assert keys("investigation", "open", Role.CS_AGENT) == {
        "note",
        "withdraw",
    }
    assert "resubmit" in keys("investigation", "sent_back", Role.CS_AGENT)
    assert "reopen" in keys("investigation", "answered", Role.CS_AGENT)
    with pytest.raises(ActionRefused, match="your role does not permit this: Answer"):
        allowed_action("answer", CaseState("investigation", "shinrai", "open", 2), [Role.CS_AGENT])


def test_an_answered_one_is_not_answered_again_and_says_what_is_possible() -> None:
    case = CaseState("investigation", "shinrai", "answered", 2)

    with pytest.raises(ActionRefused, match=r"the case is answered; possible: .*Reopen"):
        allowed_action("answer", case, [Role.CRE_ENGINEER])


def test_of_another_desk_one_may_only_note_and_exempt() -> None:
    for record, phase in (("inquiry", "open"), ("investigation", "open")):
        assert keys(record, phase, Role.OWNER, source="zendesk") == {"note", "exempt"}
    with pytest.raises(ActionRefused, match="worked in zendesk"):
        allowed_action("solve", CaseState("inquiry", "zendesk", "open", 1), [Role.OWNER])


def test_lines_above_are_asked_and_lines_below_get_it_back() -> None:
    escalate, back = ACTIONS["inquiry", "escalate"], ACTIONS["inquiry", "return"]
    assert (tiers_for(escalate, 1), tiers_for(escalate, 3)) == ((2, 3), ())
    assert (tiers_for(back, 3), tiers_for(back, 1)) == ((1, 2), ())
    assert tiers_for(ACTIONS["investigation", "return"], 3) == (2,), "CS filed it: it is sent back"
    assert "escalate" not in keys("inquiry", "open", Role.OWNER, tier=3)
    assert tier_of([Role.CS_AGENT, Role.CRE_ENGINEER]) == 2
    assert tier_of([Role.MANAGER]) is None


def written(key: str, record: str = "investigation", context=TAKAHASHI, **given: str):
    return action_steps(ACTIONS[record, key], given, context)


def wrong(key: str, record: str = "investigation", context=TAKAHASHI, **given: str) -> set[str]:
    with pytest.raises(BadFields) as refused:
        written(key, record, context, **given)
    for text in refused.value.errors.values():
        assert translated(text, "ja") != translated(text, "en")
    return set(refused.value.errors)


class TestFields:
    def test_an_answer_needs_both_texts_and_a_verdict(self) -> None:
        assert wrong("answer") == {"plain", "technical", "verdict"}
        assert wrong("answer", verdict="defect", technical="NPE in sync") == {"plain"}
        assert wrong("answer", verdict="guilty", technical="x", plain="y") == {"verdict"}

        finding, answered = written(
            "answer", verdict="defect", technical="NPE in sync", plain="直しました",
            links="https://ci.example/1",
        )  # fmt: skip

        assert (finding.kind, finding.detail) == ("finding", {"verdict": "defect"})
        assert finding.words == "NPE in sync\nhttps://ci.example/1"
        assert (answered.kind, answered.words) == ("answered", "直しました")

    def test_after_a_finding_the_plain_words_are_enough(self) -> None:
        from dataclasses import replace

        found = replace(TAKAHASHI, has_finding=True)

        assert [step.kind for step in written("answer", context=found, plain="直しました")] == [
            "answered"
        ]
        assert wrong("answer", context=found, plain="直しました", technical="anew") == {"verdict"}

    def test_a_sending_back_names_facts_known_and_own(self) -> None:
        assert wrong("send_back", words="more please") == {"missing"}

        [step] = written("send_back", missing="version\n契約番号\nversion")

        assert step.detail["missing"] == ["version", "契約番号"]
        assert step.detail["missing_fact"] == ["device", "other"]
        assert set(FACT_CLASSES) == set(KNOWN), "each fact has its place in the figure"

    def test_a_resubmission_supplies_each_fact_that_was_named(self) -> None:
        assert wrong("resubmit", **{"fact:version": "3.2"}) == {"fact:契約番号"}

        [step] = written("resubmit", **{"fact:version": "3.2", "fact:契約番号": "K-7"})

        assert step.detail == {"version": "3.2"}
        assert step.words == "契約番号: K-7"

    @pytest.mark.parametrize("key", ["escalate", "consult"])
    def test_a_line_of_support_is_one_above(self, key) -> None:
        assert wrong(key, tier="2", words="help") == {"tier"}
        assert wrong(key, tier="3") == {"words"}
        [step] = written(key, tier="3", words="help")
        assert step.tier == 3

    def test_evidence_is_an_address_of_the_web(self) -> None:
        assert wrong(
            "finding",
            verdict="defect",
            technical="x",
            links="https://ok.example\njavascript:alert(1)",
        ) == {"links"}
        assert is_web_address("https://ci.example/a?b=c")
        for bad in ("", "ci.example", "ftp://x.example", "https://", "https://a b", "http://[::1"):
            assert not is_web_address(bad), bad

    def test_a_megabyte_of_subject_is_refused(self) -> None:
        assert wrong("note", words="あ" * 1_000_000) == {"words"}
        assert wrong("merge", "inquiry", into="Q" * 1_000_000) == {"into"}

    def test_a_reply_may_wait_for_the_customer_or_solve(self) -> None:
        assert wrong("reply", "inquiry") == {"message", "then"}
        sent = written("reply", "inquiry", message="お試しください", then="waiting")
        assert [step.kind for step in sent] == ["outbound", "waiting"]
        assert sent[1].detail == {"on": "customer"}

    def test_a_duplicate_names_the_inquiry_it_repeats(self) -> None:
        assert wrong("cancel", "inquiry", cancelled_for="duplicate") == {"into"}
        [step] = written("cancel", "inquiry", cancelled_for="spam", into="Q-9")
        assert step.detail == {"reason": "spam"}
