"""Middleware for all requests: their moment, the size of their bodies, and caching."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control

from shinrai.site.pages import too_large

# A script that is the same for everybody and is loaded by each page of a product.
OF_PROGRAM = "public, max-age=300"
Answer = Callable[[HttpRequest], HttpResponseBase]


def moment_of_request(answer: Answer) -> Answer:
    """Set `request.at` to the current time; pages use it instead of reading the clock."""

    def with_moment(request: HttpRequest) -> HttpResponseBase:
        request.at = datetime.now(UTC)  # type: ignore[attr-defined]
        return answer(request)

    return with_moment


def keep_out_of_caches(answer: Answer) -> Answer:
    """Forbid browsers to cache pages: after signing out, Back must not show them again."""

    def uncached(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        if response.get("Cache-Control") != OF_PROGRAM:
            patch_cache_control(response, no_store=True, private=True)
        return response

    return uncached


class RefuseLargeBodies:
    """Refuse a request that announces more bytes than its page accepts, before reading its body.

    Django's CSRF check reads the whole body, including files, so this must come before it. A page
    that accepts more than others has an attribute `most_bytes` (set by `console.pages.takes`). A
    body without an announced length is not read at all, because WSGI needs Content-Length.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on; the check is in `process_view`."""
        return self.answer(request)

    def process_view(
        self,
        request: HttpRequest,
        page: Callable[..., HttpResponseBase],
        _words: tuple[Any, ...],
        _named: Mapping[str, Any],
    ) -> HttpResponse | None:
        """Return a 413 response if the announced body is too large, and None otherwise."""
        most = most_bytes(page)
        if _announced(request) <= most:
            return None
        refuse = getattr(page, "refuse_large", None)  # of programs, which read no page
        if refuse is not None:
            return refuse(request, most=most)  # type: ignore[no-any-return]
        return too_large(request, most_mb=most // (1024 * 1024))


def most_bytes(page: Callable[..., Any]) -> int:
    """Return how many bytes of body a page accepts."""
    return int(getattr(page, "most_bytes", settings.DATA_UPLOAD_MAX_MEMORY_SIZE))


def _announced(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:  # Django reads nothing then either
        return 0
