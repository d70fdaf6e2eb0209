"""Figures by topic, on rows typed by hand and counted by hand."""

import pytest

from shinrai.quality.facts.inquiries import INQUIRIES
from shinrai.quality.facts.investigations import INVESTIGATIONS
from shinrai.quality.queries.one_topic import topic_meant
from shinrai.quality.queries.past_summary import _count, counted_of
from shinrai.quality.rules.figures import plain
from shinrai.quality.rules.summary import figures_of
from shinrai.quality.rules.topical import (
    agreement_by_topic,
    agreement_figure,
    hanging_of,
    judged_of,
    resolved,
)
from shinrai.topics.facts import TOPICS
from shinrai.topics.rules.codebook import UnknownTopic
from shinrai.warehouse.publication import append_rows
from shinrai.warehouse.store import Warehouse
from tests.quality.stories import june
from tests.quality.test_measures import HERE, NOW, asked, row


@pytest.fixture
def figures(tmp_path):
    """Publish rows, with a codebook, and give the figures of the one mode."""

    def answer(inquiries=(), investigations=(), says=(), at=NOW, topic=None):
        warehouse = Warehouse(str(tmp_path / "warehouse"))
        labels = [
            {"workspace_id": HERE, "label": label, "topic": topic, "codebook": 1}
            | {"revision": 1, "gone": False}
            for label, topic in says
        ]
        tables = ((INQUIRIES, inquiries), (INVESTIGATIONS, investigations), (TOPICS, labels))
        for table, rows in tables:
            columns = {c.name: [one[c.name] for one in rows] for c in table.stored}
            append_rows(
                warehouse, table, [table.batch(columns)], app="q", since=None, upto=1, at=NOW
            )
        about = None if topic is None else topic_meant(warehouse, HERE, topic)
        found, _ = _count(warehouse, HERE, at, None, None, None, topic=about)
        return plain(figures_of(counted_of(found)))

    return answer


def solved(number, day, customer, topic, **more):
    at = june(day, 9)
    return asked(number, at, solved=june(day, 10), customer_id=customer, topic=topic, **more)


class TestRepeatContact:
    """Yui (1) asks about login, then login again; Aoi (2) about login, then about billing."""

    ROWS = (
        solved(1, 1, 1, "login"),
        solved(2, 4, 1, "login"),
        solved(3, 1, 2, "login"),
        solved(4, 5, 2, "billing"),
        solved(5, 2, 3, None),
    )

    def test_counts_the_same_topic_only(self, figures):
        found = figures(self.ROWS)["repeat_contact"]

        assert (found["count"], found["of"], found["without_topic"]) == (1, 4, 1)
        assert (found["any_topic"]["count"], found["any_topic"]["of"]) == (2, 5)

    def test_truly_solved_has_two_bounds(self, figures):
        found = figures(self.ROWS)["truly_solved"]

        assert (found["count"], found["of"], found["bound"]) == (3, 5, "any_topic")
        assert (found["same_topic"]["count"], found["same_topic"]["of"]) == (3, 4)

    def test_labels_that_were_merged_are_one_topic(self, figures):
        found = figures(self.ROWS, says=[("billing", "money"), ("login", "money")])

        assert (found["repeat_contact"]["count"], found["repeat_contact"]["of"]) == (2, 4)

    def test_a_day_beyond_the_fortnight_is_none(self, figures):
        rows = (solved(1, 1, 1, "login"), solved(2, 16, 1, "login"))

        assert figures(rows, at=june(30, 12))["repeat_contact"]["count"] == 0

    def test_is_unknown_without_labels(self, figures):
        rows = [solved(1, 1, 1, None), solved(2, 2, 1, None)]

        found = figures(rows)

        assert found["repeat_contact"]["unknown"] == "no topics have been labelled"
        assert found["repeat_contact"]["any_topic"]["count"] == 1
        assert found["truly_solved"]["same_topic"]["unknown"] == "no topics have been labelled"

    def test_is_unknown_where_nothing_labelled_was_solved(self, figures):
        rows = [asked(1, june(1, 9), customer_id=1, topic="login"), solved(2, 2, 1, None)]

        assert "labelled" in figures(rows)["repeat_contact"]["unknown"]
        assert figures(rows)["repeat_contact"]["unknown"].startswith("nothing labelled")


class TestOneTopic:
    """Login was asked about thrice (once as ログイン), billing once; one is not labelled.

    Of three investigations one was filed about login, one lies beneath a login inquiry, and one
    names the inquiry about billing.
    """

    ROWS = (
        solved(1, 1, 1, "login"),
        solved(2, 4, 1, "billing"),
        solved(3, 1, 2, "ログイン", case_key="T-3"),
        asked(4, june(2, 9), customer_id=3, topic="login"),
        solved(5, 2, 3, None),
    )
    FILED = (
        row(INVESTIGATIONS, 11, filed_us=june(2), topic="login", sent_back_count=1),
        row(INVESTIGATIONS, 12, filed_us=june(2), inquiry_id=3, answered_us=june(3)),
        row(INVESTIGATIONS, 13, filed_us=june(2), inquiry_key="T-2", answered_us=june(3)),
    )
    SAYS = (("login", "login"), ("ログイン", "login"), ("sound", "sound"))

    def test_counts_what_counts_as_it(self, figures):
        found = figures(self.ROWS, says=self.SAYS, topic="login")

        assert (found["solved"]["count"], found["solved"]["of"]) == (2, 3)
        assert figures(self.ROWS, says=self.SAYS)["solved"]["of"] == 5

    def test_a_label_that_was_merged_means_the_topic(self, figures):
        merged = figures(self.ROWS, self.FILED, says=self.SAYS, topic="ログイン")

        assert merged == figures(self.ROWS, self.FILED, says=self.SAYS, topic="login")

    def test_a_return_on_any_topic_is_looked_for_among_all(self, figures):
        """Yui, who asked about login, was back four days later about billing."""
        found = figures(self.ROWS, says=self.SAYS, topic="login")["repeat_contact"]

        assert (found["count"], found["of"], found["without_topic"]) == (0, 2, 0)
        assert (found["any_topic"]["count"], found["any_topic"]["of"]) == (1, 2)

    def test_investigations_are_those_about_it(self, figures):
        login = figures(self.ROWS, self.FILED, says=self.SAYS, topic="login")
        billing = figures(self.ROWS, self.FILED, says=self.SAYS, topic="billing")

        assert (login["sent_back"]["count"], login["sent_back"]["of"]) == (1, 2)
        assert (billing["sent_back"]["count"], billing["sent_back"]["of"]) == (0, 1)
        assert billing["correctness"]["of"] == 1

    def test_parts_add_up_to_the_whole(self, figures):
        """But for what has no topic."""
        parts = [
            figures(self.ROWS, self.FILED, says=self.SAYS, topic=t) for t in ("login", "billing")
        ]
        whole = figures(self.ROWS, self.FILED, says=self.SAYS)

        assert sum(part["flagged"]["of"] for part in parts) + 1 == whole["flagged"]["of"]
        assert sum(part["sent_back"]["of"] for part in parts) == whole["sent_back"]["of"]

    def test_findings_are_those_about_it(self, figures):
        login = [found_by(n, "staff:2", topic="login") for n in range(1, 6)]
        sound = [found_by(n, "staff:2", topic="sound") for n in range(11, 16)]

        found = figures(investigations=[*login, *sound], topic="sound")["single_person"]

        assert [topic["topic"] for topic in found["topics"]] == ["sound"]

    def test_a_topic_without_any_is_empty_not_unknown(self, figures):
        assert figures(self.ROWS, says=self.SAYS, topic="sound")["flagged"]["of"] == 0

    def test_what_nobody_asked_about_names_what_there_is(self, figures):
        with pytest.raises(UnknownTopic) as wrong:
            figures(self.ROWS, says=self.SAYS, topic="logins")

        assert "'logins'; there are: login, billing, sound" in wrong.value.text["en"]
        assert "login、billing、sound" in wrong.value.text["ja"]

    def test_without_topics_it_says_so(self, figures):
        with pytest.raises(UnknownTopic, match="no topics yet"):
            figures([asked(1, june(1, 9))], topic="login")


class TestAgreement:
    """Of four inquiries two people said the same of three: alpha = 1 - (2/8) / (30/56) = 8/15."""

    ROWS = (
        {"mode": "via_cs", "double_labels": "a\na", "count": 2},
        {"mode": "via_cs", "double_labels": "b\nb", "count": 1},
        {"mode": "via_cs", "double_labels": "a\nb", "count": 1},
    )

    def test_is_counted_by_hand(self):
        found = agreement_figure(self.ROWS)

        assert found["alpha"] == pytest.approx(8 / 15)
        assert (found["of"], found["judgements"]) == (4, 8)
        assert found["low"] <= found["alpha"] <= found["high"]

    def test_comes_from_the_published_rows(self, figures):
        rows = [
            asked(n, june(1, n), topic="a", double_labels=said)
            for n, said in enumerate(("a\na", "a\na", "b\nb", "a\nb"), start=1)
        ]

        assert figures(rows)["agreement"]["alpha"] == pytest.approx(8 / 15)

    def test_merged_labels_agree(self, figures):
        rows = [
            asked(n, june(1, n), topic="a", double_labels=said)
            for n, said in enumerate(("a\nc", "b\nb", "a\na"), start=1)
        ]

        assert figures(rows, says=[("c", "a")])["agreement"]["alpha"] == pytest.approx(1)

    def test_is_unknown_below_two_labellers_and_without_variety(self):
        one = agreement_figure([])
        alike = agreement_figure([{"double_labels": "a\na", "count": 7}])

        assert one["unknown"].reason == "fewer than two people have labelled the same"
        assert "all judged the same" in alike["unknown"].reason

    def test_says_of_each_topic_what_it_is_mistaken_for(self):
        rows = [*self.ROWS, {"mode": "via_cs", "double_labels": "a\nc", "count": 3}]

        a, b, c = agreement_by_topic(judged_of(rows))

        assert (a.topic, a.agreed, a.pairs, a.confused) == ("a", 2, 6, (("c", 3), ("b", 1)))
        assert (b.agreed, b.pairs, b.confused) == (1, 2, (("a", 1),))
        assert (c.agreed, c.pairs) == (0, 3)

    def test_three_labellers_make_three_pairs(self):
        [a, b] = agreement_by_topic(judged_of([{"double_labels": "a\na\nb", "count": 1}]))

        assert (a.agreed, a.pairs) == (1, 3)
        assert (b.agreed, b.pairs) == (0, 2)

    def test_the_order_in_which_patterns_were_counted_changes_nothing(self):
        """A page and a command count in orders of their own; their intervals are the same."""
        rows = [
            {"double_labels": f"{one}\n{other}", "count": count}
            for one, other, count in (("a", "a", 9), ("a", "b", 3), ("b", "b", 5), ("b", "c", 2))
        ]

        assert agreement_figure(rows) == agreement_figure(rows[::-1])

    def test_resolving_puts_labels_in_order_again(self):
        rows = resolved([{"double_labels": "a\nz", "count": 1}], {"z": "A"})

        assert rows[0]["double_labels"] == "A\na"


def found_by(number, finder, day=1, **more):
    moment = {"filed_us": june(day), "finding_us": june(day, 12), "verdict": "defect"}
    return row(INVESTIGATIONS, number, finder=finder, **moment, **more)


class TestSinglePerson:
    def test_four_in_five_hang_on_one(self, figures):
        """高橋 found 4 of 5 about login, 3 of 5 about billing; 2 about sound are few."""
        login = [found_by(n, "staff:2" if n < 5 else "staff:3", topic="login") for n in range(1, 6)]
        billing = [
            found_by(n, "staff:2" if n < 14 else "staff:3", topic="billing") for n in range(11, 16)
        ]
        sound = [found_by(n, "staff:2", topic="sound") for n in (21, 22)]

        found = figures(investigations=[*login, *billing, *sound])["single_person"]

        assert (found["count"], found["of"]) == (1, 2)
        assert found["topics"][0] == {"topic": "login", "findings": 5, "by_one": 4}

    def test_who_it_is_is_not_in_the_figure(self, figures):
        rows = [found_by(n, "staff:2", topic="login") for n in range(1, 7)]

        assert "staff" not in str(figures(investigations=rows)["single_person"])

    def test_an_investigation_is_about_what_its_inquiry_is_about(self, figures):
        inquiries = [asked(n, june(1, n), topic="login") for n in range(1, 6)]
        named = [found_by(n, "staff:2", inquiry_key=f"T-{n}") for n in (1, 2)]
        beneath = [found_by(n, "staff:2", inquiry_id=n) for n in (3, 4, 5)]

        found = figures(inquiries, [*named, *beneath])["single_person"]

        assert found["topics"] == [{"topic": "login", "findings": 5, "by_one": 5}]

    def test_a_key_that_two_sources_share_names_neither(self, figures):
        twins = [asked(n, june(1, n), case_key="T-1", topic="login") for n in (1, 2)]
        named = [found_by(n, "staff:2", inquiry_key="T-1") for n in range(1, 6)]

        assert "unknown" in figures(twins, named)["single_person"]

    def test_what_lies_more_than_180_days_back_counts_no_more(self, figures):
        rows = [found_by(n, "staff:2", topic="login") for n in range(1, 6)]

        assert figures(investigations=rows, at=june(1, 13))["single_person"]["count"] == 1
        later = figures(investigations=rows, at=june(1, 13).replace(month=12))["single_person"]
        assert later == {"unknown": "no topics have been labelled", "topics": []}

    def test_names_whoever_found_most_to_those_who_ask(self):
        rows = [
            {"about": "login", "finder": "staff:3", "count": 1},
            {"about": "login", "finder": "staff:2", "count": 4},
        ]

        [topic] = hanging_of(rows)

        assert (topic.finder, topic.by_one, topic.findings) == ("staff:2", 4, 5)
        assert topic.hangs_on_one
