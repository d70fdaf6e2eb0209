"""Pull a source from a fake server and import it, as its command does; nobody sleeps."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from shinrai.importers.pull.http_client import HttpClient
from shinrai.importers.run.request import ImportRequest
from shinrai.importers.run.result import ImportReport
from shinrai.importers.sources import Source, SourceRequest, import_from
from tests.importers.desk import NOON


def awake(source: Source) -> Source:
    """Give the source whose client sleeps on paper."""
    make = source.client
    assert make is not None

    def client(url: str, token: str) -> HttpClient:
        made, naps = make(url, token), [0.0]
        for holder in (made, made._limit):
            holder._sleep, holder._clock = naps.append, lambda: sum(naps)
        return made

    return replace(source, client=client)


def pull_in(
    source: Source, url: str, *, at: datetime = NOON, is_afresh: bool = False, **more: Any
) -> ImportReport:
    """Pull what is new and import it into the desk."""
    tables = ImportRequest(paths=(), at=at, by="staff:1", is_simulated=True, **more)
    asked = SourceRequest("desk", tables, url=url, token="t", is_afresh=is_afresh)
    return import_from(awake(source), asked)


def files_in(source: Source, *paths: Path, at: datetime = NOON, **more: Any) -> ImportReport:
    """Import files into the desk."""
    tables = ImportRequest(paths=paths, at=at, by="staff:1", is_simulated=True, **more)
    return import_from(source, SourceRequest("desk", tables))


def paged(rows: Callable[[], Sequence[Any]], per_page: int) -> Callable[[Any], list[Any]]:
    """Answer page by page."""

    def answer(ask: Any) -> list[Any]:
        start = (int(ask.one("page", "1")) - 1) * per_page
        return list(rows())[start : start + per_page]

    return answer
