"""Time a page was open and in use, until its person confirms it; and who wants that measured."""

from django.db import models


class Presence(models.Model):
    """How long a member has had a case's page open and in use since they last wrote minutes down.

    Not a step and in no figure: a proposal only its own person sees.
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
    """A workspace that measures presence; without a row it does not."""

    workspace = models.OneToOneField("accounts.Workspace", on_delete=models.PROTECT)
    since = models.DateTimeField()
    by = models.CharField(max_length=80)
