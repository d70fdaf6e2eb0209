"""Seals over the audit: on Tuesday 9 June an owner of the tables changes what happened."""

import json
from contextlib import suppress
from datetime import timedelta

import psycopg
import pytest
from click.testing import CliRunner
from django.conf import settings as configured
from django.db import ProgrammingError, connection, transaction

from shinrai.accounts import queries
from shinrai.accounts.models import AuditEntry, AuditSeal
from shinrai.accounts.operations.audit import UNSEALED, record_action, record_view, seals_folder
from shinrai.accounts.operations.audit_seals import (
    _path,
    check_audit,
    seal_audit,
    verify_audit,
)
from shinrai.accounts.rules.audit_seal import Anchor, anchors_text, read_anchors
from shinrai.desk.commands.audit import group
from tests.cast import Cast
from tests.desk.stage import tokyo

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sealed(cast: Cast, settings, tmp_path) -> int:
    """Three views a minute from 14:01 to 14:05, each minute sealed; the workspace's number."""
    settings.SHINRAI_HOME = tmp_path
    there = cast.workspace.id
    for minute in range(1, 6):
        for second in (10, 20, 30):
            look(there, tokyo(9, 14, minute) + timedelta(seconds=second), case=second)
        seal_audit()
    return there


def look(workspace_id: int, at, case: int = 7, by: str = "staff:1") -> None:
    record_view(
        workspace_id=workspace_id, what="words of a case", subject=f"inquiry:{case}", at=at, by=by,
        shown=[case],
    )  # fmt: skip


def broken(chain: int) -> list[tuple[int, str]]:
    """Give what is broken: minute and kind."""
    return [(one.minute.minute, one.kind) for one in verify_audit(chain=chain).breaks]


def of_minute(workspace_id: int, minute: int) -> list[int]:
    rows = AuditEntry.objects.filter(workspace_id=workspace_id, at__minute=minute, at__hour=5)
    return list(rows.order_by("id").values_list("id", flat=True))


def test_what_nobody_touched_is_intact(sealed: int) -> None:
    look(sealed, tokyo(9, 14, 6))
    found = verify_audit(chain=sealed)

    assert found.breaks == ()
    assert found.sealed_until == tokyo(9, 14, 5)
    assert found.unsealed == 1
    assert found.sealed == AuditEntry.objects.filter(workspace_id=sealed).count() - 1


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE accounts_auditentry SET by = 'staff:2' WHERE id = %(one)s",
        "UPDATE accounts_auditentry SET shown = '{}' WHERE id = %(one)s",
        "UPDATE accounts_auditentry SET at = at + interval '1 s' WHERE id = %(one)s",
        "UPDATE accounts_auditentry SET workspace_id = NULL WHERE id = %(one)s",
        # two entries change places
        "UPDATE accounts_auditentry a SET at = b.at, subject = b.subject, shown = b.shown"
        " FROM accounts_auditentry b WHERE (a.id, b.id) IN ((%(one)s, %(other)s),"
        " (%(other)s, %(one)s))",
    ],
)
def test_an_edit_and_a_reordering_name_the_minute(
    sealed: int, owner_cursor: psycopg.Cursor, change: str
) -> None:
    one, other, _ = of_minute(sealed, 3)
    owner_cursor.execute(change.encode(), {"one": one, "other": other})

    assert broken(sealed) == [(3, "edited")]


def test_a_removal_names_the_minute(sealed: int, owner_cursor: psycopg.Cursor) -> None:
    owner_cursor.execute("DELETE FROM accounts_auditentry WHERE id = %s", [of_minute(sealed, 2)[1]])

    assert broken(sealed) == [(2, "removed")]


def test_cutting_off_the_newest_entries_and_their_seals_is_found(
    sealed: int, owner_cursor: psycopg.Cursor
) -> None:
    owner_cursor.execute("DELETE FROM accounts_auditentry WHERE at >= %s", [tokyo(9, 14, 4)])
    owner_cursor.execute("DELETE FROM accounts_auditseal WHERE minute >= %s", [tokyo(9, 14, 4)])
    assert broken(sealed) == [(5, "truncated")]

    look(sealed, tokyo(9, 14, 7))
    seal_audit()

    assert broken(sealed) == [(7, "missing")], "what comes after does not mend the chain"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE accounts_auditseal SET entries = entries[2:] WHERE id = %s",
        "UPDATE accounts_auditseal SET digest = '\\x00' WHERE id = %s",
        "UPDATE accounts_auditseal SET upto = upto + 1 WHERE id = %s",
    ],
)
def test_a_seal_cannot_be_made_without_the_key(
    sealed: int, owner_cursor: psycopg.Cursor, change: str
) -> None:
    """Who holds the database alone makes the seal fit an entry that was taken out."""
    number = AuditSeal.objects.get(chain=sealed, minute=tokyo(9, 14, 3)).pk
    owner_cursor.execute(change.encode(), [number])

    assert (3, "forged") in broken(sealed)


def test_a_seal_of_the_middle_cannot_be_taken_out(
    sealed: int, owner_cursor: psycopg.Cursor
) -> None:
    owner_cursor.execute("DELETE FROM accounts_auditseal WHERE minute = %s", [tokyo(9, 14, 2)])

    assert broken(sealed) == [(3, "missing")]


def test_without_the_file_nobody_can_say_what_was_cut_off(sealed: int) -> None:
    _path().unlink()

    assert broken(sealed) == [(5, "unanchored")]


def test_the_file_says_nothing_of_what_it_cannot_read() -> None:
    anchors = {7: Anchor(3, tokyo(9, 14), b"\x01\x02")}

    assert read_anchors(anchors_text(anchors)) == anchors
    for wrong in ("", "[]", '{"7": [1]}', '{"7": 1}', '{"7": [1, "x", "zz"]}'):
        assert read_anchors(wrong) == {}


def test_an_entry_of_a_lower_number_that_is_committed_late_gets_a_seal_of_its_own(
    sealed: int,
) -> None:
    """A long action began at 14:06 and is still running when 14:07 is sealed."""
    with psycopg.connect(**connection.get_connection_params()) as other:
        other.execute(
            "INSERT INTO accounts_auditentry (workspace_id, at, by, kind, what, subject, reason,"
            " shown) VALUES (%s, %s, 'staff:2', 'view', 'late', 'x', '', '{}')",
            [sealed, tokyo(9, 14, 6)],
        )
        look(sealed, tokyo(9, 14, 7))
        assert seal_audit() == 0, "the later entry waits for the earlier one"
    assert seal_audit() == 2

    found = verify_audit(chain=sealed)
    assert (found.breaks, found.unsealed) == ((), 0)


def test_a_database_that_numbers_its_transactions_anew_is_sealed_on(
    sealed: int, owner_cursor: psycopg.Cursor
) -> None:
    """After a restore elsewhere, where fewer transactions have run, the old numbers are ahead."""
    owner_cursor.execute("UPDATE accounts_auditentry SET written_in = written_in + 1000000")
    last = AuditSeal.objects.latest("id")
    owner_cursor.execute("UPDATE accounts_auditseal SET upto = upto + 1000000")
    look(sealed, tokyo(9, 14, 8))

    assert seal_audit() == 1
    assert AuditSeal.objects.latest("id").number == last.number + 1
    assert verify_audit(chain=sealed).unsealed == 0


def test_workspaces_have_chains_of_their_own(sealed: int, cast: Cast, owner_cursor) -> None:
    look(cast.simulated.id, tokyo(9, 14, 3))
    seal_audit()
    owner_cursor.execute(
        "DELETE FROM accounts_auditentry WHERE workspace_id = %s AND kind = 'view'",
        [cast.simulated.id],
    )

    assert broken(cast.simulated.id) == [(3, "removed")]
    assert broken(sealed) == []


class TestVerify:
    def run(self, *words: str) -> tuple[int, dict]:
        answer = CliRunner().invoke(group, ["verify", *words, "--json"])
        return answer.exit_code, json.loads(answer.stdout)

    def test_says_yes_and_what_is_sealed(self, sealed: int) -> None:
        code, found = self.run("--workspace", "tanuki")

        [chain] = found["chains"]
        assert (code, chain["workspace"], chain["is_intact"]) == (0, "tanuki", True)
        assert chain["breaks"] == []

    def test_ends_with_three_and_names_the_minute(self, sealed: int, owner_cursor) -> None:
        one = of_minute(sealed, 3)[0]
        owner_cursor.execute("DELETE FROM accounts_auditentry WHERE id = %s", [one])
        code, found = self.run()

        [chain] = [one for one in found["chains"] if not one["is_intact"]]
        assert (code, chain["workspace"]) == (3, "tanuki")
        [told] = chain["breaks"]
        assert (told["minute"][:16], told["kind"]) == ("2026-06-09T05:03", "removed")

    def test_asks_of_a_workspace_that_is_there(self, sealed: int) -> None:
        assert CliRunner().invoke(group, ["verify", "--workspace", "nowhere"]).exit_code == 2


class TestPage:
    def page(self, cast: Cast, language: str = "en") -> str:
        answer = cast.manager.client().get(
            "/w/tanuki/audit/", headers={"accept-language": language}
        )
        assert answer.status_code == 200
        return answer.content.decode()

    def test_says_until_when_it_is_sealed_and_that_it_was_compared(
        self, sealed: int, cast: Cast
    ) -> None:
        check_audit(at=tokyo(9, 14, 29))
        page = self.page(cast)

        assert "14:06" in page
        assert "no entry was changed, removed or moved" in page
        assert queries.audit_seals(workspace_id=sealed).breaks == ()

    @pytest.mark.parametrize("language", ["en", "ja"])
    def test_says_first_that_somebody_tampered(
        self, sealed: int, cast: Cast, owner_cursor, language: str
    ) -> None:
        owner_cursor.execute(
            "DELETE FROM accounts_auditentry WHERE id = %s", of_minute(sealed, 3)[:1]
        )
        check_audit(at=tokyo(9, 14, 29))
        page = self.page(cast, language)

        said = {"en": "Somebody tampered with the audit.", "ja": "監査の記録が改ざんされています"}
        assert said[language] in page
        assert "14:03" in page
        assert "no entry was changed" not in page


def test_the_application_cannot_change_what_it_wrote(sealed: int) -> None:
    for rows in (AuditEntry.objects.all(), AuditSeal.objects.all()):
        with pytest.raises(ProgrammingError):
            rows.delete()
        with pytest.raises(ProgrammingError):
            rows.update(id=1)


def test_a_change_is_sealed_as_a_view_is(sealed: int, owner_cursor) -> None:
    record_action(
        workspace_id=sealed, what="save calendar", subject="calendar:office", at=tokyo(9, 14, 9),
        by="staff:1", reason="new hours",
    )  # fmt: skip
    seal_audit()
    owner_cursor.execute("UPDATE accounts_auditentry SET reason = '' WHERE reason = 'new hours'")

    assert broken(sealed) == [(9, "edited")]
    assert configured.SHINRAI_HOME in _path().parents


class TestTheLastMinute:
    """What is not sealed yet is noted outside the database too."""

    def test_an_entry_taken_out_before_its_minute_is_sealed_is_missed(
        self, sealed: int, owner_cursor
    ) -> None:
        look(sealed, tokyo(9, 14, 8))
        look(sealed, tokyo(9, 14, 9))
        owner_cursor.execute("DELETE FROM accounts_auditentry WHERE id = %s", of_minute(sealed, 8))

        assert broken(sealed) == [(8, "removed")], "at once"
        seal_audit()
        assert broken(sealed) == [(8, "removed")], "and for good"

    def test_an_entry_changed_before_its_minute_is_sealed_is_told(
        self, sealed: int, owner_cursor
    ) -> None:
        look(sealed, tokyo(9, 14, 8))
        owner_cursor.execute(
            "UPDATE accounts_auditentry SET by = 'staff:2' WHERE id = %s", of_minute(sealed, 8)
        )
        seal_audit()

        assert broken(sealed) == [(8, "edited")]

    def test_what_was_rolled_back_is_not_missed(self, sealed: int) -> None:
        """Also where the action around it goes on: one of many cases failed."""
        with transaction.atomic():
            look(sealed, tokyo(9, 14, 8))
            self.fail(sealed)
        self.fail(sealed)

        assert broken(sealed) == []
        assert len(self.lines()) == 1
        seal_audit()
        assert broken(sealed) == []
        assert self.lines() == []

    def fail(self, workspace_id: int) -> None:
        with suppress(ZeroDivisionError), transaction.atomic():
            look(workspace_id, tokyo(9, 14, 9))
            _ = 1 / 0

    def lines(self) -> list[str]:
        return (seals_folder() / UNSEALED).read_text().splitlines()

    def test_a_line_waits_until_its_entry_is_sealed(self, sealed: int) -> None:
        with psycopg.connect(**connection.get_connection_params()) as other:
            other.execute("SELECT pg_current_xact_id()")
            look(sealed, tokyo(9, 14, 8))
            seal_audit()
            assert len(self.lines()) == 1, "an older transaction still runs"
        seal_audit()

        assert self.lines() == []

    def test_a_line_that_was_cut_off_is_passed_over(self, sealed: int) -> None:
        look(sealed, tokyo(9, 14, 8))
        with (seals_folder() / UNSEALED).open("a") as file:
            file.write("[1, 2")

        assert broken(sealed) == []


def test_listing_the_audit_by_command_is_an_entry(sealed: int) -> None:
    before = AuditEntry.objects.count()

    answer = CliRunner().invoke(group, ["list", "--workspace", "tanuki", "--json"])

    newest = json.loads(answer.stdout)["entries"][0]
    assert (newest["what"], newest["by"][:7]) == ("audit by command", "command")
    assert AuditEntry.objects.count() == before + 1
