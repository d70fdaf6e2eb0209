"""A sheet on its page: from the file to an import, by posting the forms a browser would post."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.html import strip_tags

from shinrai.importers import queries
from shinrai.importers.models import SheetMapping, Upload
from shinrai.importers.sheet.choices import DAY_ORDERS, MEANINGS, MENDS, RECORDS
from shinrai.importers.sheet.role_words import OFFERED
from shinrai.importers.templatetags.sheets import WORDS
from shinrai.importers.upload import worker
from shinrai.importers.upload.kept_mapping import source_named
from shinrai.ledger.models import Case, Step
from shinrai.privacy.models import SealedWords
from tests.cast import Cast
from tests.importers.test_pages import SHEET

SHEETS = Path(__file__).parent / "sheets"
AT = datetime(2027, 1, 15, 3, tzinfo=UTC)  # Friday, noon in Tokyo
pytestmark = [pytest.mark.django_db, pytest.mark.end_to_end]


@pytest.fixture
def house(
    cast: Cast, settings, tmp_path: Path, worker_at_once: None, monkeypatch: pytest.MonkeyPatch
) -> Cast:
    monkeypatch.setattr(worker, "_publish", lambda warehouse, at: None)
    settings.SHINRAI_HOME = tmp_path
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    return cast


class Form(HTMLParser):
    """The fields of the form #sheet as a browser would send them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.action = ""
        self.rows: list[str] = []
        self._is_in = False
        self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_in = said.get("id") == "sheet"
            self.action = said["action"] if self._is_in else self.action
        elif not self._is_in:
            return
        elif tag == "input" and said.get("name"):
            self.fields[said["name"]] = said.get("value", "")
        elif tag == "select":
            self._select = said["name"]
        elif tag == "option" and ("selected" in said or self._select not in self.fields):
            self.fields[self._select] = said.get("value", "")
        elif tag == "button" and said.get("name") == "header_row":
            self.rows.append(said["value"])


class Desk:
    """An engineer at a browser."""

    def __init__(self, house: Cast) -> None:
        self.client: Client = house.engineer.client()
        self.address, self.page = "", ""

    def upload(self, path: Path, **fields: Any) -> "Desk":
        file = SimpleUploadedFile(path.name, path.read_bytes())
        answer = self.client.post("/w/tanuki/imports/drafts/", {"file": file, **fields})
        assert answer.status_code == 302, words(answer.content.decode())
        self.address = answer["Location"]
        return self.look()

    def look(self) -> "Desk":
        answer = self.client.get(self.address, follow=True)
        assert answer.status_code == 200
        self.page = answer.content.decode()
        return self

    def post(self, part: str, **changes: str) -> "Desk":
        form = Form(self.page)
        answer = self.client.post(f"{self.address}{part}/", {**form.fields, **changes}, follow=True)
        assert answer.status_code == 200
        self.page = answer.content.decode()
        return self

    @property
    def words(self) -> str:
        return words(self.page)

    @property
    def role(self) -> dict[str, str]:
        fields = Form(self.page).fields
        return {
            value: name.removeprefix("role-")
            for name, value in fields.items()
            if name.startswith("role-") and value
        }


def words(page: str) -> str:
    return " ".join(
        unescape(strip_tags(re.sub(r"<script.*?</script>", "", page, flags=re.S))).split()
    )


def expected(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((SHEETS / name / "expected.json").read_text("utf-8"))
    return found


WALKED = (
    "states_and_send_backs",
    "second_sheet_has_the_cases",
    "month_first_tracker",
    "totals_notes_and_sections",
    "three_tables_on_one_page",
    "macros",
    "headers_that_disagree",
    "no_year",
    "date_and_time_apart",
    "two_hundred_columns",
)


@pytest.mark.parametrize("name", WALKED)
def test_a_sheet_goes_from_the_file_to_its_import(house: Cast, name: str) -> None:
    """What the sheet says is imported, case by case, as a person who reads it would say."""
    told = expected(name)
    answers = {key: value for key, value in told["answers"].items() if key != "header_row"}
    with time_machine.travel(AT, tick=False):
        desk = Desk(house)
        desk.upload(SHEETS / name / told["file"])
        if "header_row" in told["answers"]:
            desk.post("readings", header_row=told["answers"]["header_row"])
        desk.post("readings", **answers)
        desk.post("confirmations")

    [found] = queries.imports(workspace_id=house.workspace.id)
    assert found.state == "complete", desk.words
    keys = {case["key"] for case in told["cases"] if "key" in case}
    cases = Case.objects.filter(workspace_id=house.workspace.id)
    assert keys <= set(cases.values_list("source_key", flat=True))
    assert cases.count() == len(told["cases"])


@pytest.fixture
def noon() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


def write(folder: Path, name: str, *rows: str) -> Path:
    path = folder / name
    path.write_text("\n".join([*rows, ""]), encoding="utf-8")
    return path


HEAD = "番号,依頼日時,回答日時,状態"
GOOD = "A-1,2026/11/02 10:00,2026/11/04 09:00,完了"


@pytest.mark.usefixtures("noon")
class TestBeforeItCounts:
    def test_the_first_cases_stand_with_due_moment_and_verdict(self, house: Cast) -> None:
        """Filed Monday 2 November 2026 10:32; Tuesday is Culture Day, so due on Thursday 18:00."""
        desk = Desk(house).upload(SHEETS / "states_and_send_backs" / "調査依頼.csv")

        case = expected("states_and_send_backs")["cases"][0]
        assert case["key"] in desk.words
        assert "10 cases are read. Missed: " in desk.words
        assert "2 business days, read as: by the close" in desk.words
        assert "Monday to Friday 9:00–18:00" in desk.words
        assert "Import 10 cases" in desk.words
        assert not Step.objects.exists()

    def test_what_is_taken_is_said_and_can_be_changed(self, house: Cast) -> None:
        desk = Desk(house).upload(SHEETS / "ambiguous_days" / "tickets.csv")
        assert "the dates can be read month first or day first" in desk.words.lower()

        desk.post("readings", day_order="day_first", zone="Europe/London")

        assert "is taken" not in desk.words
        assert Form(desk.page).fields["day_order"] == "day_first"
        assert Form(desk.page).fields["zone"] == "Europe/London"

    def test_a_click_on_a_row_makes_it_the_header(self, house: Cast, tmp_path: Path) -> None:
        rows = ("担当,件名,日付,備考", "番号,内容,依頼日,回答日", "1,音,2026/11/02,2026/11/04")
        desk = Desk(house).upload(write(tmp_path, "a.csv", *rows))

        desk.post("readings", header_row="2")

        assert desk.role["filed"] == "C"
        assert desk.role["answered"] == "D"
        assert 'class="is-header"><th scope="row"><button name="header_row" value="2"' in desk.page

    def test_meanings_are_chosen_and_a_date_and_a_time_join(
        self, house: Cast, tmp_path: Path
    ) -> None:
        """The time of day stands before the date, and the answer's column has a name of its own."""
        head = "整理,時刻,日付,返した日"
        row = "1,10:30,2026/11/02,2026/11/05"
        desk = Desk(house).upload(write(tmp_path, "a.csv", head, row))

        desk.post("readings", **{"role-B": "filed", "role-C": "filed", "role-D": "answered"})

        assert "2026-11-02T01:30:00+00:00" in desk.page
        assert "1 case is read." in desk.words

    def test_states_are_matched_to_steps(self, house: Cast, tmp_path: Path) -> None:
        rows = (HEAD, GOOD, "A-2,2026/11/02 10:00,,棚上げ")
        desk = Desk(house).upload(write(tmp_path, "a.csv", *rows))

        desk.post("readings", **{"state-2": "withdrawn"})

        assert Form(desk.page).fields["state-2"] == "withdrawn"
        assert Upload.objects.get().choices["states"] == {"棚上げ": "withdrawn"}
        assert "ended, not said when" in desk.words

    def test_rows_set_aside_have_one_mend_for_all(self, house: Cast, tmp_path: Path) -> None:
        """Two answers are no dates, and one filing is none: each reason is mended at once."""
        bad = ("A-2,2026/11/02 10:00,2026/13/44,", "A-3,2026/11/02 11:00,2026/14/44,")
        rows = (HEAD, GOOD, *bad, "A-4,2026/19/02 10:00,2026/11/04 09:00,完了")
        desk = Desk(house).upload(write(tmp_path, "a.csv", *rows))
        assert "3 rows are set aside." in desk.words
        assert "2 rows: When it was answered" in desk.words

        desk.post("readings", **{"mend-1": "empty", "mend-2": "leave_out"})

        assert "3 cases are read." in desk.words
        assert "set aside." not in desk.words
        assert "left out, as you chose: this is no date that can be read" in desk.words

    def test_import_of_what_was_not_looked_at_shows_it_first(
        self, house: Cast, tmp_path: Path
    ) -> None:
        desk = Desk(house).upload(write(tmp_path, "a.csv", HEAD, GOOD))

        desk.post("confirmations", zone="Europe/London")

        assert "look at the cases again" in desk.words
        assert queries.imports(workspace_id=house.workspace.id) == ()

    def test_a_shipped_mapping_is_offered_and_the_columns_may_be_chosen_instead(
        self, house: Cast
    ) -> None:
        desk = Desk(house)
        file = SimpleUploadedFile("調査.csv", SHEET.encode("cp932"))
        desk.address = desk.client.post("/w/tanuki/imports/drafts/", {"file": file})["Location"]
        assert "read with investigations_sheet_ja" in desk.look().words

        desk.client.post(f"{desk.address}readings/", {"mapping": "columns"})

        assert desk.look().role["filed"] == "B"
        assert Form(desk.page).fields["role-H"] == "sent_back"

    def test_an_export_says_what_it_cannot_know(self, house: Cast) -> None:
        desk = Desk(house).upload(SHEETS / "zendesk_view" / "cre-view-2026-12-01.csv")

        assert "This is an export of Zendesk: a view holds neither send-backs" in desk.words


@pytest.mark.usefixtures("noon")
class TestKeptUnderAName:
    def test_next_week_the_columns_are_known_wherever_they_stand(
        self, house: Cast, tmp_path: Path
    ) -> None:
        first = write(tmp_path, "週次_20261102.csv", "い,ろ,は", "Q-1,2026/11/02,2026/11/05")
        desk = Desk(house).upload(first)
        desk.post("readings", **{"role-A": "key", "role-B": "answered", "role-C": "filed"})
        desk.post("readings", **{"role-A": "key", "role-B": "filed", "role-C": "answered"})
        assert Form(desk.page).fields["name"] == "週次"
        desk.post("confirmations")
        assert [one.name for one in SheetMapping.objects.all()] == ["週次"]

        second = ("は,い,ろ", "2026/11/05,Q-1,2026/11/02", ",Q-2,2026/11/09")
        desk.upload(write(tmp_path, "週次_20261109.csv", *second))

        assert desk.role == {"key": "B", "filed": "C", "answered": "A"}
        assert "Part of it was imported before" in desk.words
        desk.post("confirmations")
        assert Case.objects.count() == 2
        assert {found.source for found in queries.imports(workspace_id=house.workspace.id)} == {
            queries.imports(workspace_id=house.workspace.id)[0].source
        }

    def test_it_is_downloaded_brought_again_and_forgotten(
        self, house: Cast, tmp_path: Path
    ) -> None:
        sheet = write(tmp_path, "a.csv", "い,ろ,は", "Q-1,2026/11/05,2026/11/02")
        desk = Desk(house).upload(sheet)
        desk.post("readings", **{"role-A": "key", "role-B": "answered", "role-C": "filed"})
        desk.post("confirmations")
        [kept] = SheetMapping.objects.all()
        there = f"/w/tanuki/imports/mappings/{kept.pk}/"
        mapping = desk.client.get(there).content
        assert "filed:\n  - は" in mapping.decode()

        desk.client.post(f"{there}deletions/")
        assert not SheetMapping.objects.exists()
        own = SimpleUploadedFile("mine.yaml", mapping)
        desk.upload(sheet, own_mapping=own)

        assert desk.role == {"key": "A", "answered": "B", "filed": "C"}

    def test_a_mapping_of_another_sheet_is_refused_with_its_columns(
        self, house: Cast, tmp_path: Path
    ) -> None:
        own = SimpleUploadedFile("m.yaml", "sheet: x\ncolumns:\n  filed: [起票]\n".encode())

        desk = Desk(house).upload(write(tmp_path, "a.csv", HEAD, GOOD), own_mapping=own)

        assert "no table in it has the columns of your mapping: 起票" in desk.words

    def test_of_another_workspace_it_is_not_found(self, house: Cast) -> None:
        kept = SheetMapping.objects.create(
            workspace_id=house.simulated.id, name="x", document={}, by="staff:1", at=AT
        )

        assert Desk(house).client.get(f"/w/tanuki/imports/mappings/{kept.pk}/").status_code == 404


@pytest.mark.usefixtures("noon")
class TestBadInput:
    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("no_dates", "Each case needs the date on which it was filed"),
            ("password_protected", "password"),
            ("photograph", "this is no Excel workbook"),
        ],
    )
    def test_is_answered_by_a_sentence_and_nothing_is_written(
        self, house: Cast, name: str, said: str
    ) -> None:
        desk = Desk(house).upload(SHEETS / name / expected(name)["file"])

        assert "These files cannot be imported like this." in desk.words
        assert said in desk.words
        assert "--" not in desk.words.split("Read it otherwise")[0]
        assert not Step.objects.exists()
        assert not SealedWords.objects.exists()

    def test_two_rows_that_name_the_columns_are_asked_about(self, house: Cast) -> None:
        desk = Desk(house).upload(SHEETS / "headers_that_disagree" / "futatsu.csv")

        assert "two rows name the columns, and they disagree" in desk.words.lower()
        assert {"1", "2"} <= set(Form(desk.page).rows)

    def test_the_same_sheet_with_one_row_changed_changes_one_case(self, house: Cast) -> None:
        folder = SHEETS / "one_row_changed"
        desk = Desk(house).upload(folder / "monday.csv")
        desk.post("confirmations", name="依頼")
        desk.upload(folder / "monday.csv")
        assert "All of it was imported before: nothing would change." in desk.words

        desk.upload(folder / "tuesday.csv")

        assert Form(desk.page).fields["name"] == "依頼"
        assert "Part of it was imported before" in desk.words


@pytest.mark.parametrize("letter", ["a", "b"])
def test_names_without_letters_are_sources_of_their_own(letter: str) -> None:
    assert source_named(f"調査 {letter}") == source_named(f"調査 {letter}")
    assert source_named("調査 a") != source_named("調査 b")
    assert source_named("jira") != "jira"
    assert source_named("Weekly log") == "weekly-log"


def test_every_choice_has_its_words() -> None:
    assert set(WORDS["role"]) == set(OFFERED)
    assert set(WORDS["meaning"]) == set(MEANINGS)
    assert set(WORDS["day_order"]) == set(DAY_ORDERS)
    assert set(WORDS["record"]) == set(RECORDS)
    assert set(WORDS["mend"]) == set(MENDS)
