"""The error pages, with a reference number; and who may show a page of ours in a frame.

`site` names these functions as Django's error handlers. They use nothing that may have failed:
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
LOOK_AGAIN_S = 5


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 400: the request cannot be read; the page shows the reason if there is one."""
    cause = exception.__cause__ if exception is not None else None
    said = reader_text(cause.text) if isinstance(cause, UserError) else ""
    return _fault(request, 400, said=said)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 403; the words of `PermissionDenied(gettext(...))` tell who has permission."""
    said = exception.args[0] if exception is not None and exception.args else ""
    who_may = str(said) if isinstance(said, str | Promise) else ""
    return _fault(request, 403, who_may=who_may, next=request.get_full_path())


def form_too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 for a form without a valid CSRF token (Django's CSRF_FAILURE_VIEW)."""
    return _fault(request, 403, template="403_csrf.html")


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer 404: nothing is at this URL, or nothing this reader may see."""
    return _fault(request, 404)


def takes(most_bytes: int) -> Callable[[Page], Page]:
    """Mark a view as accepting larger request bodies; `site.middleware` reads the mark."""

    def marked(page: Page) -> Page:
        page.most_bytes = most_bytes  # type: ignore[attr-defined]
        return page

    return marked


def too_large(request: HttpRequest, *, most_mb: int) -> HttpResponse:
    """Answer 413: the request body is larger than the view accepts, and was not read."""
    return _fault(request, 413, most_mb=most_mb)


def broken(request: HttpRequest) -> HttpResponse:
    """Answer 500: an error in our code, logged under the reference that the page shows."""
    return _fault(request, 500)


def unavailable(
    request: HttpRequest, exception: Exception | None = None, *, is_full: bool = False
) -> HttpResponse:
    """Answer 503: the database does not respond; `site` calls this if connecting fails.

    `is_full`: the database's disk is full, so waiting does not help.
    """
    return _later(request, "503.html", is_full=is_full)


def being_prepared(request: HttpRequest) -> HttpResponse:
    """Answer 202: the page takes long to compute, and a worker is computing it."""
    answer = _fault(request, 202, again=request.get_full_path())
    answer["Retry-After"] = str(RETRY_AFTER_S)
    answer["Refresh"] = str(LOOK_AGAIN_S)  # the browser loads the page again by itself
    return answer


def damaged(request: HttpRequest, why: str) -> HttpResponse:
    """Answer 503: a published table is damaged, and a worker is rebuilding it."""
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
