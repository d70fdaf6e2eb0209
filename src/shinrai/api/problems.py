"""Problems: answers that say what is wrong, why, and in which field (RFC 9457)."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language
from ninja import Schema

from shinrai.api.rate_limit import rate_headers
from shinrai.units.errors import UserError
from shinrai.units.text import LANGUAGES, Text, translated

MEDIA_TYPE: Final = "application/problem+json"
# What each status says in general; the detail says what is wrong with this request.
TITLES: Final = {
    400: Text("The request cannot be read."),
    401: Text("A key is needed."),
    403: Text("This key does not permit this."),
    404: Text("There is nothing here."),
    409: Text("This does not fit to how things stand now."),
    413: Text("The request is too large."),
    415: Text("The body is of a type that is not read here."),
    422: Text("Something in the request is wrong."),
    429: Text("Too many requests."),
    500: Text("An error in our code."),
    503: Text("Not available right now."),
}
REFUSED: Final = Text("The request was refused.")


class FieldError(Schema):
    """What is wrong with one field; those inside another are written `facts.screen`."""

    field: str
    message: str


class ProblemDocument(Schema):
    """A problem as it is answered."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError]


class Problem(UserError):
    """A request that is not answered as asked; `fields` says what is wrong, by field."""

    def __init__(
        self,
        status: int,
        detail: Text | None = None,
        *,
        fields: Mapping[str, Text | str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail or TITLES.get(status, REFUSED))
        self.status, self.detail = status, detail
        self.fields, self.headers = dict(fields or {}), dict(headers or {})


def problem_answer(request: HttpRequest, problem: Problem) -> HttpResponse:
    """Return the answer that tells a problem in the reader's language."""
    title = TITLES.get(problem.status, REFUSED)
    said = {name: spoken(text) for name, text in problem.fields.items()}
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": spoken(title),
        "status": problem.status,
        "detail": spoken(problem.detail) if problem.detail else _by_field(said),
        "errors": [{"field": name, "message": message} for name, message in said.items()],
    }
    headers = {**rate_headers(request), **problem.headers}
    return JsonResponse(
        document,
        status=problem.status,
        content_type=MEDIA_TYPE,
        headers=headers,
        json_dumps_params={"ensure_ascii": False},
    )


def _by_field(said: Mapping[str, str]) -> str:
    return "; ".join(f"{name}: {message}" for name, message in said.items())


def spoken(text: Text | str | Sequence[object]) -> str:
    """Translate a text into the language that the request asked for."""
    return translated(text, spoken_language())


def spoken_language() -> str:
    """Return the language that the request asked for."""
    language = (get_language() or "en")[:2]
    return language if language in LANGUAGES else "en"
