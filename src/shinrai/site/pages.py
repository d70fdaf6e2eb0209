"""Choose the error page for a request that failed."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from shinrai.console import pages
from shinrai.console.reader import reader_text
from shinrai.site.database import free_mb_of_full_disk
from shinrai.warehouse.store import TableDamaged


def broken(request: HttpRequest) -> HttpResponse:
    """Return 503 if PostgreSQL or a published table cannot be read, and 500 for other errors."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):
        return pages.unavailable(request, is_full=free_mb_of_full_disk() is not None)
    if isinstance(error, TableDamaged):
        return pages.damaged(request, reader_text(error.text))
    return pages.broken(request)
