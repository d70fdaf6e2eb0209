"""The database tables of accounts, private to this package.

The app can only insert into tables marked `append_only`.
"""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from shinrai.accounts.rules.audit import KIND_WORDS
from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import Scope
from shinrai.postgres.transactions import this_transaction


def _one_of(field: str, words: list[str]) -> Q:
    return Q(**{f"{field}__in": words})


class Organisation(models.Model):
    """A company that has one or more workspaces."""

    slug = models.CharField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    opened_at = models.DateTimeField()


class Workspace(models.Model):
    """A service that one team supports; all other data belongs to a workspace."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    slug = models.CharField(max_length=63, unique=True)
    name = models.CharField(max_length=200)
    zone = models.CharField(max_length=64)
    zone_by = models.CharField(max_length=200, default="")  # who said or derived it; "": nobody
    zone_written_in = models.BigIntegerField(null=True)  # the transaction that changed it last
    language = models.CharField(max_length=8)
    source_links = models.JSONField(default=dict)  # by source: the pattern of a case's address
    declared_simulated = models.BooleanField()
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=200)


class RealDataArrival(models.Model):
    """Real data was imported into a workspace declared as simulated, which ends that state."""

    append_only = True

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    reason = models.TextField()


class UserManager(BaseUserManager["User"]):
    """Finds users by mail address, for Django and allauth."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser):
    """Somebody who can sign in; their memberships and roles define what they may do."""

    email = models.EmailField(max_length=254, unique=True)
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(email=Lower("email")), name="user_email_is_lower"),
        ]


class Member(models.Model):
    """A person in a workspace's team: can sign in, is known from an import, or both."""

    workspace = models.ForeignKey(Workspace, models.PROTECT, related_name="+")
    user = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    display_name = models.CharField(max_length=200)
    source = models.CharField(max_length=100)
    source_key = models.CharField(max_length=400)
    joined_at = models.DateTimeField()
    joined_by = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "user"],
                condition=Q(user__isnull=False),
                name="member_once_per_user",
            ),
            models.UniqueConstraint(
                fields=["workspace", "source", "source_key"],
                condition=~Q(source_key=""),
                name="member_once_per_source_key",
            ),
        ]


class MemberDeparture(models.Model):
    """A member left the workspace."""

    append_only = True

    member = models.OneToOneField(Member, models.PROTECT, related_name="departure")
    at = models.DateTimeField()
    by = models.CharField(max_length=200)


class RoleGrant(models.Model):
    """A member was given a role."""

    append_only = True

    member = models.ForeignKey(Member, models.PROTECT, related_name="grants")
    role = models.CharField(max_length=32)
    at = models.DateTimeField()
    by = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=_one_of("role", [role.value for role in Role]), name="role_is_known"
            ),
        ]


class RoleWithdrawal(models.Model):
    """A role of a member was withdrawn."""

    append_only = True

    grant = models.OneToOneField(RoleGrant, models.PROTECT, related_name="withdrawal")
    at = models.DateTimeField()
    by = models.CharField(max_length=200)


class SignInLink(models.Model):
    """A link that signs somebody in once; only the digest of its token is stored."""

    append_only = True

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    expires_at = models.DateTimeField()


class SignInLinkUse(models.Model):
    """A sign-in link was used or taken back; a unique key prevents a second use.

    `by` is who took it back; it is empty if the link was used.
    """

    append_only = True

    link = models.OneToOneField(SignInLink, models.PROTECT, related_name="use")
    at = models.DateTimeField()
    by = models.CharField(max_length=200, default="")


class ApiKey(models.Model):
    """A key of the HTTP API; it acts as a member of its own, whose departure revokes it.

    Only the digest of its secret is stored.
    """

    append_only = True

    member = models.OneToOneField(Member, models.PROTECT, related_name="api_key")
    digest = models.CharField(max_length=64, unique=True)
    scope = models.CharField(max_length=16)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=_one_of("scope", [scope.value for scope in Scope]), name="scope_is_known"
            ),
        ]


class FeedAddress(models.Model):
    """The secret address of a member's calendar feed; only the digest of its token is stored.

    `is_own`: of the cases they hold alone.
    """

    append_only = True

    member = models.ForeignKey(Member, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    is_own = models.BooleanField()
    made_at = models.DateTimeField()


class FeedAddressEnd(models.Model):
    """A feed address was ended: nothing is answered there any more, whoever comes back."""

    append_only = True

    address = models.OneToOneField(FeedAddress, models.PROTECT, related_name="end")
    at = models.DateTimeField()
    by = models.CharField(max_length=200)


class AuditEntry(models.Model):
    """Somebody saw or did something; `subject` is a key such as `inquiry:7`, never a name.

    `shown` are the cases whose words were shown, `lines` how many lines a download had.
    """

    append_only = True

    workspace = models.ForeignKey(Workspace, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    kind = models.CharField(max_length=8)
    what = models.CharField(max_length=200)
    subject = models.CharField(max_length=400)
    reason = models.TextField()
    shown = ArrayField(models.BigIntegerField(), default=list)
    lines = models.PositiveIntegerField(null=True)
    written_in = models.BigIntegerField(db_default=this_transaction())

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=_one_of("kind", list(KIND_WORDS)), name="kind_is_known"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "at"], name="audit_by_workspace"),
            models.Index(fields=["workspace", "subject"], name="audit_by_subject"),
            GinIndex(fields=["shown"], name="audit_by_shown"),
            BrinIndex(fields=["written_in"], name="audit_by_writing"),
        ]


class AuditSeal(models.Model):
    """The seal over the audit entries of one minute in one workspace; each names the one before.

    `chain` is the workspace's number, 0 for entries of no workspace. `upto` is the transaction
    below which all entries of the installation were sealed by then.
    """

    append_only = True

    chain = models.BigIntegerField()
    number = models.PositiveBigIntegerField()
    minute = models.DateTimeField()
    entries = ArrayField(models.BigIntegerField())
    upto = models.BigIntegerField()
    digest = models.BinaryField()
    previous = models.BinaryField()
    signature = models.BinaryField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["chain", "number"], name="seal_once"),
        ]


class AuditCheck(models.Model):
    """The worker compared all entries of a workspace with their seals: when, and what is broken."""

    append_only = True

    chain = models.BigIntegerField()
    at = models.DateTimeField()
    sealed_until = models.DateTimeField(null=True)
    breaks = models.JSONField()
