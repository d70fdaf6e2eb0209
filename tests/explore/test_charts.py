"""Answers as charts: the type that fits, what members say of it, and what may not run."""

import re
from datetime import date, timedelta

import pytest

from shinrai.explore.operations.alerts import picture
from shinrai.explore.queries.charts import EventMark, draw_chart
from shinrai.explore.rules.answer import AnswerColumn, SqlAnswer
from shinrai.explore.rules.charts import (
    BadChart,
    Chart,
    chart_for,
    points,
    read_chart_document,
    read_words,
)

MONDAY = date(2026, 8, 3)


def answer(*columns, rows):
    kinds = {"week_on": "date", "topic": "text", "text": "text"}
    named = tuple(AnswerColumn(name, kinds.get(name, "number")) for name in columns)
    return SqlAnswer(named, tuple(rows), {"inquiries": 7}, 0.02)


WEEKS = answer(
    "week_on", "inquiries", rows=[(MONDAY + timedelta(weeks=n), 40 + n) for n in range(16)]
)
TOPICS = answer("topic", "inquiries", rows=[("login", 12), ("billing", 30), ("printing", 3)])
SHARES = answer(
    "topic",
    "kept_share",
    "kept_low",
    "kept_high",
    rows=[("login", 0.9, 0.8, 0.95), ("billing", 0.7, 0.6, 0.8)],
)


class TestChosen:
    def test_time_is_a_line(self):
        assert chart_for(WEEKS.columns, WEEKS.rows) == Chart("line", "week_on", "inquiries")

    def test_a_category_is_a_bar_and_the_greatest_comes_first(self):
        chart = chart_for(TOPICS.columns, TOPICS.rows)

        assert chart == Chart("bar", "topic", "inquiries")
        assert [row[0] for row in points(chart, TOPICS).rows] == ["billing", "login", "printing"]

    def test_a_share_with_bounds_is_an_interval(self):
        chart = chart_for(SHARES.columns, SHARES.rows)

        assert chart == Chart("interval", "topic", "kept_share", "kept_low", "kept_high")

    def test_one_number_is_a_figure(self):
        one = answer("kept_share", "low", "high", rows=[(0.934, 0.91, 0.95)])

        assert chart_for(one.columns, one.rows).type == "figure"
        assert "93.4 %" in draw_chart(answer=one, title="Kept", language="en").svg

    @pytest.mark.parametrize(
        "found",
        [
            answer("topic", "text", rows=[("login", "a")]),
            answer("topic", "inquiries", rows=[]),
            answer("topic", "inquiries", rows=[("login", 1), ("login", 2)]),
        ],
    )
    def test_anything_else_stays_a_table(self, found):
        assert chart_for(found.columns, found.rows).type == "table"
        assert draw_chart(answer=found, title="?", language="en").svg == ""

    def test_of_many_lines_the_five_greatest_are_drawn_and_the_rest_counted(self):
        rows = [
            (MONDAY + timedelta(weeks=week), f"topic {number}", number)
            for week in range(4)
            for number in range(1, 9)
        ]
        found = points(
            Chart("line", "week_on", "inquiries", series="topic"),
            answer("week_on", "topic", "inquiries", rows=rows),
        )

        assert {row[4] for row in found.rows} == {f"topic {number}" for number in range(4, 9)}
        assert found.left_out == 3 * 4

    def test_a_hundred_thousand_points_are_thinned_and_the_newest_is_drawn(self):
        rows = [(MONDAY + timedelta(days=n), n) for n in range(100_000)]
        many = answer("week_on", "inquiries", rows=rows)
        found = points(Chart("line", "week_on", "inquiries"), many)

        assert len(found.rows) <= 1_000
        assert found.rows[-1][1] == 99_999
        assert len(found.rows) + found.left_out == 100_000


class TestSaid:
    @pytest.mark.parametrize(
        ("words", "chart"),
        [
            ("bar of inquiries by topic, top 2", Chart("bar", "topic", "inquiries", top=2)),
            ("topic別のinquiriesの棒グラフ、上位2件", Chart("bar", "topic", "inquiries", top=2)),
            ("棒", Chart("bar", "topic", "inquiries")),
            ("top 2", Chart("bar", "topic", "inquiries", top=2)),
            ("figure", Chart("figure", "", "inquiries")),
            ("表", Chart("table")),
        ],
    )
    def test_in_few_words_of_either_language(self, words, chart):
        assert read_words(words, TOPICS) == chart

    @pytest.mark.parametrize(
        ("words", "named"),
        [
            ("pie", "'pie'"),
            ("bar by colour", "'colour'"),
            ("top 900", "'900'"),
            ("bar of topic", "numbers"),
            ("line", "dates"),
            ("interval", "low and high"),
            ("bar by", "'bar by'"),
        ],
    )
    def test_what_is_not_understood_is_named(self, words, named):
        with pytest.raises(BadChart, match=re.escape(named)):
            read_words(words, TOPICS)

    def test_a_stored_chart_comes_back_as_it_was(self):
        chart = read_words("bar of inquiries by topic, top 2", TOPICS)

        assert read_chart_document(chart.document()) == chart
        assert read_chart_document({}) is None

    @pytest.mark.parametrize(
        "document",
        [{"type": "pie"}, {"type": "bar", "top": 0}, {"type": "bar", "colour": "red"}, {"x": 3}],
    )
    def test_a_file_with_another_chart_is_refused(self, document):
        with pytest.raises(BadChart):
            read_chart_document(document)

    def test_a_chart_whose_column_is_gone_names_it(self):
        with pytest.raises(BadChart, match="no column colour"):
            draw_chart(
                answer=TOPICS,
                document={"type": "bar", "x": "colour", "y": "inquiries"},
                title="By colour",
                language="en",
            )


class TestDrawn:
    def test_names_are_words_and_never_run(self):
        hostile = "<script>alert(1)</script>\"'+alert(1)+'"
        found = answer("topic", "inquiries", rows=[(hostile, 3), ("login", 2)])
        svg = draw_chart(answer=found, title=hostile, language="en").svg

        assert "<script" not in svg
        assert "&lt;script" in svg
        assert not re.search(r"\son\w+=|javascript:|<style|\sstyle=", svg)

    def test_the_open_week_is_hatched_and_a_release_marked(self):
        svg = draw_chart(
            answer=WEEKS,
            title="Inquiries",
            language="en",
            open_from=date(2026, 11, 9),
            events=[EventMark(date(2026, 10, 7), "release 5.3")],
        ).svg
        closed = draw_chart(answer=WEEKS, title="Inquiries", language="en").svg

        assert "release 5.3" in svg
        assert 'fill="url(#chart-w-open)"' in svg
        assert 'fill="url(#' not in closed

    def test_names_of_events_that_follow_closely_stand_in_two_rows(self):
        days = (date(2026, 10, 7), date(2026, 10, 12), date(2026, 8, 10))
        events = [EventMark(on, f"event {number}") for number, on in enumerate(days)]
        svg = draw_chart(answer=WEEKS, title="n", language="en", events=events, width=360).svg
        places = {
            name: y
            for y, name in re.findall(r'translate\([\d.]+,([\d.]+)\)"[^>]*>(event \d)<', svg)
        }

        assert places["event 2"] == places["event 0"] != places["event 1"]

    def test_what_leads_to_the_open_week_is_hatched_as_its_point_stands_at_the_start(self):
        # 16 November is the newest point: its week has just begun.
        svg = draw_chart(
            answer=WEEKS, title="Inquiries", language="en", open_from=date(2026, 11, 16)
        ).svg
        [shape] = re.findall(r'd="([^"]+)" fill="url\(#chart-w-open\)"', svg)

        numbers = [float(one) for one in re.findall(r"-?[0-9.]+", shape)]
        assert max(numbers[::2]) - min(numbers[::2]) > 20, shape

    @pytest.mark.parametrize(
        ("language", "first", "last"), [("en", "10 Aug", "16 Nov"), ("ja", "8/10", "11/16")]
    )
    def test_dates_with_a_point_are_labelled_as_readers_write_them(self, language, first, last):
        svg = draw_chart(answer=WEEKS, title="Inquiries", language=language).svg
        labels = re.findall(r">([^<>]+)</text>", svg)

        assert {first, last} <= set(labels)

    def test_over_a_year_labels_have_the_year(self):
        rows = [(date(2025, 7, 7) + timedelta(weeks=week), week + 1) for week in range(60)]
        svg = draw_chart(answer=answer("week_on", "n", rows=rows), title="n", language="ja").svg

        assert ">2026/8<" in svg

    def test_topics_have_the_names_of_the_codebook(self):
        found = answer("topic", "inquiries", rows=[("login", 2), ("other", 1)])
        names = {"login": "Cannot sign in"}
        svg = draw_chart(answer=found, title="Topics", language="en", names=names).svg

        assert ">Cannot sign in</text>" in svg
        assert ">other</text>" in svg
        assert "greatest: Cannot sign in, 2" in svg

    def test_two_charts_on_a_page_share_no_id(self):
        one, other = (
            draw_chart(answer=WEEKS, title="Inquiries", language="en", prefix=prefix).svg
            for prefix in ("tile-1", "tile-2")
        )
        ids = re.findall(r'id="([^"]+)"', one + other)

        assert len(ids) == len(set(ids))

    def test_whoever_does_not_see_it_is_told(self):
        svg = draw_chart(answer=TOPICS, title="By topic", language="en", width=360).svg

        assert 'role="img" aria-labelledby="chart-n-title chart-n-desc"' in svg
        assert "greatest: billing, 30" in svg

    def test_a_mail_gets_a_picture(self):
        svg = draw_chart(answer=WEEKS, title="Inquiries", language="en").svg

        assert picture(svg).startswith(b"\x89PNG")
        assert picture("") == b""
