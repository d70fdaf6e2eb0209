"""What every request passes: the one clock of pages."""

from collections.abc import Callable
from datetime import UTC, datetime

from django.http import HttpRequest
from django.http.response import HttpResponseBase

Answer = Callable[[HttpRequest], HttpResponseBase]


def moment_of_request(answer: Answer) -> Answer:
    """Give every request `at`: no page asks the clock itself."""

    def with_moment(request: HttpRequest) -> HttpResponseBase:
        request.at = datetime.now(UTC)  # type: ignore[attr-defined]
        return answer(request)

    return with_moment
