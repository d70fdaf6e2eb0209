"""What is shown when a page could not be: the console's words, chosen by what went wrong."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from shinrai.console import pages


def broken(request: HttpRequest) -> HttpResponse:
    """Answer 503 where PostgreSQL cannot be reached, and 500 for all else."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError | InterfaceError):
        return pages.unavailable(request)
    return pages.broken(request)
