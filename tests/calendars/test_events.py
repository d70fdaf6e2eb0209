"""Events by page and by command: 高橋 declares the release of 8 September, 佐藤 a file of them."""

import json

import pytest
import time_machine
from click.testing import CliRunner
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.html import strip_tags

from shinrai.accounts.models import AuditEntry
from shinrai.calendars.commands.calendars import group
from shinrai.calendars.operations import UnknownEvent, declare_events, remove_event
from shinrai.calendars.queries import declared_events
from shinrai.calendars.rules.declared_events import read_declarations
from tests.cast import Cast
from tests.desk.stage import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.end_to_end]
HERE = "/w/tanuki/events/"
RELEASE = {"kind": "release", "name": "App 6.0", "from": "2026-09-08", "to": "", "service": ""}
FILE = "from,to,kind,name\n2026-09-08,,release,App 6.0\n2026-10-01,2026-10-02,outage,Sign-in\n"


def send(cast: Cast, who: str, address: str = f"{HERE}declarations/", **form):
    with time_machine.travel(NOW, tick=False):
        return cast.everybody[who].client().post(address, form)


def read(cast: Cast, who: str, address: str = HERE, language: str = "en") -> str:
    with time_machine.travel(NOW, tick=False):
        answer = cast.everybody[who].client().get(address, headers={"accept-language": language})
    assert answer.status_code == 200
    return " ".join(strip_tags(answer.content.decode()).split())


def names(cast: Cast) -> list[str]:
    return [one.name for one in declared_events(workspace_id=cast.workspace.id)]


class TestByPage:
    def test_nobody_declared_any_yet(self, cast: Cast) -> None:
        assert "No event has been declared yet." in read(cast, "agent")
        assert "イベントはまだ登録されていません。" in read(cast, "agent", language="ja")
        assert "Declare an event" not in read(cast, "agent")

    def test_takahashi_declares_a_release_once(self, cast: Cast) -> None:
        assert send(cast, "engineer", **RELEASE).headers["location"] == HERE
        send(cast, "engineer", **RELEASE)

        assert names(cast) == ["App 6.0"]
        assert "Latest: App 6.0 (release), 2026-09-08." in read(cast, "agent")
        [entry] = AuditEntry.objects.filter(what="declare event")
        assert entry.by == cast.engineer.member.key

    def test_what_was_typed_stays_in_the_form(self, cast: Cast) -> None:
        answer = send(cast, "engineer", **{**RELEASE, "to": "2026-09-01"})

        page = answer.content.decode()
        assert answer.status_code == 422
        assert "Nothing was declared." in page
        assert 'value="App 6.0"' in page
        assert names(cast) == []

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
    def test_sato_declares_a_file_and_takes_it_away_again(self, cast: Cast, encoding: str) -> None:
        table = FILE.replace("Sign-in", "ログイン障害").encode(encoding)

        send(cast, "owner", file=SimpleUploadedFile("events.csv", table))

        assert names(cast) == ["ログイン障害", "App 6.0"]
        with time_machine.travel(NOW, tick=False):
            answer = cast.owner.client().get(f"{HERE}?format=csv")
        text = b"".join(answer.streaming_content).decode()
        assert [row.split(",")[3] for row in text.splitlines()[1:]] == names(cast)
        # A download has the headings that a file may have: declared again, nothing is new.
        again = declare_events(
            workspace_id=cast.workspace.id,
            declarations=read_declarations(text.removeprefix("\ufeff")),
            at=NOW,
            by="test",
        )
        assert again == ()

    @pytest.mark.parametrize("content", [b"\xff\xd8\xff\xe0 JFIF\x00", b"x" * (257 * 1024)])
    def test_a_photograph_and_a_book_are_refused(self, cast: Cast, content: bytes) -> None:
        answer = send(cast, "owner", file=SimpleUploadedFile("events.csv", content))

        assert answer.status_code == 422
        assert names(cast) == []

    def test_a_removed_event_can_be_declared_again(self, cast: Cast) -> None:
        send(cast, "engineer", **RELEASE)
        [event] = declared_events(workspace_id=cast.workspace.id)

        back = send(cast, "engineer", f"{HERE}{event.id}/removals/").headers["location"]

        assert names(cast) == []
        assert "Removed: App 6.0." in read(cast, "engineer", back)
        send(cast, "engineer", **RELEASE)
        assert names(cast) == ["App 6.0"]
        with pytest.raises(UnknownEvent):
            remove_event(workspace_id=cast.workspace.id, number=event.id, at=NOW, by="test")

    def test_who_may_not(self, cast: Cast) -> None:
        assert send(cast, "agent", **RELEASE).status_code == 403
        assert send(cast, "stranger", **RELEASE).status_code == 404
        assert send(cast, "engineer", f"{HERE}99/removals/").status_code == 404
        assert names(cast) == []


class TestByCommand:
    def run(self, *words: str) -> tuple[int, dict]:
        result = CliRunner().invoke(group, ["event", *words, "--workspace", "tanuki", "--json"])
        return result.exit_code, json.loads(result.stdout.partition("\nshinrai:")[0])

    def test_add_list_remove(self, cast: Cast, tmp_path) -> None:
        path = tmp_path / "events.csv"
        path.write_text(FILE, encoding="utf-8")

        assert self.run("add", str(path))[1]["there_already"] == 0
        code, said = self.run("add", "--kind", "release", "--name", "App 6.0", "--from", "2026/9/8")
        assert (code, said) == (0, {"declared": [], "there_already": 1})
        _, said = self.run("list")
        assert [one["name"] for one in said["events"]] == ["Sign-in", "App 6.0"]
        assert self.run("remove", str(said["events"][0]["id"]))[0] == 0
        assert names(cast) == ["App 6.0"]

    def test_what_is_asked_wrongly(self, cast: Cast) -> None:
        code, said = self.run("add", "--kind", "release", "--name", "App 6.0")
        assert (code, said["error"]["what"]) == (2, "From is missing")
        assert self.run("remove", "99")[0] == 2
