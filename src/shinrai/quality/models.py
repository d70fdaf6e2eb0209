"""What the published facts of a workspace rest on, and which calendar was settled on."""

from django.db import models


class Basis(models.Model):
    """The calendar of a workspace's quality figures, and what its published facts rest on.

    `calendar_name` is empty until somebody or some objective named one; then the only saved
    calendar is used, or none. `digest` names calendar, time zones, holidays and rules by which the
    published rows were computed; another one now means that they are all computed again.
    """

    workspace = models.OneToOneField("accounts.Workspace", on_delete=models.PROTECT)
    calendar_name = models.CharField(max_length=200, default="")
    digest = models.CharField(max_length=64, default="")
