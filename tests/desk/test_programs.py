"""What programs do beside opening cases: find, attach, correct, link; and what they get wrong."""

import json
import re
from datetime import datetime
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile

from shinrai.accounts.models import AuditEntry
from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import Scope
from shinrai.calendars.commands.calendars import group as calendars
from shinrai.desk.commands.defects import group as defects
from shinrai.desk.commands.search import search as search_command
from shinrai.desk.operations.search_index import index_changed_words
from tests.api.caller import Caller, key_of
from tests.cast import Cast
from tests.desk.stage import OFFICE
from tests.desk.test_endpoints import desk, engineer
from tests.desk.test_file_types import PNG

__all__ = ["desk", "engineer"]
pytestmark = [pytest.mark.django_db, pytest.mark.end_to_end]
JAPANESE = re.compile("[ぁ-んァ-ヶ一-龠]")
TICKET = "https://tracker.example.com/DEV-12"


def upload(caller: Caller, address: str, *files: tuple[str, bytes], **said: str) -> Any:
    """Send files as a program does, as multipart/form-data."""
    sent = [SimpleUploadedFile(name, content) for name, content in files]
    name = said.pop("idempotency_key", "")
    headers = {"Authorization": f"Bearer {caller.secret}"}
    headers |= {"Idempotency-Key": name} if name else {}
    where = f"/api/v1/workspaces/{caller.workspace}/{address}"
    return caller.client.post(where, {"files": sent, **said}, headers=headers)


def run(command: Any, *words: str) -> Any:
    done = CliRunner().invoke(command, [*words, "--workspace", "tanuki", "--json"])
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def wrong(answer: Any) -> tuple[int, set[str]]:
    return answer.status_code, {one["field"] for one in answer.json()["errors"]}


class TestSearch:
    def test_answers_as_the_command_and_writes_the_audit(self, engineer: Caller) -> None:
        index_changed_words()

        found = engineer.get("search", q="い").json()

        assert found == run(search_command, "い")
        assert found["cases"][0]["key"] == "INV-4"
        assert all(any(part["is_found"] for part in one["excerpt"]) for one in found["cases"])
        entry = AuditEntry.objects.get(by=engineer.record.member.key)
        assert (entry.what, len(entry.shown)) == ("words in the search", len(found["cases"]))

    def test_is_narrowed_and_masked(self, engineer: Caller) -> None:
        def keys(**asked: Any) -> list[str]:
            return sorted(one["key"] for one in engineer.get("search", **asked).json()["cases"])

        assert keys(q="い", state="closed") == ["INV-1"]
        assert keys(q="い", **{"from": "2026-06-05", "until": "2026-06-05"}) == ["INV-3"]
        assert keys(q="い", record="inquiry") == keys(q="yui@example") == []
        some = engineer.get("search", q="い", limit=1).json()
        assert (len(some["cases"]), some["has_more"]) == (1, True)
        for asked in ({"q": "a\0"}, {"q": "い", "from": "0001-01-01"}, {"q": "い", "limit": 10**6}):
            assert wrong(engineer.get("search", **asked)) == (422, {list(asked)[-1]})
        assert wrong(engineer.get("search")) == (422, {"q"})


class TestFiles:
    HERE = "investigations/INV-3/files"

    def test_a_log_is_attached_once_listed_and_downloaded(self, engineer: Caller) -> None:
        log = ("記録.log", "E-401 停止".encode())
        first, again = (
            upload(engineer, self.HERE, log, words="添付", idempotency_key="k") for _ in range(2)
        )
        other = upload(engineer, self.HERE, ("b.png", PNG), words="添付", idempotency_key="k")

        assert (first.status_code, first.json()) == (201, again.json())
        assert wrong(other) == (422, {"Idempotency-Key"})
        [file] = engineer.get(self.HERE).json()
        assert (file["name"], file["step"]) == ("記録.log", first.json()["steps"][0])
        sent = engineer.get(f"{self.HERE}/{file['file']}")
        assert (sent.content, sent["Content-Type"]) == (log[1], "text/plain; charset=utf-8")
        assert sent["Content-Security-Policy"].startswith("sandbox")
        assert AuditEntry.objects.filter(what="file of a case").count() == 1

    def test_what_a_page_refuses_is_refused(self, engineer: Caller, desk: Cast) -> None:
        def refused(*files: tuple[str, bytes]) -> tuple[int, set[str]]:
            return wrong(upload(engineer, self.HERE, *files, words="x"))

        assert refused(("a.exe", b"MZ\0\0")) == (422, {"files"})
        assert refused(("a.log", b"x" * (20 << 20))) == (422, {"files"})
        assert refused(*[("a.png", PNG)] * 6) == (422, {"files"})
        assert refused() == (422, {"files"})
        assert wrong(upload(engineer, self.HERE, ("a.png", PNG))) == (422, {"words"})
        assert engineer.get(self.HERE).json() == []
        for missing in ("1", "x", "a/b", str(1 << 70)):
            assert engineer.get(f"{self.HERE}/{missing}").status_code in (404, 422)
        reader = key_of(desk.workspace, Role.CRE_ENGINEER)
        assert upload(reader, self.HERE, ("a.png", PNG), words="x").status_code == 403


class TestDefects:
    def test_one_is_linked_fixed_and_told(self, engineer: Caller) -> None:
        linked = engineer.post("investigations/INV-3/defects", ticket=TICKET, title="無音")
        number = linked.json()["defect"]
        assert linked.status_code == 201

        assert run(defects, "list")["defects"] == engineer.get("defects").json()["items"]
        run(defects, "fix", str(number), "--release", "2.4")
        here = f"defects/{number}"
        read = engineer.get(here).json()
        assert read == run(defects, "show", str(number))
        [case] = read["cases"]
        assert (read["fixed_in"], read["told"], read["to_tell"]) == ("2.4", 0, 1)
        assert engineer.post(f"{here}/told", link=case["link"]).status_code == 201
        assert engineer.get(here).json()["told"] == 1

    def test_the_command_links_and_tells_too(self, engineer: Caller) -> None:
        words = ("INV-3", "--ticket", TICKET, "--title", "無音")
        number = run(defects, "link", *words)["defect"]
        assert engineer.post(f"defects/{number}/fixes", release="2.4").status_code == 201
        [case] = run(defects, "show", str(number))["cases"]
        assert run(defects, "told", str(case["link"])) == {"defect": number, "link": case["link"]}
        assert run(defects, "show", str(number))["told"] == 1

    def test_what_is_not_there_is_said(self, engineer: Caller) -> None:
        assert engineer.get("defects/77").status_code == 404
        assert engineer.post("defects/77/fixes", release="2").status_code == 404
        assert wrong(engineer.post("defects/a/b/told", link=1)) == (422, {"number"})
        bad = engineer.post("investigations/INV-3/defects", ticket="javascript:x", title="x")
        assert bad.status_code == 422


def test_a_step_is_corrected_as_on_the_page(engineer: Caller) -> None:
    key = engineer.post("inquiries", text="再生できません").json()["key"]
    reply = {"message": "了解しました", "then": "open"}
    [step] = engineer.post(f"inquiries/{key}/steps", kind="outbound", **reply).json()["steps"][:1]
    here = f"inquiries/{key}/steps/{step}/corrections"

    done = engineer.post(here, why="rule_wrong", substantive=True)
    refused = engineer.post(here, why="rule_wrong", substantive=True)

    assert done.status_code == 201, done.content
    assert refused.status_code == 422, "nothing would be other than it is"
    assert AuditEntry.objects.get(what="step corrected").by == engineer.record.member.key
    assert wrong(engineer.post(here, why="rule_wrong", topic="nope")) == (422, {"topic"})
    assert wrong(engineer.post(here, why="mood", gone=True)) == (422, {"why"})
    for said in ({}, {"gone": True, "on": "customer"}):
        assert "exactly one" in engineer.post(here, why="slip", **said).json()["detail"]


def test_a_due_time_is_what_the_calendar_says(engineer: Caller, tmp_path: Any) -> None:
    file = tmp_path / "office.yaml"
    file.write_text(yaml.safe_dump(OFFICE), "utf-8")
    start, pause = "2026-06-02T11:00:00+09:00", "2026-06-03T10:00+09:00/2026-06-04T10:00+09:00"
    assert [one["name"] for one in engineer.get("calendars").json()] == ["office"]
    for target in ({"business_days": 2, "by": "close"}, {"business_seconds": 36_000}):
        words = [w for name, of in target.items() for w in (f"--{name.replace('_', '-')}", str(of))]
        command = ["due", start, "--calendar", str(file), "--pause", pause, *words, "--json"]
        said = json.loads(CliRunner().invoke(calendars, command).stdout)
        read = engineer.get("calendars/office/due", start=start, pause=pause, **target).json()
        for name in ("effective_at", "due_at"):
            assert datetime.fromisoformat(read[name]) == datetime.fromisoformat(said[name])
    goes_on = {"start": start, "business_days": 2, "pause": "2026-06-02T12:00/"}
    assert engineer.get("calendars/office/due", **goes_on).json()["due_at"] is None
    for bad in ({}, {"business_days": 1, "business_seconds": 1}, {"business_days": 10**9}):
        assert engineer.get("calendars/office/due", start=start, **bad).status_code == 422
    assert engineer.get("calendars/nope/due", start=start, business_days=1).status_code == 404


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ({"text": "x"}, "title", "this field is needed"),
        ({"title": "x" * 501, "text": "x"}, "title", "at most 500 characters fit"),
        ({"title": 7, "text": "x"}, "title", "write text"),
        ({"title": "a\0", "text": "x"}, "title", "NUL cannot be stored"),
        ({"title": "x", "text": "x", "tilte": "x"}, "tilte", "there is no such field here"),
        (
            {"title": "x", "text": "x", "facts": []},
            "facts",
            "write an object with names and values",
        ),
        ({"title": "x", "text": "x", "at": "2026-06-09T10:00"}, "at", "the offset of this moment"),
        ({"title": "x", "text": "x", "at": "soon"}, "at", "write a moment with its offset"),
        ({"title": "x", "text": "x", "at": "1066-01-01T00:00Z"}, "at", "outside 1990 to 2099"),
    ],
)
def test_a_field_is_named_and_said_in_both_languages(
    engineer: Caller, body: dict[str, Any], field: str, said: str
) -> None:
    english, japanese = (_refused(engineer, body, language) for language in ("en", "ja"))

    for problem in (english, japanese):
        assert [one["field"] for one in problem["errors"]] == [field]
        assert problem["detail"].startswith(f"{field}: ")
    assert said in english["errors"][0]["message"]
    assert JAPANESE.search(japanese["errors"][0]["message"])
    assert not re.search("[a-z]{5}", japanese["errors"][0]["message"])


def test_an_unfit_choice_names_the_choices(engineer: Caller) -> None:
    answer = engineer.get("inquiries", sort="best")
    assert (
        answer.json()["errors"][0]["message"] == "write one of: due, -due, case, -case, age, -age"
    )


def test_a_body_that_is_no_json_or_too_large_is_not_read(engineer: Caller) -> None:
    there = "/api/v1/workspaces/tanuki/investigations"
    headers = {"Authorization": f"Bearer {engineer.secret}"}
    form = engineer.client.post(there, {"title": "x", "text": "x"}, headers=headers)
    large = engineer.post("investigations", title="x", text="x" * (20 << 20))

    assert (form.status_code, "application/json" in form.json()["detail"]) == (415, True)
    assert large.status_code == 413
    assert re.search(r"at most \d+ MB", large.json()["detail"])


def test_a_key_of_scope_read_changes_nothing(desk: Cast) -> None:
    reader = key_of(desk.workspace, Role.OWNER, Scope.READ)
    for address in (
        "investigations/INV-3/defects", "defects/1/fixes", "defects/1/told",
        "inquiries/Q/steps/1/corrections",
    ):  # fmt: skip
        assert reader.post(address).status_code == 403, address


def _refused(caller: Caller, body: dict[str, Any], language: str) -> dict[str, Any]:
    answer = caller.client.post(
        "/api/v1/workspaces/tanuki/investigations",
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {caller.secret}", "Accept-Language": language},
    )
    assert answer.status_code == 422
    problem: dict[str, Any] = answer.json()
    return problem
