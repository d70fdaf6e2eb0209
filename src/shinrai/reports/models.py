"""The model of reports prepared by the worker: their words and figures in each language."""

from django.db import models


class PreparedReport(models.Model):
    """The report of one period of a workspace, in each language, and what it was computed from.

    `parts` holds, by language, what the page shows: title, sentence, body (HTML of our own
    templates), plain text and Markdown. A report names cases by key and contains no messages.
    """

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8)
    first = models.DateField()
    last = models.DateField()
    at = models.DateTimeField()
    prepared_at = models.DateTimeField()
    rests_on = models.JSONField()
    is_empty = models.BooleanField()
    from_steps = models.BooleanField()
    versions = models.JSONField()
    parts = models.JSONField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("workspace", "kind", "first", "last"), name="report_prepared_once"
            ),
        )
