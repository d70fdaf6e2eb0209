"""Pages kept until they are imported: killed anywhere, nothing is lost and nothing there twice."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shinrai.importers.pull.spool import Spool, SpoolBusy, Stream, open_spool, sweep_spools

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
ACME = {"workspace": "cre", "source": "zendesk", "account": "acme.zendesk.com"}


def pages(spool: Spool, name: str = "tickets") -> list[object]:
    return list(spool.stream(name).read())


def test_pages_wait_with_their_cursor(tmp_path):
    with open_spool(tmp_path, **ACME) as spool:
        tickets = spool.stream("tickets")
        assert tickets.cursor is None
        tickets.append({"n": 1}, cursor="a")
        tickets.append({"n": "頁"}, cursor="b", done=True)

    with open_spool(tmp_path, **ACME) as spool:
        assert pages(spool) == [{"n": 1}, {"n": "頁"}]
        assert spool.stream("tickets").cursor == "b"
        assert spool.is_complete


def test_once_imported_the_pages_go_and_the_cursor_stays(tmp_path):
    with open_spool(tmp_path, **ACME) as spool:
        spool.stream("tickets").append({"n": 1}, cursor="a", done=True)
        spool.finish()

    with open_spool(tmp_path, **ACME) as spool:
        assert pages(spool) == []
        assert spool.stream("tickets").cursor == "a"
        assert not spool.stream("tickets").is_done
        assert list(tmp_path.rglob("*.jsonl")) == []
        spool.forget()
        assert spool.stream("tickets").cursor is None


class Killed(Exception):
    """The process ends here."""


@settings(max_examples=30)  # each writes to the disk and waits for it
@given(
    st.lists(st.text(max_size=5), min_size=1, max_size=6),
    st.integers(0, 5),
    st.sampled_from(["before", "between", "torn"]),
)
def test_a_pull_killed_at_any_page_goes_on_as_if_nothing_had_been(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], dies_at: int, how: str
) -> None:
    root = tmp_path_factory.mktemp("spool")

    def pull(stream: Stream, *, mortal: bool) -> None:
        while not stream.is_done:
            number = int(stream.cursor or 0)
            if mortal and number == dies_at:
                if how == "between":  # the page is written, its cursor is not
                    stream.spool.save = _die  # type: ignore[method-assign]
                elif how == "torn":
                    with stream.path.open("ab") as file:
                        file.write(b'{"half')
                    raise Killed
                else:
                    raise Killed
            done = number + 1 == len(texts)
            stream.append({"text": texts[number]}, cursor=str(number + 1), done=done)

    def _die() -> None:
        raise Killed

    try:
        with open_spool(root, **ACME) as spool:
            pull(spool.stream("tickets"), mortal=True)
    except Killed:
        pass
    with open_spool(root, **ACME) as spool:
        pull(spool.stream("tickets"), mortal=False)
        assert pages(spool) == [{"text": text} for text in texts]


def test_only_this_process_may_read_them(tmp_path):
    root = tmp_path / "pulled"
    with open_spool(root, **ACME) as spool:
        spool.stream("tickets").append({}, cursor="a")

        for path in (root, *root.rglob("*")):
            mode = stat.S_IMODE(path.stat().st_mode)
            assert mode == (0o700 if path.is_dir() else 0o600), path


def test_two_commands_do_not_pull_the_same_at_once(tmp_path):
    with (
        open_spool(tmp_path, **ACME),
        pytest.raises(SpoolBusy, match="zendesk into cre"),
        open_spool(tmp_path, **ACME),
    ):
        pass


def test_another_account_has_cursors_of_its_own(tmp_path):
    with open_spool(tmp_path, **ACME) as spool:
        spool.stream("tickets").append({}, cursor="a", done=True)
    with open_spool(tmp_path, **{**ACME, "account": "beta.zendesk.com"}) as spool:
        assert spool.stream("tickets").cursor is None


def test_a_name_that_is_a_path_stays_in_the_folder(tmp_path):
    root = tmp_path / "pulled"
    with open_spool(root, workspace="..", source="zendesk", account="../../etc:80") as spool:
        assert spool.folder.resolve().is_relative_to(root.resolve())
        assert len(spool.folder.relative_to(root).parts) == 3


def aged(folder: Path, by: timedelta) -> None:
    import os

    for path in folder.rglob("*.jsonl"):
        moment = (NOW - by).timestamp()
        os.utime(path, (moment, moment))


def test_pages_nobody_imports_go_after_a_week_and_are_fetched_again(tmp_path):
    with open_spool(tmp_path, **ACME) as spool:
        spool.stream("tickets").append({"n": 1}, cursor="a", done=True)
        spool.finish()
        spool.stream("tickets").append({"n": 2}, cursor="b", done=True)
    aged(tmp_path, timedelta(days=6))
    assert sweep_spools(tmp_path, NOW) == 0
    aged(tmp_path, timedelta(days=8))
    assert sweep_spools(tmp_path, NOW) == 1

    with open_spool(tmp_path, **ACME) as spool:
        assert pages(spool) == []
        assert spool.stream("tickets").cursor == "a"
