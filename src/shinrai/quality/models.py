"""Models: the calendar of quality figures, answers drawn for review, and the reviews."""

from django.db import models

from shinrai.postgres.transactions import this_transaction
from shinrai.quality.rules.criteria import CRITERIA, MARKS


class Basis(models.Model):
    """The calendar of a workspace's quality figures.

    `calendar_name` is empty until one is chosen; then the only saved calendar is used, or none.
    """

    workspace = models.OneToOneField("accounts.Workspace", on_delete=models.PROTECT)
    calendar_name = models.CharField(max_length=200, default="")


class SamplePlan(models.Model):
    """How many answers per week and mode are drawn for review, and with which random seed.

    It applies to weeks that begin after it was stored, until a later plan does; size 0: none.
    """

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    size = models.IntegerField()
    seed = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    append_only = True

    class Meta:
        constraints = (
            models.CheckConstraint(condition=models.Q(size__gte=0), name="sample_size_is_a_count"),
        )


class AnswerSample(models.Model):
    """The sample of a week in one mode: its plan, and from how many answers it was drawn."""

    workspace = models.ForeignKey("accounts.Workspace", on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(SamplePlan, on_delete=models.PROTECT, related_name="+")
    week_on = models.DateField()
    mode = models.CharField(max_length=20)
    candidates = models.IntegerField()
    at = models.DateTimeField()
    append_only = True

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("workspace", "week_on", "mode"), name="sample_once"),
        )


class SampledAnswer(models.Model):
    """One answer to be judged: a step of an inquiry; `by` is its author, who may not judge it."""

    sample = models.ForeignKey(AnswerSample, on_delete=models.PROTECT, related_name="answers")
    case = models.ForeignKey("ledger.Case", on_delete=models.PROTECT, related_name="+")
    step = models.BigIntegerField()
    answered_at = models.DateTimeField()
    by = models.CharField(max_length=80)
    place = models.IntegerField()
    written_in = models.BigIntegerField(db_default=this_transaction())
    append_only = True

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("sample", "step"), name="answer_drawn_once"),
        )


class Review(models.Model):
    """The marks one reviewer gave one answer, by a version of the codebook.

    A later review names the one it `replaces`; none is ever changed.
    """

    answer = models.ForeignKey(SampledAnswer, on_delete=models.PROTECT, related_name="reviews")
    reviewer = models.CharField(max_length=80)
    codebook = models.IntegerField()
    right = models.CharField(max_length=6)
    complete = models.CharField(max_length=6)
    plain = models.CharField(max_length=6)
    kind = models.CharField(max_length=6)
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    written_in = models.BigIntegerField(db_default=this_transaction())
    append_only = True

    class Meta:
        constraints = (
            *(
                models.CheckConstraint(
                    condition=models.Q(**{f"{name}__in": MARKS}), name=f"review_{name}_is_a_mark"
                )
                for name in CRITERIA
            ),
            models.UniqueConstraint(
                fields=("answer", "reviewer"),
                condition=models.Q(replaces__isnull=True),
                name="first_review_once",
            ),
        )
