"""Every list over the API: the same file as its page's download, and never more than it."""

import csv
from io import BytesIO, StringIO

import openpyxl
import pytest
import time_machine
from django.urls import URLPattern, get_resolver

from shinrai.accounts.models import AuditEntry
from shinrai.accounts.rules.permission import Permission, is_permitted
from shinrai.accounts.rules.role import Role
from shinrai.site.exports import LISTS
from tests.api.caller import key_of
from tests.cast import Cast
from tests.desk.stage import NOW, OBJECTIVE, open_desk
from tests.site.test_every_route import filled, routes

pytestmark = [pytest.mark.django_db, pytest.mark.end_to_end]
ONE = {"number": "1"}
OF_ONE = {
    "objective": {"name": OBJECTIVE},
    **dict.fromkeys(("defect", "import", "audit_of_person", "audit_of_member"), ONE),
}
# Lists of what this desk has not, or of one thing that the walk does not name.
ELSEWHERE = {
    *(*OF_ONE, "quality_cases", "quality_accounts", "usage_people", "missions_people"),
    *("initiative", "interview_round"),
}


@pytest.fixture
def desk(cast: Cast, settings, tmp_path):
    settings.SHINRAI_WAREHOUSE = str(tmp_path / "warehouse")
    open_desk(cast.workspace)
    with time_machine.travel(NOW, tick=False):
        yield cast


def body(answer) -> bytes:
    return b"".join(answer.streaming_content)


def test_whatever_a_page_lets_one_download_can_be_exported(desk: Cast) -> None:
    """Every page of a workspace is asked for a CSV; those that give one are lists."""
    client = desk.owner.client()
    found = {
        name
        for address, _view, name in named_routes()
        if client.get(filled(address, "tanuki"), {"format": "csv"})
        .get("Content-Type", "")
        .startswith("text/csv")
    }

    assert found <= set(LISTS)
    assert set(LISTS) - found <= ELSEWHERE


def named_routes():
    patterns = get_resolver().url_patterns
    names = {f"/{one.pattern}": one.name for one in patterns if isinstance(one, URLPattern)}
    return [(path, view, names[path]) for path, view in routes() if path.startswith("/w/")]


@pytest.mark.parametrize("role", [Role.OWNER, Role.CS_AGENT])
def test_each_list_answers_a_file_to_whom_its_page_opens(desk: Cast, role: Role) -> None:
    key = key_of(desk.workspace, role)
    guards = {name: view.GUARD.removesuffix(" (open)") for _, view, name in named_routes()}
    statuses = {}
    for name in LISTS:
        answer = key.post("exports", list=name, filters=OF_ONE.get(name, {}))
        statuses[name] = answer.status_code
        may = is_permitted([role], Permission(guards[name]))
        assert answer.status_code in ({200, 404, 422} if may else {403}), name

    assert statuses["queue"] == statuses["objective"] == 200
    assert statuses["audit"] == statuses["members"] == (200 if role is Role.OWNER else 403)


def test_a_file_is_the_page_s_own_with_its_filters_and_in_the_audit(desk: Cast) -> None:
    key = key_of(desk.workspace, Role.CS_AGENT)
    page = desk.agent.client().get("/w/tanuki/queue/?format=csv&state=late&sort=case")

    answer = key.post("exports", list="queue", filters={"state": "late", "sort": "case"})

    assert (answer.status_code, answer["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert answer["Content-Disposition"] == page["Content-Disposition"]
    assert "no-store" in answer["Cache-Control"]
    assert int(answer["RateLimit-Remaining"]) > 0
    said = body(answer)
    assert said == body(page)
    [row] = csv.DictReader(StringIO(said.decode("utf-8-sig")))
    assert row["Case"] == "INV-2"
    entry = AuditEntry.objects.get(what="download list", by=key.record.member.key)
    assert (entry.kind, entry.subject, entry.lines, len(entry.shown)) == (
        "export",
        "list:queue",
        1,
        1,
    )


def test_a_workbook_speaks_the_language_asked_for(desk: Cast) -> None:
    key = key_of(desk.workspace, Role.CS_AGENT)
    key.client.defaults["HTTP_ACCEPT_LANGUAGE"] = "ja"

    answer = key.post("exports", list="queue", format="xlsx", filters={"q": "通知"})

    sheet = openpyxl.load_workbook(BytesIO(body(answer))).active
    titles, row = [[one.value for one in line] for line in sheet.iter_rows()]
    told = dict(zip(titles, row, strict=True))
    assert told["案件"] == "INV-3"
    assert str(told["期限 (Asia/Tokyo)"]) == "2026-06-09 18:00:00"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"list": "secrets"}, "list"),
        ({"list": "queue", "format": "pdf"}, "format"),
        ({"list": "queue", "filters": {"stat": "late"}}, "filters.stat"),
        ({"list": "objective"}, "filters"),
        ({"list": "queue", "filters": {"workspace": "kitsune"}}, "filters.workspace"),
        ({"list": "quality_cases"}, "filters"),
        ({}, "list"),
    ],
)
def test_what_is_no_list_is_refused_by_its_field_and_leaves_no_entry(
    desk: Cast, wrong: dict, field: str
) -> None:
    key = key_of(desk.workspace, Role.OWNER)
    before = AuditEntry.objects.filter(kind="export").count()

    answer = key.post("exports", **wrong)

    assert answer.status_code in (422, 404), answer.content
    if answer.status_code == 422:
        assert answer.json()["errors"][0]["field"].endswith(field)
    assert AuditEntry.objects.filter(kind="export").count() == before


def test_an_objective_nobody_set_is_not_there(desk: Cast) -> None:
    key = key_of(desk.workspace, Role.OWNER)
    answer = key.post("exports", list="objective", filters={"name": "none\u3000such"})
    assert answer.status_code == 404
