"""Seal the audit minute by minute, and compare all of it with its seals."""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby, islice
from pathlib import Path
from typing import IO, Final, TypeVar

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q, QuerySet

from shinrai.accounts.models import AuditCheck, AuditEntry, AuditSeal
from shinrai.accounts.operations.audit import (
    SAID,
    line_signature,
    seals_folder,
    unsealed_file,
)
from shinrai.accounts.rules.audit import SealedEntry
from shinrai.accounts.rules.audit_seal import (
    LABEL,
    NOTHING,
    Anchor,
    AuditBreak,
    Seal,
    anchors_text,
    broken_end,
    broken_seal,
    digest_of,
    read_anchors,
    signature_of,
)
from shinrai.postgres.locks import exclusive_lock
from shinrai.postgres.transactions import oldest_running_transaction
from shinrai.privacy.rules.encryption import derived_key

FILE: Final = "audit-seals"  # beside the master key
TOGETHER: Final = 500  # seals
One = TypeVar("One")
_Line = tuple[int, int, int, str, str]  # entry, transaction, chain, minute, signature


@dataclass(frozen=True)
class AuditState:
    """How the audit of a chain compares with its seals."""

    chain: int
    sealed_until: datetime | None
    seals: int
    sealed: int
    unsealed: int
    breaks: tuple[AuditBreak, ...]


def seal_audit() -> int:
    """Seal every entry that is not sealed yet; return how many were.

    Only entries below the oldest running transaction are sealed, so that none of an earlier number
    can appear later. A seal holds the entries of one minute; late ones get another seal.
    """
    with exclusive_lock("audit seals"):
        anchors = _anchors()
        with transaction.atomic():
            upto = oldest_running_transaction()
            last = _newest_seals()
            # what was cut off the database leaves a gap: its numbers are never given again
            last = {
                chain: max(
                    (one for one in (last.get(chain), anchors.get(chain)) if one),
                    key=lambda one: one.number,
                )
                for chain in {*last, *anchors}
            }
            count = 0
            for seals in _parts(_new_seals(last, upto)):
                AuditSeal.objects.bulk_create(AuditSeal(**vars(seal)) for seal in seals)
                count += sum(len(seal.entries) for seal in seals)
        if last != anchors:
            _keep_anchors(last)
        _settle(upto)
    return count


def verify_audit(*, chain: int) -> AuditState:
    """Compare the entries of a workspace (0: of none) with their seals, and these with the file."""
    kept = _anchors().get(chain)  # first: what is sealed meanwhile is in the database then
    key, breaks, last, sealed, seals = _key(), [], None, 0, 0
    rows = AuditSeal.objects.filter(chain=chain).order_by("number")
    for some in _parts(rows.iterator(chunk_size=TOGETHER)):
        ids = {number for seal in some for number in seal.entries}
        found = {one.id: one for one in _read(AuditEntry.objects.filter(id__in=ids))}
        for seal in map(_seal, some):
            breaks += broken_seal(seal, last, found, key)
            last = Anchor(seal.number, seal.minute, seal.signature)
        sealed, seals = sealed + len(found), seals + len(some)
    breaks += broken_end(last, kept)
    breaks += _lost_entries(chain)
    newest = rows.aggregate(Max("minute"))["minute__max"]
    there = Q(workspace_id=chain) if chain else Q(workspace_id__isnull=True)
    every = AuditEntry.objects.filter(there).count()
    return AuditState(chain, newest, seals, sealed, max(every - sealed, 0), tuple(breaks))


def check_audit(*, at: datetime) -> None:
    """Verify every chain and keep the outcome, which the page of the audit shows."""
    chains = set(AuditSeal.objects.values_list("chain", flat=True).distinct()) | set(_anchors())
    for chain in sorted(chains):
        found = verify_audit(chain=chain)
        AuditCheck.objects.create(
            chain=chain,
            at=at,
            sealed_until=found.sealed_until,
            breaks=[[one.minute.isoformat(), one.kind] for one in found.breaks],
        )


def _new_seals(last: dict[int, Anchor], upto: int) -> Iterator[Seal]:
    """Yield seals over what is not sealed; `last` moves on with each."""
    key = _key()
    rows = _unsealed(upto).order_by("workspace_id", "at", "id")
    for (workspace_id, minute), found in groupby(
        _read(rows), key=lambda one: (one.said[0], one.said[1].replace(second=0, microsecond=0))
    ):
        chain, entries = workspace_id or 0, list(found)
        before = last.get(chain)
        previous = before.signature if before else NOTHING
        seal = Seal(
            chain=chain,
            number=before.number + 1 if before else 1,
            minute=minute,
            entries=tuple(sorted(one.id for one in entries)),
            upto=upto,
            digest=digest_of(entries, previous),
            previous=previous,
        )
        seal = replace(seal, signature=signature_of(seal, key))
        last[chain] = Anchor(seal.number, minute, seal.signature)
        yield seal


def _unsealed(upto: int) -> QuerySet[AuditEntry]:
    """Select what is not sealed, by the transaction that wrote it.

    In a restored database transactions may be numbered anew: then by the entries' own numbers.
    """
    newest = AuditSeal.objects.order_by("-id").first()
    if newest is None:
        return AuditEntry.objects.filter(written_in__lt=upto)
    if newest.upto <= upto:
        return AuditEntry.objects.filter(written_in__gte=newest.upto, written_in__lt=upto)
    sealed = AuditSeal.objects.filter(upto=newest.upto).values_list("entries", flat=True)
    highest = max(max(ids) for ids in sealed)
    return AuditEntry.objects.filter(Q(written_in__gte=newest.upto) | Q(id__gt=highest))


def _parts(every: Iterable[One]) -> Iterator[Sequence[One]]:
    rest = iter(every)
    while some := list(islice(rest, TOGETHER)):
        yield some


def _newest_seals() -> dict[int, Anchor]:
    rows = AuditSeal.objects.order_by("chain", "-number").distinct("chain")
    return {row.chain: Anchor(row.number, row.minute, bytes(row.signature)) for row in rows}


def _read(rows: QuerySet[AuditEntry]) -> Iterator[SealedEntry]:
    for number, *said in rows.values_list("id", *SAID).iterator(chunk_size=5_000):
        yield SealedEntry(number, tuple(said))


def _seal(row: AuditSeal) -> Seal:
    return Seal(
        chain=row.chain,
        number=row.number,
        minute=row.minute,
        entries=tuple(row.entries),
        upto=row.upto,
        digest=bytes(row.digest),
        previous=bytes(row.previous),
        signature=bytes(row.signature),
    )


def _path() -> Path:
    return seals_folder() / FILE


def _anchors() -> dict[int, Anchor]:
    with suppress(FileNotFoundError):
        return read_anchors(_path().read_text("ascii"))
    return {}


def _keep_anchors(anchors: Mapping[int, Anchor]) -> None:
    """Write the file anew; a reader finds the old one or the new one, never a half."""
    path = _path()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(anchors_text(anchors))
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)


def _settle(upto: int) -> None:
    """Forget the lines of entries that are sealed as written, all below the transaction `upto`."""
    with unsealed_file() as file:
        lines = _lines(file)
        lost = {line for line, _ in _lost(lines)}
        left = [line for line in lines if line[1] >= upto or line in lost]
        if len(left) < len(lines):
            file.truncate(0)
            file.writelines(json.dumps(line) + "\n" for line in left)


def _lost_entries(chain: int) -> list[AuditBreak]:
    """Return what was removed or changed before it was sealed."""
    with unsealed_file() as file:
        lines = [line for line in _lines(file) if line[2] == chain]
    return [AuditBreak(datetime.fromisoformat(line[3]), kind) for line, kind in _lost(lines)]


def _lost(lines: Sequence[_Line]) -> list[tuple[_Line, str]]:
    """Return the lines that no entry is for, or that another one has the number of."""
    rows = AuditEntry.objects.filter(id__in=[line[0] for line in lines]).values_list("id", *SAID)
    there = {number: line_signature(SealedEntry(number, tuple(said))) for number, *said in rows}
    return [
        (line, "edited" if line[0] in there else "removed")
        for line in lines
        if there.get(line[0]) != line[4]
    ]


def _lines(file: IO[str]) -> list[_Line]:
    file.seek(0)
    found = []
    for text in file:
        try:
            entry, written_in, chain, minute, signature = json.loads(text)
        except (ValueError, TypeError):
            continue  # a line that was cut off
        found.append((entry, written_in, chain, minute, signature))
    return found


def _key() -> bytes:
    return derived_key(settings.SHINRAI_MASTER_KEY, LABEL)
