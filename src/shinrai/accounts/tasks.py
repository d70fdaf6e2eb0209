"""The scheduled task of accounts: delete expired sessions, counts of attempts, and kept answers."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from procrastinate import Blueprint

from shinrai.api.idempotency import forget_answers
from shinrai.cli.moments import now

FORGET = "47 3 * * *"


def forget_sessions(timestamp: int = 0) -> None:
    """Delete expired sessions, and expired counts of sign-in attempts with their addresses."""
    at = now()
    forget_answers(at=at)
    Session.objects.filter(expire_date__lt=at).delete()
    # with the address and browser that the list of sessions showed
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_cache WHERE expires < %s", [at])


def tasks() -> Blueprint:
    """Return the tasks of this package, for the worker."""
    found = Blueprint()
    once = "accounts:forget_sessions"
    task = found.task(name="forget_sessions", lock=once, queueing_lock=once)(forget_sessions)
    found.periodic(cron=FORGET)(task)
    return found
