"""Up to where the books can be followed without passing by what is still being written."""

from django.db import connection

from shinrai.books.statements import statement


def decided_upto() -> int:
    """Give the number of the oldest transaction that may still write: all below are decided.

    Whoever follows rows by the number of the transaction that wrote them (`written_in`) and stops
    below this one misses none: nothing can turn up behind the mark later.
    """
    with connection.cursor() as cursor:
        cursor.execute(statement("books", "oldest_running"))
        [upto] = cursor.fetchone()
    return int(upto)
