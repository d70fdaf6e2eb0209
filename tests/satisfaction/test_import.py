"""Files as survey tools export them: each answer counts once, or is set aside with its reason."""

from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from shinrai.customers.queries import customer_by_identifier
from shinrai.privacy.operations import erase_person
from shinrai.satisfaction.models import SurveyAnswer
from tests.cast import Cast
from tests.satisfaction.asking import ask, newest, refusal, take_in

pytestmark = pytest.mark.django_db
GOOGLE = """タイムスタンプ,メールアドレス,友だちにすすめたいですか？,その理由
2026/04/02 9:15:00 午前 GMT+9,yui@example.jp,10,毎日たのしい
2026/04/02 3:04:05 午後 GMT+9,ren@example.jp,6,
2026/04/03 12:00:00 午前 GMT+9,sora@example.jp,11,
"""
QUALTRICS = """StartDate,EndDate,Status,IPAddress,ResponseId,ExternalReference,Q1_NPS_GROUP,Q1,Q2
Start Date,End Date,Response Type,IP Address,Response ID,External Data Reference,Group,\
How likely are you to recommend us?,What is the reason for your score?
"{""ImportId"":""startDate""}","{""ImportId"":""endDate""}",x,x,x,x,x,"{""ImportId"":""QID1""}",x
2026-04-02 10:00:00,2026-04-02 10:02:00,IP Address,1.2.3.4,R_1,yui,3,9,Quick answers
2026-04-02 11:00:00,2026-04-02 11:02:00,IP Address,1.2.3.4,R_2,ren,1,2,
2026-04-02 12:00:00,2026-04-02 12:02:00,Survey Preview,1.2.3.4,R_3,,1,1,only a try
"""
TYPEFORM = """#,How likely are you to recommend us?,Any feedback?,Submit Date (UTC),Network ID
a1,9,Nice,2026-04-02 10:00:00,n1
a2,3,,2026-04-02 11:00:00,n2
"""


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding)
    return path


def test_google_forms_in_japanese_as_excel_saves_it(cast: Cast, tmp_path: Path) -> None:
    path = written(tmp_path / "回答.csv", GOOGLE, "cp932")

    found = take_in(path)

    assert (found["new"], found["set_aside"], found["waves"]) == (2, 1, ["nps-2026-04"])
    assert found["reasons"][0]["line"] == 4
    assert "11 is not on the scale from 0 to 10" in found["reasons"][0]["reason"]
    moments = SurveyAnswer.objects.values_list("answered_at", flat=True)
    assert [f"{at:%d %H:%M}" for at in moments] == ["02 00:15", "02 06:04"]
    assert newest()["with_comment"]["n"] == 1
    assert take_in(path)["new"] == 0


def test_qualtrics_with_its_two_rows_of_words(cast: Cast, tmp_path: Path) -> None:
    found = take_in(written(tmp_path / "q.csv", QUALTRICS))

    assert (found["rows"], found["new"]) == (2, 2)
    assert found["columns"]["score"] == "Q1"
    [series] = ask("summary")["series"]
    assert series["question"] == {"en": "How likely are you to recommend us?"}
    there = cast.workspace.id
    assert customer_by_identifier(workspace_id=there, source="usage", identifier="yui")


def test_typeform_knows_nobody_and_each_answer_is_somebody(cast: Cast, tmp_path: Path) -> None:
    path = written(tmp_path / "t.csv", TYPEFORM)
    assert take_in(path)["new"] == 2

    grown = written(tmp_path / "t (1).csv", TYPEFORM + "a3,8,,2026-04-05 08:00:00,n3\n")

    found = take_in(grown)
    assert (found["new"], found["known"]) == (1, 2)


def test_a_workbook_with_words_for_scores_and_dates_of_its_own(cast: Cast, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.create_sheet(index=0)
    for row in (["会員ID", "満足度", "回答日", "ご意見"],
                ["yui", "とても満足", datetime(2026, 4, 2, 9), "よい"],
                ["ren", "不満", date(2026, 4, 3), None],
                ["sora", "まあまあ", date(2026, 4, 3), None]):  # fmt: skip
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    mapping = written(tmp_path / "m.yaml", "scores: {まあまあ: 3}\n")

    assert take_in(tmp_path / "a.xlsx", "--mapping", mapping)["new"] == 3
    assert newest()["score"]["parts"] == {"satisfied": 1, "others": 2}


def test_days_and_months_are_told_apart_by_all_dates_together(cast: Cast, tmp_path: Path) -> None:
    lines = "user,nps,date\nyui,9,3/4/2026\nren,8,30/4/2026\n"
    assert take_in(written(tmp_path / "a.csv", lines))["waves"] == ["nps-2026-04"]

    unclear = written(tmp_path / "b.csv", "user,nps,date\nyui,9,3/4/2026\n")
    assert "3/4/2026" in take_in(unclear)["reasons"][0]["reason"]


def test_who_said_nothing_was_asked(cast: Cast, tmp_path: Path) -> None:
    lines = "user,nps,date\nyui,9,2026-04-02\nren,,2026-04-02\nsora,,2026-04-02\n"
    assert take_in(written(tmp_path / "a.csv", lines))["silent"] == 2

    wave = newest()

    assert (wave["asked"], wave["answered"], wave["silent"]) == (3, 1, 2)
    assert wave["response"]["n"] == 3


def test_who_was_erased_does_not_come_back(cast: Cast, tmp_path: Path) -> None:
    path = written(tmp_path / "a.csv", "user,nps,date\nyui,9,2026-04-02\n")
    take_in(path)
    there = cast.workspace.id
    yui = customer_by_identifier(workspace_id=there, source="usage", identifier="yui")
    assert yui
    erase_person(workspace_id=there, key_id=yui.key_id, source_keys=[("person", "usage", "yui")],
                 at=cast.workspace.opened_at)  # fmt: skip

    later = written(tmp_path / "b.csv", "user,nps,date\nyui,2,2026-05-02\n")

    assert take_in(later)["erased"] == 1
    [series] = ask("summary")["series"]
    assert series["total"]["score"]["n"] == 1  # the count stays


@pytest.mark.parametrize(
    ("text", "words", "sentence"),
    [
        ("user,mood\nyui,9\n", (), "which column is the score"),
        ("user,nps\nyui,9\n", (), "No column says when"),
        ("user,nps\nyui,9\n", ("--kind", "free"), "free"),
        ("", (), "empty"),
        (",,\n,,\n", (), "empty"),
    ],
)
def test_a_file_that_says_too_little_is_refused_and_nothing_is_recorded(
    cast: Cast, tmp_path: Path, text: str, words: tuple[str, ...], sentence: str
) -> None:
    assert sentence in refusal("import", written(tmp_path / "a.csv", text), *words)
    assert not SurveyAnswer.objects.exists()
