"""Pages and scripts that stand in the websites of others: who may frame and read them, how often.

Nobody signs in there, and no cookie is read or set.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, TypeVar

from allauth.core.internal.httpkit import get_client_ip
from csp.decorators import csp_replace
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from shinrai.api.problems import Problem
from shinrai.api.rate_limit import count_request
from shinrai.units.errors import UserError
from shinrai.units.text import Text

Answer = TypeVar("Answer", bound=HttpResponse)
ORIGIN: Final = re.compile(r"https?://[a-z0-9][a-z0-9.-]*(:\d{1,5})?")
CACHED: Final = "public, max-age=300"
OF_ADDRESS, OF_NAME = 20, 200  # a minute; a school sends from one address
PLACES: Final = 4096
STRANGER: Final = Text("This form is not meant for the website that you come from.")


class UnusableOrigin(UserError, ValueError):
    """What was typed is no origin of a website."""


def read_origins(typed: Iterable[str]) -> tuple[str, ...]:
    """Return the origins that may embed a page. Raises: UnusableOrigin."""
    found = tuple(one.strip().rstrip("/").lower() for one in typed)
    for one in found:
        if not ORIGIN.fullmatch(one):
            said = Text("“{one}” is no origin; write one such as https://app.example", one=one[:60])
            raise UnusableOrigin(said)
    return found


def framed_by(answer: Answer, request: HttpRequest, origins: Sequence[str]) -> Answer:
    """Let these origins alone frame an answer; without any, nobody."""
    unnamed: Any = answer
    unnamed.xframe_options_exempt = bool(origins)
    framed = csp_replace({"frame-ancestors": list(origins) or ["'none'"]})
    framed(lambda _request: answer)(request)
    return answer


def embedded(request: HttpRequest, answer: Answer, origins: Sequence[str]) -> Answer:
    """Return an answer that these origins, and no others, may frame and read."""
    if request.headers.get("Origin") in origins:
        answer["Access-Control-Allow-Origin"] = request.headers["Origin"]
        answer["Access-Control-Allow-Methods"] = "GET, POST"
        answer["Access-Control-Allow-Headers"] = "Content-Type"
        answer["Access-Control-Max-Age"] = "600"
    patch_vary_headers(answer, ("Origin",))
    return framed_by(answer, request, origins)


def script_answer(source: Path, config: Mapping[str, Any]) -> HttpResponse:
    """Send a script, without its blanks and comments, which is called with `config`."""
    lines = (line.strip() for line in source.read_text(encoding="utf-8").splitlines())
    code = "\n".join(line for line in lines if line and not line.startswith("//"))
    body = f"{code}({json.dumps(config, ensure_ascii=False, separators=(',', ':'))});\n"
    answer = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    answer["Cache-Control"] = CACHED
    answer["Cross-Origin-Resource-Policy"] = "cross-origin"
    return answer


def refuse_strangers(
    request: Any, name: str, origins: Iterable[str], limits: tuple[int, int] = (OF_ADDRESS, OF_NAME)
) -> None:
    """Refuse what other websites send, and too much at once; `name` counts. Raises: Problem."""
    own = (settings.SHINRAI_ADDRESS, f"{request.scheme}://{request.get_host()}")
    if request.headers.get("Origin", own[0]) not in (*own, *origins):
        raise Problem(403, STRANGER)
    # Addresses fall into places, so that none is kept, and the counts stay few.
    address = f"{settings.SECRET_KEY}{get_client_ip(request)}".encode()
    place = int.from_bytes(blake2b(address, digest_size=8).digest()) % PLACES
    for caller, most in zip((f"{name}:{place}", name), limits, strict=True):
        limit = count_request(caller, at=request.at, most=most)
        if limit.is_over:
            said = Text("Too many came at once. Please send it again in {s} s.", s=limit.reset_s)
            raise Problem(429, said, headers={"Retry-After": str(limit.reset_s)})
