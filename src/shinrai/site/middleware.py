"""What every request passes: the clock of pages, how much they are sent, and who keeps them."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control

from shinrai.console.pages import too_large

Answer = Callable[[HttpRequest], HttpResponseBase]


def moment_of_request(answer: Answer) -> Answer:
    """Give every request `at`: no page asks the clock itself."""

    def with_moment(request: HttpRequest) -> HttpResponseBase:
        request.at = datetime.now(UTC)  # type: ignore[attr-defined]
        return answer(request)

    return with_moment


def keep_out_of_caches(answer: Answer) -> Answer:
    """Have browsers keep no page: after signing out, Back must not show it again."""

    def uncached(request: HttpRequest) -> HttpResponseBase:
        response = answer(request)
        patch_cache_control(response, no_store=True, private=True)
        return response

    return uncached


class RefuseLargeBodies:
    """Refuse what announces more bytes than its page takes, before a byte of it is read.

    Django's check of a form's mark reads the whole body, files included; so this must be asked
    first. A page that takes more than others says so by `most_bytes` (`console.pages.takes`). A
    body of unannounced length is not read at all: WSGI gives none without Content-Length.
    """

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on."""
        return self.answer(request)

    def process_view(
        self,
        request: HttpRequest,
        page: Callable[..., HttpResponseBase],
        _words: tuple[Any, ...],
        _named: Mapping[str, Any],
    ) -> HttpResponse | None:
        """Answer 413 where too much was announced, and nothing otherwise."""
        most = most_bytes(page)
        if _announced(request) <= most:
            return None
        return too_large(request, most_mb=most // (1024 * 1024))


def most_bytes(page: Callable[..., Any]) -> int:
    """Say how long a body a page takes."""
    return int(getattr(page, "most_bytes", settings.DATA_UPLOAD_MAX_MEMORY_SIZE))


def _announced(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:  # Django reads nothing then either
        return 0
