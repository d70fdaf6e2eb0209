"""Models: how long case pages were open and used, and which workspaces measure that."""

from django.db import models


class Presence(models.Model):
    """How long a member has used a case's page since they last recorded minutes on the case.

    It is not a step and in no figure: it is shown to this member only, as a proposal.
    """

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey("ledger.Case", on_delete=models.PROTECT, related_name="+")
    member = models.CharField(max_length=80)
    seconds = models.IntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case", "member"), name="presence_once"),
            models.CheckConstraint(condition=models.Q(seconds__gte=0), name="presence_forward"),
        )
        indexes = (models.Index(fields=("workspace", "member"), name="presence_of_member"),)


class Measuring(models.Model):
    """A workspace that measures presence; one without a row does not."""

    workspace = models.OneToOneField("accounts.Workspace", on_delete=models.PROTECT)
    since = models.DateTimeField()
    by = models.CharField(max_length=80)
