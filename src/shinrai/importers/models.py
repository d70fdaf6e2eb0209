"""Uploads, and what files hold: the observed rows, and the rows that could not be read."""

from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class Upload(models.Model):
    """Files that a member uploaded, and how far a worker is with them.

    Its folder in the inbox holds the files, the staged table and the trial; all state is here.
    `claim` names the worker that holds it; `asked_at` is when its present state was asked for.
    """

    class Status(models.TextChoices):
        """What is the case: `waiting` and `importing` are asked for, `reading` is begun."""

        WAITING = "waiting"
        READING = "reading"
        READ = "read"
        IMPORTING = "importing"
        IMPORTED = "imported"
        REFUSED = "refused"
        BROKEN = "broken"
        DISCARDED = "discarded"

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    token = models.CharField(max_length=32, unique=True)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    names = models.JSONField(default=list)
    size = models.BigIntegerField()
    status = models.CharField(max_length=9, choices=Status.choices, default=Status.WAITING)
    asked_at = models.DateTimeField()
    claim = models.CharField(max_length=16, default="")
    attempts = models.SmallIntegerField(default=0)
    phase = models.CharField(max_length=20, default="")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    choices = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    refusal = models.JSONField(null=True)  # in both languages
    is_final = models.BooleanField(default=False)  # read again, it would only end its reader again
    batch = models.ForeignKey("ledger.Batch", on_delete=models.PROTECT, related_name="+", null=True)


class SheetMapping(models.Model):
    """What the columns of a sheet mean, by their names, kept under a name in a workspace."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    document = models.JSONField()
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("workspace", "name"), name="sheet_mapping_once"),
        )


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
