"""The lock that lets one import of a source run at a time in a workspace."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, InterfaceError

from shinrai.importers.queries import imports
from shinrai.importers.run.errors import RetryLater
from shinrai.postgres.locks import AlreadyHeld, exclusive_lock
from shinrai.units.wording import Words, both


class ImportRunning(RetryLater):
    """Somebody imports from this source into this workspace at the moment."""


class DatabaseFailed(RetryLater):
    """PostgreSQL could not go on; nothing half-written counts."""


@contextmanager
def import_lock(workspace_id: int, source: str) -> Iterator[None]:
    """Be the only one who imports from this source; say so if somebody else does."""
    try:
        with exclusive_lock(f"import:{workspace_id}:{source}"):
            yield
    except AlreadyHeld as error:
        raise ImportRunning(**_running_words(workspace_id, source)) from error
    except (DatabaseError, InterfaceError) as error:
        raise DatabaseFailed(**_failure_words(error)) from error


def _running_words(workspace_id: int, source: str) -> Words:
    running = next(
        (
            record
            for record in imports(workspace_id=workspace_id)
            if record.source == source and record.state == "unfinished"
        ),
        None,
    )
    who = (
        f", begun {running.started_at:%Y-%m-%d %H:%M} UTC by {running.by} (import {running.id})"
        if running
        else ""
    )
    ja_who = (
        f"（取り込み {running.id}、{running.started_at:%Y-%m-%d %H:%M} UTC 開始、{running.by}）"
        if running
        else ""
    )
    return both(
        en=f"another import from {source} into this workspace is running{who}; wait until it is "
        "done, or stop it and give the same command again: it goes on where it stopped",
        ja=f"このワークスペースでは {source} からの別の取り込みが進行中です{ja_who}。"
        "終わるまで待つか、止めてから同じ取り込みをもう一度実行してください。続きから再開します",
    )


def _failure_words(error: Exception) -> Words:
    state = getattr(error.__cause__, "sqlstate", None) or ""
    first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    what = both(en=first, ja=f"データベースでエラーが起きました（{first}）")
    if state == "53100":
        what = both(
            en="the disk of the database is full; free some space",
            ja="データベースのディスクがいっぱいです。空きを作ってください",
        )
    elif state.startswith(("57", "08")) or not state:
        what = both(
            en=f"the database went away ({first})",
            ja=f"データベースとの接続が切れました（{first}）",
        )
    return both(
        en=f"{what['en']}. Nothing half-written counts: give the same command again, and the "
        "import goes on where it stopped",
        ja=f"{what['ja']}。途中まで書いたものは集計に入りません。"
        "同じ取り込みをもう一度実行すると、続きから再開します",
    )
