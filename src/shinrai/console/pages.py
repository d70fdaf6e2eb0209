"""The pages shown when another page could not be: what, why, what now, and a reference.

`site` names these functions as Django's handlers. They lean on nothing that may be what broke:
no database, no session, no context processor.
"""

import logging
import secrets
from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.functional import Promise

from shinrai.console.reader import reader_text
from shinrai.units.errors import UserError

log = logging.getLogger("shinrai.console")
Page = TypeVar("Page", bound=Callable[..., object])

RETRY_AFTER_S = 30


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400: the request could not be read, saying why where the refusal has words for it."""
    cause = exception.__cause__ if exception is not None else None
    said = reader_text(cause.text) if isinstance(cause, UserError) else ""
    return _fault(request, 400, said=said)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403, saying who may where the refusal says so: `PermissionDenied(gettext(...))`."""
    said = exception.args[0] if exception is not None and exception.args else ""
    who_may = str(said) if isinstance(said, str | Promise) else ""
    return _fault(request, 403, who_may=who_may, next=request.get_full_path())


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 for a form without its mark; `site` names this as CSRF_FAILURE_VIEW."""
    return _fault(request, 403, template="403_csrf.html")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404: nothing is at this address, or nothing this reader may know of."""
    return _fault(request, 404)


def takes(most_bytes: int) -> Callable[[Page], Page]:
    """Say that a page takes larger bodies than others; `site.middleware` asks before reading."""

    def marked(page: Page) -> Page:
        page.most_bytes = most_bytes  # type: ignore[attr-defined]
        return page

    return marked


def too_large(request: HttpRequest, *, most_mb: int) -> HttpResponse:
    """Answer 413: more was announced than the page takes, and nothing of it was read."""
    return _fault(request, 413, most_mb=most_mb)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer 500: something of ours broke, and the log says what under the reference."""
    return _fault(request, 500)


def unavailable(
    request: HttpRequest, exception: Exception | None = None, *, is_full: bool = False
) -> HttpResponse:
    """Answer 503: the database does not answer; `site` calls this when a connection fails.

    `is_full`: its disk has no room left, and waiting alone does not help.
    """
    return _later(request, "503.html", is_full=is_full)


def being_prepared(request: HttpRequest) -> HttpResponse:
    """Answer 503: what the page shows takes longer than somebody waits, and a worker is at it."""
    return _later(request, "503_prepared.html")


def damaged(request: HttpRequest, why: str) -> HttpResponse:
    """Answer 503: a published table is damaged, and a worker fills it anew."""
    return _later(request, "503_damaged.html", why=why)


def _later(request: HttpRequest, template: str, **context: object) -> HttpResponse:
    answer = _fault(request, 503, template=template, again=request.get_full_path(), **context)
    answer["Retry-After"] = str(RETRY_AFTER_S)
    return answer


def _fault(
    request: HttpRequest, status: int, *, template: str = "", **context: object
) -> HttpResponse:
    # A middleware may have named the request already, so that all of its log lines share the name.
    reference = str(getattr(request, "reference", "") or secrets.token_hex(4))
    level = logging.ERROR if status >= 500 else logging.INFO
    said = f"{request.method} {request.path} answered {status}, reference {reference}"
    log.log(level, said, extra={"reference": reference})
    page = render_to_string(template or f"{status}.html", {**context, "reference": reference})
    return HttpResponse(page, status=status)
