"""The frame of the HTTP API: one NinjaAPI whose errors are problems and whose schema says so."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Router
from ninja.decorators import _apply_decorators
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.parser import Parser
from ninja.utils import contribute_operation_callback

from shinrai.api.field_errors import field_errors
from shinrai.api.problems import MEDIA_TYPE, TITLES, Problem, ProblemDocument, problem_answer
from shinrai.api.rate_limit import rate_headers
from shinrai.units.errors import UserError
from shinrai.units.text import Text

READING: Final = (400, 401, 403, 404, 422, 429, 503)
WRITING: Final = (*READING, 409, 413, 415)
JSON: Final = "application/json"
NO_KEY: Final = Text(
    "send a key that is not revoked: Authorization: Bearer KEY; an owner makes one under Settings, "
    "or by: shinrai accounts key add"
)


class ApiRouter(Router):
    """A router whose operations refuse parameters that they do not know: misspelt ones, above all.

    Passed over, a misspelt filter would answer with more than was asked for.
    """

    def add_api_operation(
        self, path: str, methods: list[str], view_func: Callable[..., Any], **how: Any
    ) -> None:
        """Register an operation."""
        contribute_operation_callback(view_func, _refuse_unknown)
        super().add_api_operation(path, methods, view_func, **how)


class JsonParser(Parser):
    """A parser that reads a body as JSON only if the request says that it is."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return the body's values. Raises: Problem."""
        if request.content_type != JSON:
            raise Problem(415, Text("send the body as {media_type}", media_type=JSON))
        return super().parse_body(request)


class HttpApi(NinjaAPI):
    """An API whose errors are problems.

    `statuses` says which status a user's error has by its class; another one is 404 if it is a
    LookupError, and else 422.
    """

    def __init__(self, *, statuses: Mapping[type[UserError], int], **given: Any) -> None:
        super().__init__(docs_url=None, parser=JsonParser(), **given)
        self.statuses = dict(statuses)

    def set_default_exception_handlers(self) -> None:
        """Answer every kind of refusal with a problem; other errors are left to Django."""
        add: Any = self.add_exception_handler
        add(Problem, problem_answer)
        add(UserError, self._refused)
        add(ValidationError, _invalid)
        add(HttpError, _unreadable)
        add(Http404, lambda request, _error: problem_answer(request, Problem(404)))

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

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Return the name of an operation, which is its function's."""
        return operation.view_func.__name__

    def _refused(self, request: HttpRequest, error: UserError) -> HttpResponse:
        usual = 404 if isinstance(error, LookupError) else 422
        status = next((self.statuses[c] for c in type(error).__mro__ if c in self.statuses), usual)
        fields = getattr(error, "errors", None) or getattr(error, "wrong", None) or {}
        said = {name.replace(":", "s.", 1): text for name, text in fields.items()}  # fact:screen
        return problem_answer(request, Problem(status, error.text, fields=said))


def _refuse_unknown(operation: Operation) -> None:
    queries = [model for model in operation.models if model.__ninja_param_source__ == "query"]
    known = {name for model in queries for name in model.__ninja_flatten_map__}

    def strict(run: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        def answer(request: HttpRequest, **given: Any) -> HttpResponse:
            if unknown := request.GET.keys() - known:
                said = Text("there is no such parameter; there are {known}", known=sorted(known))
                return problem_answer(request, Problem(422, fields=dict.fromkeys(unknown, said)))
            return run(request, **given)

        return answer

    _apply_decorators((strict,), operation)


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    return problem_answer(request, Problem(422, fields=field_errors(error.errors)))


def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error, AuthenticationError):
        headers = {"WWW-Authenticate": "Bearer"}
        return problem_answer(request, Problem(401, NO_KEY, headers=headers))
    if isinstance(error.__cause__, Problem):
        return problem_answer(request, error.__cause__)
    said = Text("the body is not JSON") if error.status_code == 400 else None
    return problem_answer(request, Problem(error.status_code, said))
