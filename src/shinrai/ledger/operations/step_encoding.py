"""`NewStep`, and its encoding in PostgreSQL's binary COPY format."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from struct import Struct
from typing import Any, Final, NamedTuple

from shinrai.postgres.binary import (
    NULL,
    SINCE_2000_US,
    bigint,
    framed,
    json,
    moment,
    smallint,
    text,
)
from shinrai.units.moments import epoch_us

STEP_COLUMNS: Final = (
    "workspace_id",
    "recorded_at",
    "case_id",
    "at",
    "kind",
    "by",
    "role",
    "tier",
    "detail",
    "words_id",
    "source",
    "source_key",
    "source_order",
    "corrects",
    "batch_id",
)
MOST_REMEMBERED = 20_000
_CASE_AND_MOMENT = Struct(">iqiq")
_LENGTH = Struct(">i")
_ORDER = Struct(">iq")
_NO_DETAIL = json({})
StepEncoder = Callable[..., bytes]  # takes the fields of a `NewStep`


class NewStep(NamedTuple):
    """A step about to be appended; its number is assigned when it is written.

    `at` may be given as microseconds since 1970, which is what an import has.
    """

    case_id: int
    at: datetime | int
    kind: str
    by: str = "system"
    role: str = "system"
    tier: int | None = None
    detail: Mapping[str, Any] | None = None
    words_id: int | None = None
    source: str = "shinrai"
    source_key: str = ""
    source_order: int = 0
    corrects: int | None = None


def frame_steps(steps: Iterable[bytes]) -> Iterator[bytes]:
    """Join encoded steps into the pieces of bytes that `copy_steps` writes."""
    return framed(STEP_COLUMNS, steps)


def step_encoder(*, workspace_id: int, recorded_at: datetime, batch_id: int | None) -> StepEncoder:
    """Return a function that encodes the fields of a `NewStep` as the columns `STEP_COLUMNS`."""
    front = bigint(workspace_id) + moment(epoch_us(recorded_at))
    back = bigint(batch_id)
    uncorrected = NULL + back
    who: dict[tuple[str, str, str, int | None], bytes] = {}
    where: dict[str, bytes] = {}

    def write(
        case_id: int,
        at: datetime | int,
        kind: str,
        by: str = "system",
        role: str = "system",
        tier: int | None = None,
        detail: Mapping[str, Any] | None = None,
        words_id: int | None = None,
        source: str = "shinrai",
        source_key: str = "",
        source_order: int = 0,
        corrects: int | None = None,
    ) -> bytes:
        us = at if type(at) is int else epoch_us(at)  # type: ignore[arg-type]
        did = (kind, by, role, tier)
        if (said := who.get(did)) is None:
            if len(who) >= MOST_REMEMBERED:
                who.clear()
            said = who[did] = text(kind) + text(by) + text(role) + smallint(tier)
        if (origin := where.get(source)) is None:
            origin = where[source] = text(source)
        key = source_key.encode()
        return b"".join(
            (
                front,
                _CASE_AND_MOMENT.pack(8, case_id, 8, us - SINCE_2000_US),
                said,
                json(detail) if detail else _NO_DETAIL,
                NULL if words_id is None else bigint(words_id),
                origin,
                _LENGTH.pack(len(key)),
                key,
                _ORDER.pack(8, source_order),
                uncorrected if corrects is None else bigint(corrects) + back,
            )
        )

    return write
