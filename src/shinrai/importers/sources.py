"""A source that is more than a table: pulled or read from files, flattened, then imported.

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
from shinrai.units.wording import SaidInBoth

Flatten = Callable[[Sequence[Path], Path], Sequence[Path]]
Pull = Callable[[HttpClient, Spool, Progress], None]


class NothingNew(SaidInBoth, LookupError):
    """The source was asked, and nothing happened there since the last import."""


@dataclass(frozen=True)
class Source:
    """How a source is pulled and flattened; its shipped mapping has its name.

    `flatten` reads files, or what `pull` kept, and writes tables into a folder; `client` makes a
    client from an address and a token. `reads_table` tells which CSVs it reads beside JSON; a sheet
    of this desk is read by the mapping `sheet`.
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
        """Read the shipped mapping of this source; None: take the one whose columns fit."""
        return shipped_mapping(self.name) if self.has_mapping else None


@dataclass(frozen=True)
class SourceRequest:
    """What is asked of an import: the files of `tables`, or those behind `url` and `token`."""

    workspace: str
    tables: ImportRequest
    url: str | None = None
    token: str | None = None
    is_afresh: bool = False
    then: Callable[[Sequence[Path]], None] | None = None  # what else is made of the same records


def import_from(source: Source, asked: SourceRequest) -> ImportReport:
    """Import from files, or pull first; what was pulled goes once the import is complete.

    Raises: UnreadableTable for a file that is none of the source's; NothingNew; what `import_into`
    raises; pulling: PullRefused, PullFailed, SpoolBusy, BadAddress.
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
                f"nothing new in {source.name} since the last import",
                f"{source.name} には前回の取り込み以降、新しい記録がありません",
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
    """Build the error that says files hold nothing that could be imported."""
    if source == "github":
        return UnreadableTable(
            f"{', '.join(named)}: there is no issue in it (pull requests are left out); export the "
            "issues",
            f"{'、'.join(named)}: Issue が一つもありません（プルリクエストは取り込みません）。"
            "Issue を書き出してください",
        )
    return UnreadableTable(
        f"{', '.join(named)}: there is no case in it, at most names and settings; export the cases",
        f"{'、'.join(named)}: 案件が一つもありません（名前や設定だけです）。"
        "案件を書き出してください",
    )


def _check_named(source: Source, paths: Sequence[Path]) -> None:
    """Check that files somebody named are this desk's; in a folder other files may lie, too.

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
                f"{path}: these are records of {CALLED[desk]}, not of {CALLED[source.name]}; use: "
                f"shinrai import {desk} {path}",
                f"{path}: {CALLED[source.name]} ではなく {CALLED[desk]} の記録です。"
                f"shinrai import {desk} {path} を使ってください",
            )


def _of_no_format(source: Source, path: Path) -> UnreadableTable:
    called = CALLED[source.name]
    en = f", or from a warehouse's tables, named as {source.table}" if source.table else ""
    ja = f"、または {source.table} のような名前のテーブル" if source.table else ""
    return UnreadableTable(
        f"{path}: {called} is read from JSON or NDJSON in UTF-8, as its API and its exports give "
        f"it{en}; this file is neither. For a sheet use: shinrai import csv {path} --mapping "
        f"{source.sheet}",
        f"{path}: {called} は JSON か NDJSON（UTF-8、API や書き出しの形）{ja}から取り込みます。"
        f"このファイルはどちらでもありません。表の場合は shinrai import csv {path} --mapping "
        f"{source.sheet} を使ってください",
    )
