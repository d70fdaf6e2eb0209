"""Sources that are not tables: pulled or read from files, flattened into tables, then imported.

ZENDESK = Source("zendesk", flatten=flatten, pull=pull, client=client)
report = import_from(ZENDESK, SourceRequest("cre", ImportRequest(paths, at=at, by=by)))
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from shinrai.importers.flatten.json_files import files_in, open_file
from shinrai.importers.flatten.warehouse_load import is_table
from shinrai.importers.flatten.work_folder import sweep_work_folders, work_folder, work_root
from shinrai.importers.mapping_files import shipped_mapping
from shinrai.importers.operations import import_into
from shinrai.importers.pull.http_client import HttpClient
from shinrai.importers.pull.spool import Spool, open_spool, spool_root
from shinrai.importers.rules.mapping.definition import Mapping
from shinrai.importers.run.progress import Progress
from shinrai.importers.run.request import ImportRequest
from shinrai.importers.run.result import ImportReport
from shinrai.importers.source_detection import CALLED, sources_of_files
from shinrai.importers.tables.table import UnreadableTable
from shinrai.units.errors import UserError
from shinrai.units.text import Text

Flatten = Callable[[Sequence[Path], Path], Sequence[Path]]
Pull = Callable[[HttpClient, Spool, Progress], None]


class NothingNew(UserError, LookupError):
    """The source was pulled, and had nothing new since the last import."""


@dataclass(frozen=True)
class Source:
    """How a source is pulled and flattened; its shipped mapping has its name.

    `flatten` reads files, or pages stored by `pull`, and writes tables into a folder; `client`
    makes a client from an address and a token. `reads_table` returns whether it reads a CSV besides
    JSON; the mapping `sheet` reads a sheet of this desk.
    """

    name: str
    flatten: Flatten
    pull: Pull | None = None
    client: Callable[[str, str], HttpClient] | None = None
    reads_table: Callable[[Path], bool] = lambda _: False
    table: str = ""  # such as it reads
    sheet: str = "NAME"
    has_mapping: bool = True

    def mapping(self) -> Mapping | None:
        """Return the shipped mapping of this source; None to use the one whose columns fit."""
        return shipped_mapping(self.name) if self.has_mapping else None


@dataclass(frozen=True)
class SourceRequest:
    """A request to import a source: the files of `tables`, or those behind `url` and `token`."""

    workspace: str
    tables: ImportRequest
    url: str | None = None
    token: str | None = None
    is_afresh: bool = False
    then: Callable[[Sequence[Path]], None] | None = None  # what else is made of the same records


def import_from(source: Source, asked: SourceRequest) -> ImportReport:
    """Import from files, or pull first; pulled pages are deleted once the import is complete.

    Raises: UnreadableTable for a file of another source; NothingNew; what `import_into` raises;
    when pulling: PullRefused, PullFailed, SpoolBusy, BadAddress.
    """
    if asked.url is None:
        if source.name in CALLED:
            _check_named(source, asked.tables.paths)
        return _flatten_and_import(
            source, asked, asked.tables.paths, [path.name for path in asked.tables.paths]
        )
    assert source.client is not None
    assert source.pull is not None
    with source.client(asked.url, asked.token or "") as client:
        place = {"workspace": asked.workspace, "source": source.name, "account": client.host}
        with open_spool(spool_root(), **place) as spool:
            if asked.is_afresh and spool.last:  # else whatever is there began at the beginning
                spool.forget()
            if not spool.is_complete:
                source.pull(client, spool, asked.tables.progress)
            try:
                report = _flatten_and_import(source, asked, spool.files(), [client.host])
            except NothingNew:
                spool.finish()
                raise
            if not asked.tables.is_dry:
                spool.finish()  # not before all is done: a kill until here loses nothing
            return report


def _flatten_and_import(
    source: Source, asked: SourceRequest, paths: Sequence[Path], given: Sequence[str]
) -> ImportReport:
    sweep_work_folders(work_root())
    with work_folder(work_root()) as folder:
        asked.tables.progress("flattening", 0, max(len(paths), 1))
        tables = source.flatten(paths, folder)
        if not tables and asked.url is None:
            raise nothing_in([str(path) for path in paths], source.name)
        if not tables:
            raise NothingNew(
                Text("nothing new in {name} since the last import", name=source.name),
            )
        request = replace(
            asked.tables,
            mapping=asked.tables.mapping or source.mapping(),
            paths=tuple(tables),
            given=tuple(given),
            originals=tuple(paths),
        )
        report = import_into(workspace=asked.workspace, request=request)
    if asked.then is not None and not asked.tables.is_dry:
        asked.then(paths)
    return report


def nothing_in(named: Sequence[str], source: str) -> UnreadableTable:
    """Return the error for files that hold nothing to import."""
    if source == "github":
        return UnreadableTable(
            Text(
                "{named}: there is no issue in it (pull requests are left out); export the issues",
                named=[*named],
            ),
        )
    return UnreadableTable(
        Text(
            "{named}: there is no case in it, at most names and settings; export the cases",
            named=[*named],
        ),
    )


def _check_named(source: Source, paths: Sequence[Path]) -> None:
    """Check that files given by name are of this desk; a folder may hold other files too.

    Raises: UnreadableTable.
    """
    for path in files_in([path for path in paths if not path.is_dir()], endings=()):
        if is_table(path):
            if not source.reads_table(path):
                raise _of_no_format(source, path)
            continue
        with open_file(path) as file:
            if file.read(64).removeprefix(b"\xef\xbb\xbf").lstrip()[:1] not in (b"{", b"["):
                raise _of_no_format(source, path)
        desk = sources_of_files([path]).get(path.name, source.name)
        if desk != source.name:
            raise UnreadableTable(
                Text(
                    "{path}: these are records of {called}, not of {expected}; use: "
                    "shinrai import {desk} {path}",
                    path=path,
                    called=CALLED[desk],
                    expected=CALLED[source.name],
                    desk=desk,
                ),
            )


def _of_no_format(source: Source, path: Path) -> UnreadableTable:
    called = CALLED[source.name]
    table = Text(", or from a warehouse's tables, named as {table}", table=source.table)
    return UnreadableTable(
        Text(
            "{path}: {called} is read from JSON or NDJSON in UTF-8, as its API and its exports "
            "give it{table}; this file is neither. For a sheet use: shinrai import csv {path} "
            "--mapping {sheet}",
            path=path,
            called=called,
            table=table if source.table else "",
            sheet=source.sheet,
        )
    )
