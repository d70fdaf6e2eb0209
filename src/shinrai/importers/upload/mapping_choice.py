"""Whose the records of an upload are, and which mapping reads them: the one chosen, or found."""

from collections.abc import Mapping as Words
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from shinrai.importers.chatwoot.source import CHATWOOT
from shinrai.importers.freshdesk.source import FRESHDESK
from shinrai.importers.github.source import GITHUB
from shinrai.importers.jira.source import JIRA
from shinrai.importers.mapping_files import shipped_mapping
from shinrai.importers.rules.mapping.definition import Mapping
from shinrai.importers.source_detection import CALLED, sources_of_files
from shinrai.importers.tables.table import UnreadableTable
from shinrai.importers.zammad.source import ZAMMAD
from shinrai.importers.zendesk.source import ZENDESK

SOURCES: Final = {one.name: one for one in (ZENDESK, ZAMMAD, FRESHDESK, CHATWOOT, JIRA, GITHUB)}
# A project of Jira's holds what customers asked, or what CS asked CRE: only its people know which.
_READ_BY: Final = {"jira": ("jira", "jira_investigations")}
_OF_A_SHEET: Final = "jira_csv"  # of Jira too, but of its sheet


def mapping_of_records(paths: Sequence[Path], chosen: Mapping | None) -> Mapping:
    """Find the mapping that reads records: the one chosen, or the only one of whose they are.

    Raises: UnreadableTable where nobody can tell, or where what was chosen is another desk's.
    """
    told = sources_of_files(paths)
    if len(set(told.values())) > 1:
        raise _of_several(told)
    named = ", ".join(path.name for path in paths)
    desk = next(iter(told.values()), None)
    if desk is None:
        if chosen is None or not _reads_records(chosen):
            raise _of_whom(named)
        return chosen
    if chosen is not None:
        if not _reads_records(chosen) or chosen.source != desk:
            raise _of_another(named, desk, chosen)
        return chosen
    first, *others = _mappings_of(desk)
    if others:
        raise _either(named)
    return shipped_mapping(first)


def _mappings_of(desk: str) -> tuple[str, ...]:
    return _READ_BY.get(desk, (desk,))


def _reads_records(mapping: Mapping) -> bool:
    return mapping.source in SOURCES and mapping.name != _OF_A_SHEET


def _of_several(told: Words[str, str]) -> UnreadableTable:
    en = "; ".join(f"{name} is {CALLED[desk]}'s" for name, desk in told.items())
    ja = "、".join(f"{name} は {CALLED[desk]}" for name, desk in told.items())
    return UnreadableTable(
        f"{en}: these are records of several desks; upload each desk's apart",
        f"{ja} の記録です。一度に取り込めるのは一つのツールの記録だけです。"
        "分けてアップロードしてください",
    )


def _of_whom(named: str) -> UnreadableTable:
    names = [name for desk in SOURCES for name in _mappings_of(desk)]
    return UnreadableTable(
        f"{named}: these are records, but nothing in them says of which desk; choose below whose "
        f"they are: {', '.join(names)}",
        f"{named}: どのツールの記録か判別できません。下の一覧（{'、'.join(names)}）から"
        "選んでください",
    )


def _of_another(named: str, desk: str, chosen: Mapping) -> UnreadableTable:
    names = _mappings_of(desk)
    return UnreadableTable(
        f"{named}: these are records of {CALLED[desk]}, which the mapping {chosen.name} does not "
        f"read; choose {' or '.join(names)} below",
        f"{named}: {CALLED[desk]} の記録です。対応表「{chosen.name}」では読めません。"
        f"下の一覧から {' か '.join(names)} を選んでください",
    )


def _either(named: str) -> UnreadableTable:
    inquiries, investigations = _mappings_of(JIRA.name)
    return UnreadableTable(
        f"{named}: these are Jira's issues; choose below what each of them is: an inquiry of a "
        f"customer's ({inquiries}), or an investigation that CS filed ({investigations})",
        f"{named}: Jira の課題です。下の一覧から、課題をお客さまの問い合わせとして取り込むか"
        f"（{inquiries}）、CS が起票した調査として取り込むか（{investigations}）を選んでください",
    )
