"""Open workspaces: the first of an empty installation, with its owner, and further ones."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.db import transaction

from shinrai.accounts import queries
from shinrai.accounts.models import User, Workspace
from shinrai.accounts.operations.members import add_person
from shinrai.accounts.operations.workspaces import open_workspace
from shinrai.accounts.queries import MemberRecord, WorkspaceRecord
from shinrai.accounts.rules.invitation import LINK_LIFE_S
from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.workspace import free_slug
from shinrai.postgres.locks import lock_in_transaction
from shinrai.units.errors import UserError
from shinrai.units.text import Text

SALT = "shinrai first start"
FIRST_START = "first start"


class AlreadyStarted(UserError):
    """The installation has a workspace, or the token is wrong or too old."""


class BadPassword(UserError, ValueError):
    """The password is too short or too easily guessed."""


@dataclass(frozen=True)
class NewWorkspace:
    """What is asked of whoever opens a workspace; an empty address is made from the name."""

    name: str
    slug: str
    zone: str
    language: str


@dataclass(frozen=True)
class NewOwner:
    """What is asked of the first owner; without a password they sign in by links."""

    name: str
    email: str
    password: str


def first_start_token(*, at: datetime) -> str:
    """Return the token of the first start; it works for a day, until a workspace is opened.

    It is signed by the installation's secret key and stored nowhere.
    """
    return signing.dumps(int(at.timestamp()), salt=SALT)


def check_first_start(token: str, *, at: datetime) -> None:
    """Raise an error unless the token still opens the first workspace.

    Raises: AlreadyStarted, with the same words for every cause.
    """
    try:
        made_s = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        made_s = 0
    if queries.has_workspaces() or not 0 <= at.timestamp() - made_s < LINK_LIFE_S:
        raise AlreadyStarted(
            Text(
                "this link opens nothing any more: a workspace is open, or the link is older than "
                "a day; start shinrai serve again for a new one"
            )
        )


def open_first_workspace(
    *, token: str, workspace: NewWorkspace, owner: NewOwner, at: datetime
) -> tuple[WorkspaceRecord, int]:
    """Open the installation's first workspace with its owner; return it and the user's id.

    Raises: AlreadyStarted, BadWorkspace, BadEmail, BadPassword.
    """
    with transaction.atomic():
        lock_in_transaction(FIRST_START)  # two people press the button: the second is told
        check_first_start(token, at=at)
        opened = _open(workspace, at=at, by=FIRST_START, organisation=None)
        user = add_person(
            email=owner.email,
            workspace_id=opened.id,
            roles=[Role.OWNER],
            display_name=owner.name.strip(),
            at=at,
            by=FIRST_START,
        )
        if owner.password:
            _set_password(user, owner.password)
    return opened, user.pk


def open_further_workspace(
    *, beside: int, workspace: NewWorkspace, owner: MemberRecord, at: datetime
) -> WorkspaceRecord:
    """Open a workspace in the same organisation as another, whose `owner` owns the new one too.

    Raises: BadWorkspace, WorkspaceExists.
    """
    there = Workspace.objects.select_related("organisation").get(pk=beside)
    with transaction.atomic():
        opened = _open(workspace, at=at, by=owner.key, organisation=there.organisation.slug)
        add_person(
            email=owner.email or "",
            workspace_id=opened.id,
            roles=[Role.OWNER],
            display_name=owner.display_name,
            at=at,
            by=owner.key,
        )
    return opened


def _open(
    asked: NewWorkspace, *, at: datetime, by: str, organisation: str | None
) -> WorkspaceRecord:
    taken = Workspace.objects.values_list("slug", flat=True)
    return open_workspace(
        slug=asked.slug.strip().lower() or free_slug(asked.name, set(taken)),
        name=asked.name,
        zone=asked.zone.strip(),
        language=asked.language,
        simulated=False,
        organisation=organisation,
        at=at,
        by=by,
    )


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise BadPassword(Text("{said}", said=[str(said) for said in error.messages])) from error
    user.set_password(password)
    user.save(update_fields=["password"])
