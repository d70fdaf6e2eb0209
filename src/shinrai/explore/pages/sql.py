"""The page on which members ask in SQL, and the history of their runs."""

from typing import Any, Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shinrai.accounts.operations.audit import Download, record_download
from shinrai.accounts.pages.guards import MemberRequest, author_of, members_only, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.console.lists import ListColumn, ListPage, ListSpec
from shinrai.console.reader import reader_language, reader_text
from shinrai.explore.operations.runs import cancel_runs, recorded_run
from shinrai.explore.queries.charts import draw_chart, topic_names
from shinrai.explore.queries.files import MEDIA, answer_file
from shinrai.explore.queries.runs import RunRecord, UnknownRun, run_numbered, runs_of
from shinrai.explore.queries.tables import documented_tables
from shinrai.explore.rules.answer import QueryFailed, QueryRefused, SqlRequest
from shinrai.explore.rules.parameters import given_values, parameter_names
from shinrai.explore.rules.permission import CASES, GROUPS, SMALLEST, view_of
from shinrai.sandbox.statements import MOST_CHARACTERS
from shinrai.units.text import Text

SHOWN_ROWS: Final = 200
PREFIX: Final = "p_"
LONGEST_VALUE: Final = 2_000
LONGEST_LINK: Final = 1_500
FIRST: Final = {
    CASES: "SELECT topic, count(*) AS inquiries\nFROM inquiries\nGROUP BY topic\n"
    "ORDER BY inquiries DESC",
    GROUPS: "SELECT week_on, sum(inquiry_count) AS inquiries\nFROM inquiry_groups\n"
    "GROUP BY week_on\nORDER BY week_on",
}
STATES: Final = {
    "running": _("running"),
    "done": _("answered"),
    "refused": _("refused"),
    "failed": _("failed"),
    "cancelled": _("cancelled"),
    "stopped": _("stopped at its limit"),
}
RUNS = ListSpec[RunRecord](
    name="sql_runs",
    columns=(
        ListColumn("sql", _("SQL"), lambda row: row.sql),
        ListColumn("started", _("Started"), lambda row: row.started_at, is_sortable=True),
        ListColumn("state", _("State"), lambda row: row.state, is_sortable=True),
        ListColumn("rows", _("Rows"), lambda row: row.rows, is_sortable=True, is_number=True),
        ListColumn("took", _("Seconds"), lambda row: row.took_s, is_number=True),
        ListColumn("reason", _("Why not"), lambda row: row.reason, is_shown=False),
        ListColumn("by", _("By"), lambda row: row.by, is_shown=False),
    ),
    row="explore/_run.html",
    usual="-started",
    a_page=25,
)


@require_http_methods(["GET", "HEAD", "POST"])
@members_only
def sql(request: MemberRequest) -> HttpResponseBase:
    """Show the editor and the tables; a POST runs what stands in it, or takes it away as a file."""
    view = view_of(request.member.roles if request.member else ())
    text, typed = _typed(request, view)
    names = parameter_names(text)
    missing = [name for name in names if not typed.get(name, "").strip()]
    context: dict[str, Any] = {
        "sql": text,
        "names": [(name, typed.get(name, ""), name in missing) for name in names],
        "documented": documented_tables(workspace_id=request.workspace.id, view=view),
        "reads_cases": view == CASES,
        "smallest": SMALLEST,
        "most_characters": MOST_CHARACTERS,
        "forms": tuple(MEDIA),
        "shown_rows": SHOWN_ROWS,
        "is_asked": request.method == "POST",
    }
    status = 200
    if request.method == "POST" and missing:
        context["wrong"] = gettext("Say what the parameters are; they stand beneath the SQL.")
        status = 422
    elif request.method == "POST":
        given = given_values(text, typed)
        asked = SqlRequest(request.workspace.id, view, text, given)
        try:
            run, answer = recorded_run(request=asked, at=request.at, by=author_of(request))
        except (QueryRefused, QueryFailed) as error:
            context["wrong"] = reader_text(error.text)
            status = 422
        else:
            form = request.POST.get("format", "")
            if form in MEDIA:
                return _file(request, run, answer, form)
            context |= {
                "answer": answer,
                "run": run,
                "rows": answer.rows[:SHOWN_ROWS],
                "link": f"?run={run}",
                "drawn": draw_chart(
                    answer=answer,
                    title=gettext("Result"),
                    language=reader_language(),
                    prefix="sql",
                    names=topic_names(
                        workspace_id=request.workspace.id, language=reader_language()
                    ),
                ),
            }
    link = urlencode({"sql": text, **{f"{PREFIX}{name}": typed.get(name, "") for name in names}})
    context["text_link"] = f"?{link}" if len(link) <= LONGEST_LINK else ""
    return render(request, "explore/sql.html", context, status=status)


@require_safe
@writers_only(Permission.READ)
def sql_runs(request: MemberRequest) -> HttpResponseBase:
    """Show the runs of a member; whoever reads the audit sees those of all members."""
    by = "" if may(request.member, Permission.AUDIT) else author_of(request)

    def source(sort: str, search: str, skip: int, most: int) -> Any:
        return runs_of(
            workspace_id=request.workspace.id,
            by=by,
            sort=sort,
            search=search,
            skip=skip,
            most=most,
        )

    listing = recorded_list(request, RUNS, source)
    if not isinstance(listing, ListPage):
        return listing
    context = {"list": listing, "is_all": not by, "states": STATES, "me": author_of(request)}
    return render(request, "explore/runs.html", context)


@require_POST
@writers_only(Permission.READ)
def cancel_sql(request: MemberRequest) -> HttpResponseBase:
    """Cancel the runs of a member that are on."""
    found = cancel_runs(workspace_id=request.workspace.id, at=request.at, by=author_of(request))
    words = Text("{count} run was cancelled", "{count} runs were cancelled", count=found)
    messages.info(request, reader_text(words))
    return redirect("sql_runs", request.workspace.slug)


def _typed(request: MemberRequest, view: str) -> tuple[str, dict[str, str]]:
    """Return the SQL and the values typed, from a form, a link with SQL, or a link to a run."""
    given = request.POST if request.method == "POST" else request.GET
    typed = {
        name.removeprefix(PREFIX): str(value).replace("\0", "")[:LONGEST_VALUE]
        for name, value in given.items()
        if name.startswith(PREFIX)
    }
    number = request.GET.get("run", "")
    if request.method != "POST" and number:
        run = _run(request, number)
        words = {name: _words(value) for name, value in run.parameters.items()}
        return run.sql, {**words, **typed}
    text = given.get("sql", "") or ("" if request.method == "POST" else FIRST[view])
    text = text.replace("\0", "").replace("\r\n", "\n")
    return text[: MOST_CHARACTERS + 1], typed


def _run(request: MemberRequest, number: str) -> RunRecord:
    if request.member is None or not number.isdecimal() or len(number) > 18:
        raise Http404
    try:
        return run_numbered(workspace_id=request.workspace.id, number=int(number))
    except UnknownRun as error:
        raise Http404 from error


def _words(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _file(request: MemberRequest, run: int, answer: Any, form: str) -> HttpResponse:
    record_download(
        workspace_id=request.workspace.id,
        download=Download(f"sql_run:{run}", len(answer.rows)),
        at=request.at,
        by=author_of(request),
    )
    body = answer_file(answer, form, zone=request.workspace.zone)
    found = HttpResponse(body, content_type=MEDIA[form])
    name = f"{request.workspace.slug}-sql-{run}.{form}"
    found["Content-Disposition"] = f'attachment; filename="{name}"'
    return found
