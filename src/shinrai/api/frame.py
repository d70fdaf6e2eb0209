"""The frame of the HTTP API: one NinjaAPI whose errors are problems and whose schema says so."""

from collections.abc import Mapping
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from shinrai.api.problems import MEDIA_TYPE, TITLES, Problem, ProblemDocument, problem_answer
from shinrai.api.rate_limit import rate_headers
from shinrai.units.errors import UserError
from shinrai.units.text import Text

READING: Final = (400, 401, 403, 404, 422, 429, 503)
WRITING: Final = (*READING, 409, 413)
NO_KEY: Final = Text(
    "send a key that is not revoked: Authorization: Bearer KEY; an owner makes one under Settings, "
    "or by: shinrai accounts key add"
)


class HttpApi(NinjaAPI):
    """An API whose errors are problems.

    `statuses` says which status a user's error has by its class; another one is 404 if it is a
    LookupError, and else 422.
    """

    def __init__(self, *, statuses: Mapping[type[UserError], int], **given: Any) -> None:
        super().__init__(docs_url=None, **given)
        self.statuses = dict(statuses)

    def set_default_exception_handlers(self) -> None:
        """Answer every kind of refusal with a problem; other errors are left to Django."""
        self.add_exception_handler(Problem, problem_answer)
        self.add_exception_handler(UserError, self._refused)
        self.add_exception_handler(ValidationError, _invalid)
        self.add_exception_handler(HttpError, _unreadable)
        self.add_exception_handler(Http404, lambda asked, _e: problem_answer(asked, Problem(404)))

    def create_response(self, request: HttpRequest, data: Any, **how: Any) -> HttpResponse:
        """Return an answer that says what is left of the caller's minute."""
        answer = super().create_response(request, data, **how)
        for name, value in rate_headers(request).items():
            answer[name] = value
        return answer

    def get_openapi_schema(self, **how: Any) -> OpenAPISchema:
        """Return the schema with the problems that every operation may answer."""
        schema = super().get_openapi_schema(**how)
        model = ProblemDocument.model_json_schema(ref_template="#/components/schemas/{model}")
        components = schema["components"]["schemas"]
        components |= model.pop("$defs") | {"Problem": model}
        told = {"schema": {"$ref": "#/components/schemas/Problem"}}
        for methods in schema["paths"].values():
            for method, operation in methods.items():
                for status in READING if method == "get" else WRITING:
                    operation["responses"][status] = {
                        "description": str(TITLES[status]),
                        "content": {MEDIA_TYPE: told},
                    }
        return schema

    def _refused(self, request: HttpRequest, error: UserError) -> HttpResponse:
        usual = 404 if isinstance(error, LookupError) else 422
        status = next((self.statuses[c] for c in type(error).__mro__ if c in self.statuses), usual)
        fields = getattr(error, "errors", None) or getattr(error, "wrong", None) or {}
        said = {name.replace(":", "s.", 1): text for name, text in fields.items()}  # fact:screen
        return problem_answer(request, Problem(status, error.text, fields=said))


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields: dict[str, Text | str] = {}
    for one in error.errors:
        source, *place = one["loc"]
        names = place[1:] if source == "body" and len(place) > 1 else place
        fields[".".join(map(str, names)) or source] = one["msg"]
    return problem_answer(request, Problem(422, fields=fields))


def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error, AuthenticationError):
        headers = {"WWW-Authenticate": "Bearer"}
        return problem_answer(request, Problem(401, NO_KEY, headers=headers))
    said = Text("the body is not JSON") if error.status_code == 400 else None
    return problem_answer(request, Problem(error.status_code, said))
