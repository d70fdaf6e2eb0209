"""A sheet on its page: from the file to an import, by posting the forms a browser would post."""

import json
import re
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
from shinrai.importers.upload import worker
from shinrai.ledger.models import Case, Step
from shinrai.privacy.models import SealedWords
from tests.cast import Cast

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
    return " ".join(unescape(strip_tags(re.sub(r"<script.*?</script>", "", page, flags=re.S))).split())


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
