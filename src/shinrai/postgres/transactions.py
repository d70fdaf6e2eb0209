"""Which transactions are over: up to where changes can be read without missing any."""

from django.db import connection, models
from django.db.models.functions import Cast

from shinrai.postgres.statements import statement


def this_transaction() -> Cast:
    """Have PostgreSQL number a row by the transaction that writes it; followers go by that."""
    number: models.Func = models.Func(
        function="pg_current_xact_id", output_field=models.TextField()
    )
    return Cast(Cast(number, models.TextField()), models.BigIntegerField())


def oldest_running_transaction() -> int:
    """Give the number of the oldest transaction that may still write: all below are decided.

    Whoever follows rows by the number of the transaction that wrote them (`written_in`) and stops
    below this one misses none: nothing can turn up behind the mark later.
    """
    with connection.cursor() as cursor:
        cursor.execute(statement("postgres", "oldest_running"))
        [upto] = cursor.fetchone()
    return int(upto)
