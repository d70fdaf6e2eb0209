"""What the API keeps of requests: how many came in this minute, and the answers to writes."""

from typing import ClassVar

from django.db import models


class RequestCount(models.Model):
    """How many requests a caller made in the minute they came in last; one row a caller."""

    caller = models.CharField(max_length=100, primary_key=True)
    minute = models.BigIntegerField()  # since 1970
    count = models.IntegerField()


class KeptAnswer(models.Model):
    """The answer to a write with an idempotency key: the same request again gets it again.

    It is written in the transaction of the write, and deleted after a day. It holds keys of cases
    and moments, no words.
    """

    caller = models.CharField(max_length=100)
    key = models.CharField(max_length=200)
    request = models.CharField(max_length=64)  # digest of address and body
    answer = models.JSONField()
    made_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["caller", "key"], name="answer_once_per_key"),
        ]
