"""Rows of the family: guardians, the steps of their links with learners, and ways in."""

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
