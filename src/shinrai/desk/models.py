"""What working on cases needs beside their steps: open cases, files, kinds, defects, duties."""

from django.db import models


class OpenCase(models.Model):
    """A case that is not ended, as lists of open cases need it.

    Written in the transaction that appends a step, and by the worker after an import; it can be
    computed anew from the steps. `tier` works on it, `holder` has it now: a tier, or whom the tier
    waits for (`waiting_on`). `awaits_us`: a tier holds it. `person` is "staff:ID" or "".
    """

    case = models.OneToOneField(
        "ledger.Case", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    workspace_id = models.BigIntegerField()
    record = models.CharField(max_length=20)
    source = models.CharField(max_length=80)
    source_key = models.CharField(max_length=200)
    phase = models.CharField(max_length=16)
    tier = models.SmallIntegerField(null=True)
    holder = models.CharField(max_length=20)
    waiting_on = models.CharField(max_length=20)
    awaits_us = models.BooleanField()
    person = models.CharField(max_length=80)
    priority = models.CharField(max_length=80)
    service = models.CharField(max_length=200)
    topic = models.CharField(max_length=100)
    began_at = models.DateTimeField()
    held_since = models.DateTimeField()
    changed_at = models.DateTimeField()
    last_kind = models.CharField(max_length=20)

    class Meta:
        indexes = (
            models.Index(fields=("workspace_id", "person"), name="open_case_by_person"),
            models.Index(fields=("workspace_id", "began_at"), name="open_case_by_age"),
        )


class PressingClock(models.Model):
    """The clock of an open case that is due first; no table, but a part of the queue's statements.

    `objectives.queries.going.pressing_clocks` selects its rows (`WITH desk_pressing AS …`).
    """

    case = models.OneToOneField(
        OpenCase, on_delete=models.DO_NOTHING, primary_key=True, related_name="clock"
    )
    objective_id = models.BigIntegerField()
    due_at = models.DateTimeField(null=True)
    paused_since = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "desk_pressing"


class FollowedTransactions(models.Model):
    """The transaction below which the open cases of all steps are written; one row."""

    upto = models.BigIntegerField()


class SavedFilter(models.Model):
    """A filter of the queue that a member keeps under a name; no search words are kept."""

    member = models.ForeignKey("accounts.Member", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)
    query = models.CharField(max_length=500)
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("member", "name"), name="saved_filter_once"),
        )
