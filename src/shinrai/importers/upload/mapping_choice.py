"""Finds which desk the records of an upload come from, and which mapping reads them."""

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
from shinrai.units.text import Text, alternatives, joined

SOURCES: Final = {one.name: one for one in (ZENDESK, ZAMMAD, FRESHDESK, CHATWOOT, JIRA, GITHUB)}
# A project of Jira's holds what customers asked, or what CS asked CRE: only its people know which.
_READ_BY: Final = {"jira": ("jira", "jira_investigations")}
_OF_A_SHEET: Final = "jira_csv"  # of Jira too, but of its sheet


def mapping_of_records(paths: Sequence[Path], chosen: Mapping | None) -> Mapping:
    """Return the mapping that reads records: the chosen one, or the only one of their desk.

    Raises: UnreadableTable if the desk is not clear, or the chosen mapping is another desk's.
    """
    told = sources_of_files(paths)
    if len(set(told.values())) > 1:
        raise _of_several(dict(told))
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


def _of_several(told: dict[str, str]) -> UnreadableTable:
    named = [
        Text("{name} is {called}'s", name=name, called=CALLED[desk]) for name, desk in told.items()
    ]
    return UnreadableTable(
        Text(
            "{named}: these are records of several desks; upload each desk's apart",
            named=joined(named, "; "),
        )
    )


def _of_whom(named: str) -> UnreadableTable:
    names = [name for desk in SOURCES for name in _mappings_of(desk)]
    return UnreadableTable(
        Text(
            "{named}: these are records, but nothing in them says of which desk; "
            "choose below whose they are: {names}",
            named=named,
            names=[*names],
        ),
    )


def _of_another(named: str, desk: str, chosen: Mapping) -> UnreadableTable:
    names = _mappings_of(desk)
    return UnreadableTable(
        Text(
            "{named}: these are records of {called}, which the mapping {mapping} does not read; "
            "choose {names} below",
            named=named,
            called=CALLED[desk],
            mapping=chosen.name,
            names=alternatives(names),
        )
    )


def _either(named: str) -> UnreadableTable:
    inquiries, investigations = _mappings_of(JIRA.name)
    return UnreadableTable(
        Text(
            "{named}: these are Jira's issues; choose below what each of them is: an "
            "inquiry of a customer's ({inquiries}), or an investigation that CS filed "
            "({investigations})",
            named=named,
            inquiries=inquiries,
            investigations=investigations,
        ),
    )
