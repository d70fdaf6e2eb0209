"""Pages of connections: what a workspace is connected to, what came, and what could not be told."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shinrai.accounts.pages.guards import MemberRequest, author_of, open_to_all, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.rules.permission import Permission
from shinrai.console.lists import ListColumn, ListFilter, ListPage, ListSpec, memory_source
from shinrai.console.pages import takes
from shinrai.console.reader import reader_text
from shinrai.intake.channels import MODULES, channel_of, channels
from shinrai.intake.operations.connections import change_connection, connect, end_connection
from shinrai.intake.operations.polls import poll_connection
from shinrai.intake.operations.receipts import receive, retry_receipt
from shinrai.intake.operations.threads import retry_thread, tell_in_desk
from shinrai.intake.queries import (
    ReceiptRecord,
    UnknownConnection,
    connection_numbered,
    connection_of_token,
    connections,
    hook_address,
    receipts,
    untold_threads,
)
from shinrai.intake.rules.channels import (
    Channel,
    ConnectionView,
    IncomingRequest,
    NotAllowed,
    UnusableConnection,
)
from shinrai.ledger.queries import case_heads
from shinrai.units.errors import UserError

MOST_BYTES = 8 * 1024 * 1024
STATES = {
    "waiting": _("waits"),
    "done": _("done"),
    "ignored": _("opens nothing"),
    "failed": _("failed"),
}
RECEIPTS = ListSpec[ReceiptRecord](
    name="receipts",
    columns=(
        ListColumn("at", _("When"), lambda row: row.came_at, is_sortable=True),
        ListColumn("from", _("Connection"), lambda row: row.connection, is_sortable=True),
        ListColumn("key", _("Case"), lambda row: row.key, is_sortable=True),
        ListColumn("state", _("State"), lambda row: row.state, is_sortable=True),
        ListColumn("why", _("Why"), lambda row: row.reason),
    ),
    row="intake/_receipt.html",
    usual="-at",
    a_page=25,
    classes="cards",
    anchor="receipts",
)


@require_safe
@writers_only(Permission.DELIVER)
def connections_page(request: MemberRequest) -> HttpResponseBase:
    """List the connections, what came through them, and what could not be told outside."""
    state = request.GET.get("state", "")
    rows = receipts(workspace_id=request.workspace.id, state=state if state in STATES else "")
    states = ListFilter(
        "state", _("State"), tuple((key, str(words)) for key, words in STATES.items())
    )
    page = recorded_list(request, RECEIPTS, memory_source(rows, RECEIPTS), (states,))
    if not isinstance(page, ListPage):
        return page
    context = {
        "list": page,
        "states": STATES,
        "connections": connections(workspace_id=request.workspace.id),
        "untold": untold_threads(workspace_id=request.workspace.id),
        "channels": channels(),
    }
    return render(request, "intake/connections.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.DELIVER)
def new_connection(request: MemberRequest, kind: str) -> HttpResponse:
    """Connect the workspace to a mailbox, Slack, another desk or a form."""
    if kind not in MODULES:
        raise Http404
    there, wrong = request.workspace, {}
    if request.method == "POST":
        try:
            number = connect(
                workspace_id=there.id,
                kind=kind,
                name=request.POST.get("name", ""),
                given=request.POST.dict(),
                at=request.at,
                by=author_of(request),
            )
        except UnusableConnection as error:
            wrong = {name: reader_text(text) for name, text in error.by_field.items()}
        else:
            messages.success(request, gettext("The connection is made. Try it below."))
            return redirect("connection", there.slug, number)
    given = request.POST.dict() if request.method == "POST" else {}
    return _form(request, channel_of(kind), given, wrong)


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.DELIVER)
def connection(request: MemberRequest, number: int) -> HttpResponse:
    """Change a connection, try it, read it now, or end it."""
    there, wrong = request.workspace, {}
    try:
        found = connection_numbered(workspace_id=there.id, number=number)
    except UnknownConnection as error:
        raise Http404 from error
    deed = request.POST.get("deed", "")
    if deed == "end":
        end_connection(workspace_id=there.id, number=number, at=request.at, by=author_of(request))
        messages.success(request, gettext("The connection is ended; its secrets are gone."))
        return redirect("connections", there.slug)
    if deed in ("check", "read"):
        _try(request, found, deed)
        return redirect("connection", there.slug, number)
    if request.method == "POST":
        try:
            change_connection(
                workspace_id=there.id,
                number=number,
                name=request.POST.get("name", ""),
                given=request.POST.dict(),
                at=request.at,
                by=author_of(request),
            )
        except UnusableConnection as error:
            wrong = {name: reader_text(text) for name, text in error.by_field.items()}
        else:
            messages.success(request, gettext("The connection is saved."))
            return redirect("connection", there.slug, number)
    given = request.POST.dict() if wrong else {**found.settings, "name": found.name}
    return _form(request, channel_of(found.kind), given, wrong, found)


@require_POST
@writers_only(Permission.DELIVER)
def receipt_retry(request: MemberRequest, number: int) -> HttpResponse:
    """Handle anew what failed or opened nothing."""
    there = request.workspace
    if not retry_receipt(
        workspace_id=there.id, number=number, at=request.at, by=author_of(request)
    ):
        raise Http404
    messages.success(request, gettext("It is handled anew within seconds."))
    return redirect("connections", there.slug)


@require_POST
@writers_only(Permission.DELIVER)
def thread_retry(request: MemberRequest, number: int) -> HttpResponse:
    """Tell a place outside anew that was given up."""
    if not retry_thread(workspace_id=request.workspace.id, number=number, at=request.at):
        raise Http404
    messages.success(request, gettext("It is told anew within seconds."))
    return redirect("connections", request.workspace.slug)


@require_POST
@writers_only(Permission.WORK_ON_INVESTIGATION)
def case_tickets(request: MemberRequest, case_id: int) -> HttpResponse:
    """Tell of a case in a ticket of a connected desk as well."""
    there, address = request.workspace, request.POST.get("address", "").replace("\0", "")[:500]
    head = case_heads([case_id]).get(case_id)
    if head is None or head.workspace_id != there.id:
        raise Http404
    try:
        is_there = tell_in_desk(
            workspace_id=there.id,
            case_id=case_id,
            address=address,
            at=request.at,
            by=author_of(request),
        )
        if is_there:
            messages.success(request, gettext("That ticket says from now on how the case stands."))
        else:
            said = gettext("No connected desk has a ticket at this address; copy it from there.")
            messages.warning(request, said)
    except UserError as error:
        messages.warning(request, reader_text(error.text))
    return redirect(head.record, there.slug, head.source_key)


@csrf_exempt
@require_POST
@open_to_all  # the token names the connection, and its channel checks the signature
@takes(MOST_BYTES)
def hook(request: HttpRequest, token: str) -> HttpResponse:
    """Answer a request from outside: believed by its signature, stored before it is answered."""
    found = connection_of_token(token)
    channel = channel_of(found.kind) if found else None
    if found is None or channel is None or channel.accept is None:
        return JsonResponse({"error": "unknown address"}, status=404)
    at = request.at  # type: ignore[attr-defined]
    asked = IncomingRequest(
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.body,
        query=request.GET.dict(),
    )
    try:
        accepted = channel.accept(found, asked, at=at)
    except NotAllowed as error:
        return JsonResponse({"error": str(error)}, status=401)
    except UserError as error:
        return JsonResponse({"error": str(error)}, status=422)
    for outside_id, body in accepted.receipts:
        receive(connection_id=found.id, outside_id=outside_id, body=body, at=at)
    if accepted.document is None:
        return HttpResponse(status=accepted.status)
    return JsonResponse(dict(accepted.document), status=accepted.status)


def _try(request: MemberRequest, found: ConnectionView, deed: str) -> None:
    check = channel_of(found.kind).check
    if deed == "read":
        if poll_connection(found.id, clock=lambda: request.at):
            messages.success(request, gettext("Its source was read."))
        else:
            said = gettext("Its source could not be read; the list of connections says why.")
            messages.warning(request, said)
        return
    if check is None:
        return
    try:
        messages.success(request, reader_text(check(found, at=request.at)))
    except UserError as error:
        messages.warning(request, reader_text(error.text))


def _form(
    request: MemberRequest,
    channel: Channel,
    given: dict[str, Any],
    wrong: dict[str, str],
    found: ConnectionView | None = None,
) -> HttpResponse:
    fields = [
        (one, "" if one.is_secret else given.get(one.key, one.usual), wrong.get(one.key, ""))
        for one in channel.fields
    ]
    # What has a usual value can wait: those fields lie folded, unless one of them is wrong.
    folded = [one for one in fields if not one[0].is_required or one[0].usual]
    context = {
        "channel": channel,
        "name": given.get("name", ""),
        "wrong": wrong,
        "groups": ([one for one in fields if one not in folded], folded),
        "is_unfolded": any(bad for _field, _value, bad in folded),
        "found": found,
        # a template would call the functions themselves
        "can_try": channel.check is not None,
        "can_read": channel.poll is not None,
        "site": settings.SHINRAI_ADDRESS,
        "address": hook_address(found.kind, found.token) if found else "",
    }
    return render(request, "intake/connection.html", context, status=422 if wrong else 200)
