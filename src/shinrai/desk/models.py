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


class Defect(models.Model):
    """A defect in a product, by the address of its ticket in any tracker; its title is typed."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    url = models.CharField(max_length=500)
    title = models.CharField(max_length=200)
    made_at = models.DateTimeField()
    by = models.CharField(max_length=80)
    append_only = True

    class Meta:
        constraints = (models.UniqueConstraint(fields=("workspace", "url"), name="defect_once"),)


class DefectCase(models.Model):
    """A case that a defect is behind; of an investigation, with the inquiry it is about."""

    defect = models.ForeignKey(Defect, on_delete=models.PROTECT, related_name="cases")
    case = models.ForeignKey("ledger.Case", on_delete=models.PROTECT, related_name="+")
    inquiry = models.ForeignKey(
        "ledger.Case", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    append_only = True

    class Meta:
        constraints = (models.UniqueConstraint(fields=("defect", "case"), name="defect_case_once"),)


class DefectFix(models.Model):
    """The release in which a defect is fixed; a later row says that it took another one."""

    defect = models.ForeignKey(Defect, on_delete=models.PROTECT, related_name="fixes")
    release = models.CharField(max_length=80)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    append_only = True


class ToldBack(models.Model):
    """Whoever asked in this case was told that the defect is fixed."""

    defect_case = models.ForeignKey(DefectCase, on_delete=models.PROTECT, related_name="told")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    append_only = True
