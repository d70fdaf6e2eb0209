"""Numbers of transactions, so that changes can be read in order without missing any."""

from django.db import connection, models
from django.db.models.functions import Cast

from shinrai.postgres.statements import statement


def this_transaction() -> Cast:
    """Return a column default: the number of the transaction that writes the row."""
    number: models.Func = models.Func(
        function="pg_current_xact_id", output_field=models.TextField()
    )
    return Cast(Cast(number, models.TextField()), models.BigIntegerField())


def oldest_running_transaction() -> int:
    """Return the number of the oldest transaction that may still write; all below it have ended.

    Whoever reads rows by the transaction that wrote them (`written_in`) and stops below this number
    misses none, because no row with a lower number can appear later.

    It looks twice: a transaction of another database that ends between the reading of the snapshot
    and that of the locks would otherwise hold its reader back, as nothing tells where it was.
    """
    looks = []
    with connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute(statement("postgres", "oldest_running"))
            [upto] = cursor.fetchone()
            looks.append(int(upto))
    return max(looks)
