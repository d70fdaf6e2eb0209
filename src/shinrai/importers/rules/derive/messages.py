"""Steps of messages: the direction of each comes from its row, or from who wrote it."""

from collections.abc import Iterator, Sequence

from shinrai.importers.rules.derive.step import DerivedStep, StoredRow, step_key, words_of

SUBJECT = "words/subject"  # what the opening message is about
AFTER_THE_CASE = 1_000  # messages of the same second follow the steps of the case's own row


def steps_of_messages(messages: Sequence[StoredRow], customer: str | None) -> Iterator[DerivedStep]:
    """Yield a step for every message; the first opens the case if no other table does."""
    ordered = sorted(messages, key=lambda seen: (seen.facts["at"], _number(seen), seen.row_key))
    if not ordered:
        return
    first = ordered[0]
    if not first.joins:
        # What a machine or a colleague wrote opens no case, and before one it belongs to none.
        places = (place for place, seen in enumerate(ordered) if is_of_somebody(seen))
        begins = next(places, len(ordered))
        ordered = ordered[begins:]
        if not ordered:
            return
        first = ordered[0]
    asker = customer or first.facts.get("by")
    if not first.joins:
        yield DerivedStep(
            source_key=f"{first.table}/received",
            at_us=first.facts["at"],
            kind="received",
            by=asker or "system",
            role="customer",
            tier=None,
            detail=first.facts.get("opens", {}),
            words=words_of(first, SUBJECT) if first.words else None,
            source_order=0,
        )
    for seen in ordered:
        facts = seen.facts
        author = facts.get("by")
        way = facts.get("way") or ("inbound" if author and author == asker else "outbound")
        yield DerivedStep(
            source_key=step_key(seen, "message"),
            at_us=facts["at"],
            kind=way,
            by=author or "system",
            role=facts["roles"][way],
            tier=None,
            detail=facts["detail"],
            words=words_of(seen, "text"),
            source_order=AFTER_THE_CASE + _number(seen),
        )


def is_of_somebody(seen: StoredRow) -> bool:
    """Return whether a person wrote a message to or from outside: no automatic one, no note."""
    return not seen.facts["detail"].get("automatic") and seen.facts.get("way") != "note"


def _number(seen: StoredRow) -> int:
    """Return the number in a message's key, to order messages of one second; 0 without one."""
    key = seen.row_key
    return int(key) if key.isascii() and key.isdigit() and len(key) < 18 else 0
