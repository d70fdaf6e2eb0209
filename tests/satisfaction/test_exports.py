"""Exports that nobody described beforehand: understood without a mapping, or refused in words."""

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile

from shinrai.satisfaction.commands.interviews import group
from shinrai.satisfaction.models import SurveyAnswer
from tests.cast import Cast
from tests.satisfaction.asking import refusal, take_in

pytestmark = pytest.mark.django_db
SURVEYMONKEY = """\
Respondent ID,Start Date,End Date,Email Address,How likely would you recommend us?,,Other comments?
,,,,NPS Group,Response,Open-Ended Response
118,04/03/2026 10:00:00 AM,04/03/2026 10:05:00 AM,yui@example.jp,Promoter,9,Thanks
119,04/13/2026 02:00:00 PM,04/13/2026 02:05:00 PM,ren@example.jp,Detractor,Not at all likely - 0,
"""
DELIGHTED = """\
Name,Email,Score,Comment,Survey type,Response date,Send date,ID
Yui,yui@example.jp,10,Great,NPS,2026-04-03 01:00:00 UTC,2026-04-02 01:00:00 UTC,3001
Ren,ren@example.jp,3,"Bad, slow",NPS,2026-04-04 01:00:00 UTC,2026-04-02 01:00:00 UTC,3002
"""
HUBSPOT = """\
Response ID;Contact ID;Survey Name;Rating;Response;Date submitted
901;551;CSAT after ticket;5,0;早かった;2026-04-03 10:00
902;552;CSAT after ticket;2,0;遅い;2026-04-04 11:00
"""
EXCEL = """\
会員番号\t満足度\tご意見\t回答日
1001\tとても満足\tよい\t令和8年4月3日
1002\t満足\t\t2026年4月3日
1003\tやや不満\t説明が早い\t2026年4月4日 15時30分
1003\t不満\t二回目\t2026年4月4日 15時40分
"""
TYPEFORM = """\
#,How likely are you to recommend us?,Submit Date (UTC),Network ID
k1,9,2026-04-02 20:00:00,school
k2,3,2026-04-02 21:00:00,school
"""
TITLED = """\
NPS of spring

Customer,Score,Date
yui,9,"Apr 3, 2026 10:15 AM"
ren,3,4 April 2026
"""
MARKED = "sep=;\nuser;stars;created_at\nyui;★★★★★;03.04.2026\nren;★★☆☆☆;13.04.2026 11:30\n"


@pytest.mark.parametrize(
    ("text", "encoding", "kind", "scores", "named"),
    [
        (SURVEYMONKEY, "utf-8", "nps", [9, 0], {"id": "Respondent ID", "at": "End Date"}),
        (DELIGHTED, "utf-8", "nps", [10, 3], {"score": "Score", "at": "Response date"}),
        (HUBSPOT, "cp932", "csat", [5, 2], {"comment": "Response", "person": "Contact ID"}),
        (EXCEL, "utf-16", "csat", [5, 4, 2], {"score": "満足度", "comment": "ご意見"}),
        (TYPEFORM, "utf-8", "nps", [9, 3], {"id": "#"}),
        (TITLED, "utf-8", "nps", [9, 3], {"person": "Customer"}),
        (MARKED, "utf-8", "csat", [5, 2], {"at": "created_at"}),
    ],
    ids=["surveymonkey", "delighted", "hubspot", "excel", "typeform", "titled", "marked"],
)
def test_it_is_understood_and_each_person_counts_once(
    cast: Cast,
    tmp_path: Path,
    text: str,
    encoding: str,
    kind: str,
    scores: list[int],
    named: dict[str, str],
) -> None:
    path = tmp_path / "answers.csv"
    path.write_bytes(text.encode(encoding))

    found = take_in(path)

    assert (found["kind"], found["set_aside"]) == (kind, 0)
    assert found["columns"] == found["columns"] | named
    rows = SurveyAnswer.objects.order_by("answered_at", "id")
    assert list(rows.values_list("score", flat=True)) == scores
    assert {f"{row.answered_at:%Y-%m}" for row in rows} == {"2026-04"}
    assert take_in(path)["new"] == 0


def test_the_zone_that_a_heading_says_holds_and_the_wave_is_ours(
    cast: Cast, tmp_path: Path
) -> None:
    """20:00 in UTC is 5 o'clock of the next morning in Tokyo."""
    path = tmp_path / "typeform.csv"
    path.write_text(TYPEFORM.replace("2026-04-02", "2026-04-30"))

    assert take_in(path)["waves"] == ["nps-2026-05"]
    first = SurveyAnswer.objects.order_by("id")[0].answered_at
    assert first.isoformat() == "2026-04-30T20:00:00+00:00"


def test_nobody_answers_in_the_future(cast: Cast, tmp_path: Path) -> None:
    """It is 15 June 2026: 6/7/2026 is the seventh of June."""
    path = tmp_path / "a.csv"
    path.write_text("user,nps,date\nyui,9,6/7/2026\n")
    assert take_in(path)["waves"] == ["nps-2026-06"]


def test_words_that_are_no_score_are_named_and_can_be_said_on_the_page(
    cast: Cast, tmp_path: Path
) -> None:
    text = "user;It was easy;date\nyui;Agree;3/4/2026\nren;Strongly agree;3/4/2026\n"
    path = tmp_path / "a.csv"
    path.write_text(text)
    assert "each answer is: Agree, Strongly agree" in refusal("import", path)

    def post(**typed: str) -> Any:
        file = SimpleUploadedFile("a.csv", text.encode())
        return cast.owner.client().post("/w/tanuki/satisfaction/import/", {"file": file, **typed})

    assert "Agree, Strongly agree" in post().content.decode()
    said = {"scores": "Agree: 6\nStrongly agree：7", "dates": "month first"}
    assert "2 were new answers" in post(**said).content.decode()
    rows = SurveyAnswer.objects.order_by("score").values_list("score", "answered_at__month")
    assert list(rows) == [(6, 3), (7, 3)]


def test_more_than_five_words_are_no_scale_of_five(cast: Cast, tmp_path: Path) -> None:
    words = ("Extremely satisfied", "Very satisfied", "Satisfied", "Neutral", "Dissatisfied",
             "Very dissatisfied")  # fmt: skip
    path = tmp_path / "a.csv"
    path.write_text("satisfaction,date\n" + "".join(f"{one},2026-04-03\n" for one in words))
    assert "looks like the score" in refusal("import", path)


def test_the_command_says_which_columns_it_took(cast: Cast, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(DELIGHTED)
    done = CliRunner().invoke(group, ["import", str(path), "-w", "tanuki"])
    assert "score: Score, id: ID, person: Email, at: Response date" in done.stdout
