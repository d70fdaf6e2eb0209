"""What an erasure finds, and the texts about it for the page and the command."""

from collections.abc import Sequence
from dataclasses import dataclass

from shinrai.units.text import Text


@dataclass(frozen=True)
class StoreCount:
    """How many items of a person, or that may hold their texts, are in each store."""

    cases: int
    words: int
    set_aside: int
    uploads: int
    pulled: int
    flat: int


def found_words(found: StoreCount) -> Sequence[tuple[Text, int]]:
    """Return the name of each store, with the count of what was found in it."""
    return (
        (Text("sealed texts, name included"), found.words),
        (Text("cases, whose counts stay"), found.cases),
        (Text("rows set aside"), found.set_aside),
        (
            Text("uploads waiting in this workspace, whatever is in them"),
            found.uploads,
        ),
        (
            Text("pulled accounts with pages waiting, to be fetched anew"),
            found.pulled,
        ),
        (
            Text("tables left by killed imports"),
            found.flat,
        ),
    )


def log_words(is_off_disk: bool) -> Text:
    """Return whether the database's files may still hold the destroyed key, and until when."""
    if is_off_disk:
        return Text(
            "The key is off the disk, also out of the database's log. Backups made "
            "before today still hold it; delete them when their time is over."
        )
    return Text(
        "The database may still hold the destroyed key in its files and log, until "
        "they are written anew. The database's owner ends that by: VACUUM FULL "
        "privacy_personkey, delivery_outbox; SELECT pg_switch_wal(); CHECKPOINT; (with wal_recycle "
        "off). Backups hold it as long as they are kept."
    )
