"""Digests of sprints as they were frozen, with what people wrote and decided since."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet

from shinrai.reports.models import (
    DigestItem,
    DigestStep,
    ItemDecision,
    ItemRevision,
    SprintDigest,
)
from shinrai.reports.rules.digest import KINDS, SENTENCES, undecided
from shinrai.satisfaction.queries.quotes import Quote, quotes_numbered
from shinrai.topics.queries import codebook
from shinrai.topics.rules.codebook import Codebook
from shinrai.units.errors import UserError
from shinrai.units.text import Text, verbatim


class UnknownDigest(UserError, LookupError):
    """There is no digest, or no item, of this key."""


@dataclass(frozen=True)
class DecisionRecord:
    """What was decided about an item; the newest of an item counts."""

    verdict: str
    ticket: str
    owner: str
    until: date | None
    reason: str
    at: datetime
    by: str


@dataclass(frozen=True)
class ItemRecord:
    """An item with its newest text and decision; `name` is that of its topic."""

    id: int
    number: int
    kind: str
    topic: str
    name: Text
    evidence: Mapping[str, Any]
    text: str
    horizon: str
    place: int
    carried_from: str
    decision: DecisionRecord | None
    quote: Quote | None = None
    is_covered: bool = False  # by the decision about a proposal on its topic

    @property
    def verdict(self) -> str:
        """Return what was decided, or nothing."""
        return self.decision.verdict if self.decision else ""

    @property
    def words(self) -> Text:
        """Return what people wrote, or the sentence that a proposal begins with."""
        if self.text or self.kind != "proposal":
            return verbatim(self.text)
        return SENTENCES[self.horizon].using(topic=self.name)


@dataclass(frozen=True)
class PastItem:
    """What became of an item of an earlier digest, as it was when this one was prepared."""

    digest: str
    item: ItemRecord
    found: Mapping[str, Any]

    @property
    def defect(self) -> Mapping[str, Any] | None:
        """Return its defect: title, release, and how many were told."""
        found: Mapping[str, Any] | None = self.found["defect"]
        return found


@dataclass(frozen=True)
class DigestRecord:
    """A digest; until the worker has prepared it, it has no items."""

    id: int
    key: str
    first: date
    last: date
    made_at: datetime
    by: str
    prepared_at: datetime | None
    closed_at: datetime | None
    items: tuple[ItemRecord, ...]
    past: tuple[PastItem, ...]
    previous: str
    carried: tuple[int, ...]

    @property
    def state(self) -> str:
        """Return preparing, open or closed."""
        if self.prepared_at is None:
            return "preparing"
        return "closed" if self.closed_at else "open"

    @property
    def undecided(self) -> list[int]:
        """Return the numbers of the items that wait for a decision."""
        return undecided(self.items)

    def decided(self, verdict: str) -> int:
        """Count the items with a verdict."""
        return sum(one.verdict == verdict for one in self.items)

    @property
    def sections(self) -> list[tuple[str, Text, list[ItemRecord]]]:
        """Return the items by kind, in the order people gave them."""
        return [
            (kind, title, [one for one in self.items if one.kind == kind])
            for kind, title in KINDS.items()
        ]

    @property
    def past_topics(self) -> list[tuple[PastItem, list[str]]]:
        """Return what became of each topic, with the kinds of its items; decided ones first.

        Where a topic has several items of a digest, the one that was decided speaks for all.
        """
        order = ("taken", "declined", "later", "")
        found: dict[tuple[str, str], tuple[PastItem, list[str]]] = {}
        for one in sorted(self.past, key=lambda one: order.index(one.item.verdict)):
            alone = "" if one.item.topic else f"{one.item.id}"
            key = (one.digest, one.item.topic or alone)
            first, kinds = found.setdefault(key, (one, []))
            if first.item.verdict and one.item.verdict and first is not one:
                found[one.digest, f"{one.item.id}"] = (one, [one.item.kind])
            else:
                kinds.append(one.item.kind)
        return list(found.values())

    def item(self, number: int) -> ItemRecord:
        """Return an item. Raises: UnknownDigest."""
        for one in self.items:
            if one.number == number:
                return one
        raise UnknownDigest(Text("digest {key} has no item {number}", key=self.key, number=number))


def digests(*, workspace_id: int) -> tuple[DigestRecord, ...]:
    """List the digests of a workspace, the newest first; without the words of quotes."""
    return _records(SprintDigest.objects.filter(workspace_id=workspace_id), workspace_id)


def digest_named(*, workspace_id: int, key: str, has_words: bool = False) -> DigestRecord:
    """Return a digest; with the masked words of its quotes where they are asked for.

    Raises: UnknownDigest.
    """
    rows = SprintDigest.objects.filter(workspace_id=workspace_id, key=key[:40])
    found = _records(rows, workspace_id)
    if not found:
        raise UnknownDigest(Text("there is no digest {key} here", key=key[:40]))
    if not has_words:
        return found[0]
    answers = [one.evidence["answer"] for one in found[0].items if one.kind == "quote"]
    said = quotes_numbered(answers, workspace_id=workspace_id)
    items = (
        replace(one, quote=said.get(one.evidence["answer"])) if one.kind == "quote" else one
        for one in found[0].items
    )
    return replace(found[0], items=tuple(items))


def newest_digest(*, workspace_id: int, before: int | None = None) -> DigestRecord | None:
    """Return the newest digest, or the newest before another one; None if there is none."""
    rows = SprintDigest.objects.filter(workspace_id=workspace_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    last = rows.order_by("-id").values_list("id", flat=True)[:1]
    found = _records(rows.filter(id__in=list(last)), workspace_id)
    return found[0] if found else None


def waiting_items(*, workspace_id: int, before: int) -> list[tuple[str, date, ItemRecord]]:
    """Return items of earlier digests that were taken or put off, and did not come back since.

    With the key and the last date of their digest.
    """
    rows = ItemDecision.objects.filter(
        item__digest__workspace_id=workspace_id, item__digest_id__lt=before
    )
    newest = {row.item_id: row.verdict for row in rows.order_by("id")}
    some = [item for item, verdict in newest.items() if verdict in ("taken", "later")]
    back = DigestItem.objects.filter(carried_id__in=some).values("carried_id")
    found = DigestItem.objects.filter(id__in=some).exclude(id__in=back).select_related("digest")
    items = _items(found, codebook(workspace_id=workspace_id))
    return [
        (row.digest.key, row.digest.last_on, items[row.pk])
        for row in found.order_by("-digest_id", "number")
    ]


def _records(rows: "QuerySet[SprintDigest]", workspace_id: int) -> tuple[DigestRecord, ...]:
    found = list(rows.order_by("-id"))
    numbers = [row.pk for row in found]
    book = codebook(workspace_id=workspace_id)
    steps = {
        (one.digest_id, one.kind): one for one in DigestStep.objects.filter(digest_id__in=numbers)
    }
    prepared = [one.document for (_, kind), one in steps.items() if kind == "prepared"]
    named = {past["item"] for document in prepared for past in document["past"]}
    mine = DigestItem.objects.filter(digest_id__in=numbers)
    digest_of = dict(mine.values_list("id", "digest_id"))
    items = _items(DigestItem.objects.filter(id__in=[*digest_of, *named]), book)
    by_digest: dict[int, list[ItemRecord]] = {number: [] for number in numbers}
    for item_id, digest_id in digest_of.items():
        by_digest[digest_id].append(items[item_id])
    for listed in by_digest.values():
        listed.sort(key=lambda one: (one.place, one.number))
    return tuple(_record(row, steps, by_digest[row.pk], items) for row in found)


def _record(
    row: SprintDigest,
    steps: Mapping[tuple[int, str], DigestStep],
    mine: Sequence[ItemRecord],
    items: Mapping[int, ItemRecord],
) -> DigestRecord:
    prepared, closed = (steps.get((row.pk, kind)) for kind in ("prepared", "closed"))
    waiting = undecided(mine)
    document: dict[str, Any] = prepared.document if prepared else {"past": [], "previous": ""}
    return DigestRecord(
        id=row.pk,
        key=row.key,
        first=row.first_on,
        last=row.last_on,
        made_at=row.made_at,
        by=row.by,
        prepared_at=prepared.at if prepared else None,
        closed_at=closed.at if closed else None,
        items=tuple(
            replace(one, is_covered=not (one.verdict or one.number in waiting)) for one in mine
        ),
        past=tuple(
            PastItem(one["digest"], replace(items[one["item"]], is_covered=one["covered"]), one)
            for one in document["past"]
        ),
        previous=document["previous"],
        carried=tuple(closed.document["carried"]) if closed else (),
    )


def _items(rows: "QuerySet[DigestItem]", book: Codebook) -> dict[int, ItemRecord]:
    found = list(rows.select_related("carried__digest"))
    numbers = [row.pk for row in found]
    revisions = _newest(ItemRevision.objects.filter(item_id__in=numbers).order_by("id"))
    decisions = _newest(ItemDecision.objects.filter(item_id__in=numbers).order_by("id"))
    made = {}
    for row in found:
        text, said = revisions[row.pk], decisions.get(row.pk)
        made[row.pk] = ItemRecord(
            id=row.pk,
            number=row.number,
            kind=row.kind,
            topic=row.topic,
            name=book.name(row.topic),
            evidence=row.evidence,
            text=text.text,
            horizon=text.horizon,
            place=text.place,
            carried_from=row.carried.digest.key if row.carried else "",
            decision=said
            and DecisionRecord(
                said.verdict, said.ticket, said.owner, said.until, said.reason, said.at, said.by
            ),
        )
    return made


def _newest(rows: Iterable[Any]) -> dict[int, Any]:
    return {row.item_id: row for row in rows}
