"""Find titles and texts by keyed hashes of their character pairs, and titles like another."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import accumulate, takewhile
from math import log
from typing import Any, Final

from django.conf import settings
from django.db import connection

from shinrai.postgres.bulk import one_of
from shinrai.postgres.statements import statement
from shinrai.privacy.rules.encryption import keyed_hash
from shinrai.search.models import IndexProgress, PairsOfText, TextPairs, TitlePairs
from shinrai.search.rules import pairs, sought_pairs

SAMPLE: Final = 2_000  # titles by which a pair is rare or not
COMPARED: Final = 2_000  # titles that one is compared with, about
NEWEST: Final = 20_000  # texts of a workspace that are looked at before the index is asked
ENOUGH: Final = 150  # of the newest: of pairs so frequent, the index would name far too many
FIRST: Final = 4  # a part of the newest is looked at first, one in so many
# How texts are found, in turn, and of walks over the newest, the part of them that is walked.
_WAYS: Final = (("newest_texts", FIRST), ("newest_texts", 1), ("texts_with_pairs", 0))
EVER: Final = datetime(1900, 1, 1, tzinfo=UTC)
NEVER: Final = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class IndexedSoFar:
    """What is indexed: all changes below `upto`, and those below `toward` up to a case."""

    upto: int
    toward: int | None
    reached: tuple[int, int]

    @property
    def since(self) -> int:
        """Return the transaction from which on changes are not even begun to be indexed."""
        return self.toward or self.upto

    def is_through(self, workspace_id: int) -> bool:
        """Tell whether no run is still to come to the cases of a workspace."""
        return self.upto > 0 if self.toward is None else self.reached[0] > workspace_id


def indexed_so_far() -> IndexedSoFar:
    """Return how far the index has come."""
    row = IndexProgress.objects.first() or IndexProgress()
    return IndexedSoFar(row.upto, row.toward, (row.workspace_id, row.case_id))


def unindexed(words_ids: Iterable[int]) -> set[int]:
    """Return those of some texts that the index does not have."""
    wanted = set(words_ids)
    rows = TextPairs.objects.filter(one_of("words_id", wanted))
    return wanted - set(rows.values_list("words_id", flat=True))


def texts_with(
    *,
    workspace_id: int,
    search: str,
    most: int,
    since: datetime = EVER,
    until: datetime | None = None,
) -> tuple[list[tuple[int, int]], bool]:
    """Return (case, text) of the newest texts with all character pairs of a search, and if all are.

    Nearly all of them hold its words; whoever asks compares the texts.
    """
    return _newest(TextPairs, workspace_id, search, most, (since, until or NEVER))


def titles_with(
    *,
    workspace_id: int,
    search: str,
    most: int,
    since: datetime = EVER,
    until: datetime | None = None,
) -> tuple[list[tuple[int, int]], bool]:
    """Return (case, text) of the newest titles with all pairs of a search, and if all are."""
    return _newest(TitlePairs, workspace_id, search, most, (since, until or NEVER))


def _newest(
    of: type[PairsOfText],
    workspace_id: int,
    search: str,
    most: int,
    span: tuple[datetime, datetime],
) -> tuple[list[tuple[int, int]], bool]:
    """Return (case, text) from the newest rows if they are enough, else by the index."""
    given: dict[str, Any] = {
        "workspace": workspace_id,
        "marks": marks(workspace_id, sought_pairs(search)),
        "since": span[0],
        "until": span[1],
        "most": most,
    }
    found: list[tuple[int, int]] = []
    with connection.cursor() as cursor:
        for way, walked in _WAYS:
            if walked == 1 and len(found) * FIRST < ENOUGH:
                continue  # rare: the index names them sooner than a walk finds them
            given["newest"] = NEWEST // (walked or 1)
            table = of._meta.db_table
            cursor.execute(statement("search", way).replace("search_textpairs", table), given)
            found = cursor.fetchall()
            if len(found) >= (min(most, ENOUGH) if walked else most):
                return found, False
    return found, True


def cases_titled(*, workspace_id: int, search: str, most: int, among: Collection[int]) -> list[int]:
    """Return the newest of some cases whose title has all character pairs of a search."""
    rows = TitlePairs.objects.filter(
        one_of("case_id", among),
        workspace_id=workspace_id,
        pairs__contains=marks(workspace_id, sought_pairs(search)),
    )
    return list(rows.order_by("-case_id").values_list("case_id", flat=True)[:most])


def cases_titled_like(*, workspace_id: int, title: str, most: int) -> list[tuple[int, float]]:
    """Return the cases whose title is most like this one, each with its likeness, up to 1.

    Pairs of characters that few titles have count more (inverse document frequency), and those
    choose the titles that are compared: the cost does not grow with the number of titles.
    """
    sought = marks(workspace_id, pairs(title))
    given: dict[str, Any] = {"workspace": workspace_id, "marks": sought}
    sizes = {"walked": 10 * SAMPLE, "sample": SAMPLE}
    with connection.cursor() as cursor:
        cursor.execute(statement("search", "frequent_marks"), given | sizes)
        found = dict(cursor.fetchall())
        count = max(1, found.pop(None))
        cursor.execute("SELECT reltuples FROM pg_class WHERE relname = 'search_titlepairs'")
        every = max(count, *cursor.fetchone())
        given["weights"] = [log((count + 1) / (found.get(mark, 0) + 0.5)) for mark in sought]
        given |= {"rare": _rare(sought, found, COMPARED * count / every)}
        cursor.execute(
            statement("search", "similar_titles"), given | {"most": 2 * COMPARED, "shown": most}
        )
        return [(case_id, float(likeness)) for case_id, likeness in cursor.fetchall()]


def _rare(sought: Sequence[int], counts: Mapping[int, int], most: float) -> list[int]:
    """Return the rarest marks that together stand in at most so many titles; one in any case."""
    ordered = sorted(sought, key=lambda mark: counts.get(mark, 0))
    totals = accumulate(counts.get(mark, 0) for mark in ordered)
    fitting = sum(1 for _ in takewhile(lambda total: total <= most, totals))
    return ordered[: max(1, fitting)]


def marks(workspace_id: int, parts: Iterable[str]) -> list[int]:
    """Return the keyed hashes of characters and pairs, which differ from workspace to workspace."""
    return sorted({_mark(settings.SHINRAI_MASTER_KEY, workspace_id, part) for part in parts})


@lru_cache(maxsize=100_000)
def _mark(master: bytes, workspace_id: int, part: str) -> int:
    digest = keyed_hash(master, "title", str(workspace_id), part)
    return int.from_bytes(digest[:4], signed=True)
