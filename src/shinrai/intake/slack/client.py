"""Calls of Slack's Web API, and who somebody in Slack is here."""

from hashlib import blake2b
from http.client import HTTPException
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from shinrai.accounts.queries import MemberRecord, member_by_mail
from shinrai.intake.rules.channels import ConnectionView, NotReached, RefusedThere
from shinrai.units.errors import UserError
from shinrai.units.text import Text

USUAL_S: Final = 8
AT_ONCE_S: Final = 1  # Slack shows its user an error unless it is answered within three seconds
LONGEST_WAIT_S: Final = 3600.0
TEAM_KEPT_S: Final = 24 * 3600
PASSING: Final = ("ratelimited", "internal_error", "fatal_error", "service_unavailable",
                  "request_timeout", "team_added_to_org")  # fmt: skip


class SlackRefusal(RefusedThere):
    """Slack understood and refuses; `code` is its word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(Text("Slack refuses it: {why}", why=code[:80]))
        self.code = code


class UnknownPerson(UserError, PermissionError):
    """Somebody in Slack is no member of the workspace, or Slack does not vouch for their mail."""


def call(connection: ConnectionView, method: str, within_s: int = USUAL_S, **given: Any) -> Any:
    """Call a method of the Web API once; return its answer.

    Raises: NotReached, SlackRefusal.
    """
    client = WebClient(
        token=connection.secrets["bot_token"],
        base_url=settings.SHINRAI_SLACK_API,
        timeout=within_s,
        retry_handlers=[],
    )
    try:
        return getattr(client, method)(**given)
    except SlackApiError as error:
        answer = error.response
        code = str(answer.get("error") or answer.status_code)
        if answer.status_code == 429 or code in PASSING or answer.status_code >= 500:
            wait = _seconds(answer.headers.get("Retry-After", ""))
            raise NotReached(Text("Slack asks for patience"), after_s=wait) from error
        raise SlackRefusal(code) from error
    except (OSError, HTTPException) as error:
        raise NotReached(Text("Slack cannot be reached")) from error


def person_mail(connection: ConnectionView, user: str) -> str:
    """Return the mail of somebody of our own Slack workspace, as Slack confirmed it.

    People of other companies come in by shared channels, with whatever mail their own Slack says.
    Raises: UnknownPerson, NotReached, SlackRefusal.
    """
    found = call(connection, "users_info", within_s=AT_ONCE_S, user=user)["user"]
    teams = (found.get("team_id"), *(found.get("enterprise_user") or {}).get("teams", ()))
    is_ours = _team(connection) in teams
    is_person = not (found.get("deleted") or found.get("is_bot") or found.get("is_stranger"))
    mail = str((found.get("profile") or {}).get("email") or "").strip()
    if not (mail and is_ours and is_person and found.get("is_email_confirmed", True)):
        raise UnknownPerson(
            Text("Slack does not say by which mail you sign in; ask who keeps Slack here")
        )
    return mail


def member(connection: ConnectionView, mail: str) -> MemberRecord:
    """Return the member of the workspace with this mail. Raises: UnknownPerson."""
    found = member_by_mail(workspace_id=connection.workspace_id, email=mail)
    if found is None or not found.roles:
        raise UnknownPerson(
            Text(
                "You are no member of this workspace in Shinrai under the mail {mail}. Ask its "
                "owner to invite you.",
                mail=mail[:100],
            )
        )
    return found


def _team(connection: ConnectionView) -> str:
    secret = blake2b(connection.secrets["bot_token"].encode(), digest_size=16).hexdigest()
    key = f"slack:team:{secret}"
    found: str | None = cache.get(key)
    if found is None:
        found = str(call(connection, "auth_test", within_s=AT_ONCE_S)["team_id"])
        cache.set(key, found, TEAM_KEPT_S)
    return found


def _seconds(text: str) -> float:
    return min(float(text), LONGEST_WAIT_S) if text.isascii() and text.isdecimal() else 0.0
