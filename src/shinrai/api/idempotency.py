"""Idempotency keys: a write that is sent again is answered as before, and done once."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Annotated, Any, Final

from django.db import transaction
from django.http import HttpRequest
from ninja import Header
from pydantic import Field

from shinrai.api.models import KeptAnswer
from shinrai.api.problems import Problem
from shinrai.postgres.locks import lock_in_transaction
from shinrai.units.json_values import json_values
from shinrai.units.text import Text

LIFE: Final = timedelta(days=1)
IdempotencyKey = Annotated[
    Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[\x20-\x7e]+$")] | None,
    Header(
        alias="Idempotency-Key",
        description="A name of your own for this write, such as a UUID. Sent again within a day, "
        "the same request gets the same answer and is not done twice.",
    ),
]


def answer_once(
    request: HttpRequest,
    write: Callable[[], dict[str, Any]],
    *,
    key: str | None,
    caller: str,
    at: datetime,
    body: bytes | None = None,
) -> Any:
    """Write and return the answer, as JSON values; with a key that was used, the one of then.

    `body` tells one request from another where its own is not kept in memory: of files.

    Raises: Problem if the key was used for another request.
    """
    if key is None:
        return json_values(write())
    told = f"{request.method} {request.path}\0".encode() + (request.body if body is None else body)
    digest = hashlib.sha256(told).hexdigest()
    with transaction.atomic():
        lock_in_transaction(f"api:{caller}:{key}")  # the same request may come twice at once
        KeptAnswer.objects.filter(caller=caller, key=key, made_at__lt=at - LIFE).delete()
        kept = KeptAnswer.objects.filter(caller=caller, key=key).first()
        if kept is None:
            answer = json_values(write())
            KeptAnswer.objects.create(
                caller=caller, key=key, request=digest, answer=answer, made_at=at
            )
            return answer
    if kept.request != digest:
        said = Text("this key was used for another request; use a new one for each write")
        raise Problem(422, fields={"Idempotency-Key": said})
    return kept.answer


def forget_answers(*, at: datetime) -> None:
    """Delete the answers that were kept for a day."""
    KeptAnswer.objects.filter(made_at__lt=at - LIFE).delete()
