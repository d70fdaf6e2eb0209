"""Flattens one thread of mails: each mail once, and its copies in a table of their own."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

from shinrai.importers.flatten.case_records import CaseRecords, StoredRecord
from shinrai.importers.flatten.csv_tables import FlatRow, FlatTable
from shinrai.importers.mbox.mail_threads import digest

TABLES: Final = (
    FlatTable(
        "messages",
        (
            "thread", "mail", "at", "direction", "mode", "author", "customer", "channel",
            "ticket", "automatic", "attachments", "subject", "body", "gaps", "refused",
        ),
    ),
    FlatTable("copies", ("thread", "copy", "at", "what", "gaps")),
)  # fmt: skip


def flat_rows(threads: Iterable[CaseRecords]) -> Iterator[FlatRow]:
    """Flatten threads one by one."""
    for thread in threads:
        yield from rows_of(thread)


def rows_of(thread: CaseRecords) -> Iterator[FlatRow]:
    """Flatten one thread; an unreadable mail becomes a row with the reason."""
    mails = thread.of("mail")
    for number, held in enumerate(thread.of("refused")):
        yield "messages", _refused(held, thread.key, number)
    versions: dict[str, dict[str, list[StoredRecord]]] = {}
    for held in mails:
        by_date = versions.setdefault(held.value["own"], {})
        by_date.setdefault(held.value["version"], []).append(held)
    told: list[tuple[str, list[StoredRecord], bool]] = []
    for own, by_date in sorted(versions.items()):
        for place, (version, copies) in enumerate(sorted(by_date.items())):
            key = own if place == 0 else f"{own}-{digest(version, 4)}"
            told.append((key, sorted(copies, key=_best_first), place > 0))
    firsts = sorted((copies[0] for _, copies, _ in told), key=_in_order)
    customer = _customer(firsts)
    begins = next((held for held in firsts if _is_of_somebody(held)), None)
    for key, copies, is_reused in told:
        first = copies[0]
        gaps = [*first.value["gaps"], *(["mail_id_reused"] if is_reused else [])]
        if first is begins:
            gaps += ["mail_without_states", *first.value.get("thread_gaps", ())]
        yield "messages", _message(first, thread.key, key, customer, gaps)
        for number, copy in enumerate(copies[1:], start=1):
            yield "copies", _copy(copy, thread.key, f"{key}/{number}")


def _message(
    held: StoredRecord, thread: str, key: str, customer: str, gaps: Sequence[str]
) -> dict[str, Any]:
    mail = held.value
    # A machine outside is nobody's customer: who bounces or sends news is not met by name.
    author = mail["author"] if not mail["automatic"] or mail["way"] != "inbound" else ""
    return {
        **held.origin,
        "thread": thread,
        "mail": key,
        "at": mail["at"],
        "direction": mail["way"],
        "mode": "proactive" if mail["way"] == "outbound" else "via_cs",
        "author": author or (customer if mail["author"] == customer else None),
        "customer": customer,
        "channel": mail["channel"],
        "ticket": mail["ticket"],
        "automatic": mail["automatic"] or None,
        "attachments": mail["attachments"] or None,
        "subject": mail["subject"],
        "body": mail["body"],
        "gaps": " ".join(gaps),
    }


def _copy(held: StoredRecord, thread: str, key: str) -> dict[str, Any]:
    return {
        **held.origin,
        "thread": thread,
        "copy": key,
        "at": held.value["at"],
        "what": "copy",
        "gaps": "mail_copy",
    }


def _refused(held: StoredRecord, thread: str, number: int) -> dict[str, Any]:
    return {
        **held.origin,
        "thread": thread,
        "mail": f"{thread}/{number}",
        "refused": held.value["refused"],
    }


def _best_first(held: StoredRecord) -> tuple[int, str, str, int]:
    """Return a sort key that puts first the copy with the best clock: the earliest at our host."""
    return (held.value["rank"], held.value["at"], held.file, held.line)


def _in_order(held: StoredRecord) -> tuple[str, str]:
    return (held.value["at"], held.value["own"])


def _is_of_somebody(held: StoredRecord) -> bool:
    return not held.value["automatic"] and held.value["way"] != "note"


def _customer(mails: Sequence[StoredRecord]) -> str:
    """Return the first address outside that took part as a person; empty if there is none."""
    parties = (held.value["party"] for held in mails if _is_of_somebody(held))
    return next((party for party in parties if party), "")
