"""Make, change and end connections."""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.intake.channels import MODULES, channel_of
from shinrai.intake.models import Connection
from shinrai.intake.rules.channels import UnusableConnection
from shinrai.privacy.rules.encryption import decrypt, encrypt
from shinrai.units.errors import UserError
from shinrai.units.text import Text

LONGEST_NAME = 80


def connect(
    *, workspace_id: int, kind: str, name: str, given: Mapping[str, str], at: datetime, by: str
) -> int:
    """Connect a workspace to a source; return the number of the connection.

    Raises: UnusableConnection.
    """
    name = _name(name)
    shown, hidden = _read(kind, given, kept={})
    with transaction.atomic():
        row = Connection.objects.create(
            workspace_id=workspace_id,
            kind=kind,
            name=name,
            settings=shown,
            secret=encrypt(settings.SHINRAI_MASTER_KEY, json.dumps(hidden)),
            token=secrets.token_urlsafe(32),
            made_at=at,
            made_by=by,
        )
        _record(row, "connection made", at, by)
    return row.pk


def change_connection(
    *, workspace_id: int, number: int, name: str, given: Mapping[str, str], at: datetime, by: str
) -> None:
    """Change a connection; a secret that is given empty stays as it is.

    Raises: UnusableConnection, Connection.DoesNotExist.
    """
    name = _name(name)
    with transaction.atomic():
        row = _living(workspace_id, number)
        kept = json.loads(decrypt(settings.SHINRAI_MASTER_KEY, bytes(row.secret)))
        shown, hidden = _read(row.kind, given, kept=kept)
        row.name, row.settings = name, shown
        row.secret = encrypt(settings.SHINRAI_MASTER_KEY, json.dumps(hidden))
        row.error, row.due_at = {}, None
        row.save()
        _record(row, "connection changed", at, by)


def end_connection(*, workspace_id: int, number: int, at: datetime, by: str) -> None:
    """End a connection: nothing is read or told through it any more, and its secret is gone."""
    with transaction.atomic():
        row = _living(workspace_id, number)
        row.ended_at, row.ended_by, row.secret = at, by, b""
        row.save()
        _record(row, "connection ended", at, by)


def _living(workspace_id: int, number: int) -> Connection:
    rows = Connection.objects.select_for_update()
    return rows.get(id=number, workspace_id=workspace_id, ended_at=None)


def _record(row: Connection, what: str, at: datetime, by: str) -> None:
    record_action(
        workspace_id=row.workspace_id, what=what, subject=f"connection:{row.pk}", at=at, by=by
    )


def _name(typed: str) -> str:
    found = " ".join(typed.replace("\0", "").split())
    if not found or len(found) > LONGEST_NAME:
        said = Text("Give a name of at most {most} characters.", most=LONGEST_NAME)
        raise UnusableConnection({"name": said})
    return found


def _read(
    kind: str, given: Mapping[str, str], *, kept: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str]]:
    """Return the fields of a connection that are shown, and those that are not."""
    if kind not in MODULES:
        known = ", ".join(MODULES)
        said = Text("{value!r} is none of {known}.", value=kind[:40], known=known)
        raise UnusableConnection({"kind": said})
    shown: dict[str, str] = {}
    hidden: dict[str, str] = {}
    wrong: dict[str, Text] = {}
    for asked in channel_of(kind).fields:
        value = given.get(asked.key, "").replace("\0", "").strip() or (
            kept.get(asked.key, "") if asked.is_secret else asked.usual
        )
        if not value and asked.is_required:
            wrong[asked.key] = Text("Fill in this field.")
        elif len(value) > asked.most:
            wrong[asked.key] = Text("At most {most} characters.", most=asked.most)
        elif value and asked.choices and value not in dict(asked.choices):
            known = ", ".join(dict(asked.choices))
            wrong[asked.key] = Text("{value!r} is none of {known}.", value=value[:40], known=known)
        elif value and asked.read:
            try:
                value = asked.read(value)
            except UserError as error:
                wrong[asked.key] = error.text
        (hidden if asked.is_secret else shown)[asked.key] = value
    if wrong:
        raise UnusableConnection(wrong)
    return shown, hidden
