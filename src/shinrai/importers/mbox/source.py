"""Mail as a source: mails are read, grouped into threads, and become tables."""

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from shinrai.accounts.queries import UnknownWorkspace, workspace_named
from shinrai.customers.queries import known_customers
from shinrai.importers.flatten.case_records import CaseRecord, group_by_case
from shinrai.importers.flatten.csv_tables import write_tables
from shinrai.importers.mbox.classification import OurMail
from shinrai.importers.mbox.flatten import TABLES, flat_rows
from shinrai.importers.mbox.mail import Mail, read_mail
from shinrai.importers.mbox.mail_threads import EarlierMail, MailReferences, MailThreads, digest
from shinrai.importers.mbox.mailbox import mails_in
from shinrai.importers.run.observations import known_rows, visible_batches
from shinrai.importers.sources import Source
from shinrai.privacy.operations import mark_of

NAME: Final = "mbox"
NOTHING: Final = EarlierMail({}, {}, frozenset())


def mail_source(ours: OurMail, *, workspace: str, source: str = NAME) -> Source:
    """Return the source for one desk, which knows our mail and the threads imported before."""

    def known(threads: MailThreads) -> EarlierMail:
        return _known_to(workspace, source, threads)

    return Source(NAME, flatten=lambda paths, folder: flatten(paths, folder, ours, known))


def flatten(
    paths: Sequence[Path], folder: Path, ours: OurMail, known: Callable[[MailThreads], EarlierMail]
) -> tuple[Path, ...]:
    """Flatten mails into tables; mails of threads that `known` returns continue those.

    Raises: UnreadableTable.
    """
    spool = folder / "mails.ndjson"
    threads = MailThreads(lambda root, person: mark_of("thread", root, person).hex()[:20])
    with spool.open("w", encoding="utf-8") as file:
        for raw in mails_in(paths):
            mail = read_mail(raw, ours)
            if "refused" not in mail:
                threads.add(_place(mail))
            file.write(json.dumps(mail, ensure_ascii=False) + "\n")
    before = known(threads)
    threads.settle(before)
    belonging = _belonging(_read(spool), threads, before)
    tables = write_tables(folder, TABLES, flat_rows(group_by_case(folder, belonging)))
    spool.unlink()
    return tables


def _place(mail: Mail) -> MailReferences:
    return MailReferences(
        own=mail["own"],
        names=tuple(mail["names"]),
        ticket=mail["ticket"],
        at=mail["at"],
        speaker=_speaker(mail),
        addressed=tuple(mail["addressed"]),
        is_ours=mail["way"] != "inbound",
    )


def _speaker(mail: Mail) -> str:
    return "" if mail["automatic"] or mail["way"] != "inbound" else str(mail["party"])


def _read(spool: Path) -> Iterator[Mail]:
    with spool.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def _belonging(
    mails: Iterator[Mail], threads: MailThreads, before: EarlierMail
) -> Iterator[CaseRecord]:
    """Yield mails with the case of their thread; one imported before keeps its case."""
    gone_on = frozenset(before.cases.values())
    for number, mail in enumerate(mails):
        place, own = f"{number:012}", mail["own"]
        if "refused" in mail:
            yield CaseRecord(f"~{own}", "refused", place, "", mail["file"], mail["line"], mail)
            continue
        case = threads.key(own, _speaker(mail))
        if threads.is_used_again(own, _speaker(mail)):
            mail |= {"own": f"{own}-{digest(case, 4)}", "gaps": [*mail["gaps"], "mail_id_reused"]}
        if case not in gone_on and mail["names"] and not any(map(threads.is_there, mail["names"])):
            mail["thread_gaps"] = ["mail_begins_with_reply"]
        yield CaseRecord(case, "mail", place, "", mail["file"], mail["line"], mail)


def _known_to(workspace: str, source: str, threads: MailThreads) -> EarlierMail:
    """Return the cases of mails and tickets imported before, and who takes part in them."""
    try:
        workspace_id = workspace_named(workspace).id
    except UnknownWorkspace:
        return NOTHING
    batches = visible_batches(workspace_id=workspace_id, source=source)
    cases: dict[str, str] = {}
    for row_key, facts, case_key in known_rows(batch_ids=batches, table="messages"):
        ticket = facts.get("detail", {}).get("ticket")
        own = "" if "-" in row_key else row_key  # a dash tells mails of one identity apart
        for name in (own, case_key, f"#{ticket}" if ticket else ""):
            if name and threads.speaks_of(name):
                cases[name] = min(case_key, cases.get(name, case_key))
    if not cases:
        return NOTHING
    numbers: dict[str, set[str]] = {case: set() for case in cases.values()}
    for _, facts, case_key in known_rows(batch_ids=batches, table="messages"):
        if case_key in numbers:
            told = (str(facts.get(fact)) for fact in ("customer", "by"))
            numbers[case_key] |= {one for one in told if one.startswith("customer:")}
    known = known_customers(workspace_id=workspace_id, source=source, identifiers=threads.speakers)
    people = {
        case: frozenset(name for name, number in known.items() if f"customer:{number}" in found)
        for case, found in numbers.items()
    }
    return EarlierMail(cases, people, frozenset(case for case, found in numbers.items() if found))
