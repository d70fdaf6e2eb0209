"""Which source reads an upload: a sheet as it is; what others hand over is laid flat first."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.importers.chatwoot.source import CHATWOOT
from shinrai.importers.csv.mappings import load_mapping, not_utf_8, parse, shipped_mapping
from shinrai.importers.csv.planning import guess_mapping
from shinrai.importers.csv.tables import BadTable
from shinrai.importers.flat.folder import flat_folder, flat_root
from shinrai.importers.freshdesk.source import FRESHDESK
from shinrai.importers.mbox.judging import BadDesk, our_mail
from shinrai.importers.mbox.source import mail_source
from shinrai.importers.rules.mapping.parts import Mapping
from shinrai.importers.sources import Source
from shinrai.importers.upload.inbox import LOGS, MAILS, RECORDS, Draft
from shinrai.importers.xes.flattening import flatten as flatten_logs
from shinrai.importers.zammad.source import ZAMMAD
from shinrai.importers.zendesk.source import ZENDESK

OWN = "own"
_LOGS: Final = Source("xes", flatten=flatten_logs)
_OF_RECORDS: Final = {one.name: one for one in (ZENDESK, ZAMMAD, FRESHDESK, CHATWOOT)}


@dataclass(frozen=True)
class Laid:
    """The tables of an upload, and the mapping they are read with; `given` names what came."""

    mapping: Mapping
    paths: Sequence[Path]
    given: tuple[str, ...] = ()


@contextmanager
def laid_flat(
    draft: Draft, *, mapping: str, ours: str, workspace: WorkspaceRecord
) -> Iterator[Laid]:
    """Lay an upload flat while it is looked at; a sheet lies flat already.

    Raises: BadTable, BadMapping, NoMappingFits, BadDesk.
    """
    chosen = _chosen(draft, mapping)
    source = _source(draft, chosen, ours, workspace)
    if source is None:
        yield Laid(chosen or guess_mapping(draft.paths), draft.paths)
        return
    with flat_folder(flat_root()) as folder:
        tables = source.flatten(draft.paths, folder)
        if not tables:
            raise BadTable(
                f"{', '.join(draft.names)}: there is nothing in it; export it again",
                f"{'、'.join(draft.names)}: 記録が一つもありません。もう一度書き出してください",
            )
        if chosen is None:
            chosen = guess_mapping(tables) if source is _LOGS else shipped_mapping(source.name)
        yield Laid(chosen, tables, draft.names)


def _source(
    draft: Draft, chosen: Mapping | None, ours: str, workspace: WorkspaceRecord
) -> Source | None:
    """Find who reads these files, by the ends of their names; None is a sheet."""
    if _any_ends(draft, LOGS):
        return _LOGS
    if _any_ends(draft, MAILS):
        if not ours.strip():
            raise BadDesk(
                "this is mail: say below which addresses are yours (support@example.jp, or "
                "@example.jp), so that questions and answers can be told apart",
                "メールです。受信と返信を見分けるため、自社のアドレスかドメイン"
                "（support@example.jp、@example.jp）を下の欄に入力してください",
            )
        return mail_source(our_mail(ours.replace(",", " ").split()), workspace=workspace.slug)
    if not _any_ends(draft, RECORDS):
        return None
    source = _OF_RECORDS.get(chosen.source if chosen is not None else "")
    if source is None:
        raise BadTable(
            f"{', '.join(draft.names)}: these are records of a desk; choose below whose they are: "
            f"{', '.join(_OF_RECORDS)}",
            f"{'、'.join(draft.names)}: ヘルプデスクの記録です。どのヘルプデスクのものか、"
            f"下の一覧（{'、'.join(_OF_RECORDS)}）から選んでください",
        )
    return source


def _any_ends(draft: Draft, endings: tuple[str, ...]) -> bool:
    return any(name.lower().endswith(endings) for name in draft.names)


def _chosen(draft: Draft, name: str) -> Mapping | None:
    """Read the mapping that was chosen; none says: find the one that fits.

    Raises: BadMapping.
    """
    if name == OWN and draft.own_mapping is not None:
        return _own(draft.own_mapping)
    return load_mapping(name) if name and name != OWN else None


def _own(path: Path) -> Mapping:
    try:
        text = path.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise not_utf_8(path.name, error) from error
    return parse(text, where=path.name)
