"""Mei brings in a file with the wrong column, sees it first or withdraws it, and brings it anew."""

from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile

from shinrai.satisfaction.models import AnswerFile, Asking, SurveyAnswer, Wave
from shinrai.site.database import as_owner
from tests.cast import Cast
from tests.satisfaction.asking import NOW, ask, newest, refusal, take_in

pytestmark = pytest.mark.django_db
PAGE = "/w/tanuki/satisfaction/import/"
ROWS = b"user,mood,again,date\nyui,9,2,2026-04-02\nren,10,3,2026-04-02\nsora,11,1,2026-04-02\n"


def post(cast: Cast, **typed: str) -> Any:
    file = SimpleUploadedFile("april.csv", ROWS)
    return cast.owner.client().post(PAGE, {"file": file, "kind": "nps", "person": "user", **typed})


def test_a_preview_says_what_would_count_and_records_nothing(cast: Cast) -> None:
    seen = post(cast, score="mood", deed="preview").content.decode()

    assert "Of 3 rows 2 would be new answers" in seen
    assert "4: " in seen, "the line that is set aside"
    assert "<td>yui</td>" in seen
    assert not SurveyAnswer.objects.exists()
    assert not Wave.objects.exists()
    assert post(cast, deed="preview", score="none").status_code == 422
    assert "2 were new answers" in post(cast, score="mood", deed="import").content.decode()
    assert "2 are known already" in post(cast, score="mood", deed="preview").content.decode()


def test_a_withdrawn_file_counts_no_more_and_comes_anew_with_the_right_column(
    cast: Cast, tmp_path: Path
) -> None:
    path = tmp_path / "april.csv"
    path.write_bytes(ROWS.replace(b"11", b"8"))
    wrong, right = tmp_path / "wrong.yaml", tmp_path / "right.yaml"
    columns = "survey: nps\nkind: nps\ncolumns: {{person: user, at: date, score: {}}}\n"
    wrong.write_text(columns.format("again"))
    right.write_text(columns.format("mood"))
    number = take_in(path, "--mapping", wrong)["number"]
    assert newest()["score"]["value"] == -100

    ask("withdraw", str(number), "--reason", "wrong column")
    [series] = ask("summary")["series"]
    assert (series["total"]["answered"], series["withdrawn"]) == (0, 3)
    assert "withdrawn already" in refusal("withdraw", str(number))
    shown = cast.owner.client().get(PAGE).content.decode()
    assert "wrong column" in shown

    anew = take_in(path, "--mapping", right)
    assert (anew["new"], anew["known"]) == (3, 0)
    assert take_in(path, "--mapping", right)["known"] == 3
    counted, gone = ask("summary")["series"]
    assert counted["total"]["score"]["parts"]["promoters"] == 2
    assert (counted["withdrawn"], gone["withdrawn"], gone["total"]["answered"]) == (0, 3, 0)
    assert SurveyAnswer.objects.count() == 6, "nothing is deleted"
    assert set(Asking.objects.values_list("state", flat=True)) == {"answered"}


def test_only_who_may_import_withdraws_by_page(cast: Cast) -> None:
    post(cast, score="mood")
    number = SurveyAnswer.objects.values_list("file_id", flat=True)[0]

    assert cast.agent.client().post(f"{PAGE}{number}/withdrawals/").status_code == 403
    assert cast.owner.client().post(f"{PAGE}999999/withdrawals/").status_code == 404
    client = cast.owner.client()
    said = client.post(f"{PAGE}{number}/withdrawals/", {"reason": "twice"}, follow=True)
    assert "no longer count" in said.content.decode()
    again = client.post(f"{PAGE}{number}/withdrawals/", follow=True)
    assert "was withdrawn already" in again.content.decode()
    page = client.get("/w/tanuki/satisfaction/").content.decode()
    assert "2 answers of withdrawn files do not count" in page


def test_the_list_of_files_is_searched_sorted_and_taken_along(cast: Cast, tmp_path: Path) -> None:
    for name, who in (("april.csv", "yui"), ("may.csv", "ren"), ("june.csv", "sora")):
        path = tmp_path / name
        path.write_text(f"user,nps,date\n{who},9,2026-04-02\n")
        take_in(path)
    client = cast.owner.client()

    def named(query: str) -> list[str]:
        page = client.get(f"{PAGE}?{query}").content.decode()
        return [one for one in page.replace("<", ">").split(">") if one.endswith(".csv")]

    assert named("q=may") == ["may.csv"]
    assert named("sort=name") == ["april.csv", "june.csv", "may.csv"]
    assert named("sort=-name") == ["may.csv", "june.csv", "april.csv"]
    taken = client.get(f"{PAGE}?format=csv&q=june").getvalue().decode()
    assert "june.csv" in taken
    assert "april.csv" not in taken
    assert cast.agent.client().get(f"{PAGE}?format=csv").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_what_was_imported_before_files_were_recorded_can_be_withdrawn_too(
    cast: Cast, tmp_path: Path
) -> None:
    """Two imports of earlier days: each gets a file of its own, also who was silent in it."""
    for month, rows in ((4, "yui,9,2026-04-02\nren,,2026-04-02\n"), (5, "sora,2,2026-05-02\n")):
        path = tmp_path / f"{month}.csv"
        path.write_text(f"user,nps,date\n{rows}")
        ask("import", path, at=NOW.replace(month=month))
    migration = import_module("shinrai.satisfaction.migrations.0006_earlier_files")
    with as_owner():  # as migrations run: the application may not change an answer
        for table in (SurveyAnswer, Asking):
            table.objects.update(file=None)
        AnswerFile.objects.all().delete()
        migration.tie_to_files(apps, None)
        migration.tie_to_files(apps, None)

    april, may = AnswerFile.objects.order_by("imported_at")
    assert [(one.name, one.survey, one.rows) for one in (april, may)] == [
        ("", "nps", 2),
        ("", "nps", 1),
    ]
    assert not Asking.objects.filter(file=None).exists()
    assert "brought in before names were kept" in cast.owner.client().get(PAGE).content.decode()
    ask("withdraw", str(april.pk))
    [series] = ask("summary")["series"]
    assert (series["total"]["answered"], series["withdrawn"]) == (1, 1)
