"""Sumire asks to be forgotten: she is found in every store, goes for good, and does not come back.

Her name and key stand in a sheet, in rows nobody could read, in files that wait and in what a
killed import left. Kaede's rows stand beside hers, and stay.
"""

import csv
import gzip
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pytest
from click.testing import CliRunner
from django.apps import apps
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from shinrai.accounts.models import AuditEntry
from shinrai.accounts.queries import workspace_named
from shinrai.customers.models import Person
from shinrai.delivery.models import Outbox
from shinrai.delivery.outbox import OutgoingMessage, add_message
from shinrai.desk.operations.files import attach_files
from shinrai.desk.operations.search_index import index_changed_words
from shinrai.desk.operations.steps import file_investigation
from shinrai.desk.queries.files import file_content, files_of
from shinrai.desk.rules.files import NewFile
from shinrai.erasure.commands import group
from shinrai.importers.flatten.work_folder import work_root
from shinrai.importers.pull.spool import open_spool, spool_root
from shinrai.importers.queries import quarantined
from shinrai.importers.run.lock import import_lock
from shinrai.importers.upload.inbox import folder_of, put_upload
from shinrai.investigations.queries import investigation
from shinrai.ledger.models import Case
from shinrai.objectives.operations.catching_up import catch_up
from shinrai.privacy.models import PersonKey, SealedWords
from shinrai.privacy.operations import (
    mark_of,
    open_keys,
    overwrite_keys,
    read_words,
    reencrypt_words,
    words_of,
)
from shinrai.privacy.stores import STORES
from shinrai.search.models import TextPairs
from shinrai.site.postgres_programs import find_programs
from shinrai.site.postgres_server import ServerPaths
from shinrai.warehouse.store import Warehouse
from tests.importers.test_planted_name import CUSTOMER, EXAMPLE, NAME, imported

NOON = datetime(2026, 11, 20, 3, tzinfo=UTC)
MAIL = "sumire.hanamura@example.jp"
KAEDE = "U-1112223"
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_files")]


@pytest.fixture
def sheet(tmp_path):
    """Sumire's row, three of hers that cannot be read, and one of Kaede's that cannot."""
    header, row = list(csv.reader(EXAMPLE.read_text("cp932").splitlines()))[:2]
    at = {name: place for place, name in enumerate(header)}

    def filled(key, customer, filed):
        cells = list(row)
        for column in ("件名", "依頼内容", "回答（CS向け）", "備考"):
            cells[at[column]] = f"{NAME if customer == CUSTOMER else '楓'}さまの件"
        cells[at["管理番号"]], cells[at["顧客ID"]], cells[at["起票日時"]] = key, customer, filed
        return cells

    rows = [
        filled("CRE-1", CUSTOMER, row[at["起票日時"]]),
        filled("CRE-2", CUSTOMER, MAIL),  # her mail address where the moment belongs
        [CUSTOMER, *filled("CRE-3", KAEDE, MAIL)[:-1]],  # shifted: Kaede's place holds another cell
        filled("CRE-4", KAEDE, "昨日"),
    ]
    path = tmp_path / "sheet.csv"
    with path.open("w", encoding="cp932", newline="") as file:
        csv.writer(file).writerows([header, *rows])
        file.write(f'CRE-5,"{NAME}"{MAIL},{CUSTOMER}\r\n')  # a broken line
    return path


def erasing(*options, customer=None):
    whom = customer or f"{Person.objects.first().source}:{CUSTOMER}"
    asked = ["erase", "--workspace", "cre", "--customer", whom, *options]
    return CliRunner().invoke(group, asked)


def sumire():
    return Person.objects.get(mark=mark_of("person", Person.objects.first().source, CUSTOMER))


def key_of_sumire():
    return PersonKey.objects.get(pk=sumire().key_id)


def sealed_words():
    every = list(SealedWords.objects.values_list("id", flat=True))
    return list(read_words(every).values())


def files_of_the_home():
    home = Path(os.environ["SHINRAI_HOME"])
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_database WHERE datname <> current_database()")
        others = {
            f"base/{oid}/" for (oid,) in cursor.fetchall()
        }  # of other tests, at the same time
    for folder in {home, ServerPaths(home).cluster(find_programs())}:
        for path in folder.rglob("*"):
            is_ours = not any(other in str(path) for other in others)
            if is_ours and path.is_file() and not path.is_symlink():
                yield path


def holding(*secrets):
    """Name the files that hold one of these, in any of the encodings that words come in."""
    needles = [
        s if isinstance(s, bytes) else s.encode(e)
        for s in secrets
        for e in (("utf-8",) if isinstance(s, bytes) else ("utf-8", "cp932", "utf-16-le"))
    ]
    return [str(p) for p in files_of_the_home() if any(n in bytes_of(p) for n in needles)]


def bytes_of(path):
    try:
        return path.read_bytes()
    except FileNotFoundError:  # the server removes files while we look
        return b""


@pytest.fixture(autouse=True)
def _patient(monkeypatch):
    """Wait for the transactions of tests that run beside this one, on the same server."""
    monkeypatch.setattr("shinrai.privacy.operations.PATIENCE_S", 120.0)


@pytest.fixture
def planted(sheet, owner_cursor):
    """Sumire stands everywhere where words can lie, and the server has looked at all tables."""
    report = imported(sheet)
    there = workspace_named("cre")
    catch_up(warehouse=Warehouse(settings.SHINRAI_WAREHOUSE), at=NOON)
    draft = put_upload(
        workspace_id=there.id,
        files=[SimpleUploadedFile("more.csv.gz", gzip.compress(sheet.read_bytes()))],
        mapping=None,
        choices={},
        at=NOON,
        by="staff:1",
    )
    place = {"workspace": "cre", "source": "zendesk", "account": "acme.zendesk.com"}
    with open_spool(spool_root(), **place) as spool:
        spool.stream("tickets").append({"subject": NAME}, cursor="77", done=True)
    killed = work_root() / "killed"
    killed.mkdir(parents=True, exist_ok=True)
    (killed / "messages.csv").write_text(f"{NAME},{MAIL}", encoding="utf-8")
    owner_cursor.execute("ANALYZE")  # copies values into the server's statistics, as it does itself
    return report, draft, killed


def test_says_what_it_found_and_erases_nothing_before_it_is_told_to(planted):
    shown = erasing("--json")

    assert shown.exit_code == 3, shown.output
    document = json.loads(shown.output)
    assert document["erased"] is False
    found = document["found"]
    assert [found[store] for store in ("cases", "uploads", "pulled", "flat")] == [1, 1, 1, 1]
    assert found["set_aside"] == 3
    assert found["words"] >= 5
    assert any(NAME in words for words in sealed_words())
    assert holding(NAME) != []


def test_she_is_gone_from_every_store_and_kaede_is_not(planted, sheet):
    report, draft, killed = planted
    there = workspace_named("cre")
    person, wrapped = sumire(), bytes(key_of_sumire().wrapped)
    sealed = [bytes(one.sealed) for one in SealedWords.objects.filter(key_id=person.key_id)]
    before = investigation(workspace_id=there.id, source_key="CRE-1")

    done = erasing("--yes", "--json")

    assert done.exit_code == 0, done.output
    document = json.loads(done.output)
    assert (document["erased"], document["off_disk"]) == (True, True)
    assert holding(NAME, CUSTOMER, MAIL, wrapped) == []
    assert sealed, "what was sealed may lie in the log, and nothing opens it"
    assert not folder_of(draft).exists()
    assert not killed.exists()
    assert [words for words in sealed_words() if NAME in words or CUSTOMER in words] == []
    left = [row.row or "" for row in quarantined(batch_id=report.batch, with_rows=True)]
    assert len(left) == report.counts.quarantined, "counts stay"
    assert [row for row in left if "楓" in row and "CRE-4" in row] != []
    after = investigation(workspace_id=there.id, source_key="CRE-1")
    assert [step.kind for step in after.steps] == [step.kind for step in before.steps]
    entry = AuditEntry.objects.get(what="erase customer")
    assert entry.subject == f"customer:{person.pk}"
    assert CUSTOMER not in entry.reason


def test_nothing_that_is_shown_found_downloaded_or_sent_has_her_afterwards(
    planted, cast, owner_cursor
):
    """Pages, the search, exports made anew and the outbox; what was sent or saved before is out."""
    client = cast_owner_of_cre(cast).client()
    there = workspace_named("cre")
    file_investigation(
        workspace_id=there.id, source_key="INV-9", at=NOON, by="x", words=f"{NAME}の続き"
    )
    hers, person = Case.objects.filter(source_key="INV-9"), sumire()
    under = {"key_id": person.key_id, "key": open_keys([person.key_id])[person.key_id]}
    reencrypt_words(words_ids=words_of(key_id=hers.get().key_id), **under)
    hers.update(customer_id=person.pk, key_id=person.key_id)
    index_changed_words()
    add_message(
        OutgoingMessage(
            workspace_id=there.id, sender="report-schedule:1", once="one", channel="mail",
            target="boss@example.jp", content={"subject": NAME, "text": MAIL},
        ),
        at=NOON,
    )  # fmt: skip
    owner_cursor.execute("ANALYZE")
    wrapped = bytes(key_of_sumire().wrapped)

    def holds_her() -> dict[str, bool]:
        addresses = {
            "case": "investigations/INV-9/",
            "search": f"search/?q={NAME}",
            "csv": "queue/?format=csv",
            "json": "queue/?format=json",
        }
        got = {name: client.get(f"/w/cre/{one}") for name, one in addresses.items()}
        texts = {name: one.getvalue() for name, one in got.items() if one.status_code == 200}
        found = {name: NAME.encode() in text for name, text in texts.items()}
        found["search"] = b"INV-9" in texts["search"]  # which says back what was asked
        found["index"] = TextPairs.objects.filter(words__key_id=person.key_id).exists()
        found["outbox"] = any(NAME in str(row.content) for row in Outbox.objects.all())
        return found

    before = holds_her()
    assert set(before) >= {"case", "search", "csv", "json", "index", "outbox"}
    assert all(before.values()), before

    erasing("--yes")

    assert [name for name, there_still in holds_her().items() if there_still] == []
    assert holding(NAME, MAIL, CUSTOMER, wrapped) == [], "tables, Delta, logs, files"


@pytest.mark.parametrize("database", ["this", "postgres"])
def test_an_idle_writer_in_any_database_makes_the_server_keep_her_key_and_it_is_said(
    planted, database, monkeypatch
):
    wrapped = bytes(key_of_sumire().wrapped)
    another = connection.copy()
    if database != "this":
        another.settings_dict["NAME"] = database
    try:
        with another.cursor() as cursor, monkeypatch.context() as patch:
            patch.setattr("shinrai.privacy.operations.PATIENCE_S", 0.2)
            cursor.execute("BEGIN; SELECT pg_current_xact_id()")
            done = erasing("--yes", "--json")
            kept = holding(wrapped)
            cursor.execute("ROLLBACK")
    finally:
        another.close()

    assert json.loads(done.output)["off_disk"] is False
    assert [path for path in kept if "/base/" in path] != []
    assert overwrite_keys()
    assert holding(wrapped) == []


def test_no_later_import_brings_her_back_also_where_rows_cannot_be_read(planted, sheet):
    erasing("--yes")

    again = imported(sheet)

    assert again.counts.erased == 4
    assert again.counts.quarantined == 1, "Kaede's"
    assert [words for words in sealed_words() if NAME in words or CUSTOMER in words] == []
    assert holding(NAME, MAIL) == []
    assert erasing("--yes").exit_code == 3, "she is erased already"


def test_rows_that_name_her_lie_under_her_own_key(sheet):
    report = imported(sheet)
    her = sumire()

    rows = quarantined(batch_id=report.batch, with_rows=True)
    under_her_key = read_words(
        SealedWords.objects.filter(key_id=her.key_id).values_list("id", flat=True)
    )

    [hers] = [row.row for row in rows if "CRE-2" in (row.row or "")]
    assert any(json.dumps(hers, ensure_ascii=False) in words for words in under_her_key.values())


def test_nothing_is_erased_while_an_import_of_the_workspace_runs(planted):
    there = workspace_named("cre")
    source = Person.objects.first().source

    with_another = connection.copy()
    try:
        with with_another.cursor() as cursor:
            from shinrai.postgres.locks import _number

            number = _number(f"import:{there.id}:{source}")
            cursor.execute("SELECT pg_advisory_lock(%s)", [number])
            shown = erasing("--yes")
            # closing alone would let go of it only once its backend has ended
            cursor.execute("SELECT pg_advisory_unlock(%s)", [number])
    finally:
        with_another.close()

    assert shown.exit_code == 1
    assert any(NAME in words for words in sealed_words())
    with import_lock(there.id, source):
        pass


def attach_her_file(key):
    """Somebody here attaches a log that names her, by its name too, and files a question."""
    there = workspace_named("cre")
    found = investigation(workspace_id=there.id, source_key=key)
    log = NewFile(f"{NAME}.log", f"{MAIL} {NAME}".encode())
    attach_files(
        case_id=found.head.id, sequence=found.steps[0].sequence, files=[log], at=NOON, by="x"
    )
    return found.head.id


def test_files_attached_here_go_with_her_and_leave_that_they_were_there(sheet):
    imported(sheet)
    case_id = attach_her_file("CRE-1")
    assert any(f"{MAIL} {NAME}" in words for words in sealed_words())

    done = erasing("--yes", "--json")

    assert done.exit_code == 0, done.output
    assert [file.name for [file] in files_of(case_id).values()] == [None]
    assert holding(f"{NAME}.log", f"{MAIL} {NAME}") == []
    assert [words for words in sealed_words() if NAME in words] == []


def test_a_file_follows_its_case_to_the_customer_who_is_named_later(sheet):
    text = sheet.read_text("cp932")
    sheet.write_text(text.replace(CUSTOMER, ""), "cp932")
    imported(sheet)
    case_id = attach_her_file("CRE-1")
    sheet.write_text(text, "cp932")
    imported(sheet)
    key_id = Case.objects.get(pk=case_id).key_id
    assert Person.objects.filter(key_id=key_id).exists(), "the case is hers now"
    [[file]] = files_of(case_id).values()
    assert file_content(case_id=case_id, file_id=file.id).content == f"{MAIL} {NAME}".encode()

    erasing("--yes")

    assert [file.name for [file] in files_of(case_id).values()] == [None]


def test_what_was_asked_about_her_inquiry_before_she_was_known_goes_too(sheet):
    imported(sheet)
    there = workspace_named("cre")
    hers = Case.objects.get(source_key="CRE-1")
    below = file_investigation(
        workspace_id=there.id, source_key="INV-1", at=NOON, by="x", words=f"{NAME}の件"
    )
    Case.objects.filter(pk=below).update(parent_id=hers.pk)

    erasing("--yes")

    steps = investigation(workspace_id=there.id, source_key="INV-1").steps
    assert read_words([step.words_id for step in steps]) == {}


@pytest.mark.parametrize(
    ("customer", "code", "why"),
    [("nobody", 2, "names no customer"), ("sheet:U-0", 3, "nobody in cre is known as")],
)
def test_who_cannot_be_found_is_said(planted, customer, code, why):
    shown = erasing("--yes", customer=customer)

    assert (shown.exit_code, why in shown.output) == (code, True), shown.output


class TestThePage:
    def test_an_owner_erases_where_the_case_is_shown(self, planted, cast):
        client = cast_owner_of_cre(cast).client()
        number = Case.objects.get(source_key="CRE-1").customer_id
        address = f"/w/cre/customers/{number}/erasure/"
        assert address in client.get("/w/cre/investigations/CRE-1/").content.decode()

        asked = client.get(address)
        unsure = client.post(address, headers={"accept-language": "ja"})
        done = client.post(address, {"sure": "yes"}, follow=True)

        assert "Erase for good" in asked.content.decode()
        assert CUSTOMER in asked.content.decode(), "the owner sees whom"
        assert unsure.status_code == 422
        assert "先にチェックを入れてください" in unsure.content.decode()
        assert "This customer is erased" in done.content.decode()
        assert [words for words in sealed_words() if NAME in words] == []

    def test_nobody_else_may(self, planted, cast):
        number = Case.objects.get(source_key="CRE-1").customer_id
        cast_owner_of_cre(cast)

        statuses = {
            part: person.client().post(f"/w/cre/customers/{number}/erasure/").status_code
            for part, person in cast.everybody.items()
            if part != "owner"
        }

        assert set(statuses.values()) <= {403, 404}
        assert any(NAME in words for words in sealed_words())


def cast_owner_of_cre(cast):
    """Let Sato own the workspace of the sheet too, and Suzuki answer in it."""
    from shinrai.accounts.operations.members import add_member
    from shinrai.accounts.rules.role import Role

    there = workspace_named("cre")
    for person, role in ((cast.owner, Role.OWNER), (cast.agent, Role.CS_AGENT)):
        add_member(
            workspace_id=there.id,
            display_name=person.name,
            user_id=person.user.pk,
            roles=[role],
            at=NOON,
            by="test",
        )
    return cast.owner


class TestTheListOfStores:
    """One list names every store that can hold words; what is new must be put there, or here."""

    # Whose rows are written by others: sessions, sign-in, the queue.
    OF_OTHERS = (
        *("auth_", "django_", "account_", "mfa_", "procrastinate_"),
        *("socialaccount_", "usersessions_"),  # the first stays empty
        "allauth_idp_oidc_",  # names that programs give themselves, and digests of tokens
    )
    # Codes, keyed hashes, names of sources, documents of ours, and who of our own people acted.
    WORDLESS: ClassVar = {
        "privacy_backup": "by",
        "customers_personlink": "by",
        "revenue_contract": "source",
        "revenue_contractstep": "currency by",
        "revenue_payment": "source kind currency by",
        "satisfaction_surveyversion": "wording by",
        "satisfaction_wave": "channel opened_by",
        "satisfaction_asking": "state",
        "satisfaction_surveyaddress": "survey token",
        "satisfaction_quotelabel": "by",
        "satisfaction_interviewround": "by",
        "satisfaction_interviewneed": "by",
        "satisfaction_interviewstep": "kind by",
        "satisfaction_preparedsatisfaction": "rests_on",
        "warehouse_tablerepair": "table",
        "importers_upload": "token by status claim phase counts",
        "importers_sheetmapping": "by",
        "accounts_apikey": "digest scope made_by",
        "accounts_auditcheck": "breaks",
        "assistants_assistantgrant": "client assistant ended_by",
        "api_keptanswer": "caller key request",
        "api_requestcount": "caller",
        "accounts_auditseal": "entries digest previous signature",
        "accounts_auditentry": "by kind what subject shown",
        "accounts_feedaddress": "digest",
        "accounts_feedaddressend": "by",
        "accounts_member": "display_name source source_key joined_by",
        "accounts_memberdeparture": "by",
        "accounts_organisation": "slug name",
        "accounts_realdataarrival": "by",
        "accounts_rolegrant": "role by",
        "accounts_rolewithdrawal": "by",
        "intake_connection": "kind token made_by ended_by",
        "intake_receipt": "state",
        "intake_thread": "outside_id url note_id told",
        "desk_opencase": "record source phase holder waiting_on person priority last_kind",
        "desk_savedfilter": "query",
        "desk_defect": "by",
        "desk_defectcase": "by",
        "desk_defectfix": "by",
        "desk_toldback": "by",
        "accounts_signinlink": "digest made_by",
        "accounts_signinlinkuse": "by",
        "accounts_user": "password email",
        "accounts_workspace": "slug name zone zone_by language opened_by source_links",
        "calendars_calendarrevision": "document digest by",
        "calendars_declaredevent": "kind service by",
        "calendars_eventremoval": "by",
        "calendars_savedcalendar": "name",
        "customers_person": "source",
        "delivery_outbox": "sender once channel state",
        "desk_casefile": "media_type by",
        "desk_casenumber": "record",
        "desk_investigationkind": "key by",
        "desk_notice": "name subject kind",
        "desk_tellbackpolicy": "silent by",
        "desk_tellbackstep": "kind by",
        "desk_tellbackmessage": "group member_key why",
        "desk_noticechannel": "channel wants language made_by ended_by",
        "desk_noticepreference": "wants language",
        "desk_noticesettings": "days_off",
        "importers_observation": "table rows moments doubts",
        "importers_quarantinedrow": "table field",
        "importers_run": "rows_done doubtful",
        "ledger_batch": "source mapping fingerprint by",
        "ledger_batchwithdrawal": "by",
        "ledger_case": "record source",
        "ledger_step": "kind by role source source_key",
        "objectives_alarmstate": "alarm",
        "objectives_basis": "calendar_name calendar_digest tzdata holidays",
        "objectives_clock": "mode pauses",
        "objectives_guideline": "name document by",
        "objectives_objective": "name",
        "objectives_objectiveversion": "document by",
        "objectives_verdict": "mode table_versions",
        "usage_actormerge": "how by",
        "missions_learnerpagesettings": "script by",
        "initiatives_initiativestep": "key kind digest by",
        "initiatives_exposure": "key arm",
        "missions_activityversion": "by",
        "missions_attemptrow": "activity",
        "missions_completionevents": "by",
        "missions_declaredrest": "kind by",
        "missions_pinversionrow": "key by",
        "missions_pingiven": "key",
        "missions_offer": "activity reason policy",
        "missions_policyexperiment": "policies by",
        "missions_preparedsummary": "rests_on",
        "family_guardian": "language zone",
        "family_guardianlinkstep": "kind side by",
        "family_guardianwish": "by",
        "family_guardiannotice": "kind what",
        "family_noticedelivery": "channel state",
        "usage_savedcohort": "by",
        "usage_preparedusage": "rests_on",
        "revenue_preparedhazard": "rests_on",
        "initiatives_preparedinitiative": "key rests_on",
        "satisfaction_answerfile": "by",
        "satisfaction_answerfilewithdrawal": "by",
        "family_preparedstudy": "actors",
        "trends_preparedtrends": "rests_on",
        "trends_failuremapping": "topic by",
        "knowledge_articleversion": "kind state language topic owner by",
        "knowledge_articleuse": "choice by",
        "knowledge_articlemark": "key kind by",
        "knowledge_revisiondecision": "key change decision by",
        "knowledge_preparedknowledge": "rests_on",
        "explore_maskedsnapshot": "role versions",
        "explore_queryrun": "state role versions by",
        "explore_questionversion": "key needs owner by",
        "explore_dashboardversion": "key by",
        "explore_tileanswer": "role digest versions",
        "explore_dashboardlink": "dashboard by revoked_by",
        "explore_alertversion": "dashboard tile kind channel by",
        "explore_alertevent": "event",
        "quality_answersample": "mode",
        "quality_basis": "calendar_name",
        "quality_review": "reviewer right complete plain kind",
        "quality_sampledanswer": "by",
        "quality_sampleplan": "seed by",
        "reports_preparedreport": "kind rests_on versions",
        "reports_sprintdigest": "by",
        "reports_digeststep": "kind by",
        "reports_digestitem": "kind",
        "reports_itemrevision": "horizon by",
        "reports_itemdecision": "verdict by",
        "reports_reportschedule": "channel language made_by ended_by",
        "topics_codebookchange": "deed key name_en name_ja parent into gate by",
        "topics_secondlabels": "seed by",
        "topics_topicwordrule": "topic by",
        "topics_trainedtextmodel": "by",
        "topics_topicswitch": "topic why by",
        "topics_topicsuggestion": "topic means said",
        "warehouse_daycount": "question numbers digest",
        "warehouse_daycountfill": "name basis notes versions fresh",
        "warehouse_daycountkeys": "question columns",
        "warehouse_factbasis": "table digest",
        "warehouse_measureversion": "key",
        "warehouse_readmark": "place",
        "workload_measuring": "by",
        "workload_presence": "member",
    }

    def test_names_every_column_of_text(self):
        known = {store.place for store in STORES}
        texts = {"CharField", "TextField", "JSONField", "BinaryField", "ArrayField", "EmailField"}
        new = [
            f"{model._meta.db_table}.{field.column}"
            for model in apps.get_models(include_auto_created=True)
            if not model._meta.db_table.startswith(self.OF_OTHERS)
            for field in model._meta.local_fields
            if field.get_internal_type() in texts
            and field.column not in self.WORDLESS.get(model._meta.db_table, "").split()
            and f"{model._meta.db_table}.{field.column}" not in known
        ]

        assert new == [], "say in privacy/stores.py how erasing clears it, or here why it need not"

    def test_names_columns_and_folders_that_are_there(self, planted):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT table_name || '.' || column_name FROM information_schema.columns"
            )
            columns = {name for (name,) in cursor.fetchall()}
        folders = {f"{p.name}/" for p in Path(settings.SHINRAI_HOME).iterdir() if p.is_dir()}
        places = {store.place for store in STORES}

        assert {place for place in places if "." in place} <= columns
        assert folders - places - {"secrets/"} == set()
