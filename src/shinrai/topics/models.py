"""Models: the codebook, second labels, and what suggests topics: rules, models and switches."""

from django.db import models

from shinrai.postgres.transactions import this_transaction
from shinrai.topics.rules.codebook import DEEDS, LONGEST_LABEL, LONGEST_TEXT


class CodebookChange(models.Model):
    """One change of a codebook; its number is the codebook's version from then on.

    `key` is a topic's key, or a label from an import that is merged into a topic.
    """

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    number = models.IntegerField()
    deed = models.CharField(max_length=10)
    key = models.CharField(max_length=LONGEST_LABEL)
    name_en = models.CharField(max_length=LONGEST_LABEL, default="")
    name_ja = models.CharField(max_length=LONGEST_LABEL, default="")
    definition = models.CharField(max_length=LONGEST_TEXT, default="")
    parent = models.CharField(max_length=LONGEST_LABEL, default="")
    into = models.CharField(max_length=LONGEST_LABEL, default="")
    gate = models.CharField(max_length=10, default="")
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    written_in = models.BigIntegerField(db_default=this_transaction())
    append_only = True

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("workspace", "number"), name="codebook_version_once"),
            models.CheckConstraint(
                condition=models.Q(deed__in=DEEDS), name="codebook_deed_is_known"
            ),
        )


class SecondLabels(models.Model):
    """Which share of labelled inquiries gets a second label, chosen at random by `seed`."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    per_mille = models.IntegerField()
    seed = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    append_only = True

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=models.Q(per_mille__gte=0, per_mille__lte=1000),
                name="second_labels_share",
            ),
        )


class TopicWordRule(models.Model):
    """Words by which people suggest a topic; the newest row of a topic counts, an empty one ends.

    `words` has the lists `any`, `all` and `none`.
    """

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    topic = models.CharField(max_length=LONGEST_LABEL)
    words = models.JSONField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    append_only = True


class TrainedTextModel(models.Model):
    """One training: what it learnt from, and by topic what became of the texts held back.

    The weights lie in a file of the home folder; the newest row of a workspace names it.
    """

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    codebook = models.IntegerField()
    examples = models.IntegerField()
    floods = models.IntegerField()
    held_back = models.JSONField()
    agreement = models.JSONField()
    fields = models.JSONField()
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    append_only = True


class TopicSwitch(models.Model):
    """Whether a topic is suggested; the newest row counts. `why`: "person" or "overrides"."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    topic = models.CharField(max_length=LONGEST_LABEL)
    is_on = models.BooleanField()
    why = models.CharField(max_length=10)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    append_only = True


class TopicSuggestion(models.Model):
    """The topic suggested for a case, by what, and what a person said then.

    `reasons` are places in the masked text, or the name of a field: never words.
    """

    case = models.OneToOneField("ledger.Case", on_delete=models.PROTECT, related_name="+")
    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    topic = models.CharField(max_length=LONGEST_LABEL)
    means = models.CharField(max_length=10)
    confidence = models.FloatField(null=True)
    reasons = models.JSONField()
    at = models.DateTimeField()
    said = models.CharField(max_length=LONGEST_LABEL, default="")
    said_at = models.DateTimeField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=("workspace", "topic", "said_at"), name="suggestion_by_topic"),
        )
