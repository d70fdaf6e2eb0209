"""Deeds with words: make keys, put words away, take them out, destroy them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from django.conf import settings
from django.db import transaction

from shinrai.books.binary import fetch_rows
from shinrai.books.bulk import copy_in, reserve_ids
from shinrai.books.statements import statement
from shinrai.privacy.models import PersonKey, SealedWords, Tombstone
from shinrai.privacy.rules import sealing


def make_keys(*, workspace_id: int, count: int, at: datetime) -> list[tuple[int, bytes]]:
    """Make keys for persons, and answer (identifier, key) for sealing at once."""
    ids = reserve_ids("privacy_personkey", count)
    keys = [(key_id, sealing.new_key()) for key_id in ids]
    master = settings.SHINRAI_MASTER_KEY
    copy_in(
        "privacy_personkey",
        ("id", "workspace_id", "wrapped", "made_at"),
        ((key_id, workspace_id, sealing.wrap(master, key), at) for key_id, key in keys),
    )
    return keys


def open_keys(
    ids: Iterable[int], held: Mapping[int, bytes] = MappingProxyType({})
) -> dict[int, bytes]:
    """Fetch persons' keys; one that was destroyed is simply not there.

    Those that somebody has `held` open are not opened again, if they still stand.
    """
    master = settings.SHINRAI_MASTER_KEY
    rows = fetch_rows(statement("privacy", "keys_by_id"), {"ids": list(set(ids))})
    return {key_id: held.get(key_id) or sealing.unwrap(master, wrapped) for key_id, wrapped in rows}


def put_away(words: Sequence[tuple[int, bytes, str]]) -> list[int]:
    """Seal texts, each as (key identifier, key, words), and answer where each lies."""
    ids = reserve_ids("privacy_sealedwords", len(words))
    copy_in(
        "privacy_sealedwords",
        ("id", "key_id", "sealed"),
        (
            (words_id, key_id, sealing.seal(key, text))
            for words_id, (key_id, key, text) in zip(ids, words, strict=True)
        ),
    )
    return ids


def take_out(ids: Iterable[int]) -> dict[int, str]:
    """Open texts; what was erased is not in the answer."""
    rows = list(SealedWords.objects.filter(id__in=set(ids)).values_list("id", "key_id", "sealed"))
    keys = open_keys(key_id for _, key_id, _ in rows)
    return {
        words_id: sealing.unseal(keys[key_id], bytes(sealed))
        for words_id, key_id, sealed in rows
        if key_id in keys
    }


def mark_of(*parts: str) -> bytes:
    """Name a source key or identity without saying it (keyed hash of this house)."""
    return sealing.keyed_hash(settings.SHINRAI_MASTER_KEY, *parts)


def erase_person(
    *, workspace_id: int, key_id: int, source_keys: Iterable[Sequence[str]], at: datetime
) -> None:
    """Destroy a person's key and words and leave tombstones, so that no import brings them back."""
    with transaction.atomic():
        PersonKey.objects.filter(workspace_id=workspace_id, id=key_id).delete()
        Tombstone.objects.bulk_create(
            (
                Tombstone(workspace_id=workspace_id, mark=mark_of(*parts), erased_at=at)
                for parts in source_keys
            ),
            ignore_conflicts=True,
        )


def erased_marks(*, workspace_id: int) -> frozenset[bytes]:
    """List the marks of everything erased in a workspace."""
    marks = Tombstone.objects.filter(workspace_id=workspace_id).values_list("mark", flat=True)
    return frozenset(bytes(mark) for mark in marks)


def seal_anew(*, words_ids: Iterable[int], key_id: int, key: bytes) -> None:
    """Move words under another key, such as a case's words under the customer's, once known."""
    words = take_out(words_ids)
    rows = list(SealedWords.objects.filter(id__in=words))
    for row in rows:
        row.key_id = key_id
        row.sealed = sealing.seal(key, words[row.pk])
    SealedWords.objects.bulk_update(rows, ["key", "sealed"], batch_size=500)


def forget_words(*, words_ids: Iterable[int]) -> None:
    """Delete words that nothing counts on, such as those of an import that was given up."""
    SealedWords.objects.filter(id__in=set(words_ids)).delete()


def destroy_key(*, workspace_id: int, key_id: int) -> None:
    """Destroy a key and what it sealed, leaving no tombstone."""
    PersonKey.objects.filter(workspace_id=workspace_id, id=key_id).delete()
