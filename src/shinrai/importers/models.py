"""What files hold: the observed rows, and the rows that could not be read."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class Run(models.Model):
    """The progress of an import, from which a killed one is resumed.

    `key` encrypts the quarantined rows that name no known customer.
    """

    batch = models.OneToOneField("ledger.Batch", on_delete=models.PROTECT, related_name="+")
    key = models.ForeignKey(
        "privacy.PersonKey", on_delete=models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    rows_done = models.JSONField(default=dict)
    erased_count = models.BigIntegerField(default=0)
    doubtful = models.JSONField(default=list)
    discarded_at = models.DateTimeField(null=True)


class Observation(models.Model):
    """The rows of one file about one case: as many as came in one chunk.

    `said` packs them in order (see rules/observation/packed_rows), without texts and names; `words`
    has, by row key, the id and the mark of each text; `doubts` has lines with codes.
    """

    workspace_id = models.BigIntegerField()
    batch = models.ForeignKey(
        "ledger.Batch",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        db_constraint=False,
    )
    # Looked up by triggers, once for all observations that come in together (migration 0005).
    case = models.ForeignKey(
        "ledger.Case", on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    table = models.CharField(max_length=40)
    rows = models.CharField(max_length=10)
    joins = models.BooleanField()
    file = models.SmallIntegerField()
    count = models.IntegerField()
    said = models.BinaryField()
    moments = models.BinaryField()
    words = models.JSONField(null=True)
    doubts = models.JSONField(null=True)

    class Meta:
        # A batch lies together, for it came in at once.
        indexes = (BrinIndex(fields=("batch",), name="observation_by_batch", autosummarize=True),)


class QuarantinedRow(models.Model):
    """A quarantined row: its file and line, the field, the reason. The row itself is encrypted."""

    batch = models.ForeignKey("ledger.Batch", on_delete=models.PROTECT, related_name="+")
    table = models.CharField(max_length=40)
    file = models.SmallIntegerField()
    line = models.BigIntegerField()
    field = models.CharField(max_length=200)
    reason = models.JSONField()  # in both languages
    words_id = models.BigIntegerField()
