"""Choose the answer to a request that failed: an error page, or a problem for programs."""

import sys
from typing import Final

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from shinrai.api.problems import Problem, problem_answer
from shinrai.console import pages
from shinrai.console.reader import reader_text
from shinrai.site.database import free_mb_of_full_disk
from shinrai.units.text import Text
from shinrai.warehouse.store import StorageUnreachable, TableDamaged

API: Final = "api/v1/"
MCP: Final = "mcp"
RETRY: Final = {"Retry-After": str(pages.RETRY_AFTER_S)}


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return 400 for a request that cannot be read."""
    if _is_for_api(request):
        return problem_answer(request, Problem(400))
    return pages.bad_request(request, exception)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Return 404 for an address where nothing is."""
    if _is_for_api(request):
        return problem_answer(request, Problem(404))
    return pages.not_found(request, exception)


def too_large(request: HttpRequest, *, most_mb: int) -> HttpResponse:
    """Return 413 for a body that is not read."""
    if _is_for_api(request):
        said = Text("at most {most} MB are read here", most=most_mb)
        return problem_answer(request, Problem(413, said))
    return pages.too_large(request, most_mb=most_mb)


def broken(request: HttpRequest) -> HttpResponse:
    """Return 503 if PostgreSQL or a published table cannot be read, and 500 for other errors."""
    error = sys.exc_info()[1]
    is_away = isinstance(error, OperationalError | InterfaceError)
    if _is_for_api(request):
        if is_away or isinstance(error, TableDamaged | StorageUnreachable):
            return problem_answer(request, Problem(503, headers=RETRY))
        pages.broken(request)  # logs it
        return problem_answer(request, Problem(500))
    if is_away:
        return pages.unavailable(request, is_full=free_mb_of_full_disk() is not None)
    if isinstance(error, TableDamaged | StorageUnreachable):
        return pages.damaged(request, reader_text(error.text))
    return pages.broken(request)


def _is_for_api(request: HttpRequest) -> bool:
    return request.path.startswith(f"/{API}") or request.path == f"/{MCP}"
