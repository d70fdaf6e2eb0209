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


class InvestigationKind(models.Model):
    """A version of a kind of investigation: its name and the facts it asks for.

    The newest version of a key counts. An empty name is that of the kind the product brings.
    """

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=40)
    name = models.CharField(max_length=80, blank=True)
    facts = models.JSONField()
    is_retired = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    append_only = True


class CaseNumber(models.Model):
    """The last number given to a case that was opened here, by workspace and record."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    record = models.CharField(max_length=20)
    last = models.BigIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("workspace", "record"), name="case_number_once"),
        )


class CaseFile(models.Model):
    """A file that came with a step. Its name and content are encrypted words of the case.

    They go with the person's key; the row stays and says that there was a file.
    """

    workspace_id = models.BigIntegerField()
    case = models.ForeignKey("ledger.Case", on_delete=models.PROTECT, related_name="+")
    sequence = models.BigIntegerField()  # the number of the step
    name_words_id = models.BigIntegerField()
    content_words_id = models.BigIntegerField()
    media_type = models.CharField(max_length=40)
    size = models.IntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    append_only = True
