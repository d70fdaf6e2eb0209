"""Models of reports: those prepared, to whom the weekly one is sent, and digests of sprints."""

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


class SprintDigest(models.Model):
    """The digest of a sprint: a period, and a key by which people name it."""

    append_only = True

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=40)
    first_on = models.DateField()
    last_on = models.DateField()
    made_at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("workspace", "key"), name="sprint_digest_once"),
        )


class DigestStep(models.Model):
    """A step of a digest: prepared (what became of earlier items, frozen) or closed."""

    append_only = True

    digest = models.ForeignKey(SprintDigest, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=8)
    document = models.JSONField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("digest", "kind"), name="digest_step_once"),)


class DigestItem(models.Model):
    """A rise, a chronic topic, a proposal or a quote, with its evidence as it was then.

    `carried` is the item of an earlier digest that nobody had decided.
    """

    append_only = True

    digest = models.ForeignKey(SprintDigest, on_delete=models.PROTECT, related_name="items")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8)
    topic = models.CharField(max_length=100, blank=True)
    evidence = models.JSONField()
    carried = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("digest", "number"), name="digest_item_once"),
        )


class ItemRevision(models.Model):
    """What people write about an item, its horizon and its place; the newest counts."""

    append_only = True

    item = models.ForeignKey(DigestItem, on_delete=models.PROTECT, related_name="revisions")
    text = models.CharField(max_length=2000, blank=True)
    horizon = models.CharField(max_length=6, blank=True)
    place = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)


class ItemDecision(models.Model):
    """What the sprint decided about an item: taken, declined or later; the newest counts."""

    append_only = True

    item = models.ForeignKey(DigestItem, on_delete=models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=8)
    ticket = models.CharField(max_length=500, blank=True)
    owner = models.CharField(max_length=80, blank=True)
    until = models.DateField(null=True)
    reason = models.CharField(max_length=2000, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
