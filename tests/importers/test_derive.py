"""From rows to steps: named days, and the law that the order of imports does not matter."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from shinrai.importers.rules.derive.case import derive
from shinrai.importers.rules.derive.step import DerivationContext, DoubtfulTime, StoredRow
from shinrai.importers.rules.differences import differences
from shinrai.ledger.rules.steps import Step, standing
from shinrai.units.moments import epoch_us, from_us

MONDAY = datetime(2026, 6, 1, 9, tzinfo=UTC)
LONG_AFTER = DerivationContext(epoch_us(datetime(2027, 1, 1, tzinfo=UTC)))
MINUTE = 60_000_000


def at(minutes: int) -> int:
    return epoch_us(MONDAY) + minutes * MINUTE


def state(number: int, minutes: int, word: str | None, **facts: Any) -> StoredRow:
    return StoredRow(
        table="states",
        rows="states",
        row_key=str(number),
        facts={
            "at": at(minutes),
            "order": [number],
            "role": "agent",
            "state": word,
            "begins": {"kind": "received", "at": at(0), "role": "agent", "detail": {}},
            "changes": [
                {"kind": "assigned", "role": "agent", "watch": [facts.get("group")], "detail": {}}
            ],
        },
        words={},
    )


def kinds(seen: Sequence[StoredRow], record: str = "inquiry") -> list[tuple[str, int]]:
    steps, _ = derive(seen, record=record, context=LONG_AFTER)
    return [(step.kind, (step.at_us - at(0)) // MINUTE) for step in steps]


class TestALogOfStates:
    def test_a_wait_ends_where_work_goes_on(self) -> None:
        log = [
            state(0, 5, "open"),
            state(1, 20, "waiting:customer"),
            state(2, 30, "waiting:customer"),
            state(3, 45, "open"),
            state(4, 60, "solved"),
            state(5, 90, "closed"),
        ]

        assert kinds(log) == [
            ("received", 0),
            ("waiting", 20),
            ("resumed", 45),
            ("solved", 60),
            ("closed", 90),
        ]

    def test_from_one_wait_into_another_both_are_told(self) -> None:
        log = [state(0, 1, "waiting:customer"), state(1, 2, "waiting:problem")]

        assert kinds(log) == [("received", 0), ("waiting", 1), ("resumed", 2), ("waiting", 2)]

    def test_what_was_done_is_reopened_before_it_waits_again(self) -> None:
        log = [state(0, 1, "closed"), state(1, 2, "waiting:customer"), state(2, 3, "solved")]

        assert kinds(log) == [
            ("received", 0),
            ("closed", 1),
            ("reopened", 2),
            ("waiting", 2),
            ("solved", 3),
        ]

    def test_whoever_is_assigned_with_the_solution_held_it_before(self) -> None:
        log = [state(0, 1, "open", group="70"), state(1, 9, "solved", group="24")]

        assert kinds(log) == [("received", 0), ("assigned", 1), ("assigned", 9), ("solved", 9)]

    def test_rows_of_one_minute_follow_their_numbers(self) -> None:
        log = [state(10, 5, "open"), state(9, 5, "waiting:customer"), state(11, 6, "solved")]

        assert kinds(log) == [("received", 0), ("waiting", 5), ("resumed", 5), ("solved", 6)]

    def test_a_group_that_falls_silent_is_no_news(self) -> None:
        log = [
            state(0, 1, "open", group="70"),
            state(1, 2, "open"),
            state(2, 3, "open", group="70"),
        ]

        assert kinds(log) == [("received", 0), ("assigned", 1)]

    def test_a_state_without_meaning_makes_no_step(self) -> None:
        log = [state(0, 1, "waiting:customer"), state(1, 2, None), state(2, 3, "open")]

        assert kinds(log) == [("received", 0), ("waiting", 1), ("resumed", 3)]

    def test_where_numbers_and_clock_disagree_the_case_is_marked(self) -> None:
        steps, notes = derive(
            [state(1, 30, "open"), state(2, 20, "solved"), state(3, 40, "closed")],
            record="inquiry",
            context=LONG_AFTER,
        )

        assert "non_monotonic" in {note.code for note in notes}
        assert {step.detail.get("doubt") for step in steps} == {"non_monotonic"}

    def test_an_investigation_is_sent_back_and_resubmitted(self) -> None:
        log = [state(0, 1, "sent_back"), state(1, 2, "acknowledged"), state(2, 3, "answered")]

        assert [kind for kind, _ in kinds(log, "investigation")] == [
            "received",
            "sent_back",
            "resubmitted",
            "answered",
        ]


def question(minutes: int, by: str = "customer:1") -> StoredRow:
    step = {"key": "received", "kind": "received", "at": at(minutes), "order": 0, "by": by}
    facts = {"steps": [step | {"role": "customer"}], "customer": by}
    return StoredRow("questions", "cases", "7", facts, {"received": [501, "mark"]})


def answer(number: int, minutes: int, by: str) -> StoredRow:
    facts = {
        "at": at(minutes),
        "by": by,
        "roles": {"inbound": "customer", "outbound": "volunteer"},
        "detail": {"substantive": True},
    }
    return StoredRow(
        "answers", "messages", str(number), facts, {"text": [600 + number, "m"]}, joins=True
    )


class TestMessages:
    def test_go_in_if_whoever_asked_wrote_them(self) -> None:
        seen = [question(0), answer(1, 5, "customer:2"), answer(2, 9, "customer:1")]

        steps, notes = derive(seen, record="inquiry", context=LONG_AFTER)

        assert [(step.kind, step.role) for step in steps] == [
            ("received", "customer"),
            ("outbound", "volunteer"),
            ("inbound", "customer"),
        ]
        assert [step.words and step.words[0] for step in steps] == [501, 601, 602]
        assert notes == []

    def test_wait_for_their_question(self) -> None:
        steps, [note] = derive([answer(1, 5, "customer:2")], record="inquiry", context=LONG_AFTER)

        assert steps == []
        assert note.code == "orphan"

    def test_answered_before_it_was_asked_is_marked_and_kept(self) -> None:
        seen = [question(60), answer(1, 5, "customer:2"), answer(2, 9, "customer:1")]

        steps, notes = derive(seen, record="inquiry", context=LONG_AFTER)

        assert [step.detail.get("doubt") for step in steps] == [
            "answered_before_asked",
            "followed_up_before_asked",
            None,
        ]
        assert {"answered_before_asked", "followed_up_before_asked"} <= {n.code for n in notes}


class TestDoubts:
    def test_the_future_is_marked(self) -> None:
        against = DerivationContext(at(10))

        steps, notes = derive([question(11)], record="inquiry", context=against)

        assert steps[0].detail["doubt"] == "future"
        assert "future" in {note.code for note in notes}

    def test_a_doubtful_time_marks_what_lies_in_it_and_nothing_else(self) -> None:
        against = DerivationContext(at(999), (DoubtfulTime("zone_jump", None, at(10)),))
        seen = [question(0), answer(1, 9, "customer:2"), answer(2, 10, "customer:2")]

        steps, _ = derive(seen, record="inquiry", context=against)

        assert [step.detail.get("doubt") for step in steps] == ["zone_jump", "zone_jump", None]


# --- the law ----------------------------------------------------------------------------------

SOURCE = "log"


@dataclass
class Books:
    """One case in memory: what every import said, and the steps appended for it."""

    said: dict[int, dict[str, StoredRow]] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)
    withdrawn: set[int] = field(default_factory=set)

    def bring(self, batch: int, rows: Sequence[StoredRow]) -> None:
        self.said[batch] = {row.row_key: row for row in rows}
        self._append(batch)

    def withdraw(self, batch: int) -> None:
        self.withdrawn.add(batch)
        if left := [number for number in self.said if number not in self.withdrawn]:
            self._append(max(left))

    def stands(self) -> list[tuple[Any, ...]]:
        told = standing(self._visible())
        return [
            (s.at, s.kind, s.by, s.role, s.tier, dict(s.detail), s.source_key, s.source_order)
            for s in told
        ]

    def _visible(self) -> list[Step]:
        return [step for step in self.steps if step.batch_id not in self.withdrawn]

    def _append(self, batch: int) -> None:
        newest: dict[str, StoredRow] = {}
        for number in sorted(self.said):
            if number not in self.withdrawn:
                newest |= self.said[number]
        derived, _ = derive(list(newest.values()), record="inquiry", context=LONG_AFTER)
        found = differences(self._visible(), derived, source=SOURCE, batch_id=batch)
        for step in found.new:
            self._add(batch, step.kind, step, None, dict(step.detail))
        for correction in found.corrections:
            instead = correction.instead
            if instead is None:
                self._add(
                    batch, "corrected", correction.wrong, correction.origin, {"instead": None}
                )
            else:
                detail = {**instead.detail, "instead": instead.kind, "why": "export"}
                self._add(batch, "corrected", instead, correction.origin, detail)

    def _add(
        self, batch: int, kind: str, like: Any, corrects: int | None, detail: dict[str, Any]
    ) -> None:
        moment = like.at if isinstance(like, Step) else from_us(like.at_us)
        self.steps.append(
            Step(
                sequence=len(self.steps) + 1,
                at=moment,
                recorded_at=MONDAY + timedelta(days=batch),
                kind=kind,
                by=like.by,
                role=like.role,
                tier=like.tier,
                detail=detail,
                source=SOURCE,
                source_key=like.source_key,
                source_order=like.source_order,
                batch_id=batch,
                corrects=corrects,
            )
        )


WORDS = [
    "open", "waiting:customer", "waiting:problem", "solved", "closed", None, "cancelled:spam"
]  # fmt: skip


@st.composite
def logs(draw: st.DrawFn) -> list[StoredRow]:
    """A case's log: moments may tie, and now and then run backwards."""
    count = draw(st.integers(1, 8))
    return [
        state(
            number,
            draw(st.integers(1, 6)) + 3 * number,
            draw(st.sampled_from(WORDS)),
            group=draw(st.sampled_from([None, "70", "24"])),
        )
        for number in range(count)
    ]


def once(rows: Sequence[StoredRow]) -> list[tuple[Any, ...]]:
    books = Books()
    books.bring(1, rows)
    return books.stands()


class TestTheOrderOfImports:
    @given(logs(), st.data())
    def test_does_not_matter_however_a_log_is_cut(
        self, log: list[StoredRow], data: st.DataObject
    ) -> None:
        parts = [data.draw(st.integers(1, 3)) for _ in log]
        order = data.draw(st.permutations([1, 2, 3]))
        books = Books()

        for batch, part in enumerate(order, start=1):
            books.bring(batch, [row for row, mine in zip(log, parts, strict=True) if mine == part])

        assert books.stands() == once(log)

    @given(logs())
    def test_twice_changes_nothing(self, log: list[StoredRow]) -> None:
        books = Books()
        books.bring(1, log)
        before = len(books.steps)

        books.bring(2, log)

        assert len(books.steps) == before

    @given(logs(), logs(), logs(), st.permutations([1, 2, 3]))
    def test_taking_back_leaves_what_the_others_said(
        self, one: list[StoredRow], two: list[StoredRow], three: list[StoredRow], order: list[int]
    ) -> None:
        """Later exports contradict earlier ones; any may be taken back, in any order."""
        books = Books()
        for batch, rows in ((1, one), (2, two), (3, three)):
            books.bring(batch, rows)

        said = {1: one, 2: two, 3: three}
        for gone in order:
            books.withdraw(gone)
            del said[gone]
            only = Books()
            for batch, rows in said.items():
                only.bring(batch, rows)
            assert books.stands() == only.stands()

    @given(logs(), logs())
    def test_a_step_corrected_away_may_come_back(
        self, one: list[StoredRow], two: list[StoredRow]
    ) -> None:
        books = Books()
        books.bring(1, one)
        books.bring(2, two)
        books.bring(3, one)

        newest = {row.row_key: row for row in (*one, *two, *one)}
        assert books.stands() == once(list(newest.values()))


class TestWhatAPersonCorrected:
    def test_stays_while_the_source_says_the_same(self) -> None:
        books = Books()
        books.bring(1, [state(0, 1, "open"), state(1, 60, "solved")])
        solved = next(step for step in books.steps if step.kind == "solved")
        by_hand = solved._replace(
            sequence=99,
            at=solved.at - timedelta(minutes=30),
            kind="corrected",
            detail={"instead": "solved", "why": "clock was wrong"},
            source="shinrai",
            batch_id=None,
            corrects=solved.sequence,
        )
        books.steps.append(by_hand)

        books.bring(2, [state(0, 1, "open"), state(1, 60, "solved")])

        assert (by_hand.at, "solved") in [(told[0], told[1]) for told in books.stands()]


class TestTheSecondInWhichACaseBegan:
    """Kurata took a call at 9:00, wrote it down and solved it at once: one second, two tables."""

    def receipt(self, minutes: float = 0, order: int = 100, **detail: str) -> StoredRow:
        step = {"key": "received", "kind": "received", "at": at(0) + int(minutes * MINUTE),
                "order": order, "role": "agent", "detail": detail}  # fmt: skip
        return StoredRow("tickets", "cases", "1", {"steps": [step]}, {})

    def change(self, kind: str, number: int, minutes: float = 0) -> StoredRow:
        step = {"key": "step", "kind": kind, "at": at(0) + int(minutes * MINUTE),
                "order": number, "role": "agent"}  # fmt: skip
        return StoredRow("changes", "steps", str(number), {"steps": [step]}, {})

    def state(self, number: int, minutes: int, word: str) -> StoredRow:
        found = state(number, minutes, word)
        return found._replace(facts={**found.facts, "begins": None})

    @given(st.sampled_from(["solved", "closed"]), st.integers(-5, 500), st.booleans())
    def test_the_opening_comes_first_whatever_the_tables_number(
        self, word: str, order: int, as_state: bool
    ) -> None:
        done = self.state(1, 0, word) if as_state else self.change(word, 1)

        steps, notes = derive(
            [done, self.receipt(order=order)], record="inquiry", context=LONG_AFTER
        )

        assert [step.kind for step in steps] == ["received", word]
        assert steps[0].source_order < steps[1].source_order
        assert notes == []

    def test_a_table_told_to_the_second_agrees_with_one_told_more_exactly(self) -> None:
        asked = self.receipt(minutes=0.4 / 60)

        steps, notes = derive(
            [self.change("solved", 1), asked], record="inquiry", context=LONG_AFTER
        )

        assert [step.kind for step in steps] == ["received", "solved"]
        assert steps[0].at_us <= steps[1].at_us
        assert notes == []

    def test_what_lies_before_by_a_second_stays_there_and_is_doubted(self) -> None:
        steps, _ = derive(
            [self.change("solved", 1, minutes=-1 / 60), self.receipt()],
            record="inquiry",
            context=LONG_AFTER,
        )

        assert [step.kind for step in steps] == ["solved", "received"]
        assert "doubt" in steps[0].detail

    def test_another_inquiry_that_was_merged_into_it_opens_nothing(self) -> None:
        merged = self.receipt(order=0, merged_from="2")
        merged = merged._replace(table="merges", row_key="2")

        steps, _ = derive([merged, self.receipt()], record="inquiry", context=LONG_AFTER)

        assert ["merged_from" in step.detail for step in steps] == [False, True]

    def test_a_case_in_order_keeps_the_numbers_its_tables_gave(self) -> None:
        steps, _ = derive(
            [self.receipt(order=100), self.change("solved", 1, minutes=5)],
            record="inquiry",
            context=LONG_AFTER,
        )

        assert [step.source_order for step in steps] == [100, 1]
