"""A source that is more than a table: pulled or read from files, laid flat, then imported.

ZENDESK = Source("zendesk", flatten=flatten, pull=pull, client=client)
report = import_from(ZENDESK, Asked(workspace="cre", mapping=None, paths=paths, ...))
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from shinrai.importers.csv.mappings import shipped_mapping
from shinrai.importers.csv.observe import Progress
from shinrai.importers.flat.folder import flat_folder, flat_root, sweep_flat
from shinrai.importers.operations import ImportReport, import_into, quiet
from shinrai.importers.pulling.client import Client
from shinrai.importers.pulling.spool import Spool, open_spool, pulled_root
from shinrai.importers.rules.mapping.parts import Mapping
from shinrai.units.wording import SaidInBoth

Flatten = Callable[[Sequence[Path], Path], Sequence[Path]]
Pull = Callable[[Client, Spool, Progress], None]


class NothingNew(SaidInBoth, LookupError):
    """The source was asked, and nothing happened there since the last import."""


@dataclass(frozen=True)
class Source:
    """How a source is pulled and laid flat; its shipped mapping has its name.

    `flatten` reads files, or what `pull` kept, and writes tables into a folder; `client` makes a
    client from an address and a token.
    """

    name: str
    flatten: Flatten
    pull: Pull | None = None
    client: Callable[[str, str], Client] | None = None


@dataclass(frozen=True)
class Asked:
    """What is asked of an import; either `paths`, or `url` and `token`."""

    workspace: str
    at: datetime
    by: str
    paths: tuple[Path, ...] = ()
    url: str | None = None
    token: str | None = None
    is_afresh: bool = False
    mapping: Mapping | None = None
    zone: str | None = None  # of moments that carry no offset
    is_dry: bool = False
    is_simulated: bool = False
    progress: Progress = quiet
    then: Callable[[Sequence[Path]], None] | None = None  # what else is made of the same records


def import_from(source: Source, asked: Asked) -> ImportReport:
    """Import from files, or pull first; what was pulled goes once the import is complete.

    Raises: NothingNew, what `import_into` raises; pulling: PullRefused, PullFailed, SpoolBusy,
    BadAddress.
    """
    if asked.url is None:
        return _imported(source, asked, asked.paths, [path.name for path in asked.paths])
    assert source.client is not None
    assert source.pull is not None
    with source.client(asked.url, asked.token or "") as client:
        place = {"workspace": asked.workspace, "source": source.name, "account": client.host}
        with open_spool(pulled_root(), **place) as spool:
            if asked.is_afresh and spool.last:  # else whatever is there began at the beginning
                spool.forget()
            if not spool.is_complete:
                source.pull(client, spool, asked.progress)
            try:
                report = _imported(source, asked, spool.files(), [client.host])
            except NothingNew:
                spool.finish()
                raise
            if not asked.is_dry:
                spool.finish()  # not before all is done: a kill until here loses nothing
            return report


def _imported(
    source: Source, asked: Asked, paths: Sequence[Path], given: Sequence[str]
) -> ImportReport:
    sweep_flat(flat_root())
    with flat_folder(flat_root()) as folder:
        asked.progress("flattening", 0, max(len(paths), 1))
        tables = source.flatten(paths, folder)
        if not tables:
            raise NothingNew(
                f"nothing new in {source.name} since the last import",
                f"{source.name} には前回の取り込み以降、新しい記録がありません",
            )
        report = import_into(
            workspace=asked.workspace,
            mapping=asked.mapping or shipped_mapping(source.name),
            paths=tables,
            zone=asked.zone,
            dry_run=asked.is_dry,
            simulated=asked.is_simulated,
            at=asked.at,
            by=asked.by,
            progress=asked.progress,
            given=given,
        )
    if asked.then is not None and not asked.is_dry:
        asked.then(paths)
    return report
