"""Models of reports: those prepared by the worker, and to whom the weekly one is sent."""

from django.db import models


class PreparedReport(models.Model):
    """The report of one period of a workspace, in each language, and what it was computed from.

    `parts` holds, by language, what the page shows: title, the lines of the short report, front and
    body (HTML of our own templates) and Markdown. It names cases by key: their titles are read
    when it is shown.
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


class ReportSchedule(models.Model):
    """Somebody, or a channel, that the report of the week is sent to on Mondays at 9:00.

    `target` is encrypted with the master key; `shown` is what pages show of it.
    """

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.CASCADE, related_name="+")
    channel = models.CharField(max_length=8)  # mail, slack, teams, json
    target = models.BinaryField()
    shown = models.CharField(max_length=120)
    language = models.CharField(max_length=2)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=80)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, blank=True)
