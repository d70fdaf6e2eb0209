"""What working on cases needs beside their steps: open cases, files, kinds, defects, duties."""

from django.db import models


class OpenCase(models.Model):
    """A case that is not ended, as lists of open cases need it.

    Written in the transaction that appends a step, and by the worker after an import; it can be
    computed anew from the steps. `person` is "staff:ID" or "". `awaits_us`: a tier holds it.
    """

    case = models.OneToOneField(
        "ledger.Case", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    workspace_id = models.BigIntegerField()
    record = models.CharField(max_length=20)
    source = models.CharField(max_length=80)
    phase = models.CharField(max_length=16)
    tier = models.SmallIntegerField(null=True)
    waiting_on = models.CharField(max_length=16)
    awaits_us = models.BooleanField()
    person = models.CharField(max_length=80)
    priority = models.CharField(max_length=80)
    service = models.CharField(max_length=200)
    topic = models.CharField(max_length=80)
    began_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=("workspace_id", "person"), name="open_case_by_person"),
            models.Index(fields=("workspace_id", "began_at"), name="open_case_by_age"),
        )
