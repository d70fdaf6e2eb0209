"""Usage over the HTTP API: the same questions, parameters and documents as by command."""

from typing import Any, Final

import click
from django.http import HttpRequest
from ninja import Router

from shinrai.accounts.endpoints import IN_WORKSPACE, BearerKey, KeyRequest
from shinrai.accounts.rules.permission import Permission
from shinrai.api.problems import Problem
from shinrai.units.text import Text
from shinrai.usage.commands import measures  # declares what is asked
from shinrai.usage.commands.questions import ANSWERS, measured

router = Router(tags=["usage"])  # each measure knows parameters of its own, and refuses others
OWN: Final = ("workspace", "as_json")  # what the address and the format say


@router.get(f"{IN_WORKSPACE}/usage/{{measure}}", auth=BearerKey(Permission.READ), response=Any)
def read_usage(request: KeyRequest, workspace: str, measure: str) -> Any:
    """Read a measure of usage: retention, stickiness, lifecycle, active, active-days and others.

    The parameters are the options of `shinrai usage MEASURE`, without their dashes:
    `?period=week&periods=8&kind=first-time`. Several of a kind are several parameters.
    """
    if measure not in ANSWERS:
        known = ", ".join(sorted(ANSWERS))
        raise Problem(404, Text("there is no measure {name}; there are: {known}",
                                name=measure[:40], known=known))  # fmt: skip
    typed = _typed(measures.group.commands[measure], request)
    at = typed.pop("at") or request.at
    return measured(measure, request.workspace, at=at, typed=typed)


def _typed(command: click.Command, request: HttpRequest) -> dict[str, Any]:
    """Return the parameters as the command would read them.

    Raises: Problem.
    """
    options = {
        name.lstrip("-"): (name, one)
        for one in command.params
        if isinstance(one, click.Option)
        and one.name not in OWN
        and not isinstance(one.type, click.Path)  # a file of this machine
        for name in one.opts
        if name.startswith("--")
    }
    words: list[str] = []
    for key, values in request.GET.lists():
        if key not in options:
            raise Problem(422, Text("{key} is no parameter here; there are: {known}",
                                    key=key[:40], known=", ".join(sorted(options))))  # fmt: skip
        name, one = options[key]
        for value in values:
            if one.is_flag:
                words += [name] if value.lower() in ("true", "1", "yes", "") else []
            else:
                words.append(f"{name}={value}")
    try:
        context = command.make_context("usage", [*words, "--workspace", "-"])
    except click.UsageError as error:
        raise Problem(422, Text("{why}", why=error.format_message())) from error
    return {name: value for name, value in context.params.items() if name not in OWN}
