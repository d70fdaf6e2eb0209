"""Rows of satisfaction: surveys as declared, waves, who was asked in one, and what they answered.

What somebody wrote lies sealed under their own key; of it a row keeps the number alone.
"""

from django.db import models


class SurveyVersion(models.Model):
    """A step: from a moment on a survey asks this. The newest version of a key counts."""

    append_only = True

    workspace_id = models.BigIntegerField()
    key = models.CharField(max_length=80)
    number = models.IntegerField()
    document = models.JSONField()  # a `rules.survey.SurveyForm`
    wording = models.CharField(max_length=32)  # a hash: answers of two wordings make no series
    declared_at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("workspace_id", "key", "number"), name="survey_version_once"
            ),
        )


class Wave(models.Model):
    """A stretch of time in which one version of a survey is asked over one channel."""

    workspace_id = models.BigIntegerField()
    key = models.CharField(max_length=120)  # of the wave; an import is known again by it
    survey = models.ForeignKey(SurveyVersion, on_delete=models.PROTECT, related_name="waves")
    channel = models.CharField(max_length=8)  # app, mail, link, import, desk
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField(null=True)
    settings = models.JSONField(default=dict)  # whom it asks, which share of them, the cap
    opened_by = models.CharField(max_length=80)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("workspace_id", "key"), name="wave_once"),)


class AnswerFile(models.Model):
    """A step: somebody imported a file of answers."""

    append_only = True

    workspace_id = models.BigIntegerField()
    name = models.CharField(max_length=80)
    survey = models.CharField(max_length=80)
    rows = models.IntegerField()
    imported_at = models.DateTimeField()
    by = models.CharField(max_length=80)


class AnswerFileWithdrawal(models.Model):
    """A step: the answers of a file no longer count; imported anew they are other rows."""

    append_only = True

    file = models.OneToOneField(AnswerFile, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.CharField(max_length=400, blank=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)


class Asking(models.Model):
    """How far one person is in a wave: eligible, sampled_out, capped, asked, declined, answered."""

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="askings")
    person = models.ForeignKey("customers.Person", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12)
    eligible_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    state_at = models.DateTimeField()
    file = models.ForeignKey(AnswerFile, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = (models.UniqueConstraint(fields=("wave", "person"), name="asking_once"),)
        indexes = (models.Index(fields=("person", "asked_at"), name="askings_of_person"),)


class SurveyAnswer(models.Model):
    """What one person answered in a wave: of two answers the first that arrived counts.

    `score` is null where only other questions were answered; `values` are numbers and codes.
    `attempt` counts the withdrawn answers of the person, or of the key, that this one follows.
    """

    append_only = True

    workspace_id = models.BigIntegerField()
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="answers")
    person = models.ForeignKey("customers.Person", on_delete=models.PROTECT, related_name="+")
    source_key = models.CharField(max_length=160)
    score = models.SmallIntegerField(null=True)
    values = models.JSONField(default=dict)
    words_id = models.BigIntegerField(null=True)  # stays when the words are erased: one was written
    answered_at = models.DateTimeField()
    arrived_at = models.DateTimeField()
    file = models.ForeignKey(
        AnswerFile, on_delete=models.PROTECT, null=True, related_name="answers"
    )
    attempt = models.SmallIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("wave", "person", "attempt"), name="answer_once"),
            models.UniqueConstraint(
                fields=("workspace_id", "source_key", "attempt"), name="answer_key_once"
            ),
        )


class SurveyAddress(models.Model):
    """Where a survey is answered: `/survey/<token>/`, and the secret that signs its persons."""

    workspace_id = models.BigIntegerField()
    survey = models.CharField(max_length=80)  # the key that its versions share
    token = models.CharField(max_length=40, unique=True)
    secret = models.BinaryField()  # sealed under the master key
    made_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("workspace_id", "survey"), name="survey_address_once"),
        )


class MailStop(models.Model):
    """A step: a person wants no more surveys by mail, of no survey of the workspace."""

    append_only = True

    workspace_id = models.BigIntegerField()
    person = models.ForeignKey("customers.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("workspace_id", "person"), name="mail_stop_once"),
        )


class QuoteLabel(models.Model):
    """A step: somebody said what the comment of an answer is about; the newest counts."""

    append_only = True

    answer = models.ForeignKey(SurveyAnswer, on_delete=models.PROTECT, related_name="labels")
    topic = models.CharField(max_length=100)  # "": about nothing in the codebook
    codebook = models.IntegerField()  # its version
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        indexes = (models.Index(fields=("answer", "-id"), name="quote_label_newest"),)


class InterviewRound(models.Model):
    """A step: from a moment on a round of interviews asks this. The newest of a key counts."""

    append_only = True

    workspace_id = models.BigIntegerField()
    key = models.CharField(max_length=80)
    number = models.IntegerField()
    document = models.JSONField()  # a `rules.interview.RoundForm`
    declared_at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("workspace_id", "key", "number"), name="interview_round_once"
            ),
        )


class InterviewNeed(models.Model):
    """A step: a need of users in one sentence; the newest of a key counts."""

    append_only = True

    workspace_id = models.BigIntegerField()
    key = models.CharField(max_length=80)
    sentence = models.CharField(max_length=300)
    topic = models.CharField(max_length=100, blank=True)  # of the codebook
    declared_at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        indexes = (models.Index(fields=("workspace_id", "key", "-id"), name="need_newest"),)


class InterviewStep(models.Model):
    """A step of one person in a round: `rules.interview.STEPS` names the kinds.

    Notes and quotes lie sealed under the person's key. Withdrawing deletes them; the row stays, so
    that it is counted that one was written.
    """

    append_only = True

    workspace_id = models.BigIntegerField()
    round = models.CharField(max_length=80)  # the key that its versions share
    person = models.ForeignKey("customers.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12)
    detail = models.JSONField(default=dict)  # scope and end of a consent, key of a need, a day
    words_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("workspace_id", "round", "person"),
                condition=models.Q(kind="invited"),
                name="interview_invited_once",
            ),
        )
        indexes = (
            models.Index(fields=("workspace_id", "round", "person"), name="interview_steps"),
            models.Index(fields=("person", "kind"), name="interviews_of_person"),
        )


class PreparedSatisfaction(models.Model):
    """The first view of satisfaction of a workspace, by language, and what it rests on."""

    workspace_id = models.BigIntegerField(unique=True)
    prepared_at = models.DateTimeField()
    rests_on = models.JSONField()
    parts = models.JSONField()
