"""The source as the importers know it: mails are read, put into threads, laid flat."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from shinrai.accounts.queries import UnknownWorkspace, workspace_named
from shinrai.importers.csv.bringing import visible_batches
from shinrai.importers.csv.seeing import rows_known
from shinrai.importers.flat.gathering import Belonging, gather
from shinrai.importers.flat.tables import write_tables
from shinrai.importers.mbox.finding import mails_in
from shinrai.importers.mbox.flattening import TABLES, flat_rows
from shinrai.importers.mbox.judging import OurMail
from shinrai.importers.mbox.reading import Mail, read_mail
from shinrai.importers.mbox.threads import Place, Threads
from shinrai.importers.sources import Source

NAME: Final = "mbox"

IsAsked = Callable[[str], bool]
Known = Callable[[IsAsked], Mapping[str, str]]


def mail_source(ours: OurMail, *, workspace: str, source: str = NAME) -> Source:
    """Make the source for one desk: whose mail is ours, and which threads it knows already."""

    def known(is_asked: IsAsked) -> Mapping[str, str]:
        return _known_to(workspace, source, is_asked)

    return Source(NAME, flatten=lambda paths, folder: flatten(paths, folder, ours, known))


def flatten(
    paths: Sequence[Path], folder: Path, ours: OurMail, known: Known = lambda _: {}
) -> tuple[Path, ...]:
    """Lay mails flat into tables; those of threads that are `known` go on there.

    Raises: BadTable.
    """
    spool = folder / "mails.ndjson"
    threads = Threads()
    with spool.open("w", encoding="utf-8") as file:
        for raw in mails_in(paths):
            mail = read_mail(raw, ours)
            if "refused" not in mail:
                threads.add(Place(mail["own"], tuple(mail["names"]), mail["ticket"], mail["at"]))
            file.write(json.dumps(mail, ensure_ascii=False) + "\n")
    before = known(threads.speaks_of)
    threads.settle(before)
    belonging = _belonging(_read(spool), threads, before)
    tables = write_tables(folder, TABLES, flat_rows(gather(folder, belonging)))
    spool.unlink()
    return tables


def _read(spool: Path) -> Iterator[Mail]:
    with spool.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _belonging(
    mails: Iterator[Mail], threads: Threads, before: Mapping[str, str]
) -> Iterator[Belonging]:
    """File mails under their threads; one that an earlier import brought stays where it is."""
    gone_on = frozenset(before.values())
    for number, mail in enumerate(mails):
        place, own = f"{number:012}", mail["own"]
        if "refused" in mail:
            yield Belonging(f"~{own}", "refused", place, "", mail["file"], mail["line"], mail)
            continue
        case = before.get(own) or threads.key(own)
        if case not in gone_on and mail["names"] and not any(map(threads.is_there, mail["names"])):
            mail["thread_gaps"] = ["mail_begins_with_reply"]
        yield Belonging(case, "mail", place, "", mail["file"], mail["line"], mail)


def _known_to(workspace: str, source: str, is_asked: IsAsked) -> Mapping[str, str]:
    """Find the cases of mails and tickets that earlier imports brought."""
    try:
        workspace_id = workspace_named(workspace).id
    except UnknownWorkspace:
        return {}
    batches = visible_batches(workspace_id=workspace_id, source=source)
    found: dict[str, str] = {}
    for row_key, facts, case_key in rows_known(batch_ids=batches, table="messages"):
        ticket = facts.get("detail", {}).get("ticket")
        for name in (row_key.partition("-")[0], f"#{ticket}" if ticket else ""):
            if name and is_asked(name):
                found[name] = min(case_key, found.get(name, case_key))
    return found
