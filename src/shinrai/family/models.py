"""Rows of the family: guardians, the steps of their links with learners, and ways in."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Guardian(models.Model):
    """A guardian, who is a customer of the source `family`; the address lies sealed."""

    person = models.OneToOneField(
        "customers.Person", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    workspace_id = models.BigIntegerField()
    address_words_id = models.BigIntegerField(null=True)  # sealed under the person's key
    address_mark = models.BinaryField(null=True)  # the keyed hash by which a guardian comes in
    language = models.CharField(max_length=8)
    zone = models.CharField(max_length=64)
    bounced_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("address_mark",), name="guardian_by_address"),)


class GuardianLinkStep(models.Model):
    """A step of the link that one code makes; see `rules.link`.

    `missed`: a guardian tried a code that opens nothing; neither code nor learner is known.
    """

    append_only = True

    workspace_id = models.BigIntegerField()
    kind = models.CharField(max_length=10)  # code, claimed, confirmed, ended, missed
    code = models.BinaryField(null=True)  # its keyed hash
    learner = models.ForeignKey(
        "customers.Person", on_delete=models.PROTECT, null=True, related_name="+"
    )
    guardian = models.ForeignKey(
        "customers.Person", on_delete=models.PROTECT, null=True, related_name="+"
    )
    name_words_id = models.BigIntegerField(null=True)  # how the product calls the child
    side = models.CharField(max_length=10)  # learner, guardian, staff
    reason = models.CharField(max_length=200, blank=True)  # of staff who end a link
    at = models.DateTimeField()
    by = models.CharField(max_length=80)

    class Meta:
        constraints = (
            # of two claims at the same moment the key decides
            models.UniqueConstraint(fields=("code", "kind"), name="link_step_once"),
        )
        indexes = (
            models.Index(fields=("learner", "id"), name="link_steps_of_learner"),
            models.Index(fields=("guardian", "id"), name="link_steps_of_guardian"),
            models.Index(fields=("workspace_id", "id"), name="link_steps_of_workspace"),
        )


class WayIn(models.Model):
    """A link that lets a guardian in once; only the digest of its token is stored."""

    guardian = models.ForeignKey(Guardian, on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class GuardianWish(models.Model):
    """A step: what a guardian is told of, by which channel and when; the newest one counts."""

    append_only = True

    guardian = models.ForeignKey(Guardian, on_delete=models.PROTECT, related_name="+")
    document = models.JSONField()  # `GuardianPlan.document`
    at = models.DateTimeField()
    by = models.CharField(max_length=80)


class NoticeSchedule(models.Model):
    """When it is next looked whether there is something to say to a guardian: once a day."""

    guardian = models.OneToOneField(
        Guardian, on_delete=models.PROTECT, primary_key=True, related_name="schedule"
    )
    workspace_id = models.BigIntegerField()
    due_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("workspace_id", "due_at"), name="guardians_due"),)


class GuardianNotice(models.Model):
    """Something said to a guardian about a learner: once per kind and what it is about.

    Its text lies sealed under the learner's key. `facts` are what it was made from.
    """

    workspace_id = models.BigIntegerField()
    guardian = models.ForeignKey(Guardian, on_delete=models.PROTECT, related_name="+")
    learner = models.ForeignKey("customers.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8)  # weekly, silence, pin, link
    what = models.CharField(max_length=80)
    facts = models.JSONField(default=dict)
    words_id = models.BigIntegerField(null=True)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("guardian", "learner", "kind", "what"), name="notice_to_guardian_once"
            ),
        )
        indexes = (models.Index(fields=("workspace_id", "made_at"), name="notices_made"),)


class NoticeDelivery(models.Model):
    """A notice on its way by a channel; several notices may leave in one message.

    `once` names the message in the outbox; "" is what waits for the product to ask for it.
    """

    notice = models.ForeignKey(GuardianNotice, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.CharField(max_length=8)  # app, mail, push
    once = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=8)  # waiting, sent, failed, stopped
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("notice", "channel", "once"), name="delivered_once"),
        )
        indexes = (
            models.Index(
                fields=("once",), condition=models.Q(state="waiting"), name="deliveries_waiting"
            ),
        )


class PushSubscription(models.Model):
    """A browser that a guardian is told in."""

    guardian = models.ForeignKey(Guardian, on_delete=models.PROTECT, related_name="+")
    mark = models.BinaryField()  # a keyed hash of its address
    target_words_id = models.BigIntegerField()  # sealed under the guardian's key
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("guardian", "mark"), name="subscription_once"),
        )


class PreparedStudy(models.Model):
    """What usage says of a linked learner, sealed under their key, and what it was read from.

    `stale_at`: since when events lie in the published tables that it does not show; `marks` counts
    how often they came, so that none is missed that comes while it is prepared.
    """

    learner = models.OneToOneField(
        "customers.Person", on_delete=models.PROTECT, primary_key=True, related_name="+"
    )
    workspace_id = models.BigIntegerField(db_index=True)
    words_id = models.BigIntegerField(default=0)
    actors = ArrayField(models.BigIntegerField(), default=list)  # all that are this learner
    on = models.DateField(null=True)  # of which day; None: not prepared yet
    marks = models.IntegerField(default=0)
    stale_at = models.DateTimeField(null=True)
