"""Variables, edits, marks and lone answerers, without a database."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shinrai.knowledge.rules.article import (
    Article,
    ArticleFields,
    BadArticle,
    article_fields,
    checked,
    checked_key,
    filled,
    unfilled,
)
from shinrai.knowledge.rules.differences import Edit, edits, revised
from shinrai.knowledge.rules.ranking import ArticleCandidate, query_pairs, rank
from shinrai.knowledge.rules.solitary import Answered, solitary_topics
from shinrai.knowledge.rules.staleness import StaleMark, comes_back_too_often, staleness
from shinrai.units.share import Share

BODY = (
    "{customer} 様\nアプリを消してから入れ直してください。\nご不明な点は {case} へご返信ください。"
)


def fields(**changed):
    usual = {"kind": "template", "language": "ja", "title": "ログインできない", "body": BODY}
    return article_fields(usual | changed)


def at(day, hour=9):
    return datetime(2026, 6, day, hour, tzinfo=UTC)


class TestArticle:
    @pytest.mark.parametrize(
        ("changed", "named"),
        [
            ({"kind": "poem"}, "kind"),
            ({"language": "fr"}, "language"),
            ({"title": "  "}, "title"),
            ({"title": "x" * 201}, "title"),
            ({"body": ""}, "body"),
            ({"body": "x" * 20_001}, "body"),
            ({"body": "Dear {costumer}"}, "body"),
            ({"topic": "x" * 101}, "topic"),
            ({"release": "5.3\n5.4"}, "release"),
        ],
    )
    def test_what_cannot_be_kept_names_its_field(self, changed, named):
        with pytest.raises(BadArticle) as refused:
            checked(fields(**changed))

        assert refused.value.field == named

    def test_a_misspelt_variable_is_named_beside_those_there_are(self):
        with pytest.raises(BadArticle, match=r"\{costumer\} is no variable.*\{customer\}"):
            checked(fields(body="Dear {costumer}"))

    def test_braces_of_a_manual_are_text(self):
        assert checked(fields(kind="manual", body="`{x: 1}` and {anything}")).kind == "manual"

    def test_a_date_that_is_none_says_how_to_write_one(self):
        with pytest.raises(BadArticle, match="2026-12-31"):
            fields(review_on="next week")

    @pytest.mark.parametrize(
        ("typed", "title", "key"),
        [
            ("", "Cannot sign in (iOS)", "cannot-sign-in-ios"),
            ("", "ログインできない", "article-1"),
            ("login", "ログインできない", "login"),
            ("", "Taken", "taken-1"),
        ],
    )
    def test_a_key_is_made_where_none_is_typed(self, typed, title, key):
        assert checked_key(typed, title, frozenset({"taken"})) == key

    @pytest.mark.parametrize("typed", ["Log In", "a/b", "taken", "-a"])
    def test_a_key_that_is_none_or_taken_is_refused(self, typed):
        with pytest.raises(BadArticle):
            checked_key(typed, "x", frozenset({"taken"}))

    def test_what_is_known_is_filled_and_what_is_not_stays_to_be_typed(self):
        found = filled(BODY, {"case": "INQ-7"})

        assert "INQ-7 へ" in found.text
        assert found.missing == ("customer",)
        assert unfilled(found.text.replace("{customer}", "田中")) == ()

    def test_after_its_time_it_is_not_valid(self):
        article = Article(
            1, "login", 1, "published", fields(valid_until="2026-06-30"), None, at(1), "s"
        )

        assert article.is_valid(date(2026, 6, 30))
        assert not article.is_valid(date(2026, 7, 1))


class TestEdits:
    def test_a_replaced_line_is_an_edit_and_a_filled_variable_is_none(self):
        sent = BODY.replace("{customer}", "田中").replace("{case}", "INQ-7")
        changed = sent.replace("消してから入れ直して", "最新版に更新して")

        assert edits(BODY, sent) == ()
        assert edits(BODY, changed) == (
            Edit(
                "アプリを消してから入れ直してください。",
                "アプリを最新版に更新してください。",
            ),
        )

    def test_equal_edits_have_the_same_mark_whatever_their_width(self):
        one, other = Edit("ＡＢＣ です", "ｱﾌﾟﾘ"), Edit("abc  です", "アプリ")

        assert one.mark == other.mark

    def test_another_text_altogether_is_no_edit(self):
        assert edits(BODY, "これはまったく別の返信です。") == ()

    def test_an_edit_can_be_made_in_the_template(self):
        edit = Edit("アプリを消してから入れ直してください。", "更新してください。")

        assert revised(BODY, edit) == BODY.replace(edit.before, edit.after)
        assert revised("もう別の文です。", edit) is None

    @given(
        st.lists(st.text("あいう ab", min_size=1, max_size=8), min_size=2, max_size=6), st.data()
    )
    def test_whatever_line_was_replaced_the_revision_is_what_was_sent(self, lines, data):
        lines = [line.strip() or "あ" for line in lines]
        place = data.draw(st.integers(0, len(lines) - 1))
        sent = [*lines[:place], "新しい行です", *lines[place + 1 :]]
        found = edits("\n".join(lines), "\n".join(sent))

        for edit in found:
            assert revised("\n".join(lines), edit) is not None


class TestStale:
    def test_until_somebody_read_it_anew_or_wrote_it_anew(self):
        wrong = StaleMark("contradicted", "INV-7", at(5), "system")

        assert staleness([wrong], written_at=at(1))
        assert not staleness(
            [wrong, StaleMark("fresh", "INV-9", at(6), "staff:1")], written_at=at(1)
        )
        assert not staleness([wrong], written_at=at(6))

    @pytest.mark.parametrize(
        ("count", "of", "too_often"),
        [(1, 1, False), (2, 4, True), (2, 10, True), (2, 11, False), (0, 0, False), (9, 12, True)],
    )
    def test_two_customers_and_a_fifth_of_all_come_back(self, count, of, too_often):
        assert comes_back_too_often(Share(count, of)) is too_often


class TestRanking:
    def article(self, number, text, topic="", solved=(0, 0), is_stale=False):
        return ArticleCandidate(number, query_pairs(text), topic, Share(*solved), is_stale)

    def ids(self, text, *articles, topic=""):
        return [one.candidate.article_id for one in rank(text, articles, topic=topic)]

    def test_words_in_common_come_first(self):
        login = self.article(1, "ログインできないときはパスワードを再設定します")
        invoice = self.article(2, "請求書の宛名は設定の請求で変えられます")

        assert self.ids("パスワードを忘れてログインできません", login, invoice) == [1]

    def test_what_solved_cases_before_comes_before_what_did_not(self):
        good = self.article(1, "印刷できないときはドライバーを更新", solved=(9, 10))
        bad = self.article(2, "印刷できないときはドライバーを更新", solved=(2, 10))

        assert self.ids("印刷できない", bad, good) == [1, 2]

    def test_a_doubtful_one_never_stands_before_another(self):
        stale = self.article(1, "印刷できないときは再起動します", "print", is_stale=True)
        other = self.article(2, "印刷できないので困っています。紙を確かめます")

        assert self.ids("印刷できないときは再起動", stale, other, topic="print") == [2, 1]

    def test_with_nothing_in_common_nothing_is_shown(self):
        login = self.article(1, "ログインできない")

        assert self.ids("領収書が欲しい", login) == []

    @pytest.mark.parametrize("text", ["", "あ", "🙂🙂🙂", " \n", "x" * 100_000])
    def test_what_says_nothing_finds_nothing(self, text):
        assert self.ids(text, self.article(1, "ログインできない")) == []


class TestSolitary:
    def test_ten_cases_of_which_one_person_answers_four_fifths(self):
        rows = [
            Answered("tax", {"staff:1": 9, "staff:2": 1}),
            Answered("login", {"staff:1": 7, "staff:2": 3}),
            Answered("rare", {"staff:3": 9}),
        ]
        [found] = solitary_topics(rows, {("tax", "staff:1"): 77})

        assert (found.topic, found.person, found.share, found.last_case) == (
            "tax",
            "staff:1",
            Share(9, 10),
            77,
        )


def test_fields_are_read_from_text():
    assert fields(review_on="2026-12-31") == ArticleFields(
        "template", "ja", "ログインできない", BODY, review_on=date(2026, 12, 31)
    )
