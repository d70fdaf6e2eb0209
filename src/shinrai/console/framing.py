"""Who may show a page of ours in a frame: the origins of the product that embeds it."""

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse

from shinrai.units.errors import UserError
from shinrai.units.text import Text

ORIGIN: Final = re.compile(r"https?://[a-z0-9][a-z0-9.-]*(:\d{1,5})?")


class BadOrigin(UserError, ValueError):
    """Something that was to embed a page and is no origin."""


def read_origins(typed: Iterable[str]) -> tuple[str, ...]:
    """Return the origins that may embed a page. Raises: BadOrigin."""
    found = tuple(one.strip().rstrip("/").lower() for one in typed)
    for one in found:
        if not ORIGIN.fullmatch(one):
            raise BadOrigin(
                Text("“{one}” is no origin; write one such as https://app.example", one=one[:60])
            )
    return found


def framed_by(answer: HttpResponse, request: HttpRequest, origins: Sequence[str]) -> HttpResponse:
    """Let these origins alone frame an answer; without any, nobody."""
    unnamed: Any = answer
    unnamed.xframe_options_exempt = bool(origins)
    framed = csp_replace({"frame-ancestors": list(origins) or ["'none'"]})
    framed(lambda _request: answer)(request)
    return answer
