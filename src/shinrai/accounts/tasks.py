"""The scheduled tasks of accounts: forget sessions and kept answers, seal and verify the audit."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection
from procrastinate import Blueprint

from shinrai.accounts.operations.audit_seals import check_audit, seal_audit
from shinrai.api.idempotency import forget_answers
from shinrai.cli.moments import now

FORGET = "47 3 * * *"
SEAL = "* * * * *"
VERIFY = "29 * * * *"


def forget_sessions(timestamp: int = 0) -> None:
    """Delete expired sessions, and expired counts of sign-in attempts with their addresses."""
    at = now()
    forget_answers(at=at)
    Session.objects.filter(expire_date__lt=at).delete()
    # with the address and browser that the list of sessions showed
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_cache WHERE expires < %s", [at])


def seal_minutes(timestamp: int = 0) -> None:
    """Seal the audit of the minutes that are over."""
    seal_audit()


def verify_seals(timestamp: int = 0) -> None:
    """Compare the whole audit with its seals."""
    check_audit(at=now())


def tasks() -> Blueprint:
    """Return the tasks of this package, for the worker."""
    found = Blueprint()
    timetable = ((forget_sessions, FORGET), (seal_minutes, SEAL), (verify_seals, VERIFY))
    for work, cron in timetable:
        once = f"accounts:{work.__name__}"
        task = found.task(name=work.__name__, lock=once, queueing_lock=once)(work)
        found.periodic(cron=cron)(task)
    return found
