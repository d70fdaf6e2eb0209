"""The database tables of assistants, private to this package; tokens are those of allauth."""

from django.db import models


class AssistantGrant(models.Model):
    """A member let an assistant read in their workspace, until the grant is ended."""

    member = models.ForeignKey("accounts.Member", models.PROTECT, related_name="+")
    client = models.CharField(max_length=100, db_index=True)  # as the assistant registered itself
    assistant = models.CharField(max_length=60)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, default="")
