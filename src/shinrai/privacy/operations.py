"""Operations on personal texts: create keys, encrypt, decrypt and erase."""

import json
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Final

from django.conf import settings
from django.db import OperationalError, connection, transaction

from shinrai.postgres.binary import fetch_rows
from shinrai.postgres.bulk import copy_in, reserve_ids
from shinrai.postgres.statements import statement
from shinrai.privacy.models import (
    Backup,
    MaskedNames,
    PersonKey,
    Retention,
    SealedWords,
    Tombstone,
)
from shinrai.privacy.rules import encryption
from shinrai.privacy.rules.names import mask_with_names, name_pattern

PATIENCE_S: Final = 5.0
RESEALED: Final = 20  # texts at once: some are files of megabytes
# Tables whose deleted rows somebody could read; the others hold words under a key that is deleted.
WRITTEN_ANEW: Final = ("privacy_personkey", "delivery_outbox")
_OVERWRITE: Final = (
    f"VACUUM (FULL) {', '.join(WRITTEN_ANEW)}",
    "SELECT pg_switch_wal()",
    "CHECKPOINT",
)


@dataclass(frozen=True)
class RetentionRecord:
    """For how many months words stay in a workspace, and what the last run erased (see models)."""

    months: int
    erased_before: datetime | None
    upto: int
    ran_at: datetime | None
    ran_cases: int
    begun_cases: int


def make_keys(*, workspace_id: int, count: int, at: datetime) -> list[tuple[int, bytes]]:
    """Create keys for persons and return (identifier, key) for each."""
    ids = reserve_ids("privacy_personkey", count)
    keys = [(key_id, encryption.new_key()) for key_id in ids]
    master = settings.SHINRAI_MASTER_KEY
    copy_in(
        "privacy_personkey",
        ("id", "workspace_id", "wrapped", "made_at"),
        ((key_id, workspace_id, encryption.wrap_key(master, key), at) for key_id, key in keys),
    )
    return keys


def open_keys(
    ids: Iterable[int], held: Mapping[int, bytes] = MappingProxyType({})
) -> dict[int, bytes]:
    """Return persons' keys by their identifiers; keys that were destroyed are left out.

    Keys in `held` are already decrypted and are used again if they still exist.
    """
    master = settings.SHINRAI_MASTER_KEY
    rows = fetch_rows(statement("privacy", "keys_by_id"), {"ids": list(set(ids))})
    return {
        key_id: held.get(key_id) or encryption.unwrap_key(master, wrapped)
        for key_id, wrapped in rows
    }


def store_words(words: Sequence[tuple[int, bytes, str | bytes]]) -> list[int]:
    """Encrypt and store texts, each as (key identifier, key, text); return their identifiers.

    The bytes of a file are stored in the same way.
    """
    ids = reserve_ids("privacy_sealedwords", len(words))
    copy_in(
        "privacy_sealedwords",
        ("id", "key_id", "sealed"),
        (
            (words_id, key_id, encryption.encrypt(key, text))
            for words_id, (key_id, key, text) in zip(ids, words, strict=True)
        ),
    )
    return ids


def read_words(ids: Iterable[int]) -> dict[int, str]:
    """Return decrypted texts by their identifiers; texts that were erased are left out."""
    found = read_contents(ids)
    return {words_id: plain.decode("utf-8", "surrogatepass") for words_id, plain in found.items()}


def read_contents(ids: Iterable[int]) -> dict[int, bytes]:
    """Return decrypted files by their identifiers; those that were erased are left out."""
    rows = list(SealedWords.objects.filter(id__in=set(ids)).values_list("id", "key_id", "sealed"))
    keys = open_keys(key_id for _, key_id, _ in rows)
    return {
        words_id: encryption.decrypt_bytes(keys[key_id], bytes(sealed))
        for words_id, key_id, sealed in rows
        if key_id in keys
    }


def read_masked(ids: Iterable[int]) -> dict[int, str]:
    """Return decrypted texts as members read them: masked, without the names of their workspace.

    Texts that were erased are left out.
    """
    found = read_words(ids)
    sealed = dict(MaskedNames.objects.values_list("workspace_id", "sealed")) if found else {}
    rows = SealedWords.objects.filter(id__in=found, key__workspace_id__in=sealed)
    places = dict(rows.values_list("id", "key__workspace_id")) if sealed else {}
    patterns = {there: _names(bytes(names)) for there, names in sealed.items()}
    return {
        words_id: mask_with_names(words, patterns.get(places.get(words_id, 0)))
        for words_id, words in found.items()
    }


def masker(*, workspace_id: int) -> Callable[[str], str]:
    """Return the function that masks other texts of a workspace, its names among what it masks."""
    row = MaskedNames.objects.filter(workspace_id=workspace_id).first()
    names = _names(bytes(row.sealed)) if row else None
    return lambda words: mask_with_names(words, names)


def masked_names(*, workspace_id: int) -> tuple[str, ...]:
    """Return the names that texts of a workspace are shown without."""
    row = MaskedNames.objects.filter(workspace_id=workspace_id).first()
    return _opened(bytes(row.sealed)) if row else ()


def set_masked_names(*, workspace_id: int, names: Sequence[str], at: datetime) -> None:
    """Keep the names that texts of a workspace are shown without, in place of the ones before."""
    words = json.dumps(names, ensure_ascii=False)
    MaskedNames.objects.update_or_create(
        workspace_id=workspace_id,
        defaults={"sealed": encryption.encrypt(_names_key(), words), "changed_at": at},
    )


@lru_cache(maxsize=64)
def _names(sealed: bytes) -> re.Pattern[str] | None:
    return name_pattern(_opened(sealed))


def _opened(sealed: bytes) -> tuple[str, ...]:
    return tuple(json.loads(encryption.decrypt(_names_key(), sealed)))


def _names_key() -> bytes:
    return encryption.derived_key(settings.SHINRAI_MASTER_KEY, b"shinrai masked names")


def mark_of(*parts: str) -> bytes:
    """Return the keyed hash of a source key or identity, which does not reveal it."""
    return encryption.keyed_hash(settings.SHINRAI_MASTER_KEY, *parts)


def backups_end(*, at: datetime) -> datetime | None:
    """Return until when any backup made before a moment is kept; None if none is."""
    rows = Backup.objects.filter(at__lte=at, expires_at__gt=at, deleted_at=None)
    return rows.order_by("-expires_at").values_list("expires_at", flat=True).first()


def words_of(*, key_id: int) -> list[int]:
    """Return the identifiers of the texts encrypted with a key."""
    return list(SealedWords.objects.filter(key_id=key_id).values_list("id", flat=True))


def erase_person(
    *, workspace_id: int, key_id: int, source_keys: Iterable[Sequence[str]], at: datetime
) -> None:
    """Delete a person's key and texts, and leave tombstones so that no import restores them."""
    with transaction.atomic():
        PersonKey.objects.filter(workspace_id=workspace_id, id=key_id).delete()
        Tombstone.objects.bulk_create(
            (
                Tombstone(workspace_id=workspace_id, mark=mark_of(*parts), erased_at=at)
                for parts in source_keys
            ),
            ignore_conflicts=True,
        )


def overwrite_keys() -> bool:
    """Remove deleted keys and messages from the disk: from their tables' files and the log.

    Deleting alone leaves the bytes on disk, even after a VACUUM. So the tables are rewritten, the
    log is switched to a new segment, and a checkpoint deletes the old ones (`wal_recycle` is off on
    the private server). The server's statistics of the tables hold neither. Returns False if rights
    are missing, a table is locked, or the server keeps the deleted rows for another transaction.
    """
    if connection.in_atomic_block or not _may_overwrite():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '10s'")
        try:
            cursor.execute("SELECT pg_current_xact_id()::text::bigint")
            [now] = cursor.fetchone()
            until = time.monotonic() + PATIENCE_S
            while (is_read := _is_still_read(cursor, now)) and time.monotonic() < until:
                time.sleep(0.1)
            for deed in _OVERWRITE:
                cursor.execute(deed)
        except OperationalError:  # somebody holds the table: the key is destroyed all the same
            return False
        finally:
            cursor.execute("RESET lock_timeout")
    return not is_read


def _may_overwrite() -> bool:
    if connection.pg_version < 170000:  # type: ignore[attr-defined]
        return False  # nobody but the owner may VACUUM there
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_and(has_table_privilege(name, 'MAINTAIN'))"
            " AND pg_has_role('pg_checkpoint', 'USAGE')"
            " AND has_function_privilege('pg_switch_wal()', 'EXECUTE')"
            " AND NOT current_setting('wal_recycle')::bool FROM unnest(%s::text[]) AS name",
            [list(WRITTEN_ANEW)],
        )
        return bool(cursor.fetchone()[0])


def _is_still_read(cursor: Any, now: int) -> bool:
    """Return whether VACUUM would keep what was deleted before the transaction `now`.

    It does so as long as a transaction that wrote before is open, in any database of the server and
    also if it is idle (the snapshot that VACUUM FULL takes reaches back to it), and as long as one
    in this database reads a snapshot that old.
    """
    cursor.execute(
        "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint <= %s"
        " OR EXISTS (SELECT FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        " AND datname = current_database() AND backend_xmin::text::bigint <= %s %% 4294967296)",
        [now, now],
    )
    return bool(cursor.fetchone()[0])


def erased_marks(*, workspace_id: int) -> frozenset[bytes]:
    """Return the marks (keyed hashes) of everything erased in a workspace."""
    marks = Tombstone.objects.filter(workspace_id=workspace_id).values_list("mark", flat=True)
    return frozenset(bytes(mark) for mark in marks)


def reencrypt_words(*, words_ids: Iterable[int], key_id: int, key: bytes) -> None:
    """Encrypt texts and files with another key, such as a case's once its customer is known."""
    wanted = sorted(set(words_ids))
    for start in range(0, len(wanted), RESEALED):
        words = read_contents(wanted[start : start + RESEALED])
        rows = list(SealedWords.objects.filter(id__in=words).only("id"))
        for row in rows:
            row.key_id = key_id
            row.sealed = encryption.encrypt(key, words[row.pk])
        SealedWords.objects.bulk_update(rows, ["key", "sealed"])


def delete_words(*, words_ids: Iterable[int]) -> None:
    """Delete texts that are no longer needed, such as those of an abandoned import."""
    SealedWords.objects.filter(id__in=set(words_ids)).delete()


def destroy_key(*, workspace_id: int, key_id: int) -> None:
    """Delete a key and the texts encrypted with it, without leaving a tombstone."""
    PersonKey.objects.filter(workspace_id=workspace_id, id=key_id).delete()


def renew_keys(*, workspace_id: int, key_ids: Sequence[int], at: datetime) -> dict[int, int]:
    """Destroy keys with all texts encrypted with them; return the new key for each old one."""
    made = make_keys(workspace_id=workspace_id, count=len(key_ids), at=at)
    for key_id in key_ids:
        destroy_key(workspace_id=workspace_id, key_id=key_id)
    return {old: new for old, (new, _) in zip(key_ids, made, strict=True)}


def retention_of(*, workspace_id: int) -> RetentionRecord | None:
    """Return for how long words stay in a workspace; None: until they are erased by hand."""
    names = RetentionRecord.__dataclass_fields__
    row = Retention.objects.filter(workspace_id=workspace_id).values_list(*names).first()
    return RetentionRecord(*row) if row else None


def keep_retention(*, workspace_id: int, months: int | None, at: datetime) -> None:
    """Keep for how many months words stay (None: until erased), in place of what was before."""
    if months is None:
        Retention.objects.filter(workspace_id=workspace_id).delete()
        return
    Retention.objects.update_or_create(
        workspace_id=workspace_id, defaults={"months": months, "set_at": at}
    )


def note_retention(*, workspace_id: int, **reached: object) -> None:
    """Note how far a run has come: columns of `Retention`."""
    Retention.objects.filter(workspace_id=workspace_id).update(**reached)
