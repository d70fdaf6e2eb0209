"""The page that takes in a file of answers, as another tool exports it."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from shinrai.accounts.operations.workspaces import mark_real
from shinrai.accounts.pages.guards import MemberRequest, author_of, writers_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.accounts.rules.permission import Permission
from shinrai.console.lists import ListColumn, ListPage, ListSpec, memory_source
from shinrai.console.pages import takes
from shinrai.console.reader import reader_text
from shinrai.satisfaction.operations.files import (
    AnswerImport,
    AnswersAlreadyWithdrawn,
    ImportedAnswers,
    UnknownAnswerFile,
    import_answers,
    preview_answers,
    withdraw_answers,
)
from shinrai.satisfaction.queries.surveys import AnswerFileRecord
from shinrai.satisfaction.queries.surveys import answer_files as files_of
from shinrai.satisfaction.rules.columns import AnswerMapping, read_mapping
from shinrai.units.errors import UserError

LARGEST_MB: Final = 20
FIELDS: Final = (
    *("kind", "score", "comment", "person", "at", "survey", "wave", "on"),
    *("dates", "scores"),
)
LONGEST: Final = 500
COLUMNS: Final = ("score", "comment", "person", "at")
FILES: Final = ListSpec[AnswerFileRecord](
    name="answer_files",
    columns=(
        ListColumn("number", _("Number"), lambda row: row.number, is_shown=False),
        ListColumn("name", _("File"), lambda row: row.name, True),
        ListColumn("survey", _("Survey"), lambda row: row.survey, True),
        ListColumn("imported_at", _("Brought in"), lambda row: row.imported_at, True),
        ListColumn("rows", _("Rows"), lambda row: row.rows, True, is_number=True),
        ListColumn("answers", _("Answers"), lambda row: row.answers, True, is_number=True),
        ListColumn("withdrawn_at", _("Withdrawn on"), lambda row: row.withdrawn_at, True),
        ListColumn("reason", _("Reason"), lambda row: row.reason, is_shown=False),
    ),
    row="satisfaction/_file.html",
    usual="-imported_at",
    anchor="files",
)


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.IMPORT)
@takes((LARGEST_MB + 1) << 20)
def answer_files(request: MemberRequest) -> HttpResponseBase:
    """Show what a file of answers would bring, or take it in; name the files taken in before."""
    typed = {
        name: request.POST.get(name, "").replace("\0", "").strip()[:LONGEST] for name in FIELDS
    }
    context: dict[str, Any] = {"typed": typed, "largest_mb": LARGEST_MB}
    is_preview = request.POST.get("deed") == "preview"
    status = 200
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                context["wrong"] = gettext("Choose a file.")
            elif (file.size or 0) > LARGEST_MB << 20:
                context["wrong"] = gettext("More than a page takes. Import these files by command.")
            else:
                context["found"] = _take_in(request, file, typed, is_preview=is_preview)
        except UserError as error:
            context["wrong"] = reader_text(error.text)
        is_part = is_preview and request.htmx  # htmx shows no answer that says 422
        status = 422 if "wrong" in context and not is_part else 200
    files = memory_source(files_of(workspace_id=request.workspace.id), FILES)
    listing = recorded_list(request, FILES, files)
    if not isinstance(listing, ListPage):
        return listing
    context |= {"is_preview": is_preview, "list": listing}
    return render(request, "satisfaction/files.html", context, status=status)


@require_POST
@writers_only(Permission.IMPORT)
def withdraw_file(request: MemberRequest, number: int) -> HttpResponse:
    """Withdraw a file of answers."""
    reason = request.POST.get("reason", "").replace("\0", "").strip()
    try:
        withdraw_answers(
            workspace_id=request.workspace.id,
            file=number,
            reason=reason,
            at=request.at,
            by=author_of(request),
        )
    except UnknownAnswerFile as error:
        raise Http404 from error
    except AnswersAlreadyWithdrawn as error:
        messages.error(request, reader_text(error.text))
    else:
        messages.success(request, gettext("Withdrawn. Its answers no longer count."))
    return redirect("satisfaction_files", request.workspace.slug)


def _take_in(
    request: MemberRequest, file: Any, typed: dict[str, str], *, is_preview: bool
) -> ImportedAnswers:
    with TemporaryDirectory(prefix="shinrai-answers-") as folder:
        path = Path(folder) / "answers"
        with path.open("wb") as there:
            for chunk in file.chunks():
                there.write(chunk)
        take = preview_answers if is_preview else import_answers
        found = take(
            AnswerImport(
                request.workspace,
                path,
                _mapping(typed),
                request.at,
                author_of(request),
                name=str(file.name)[:80],
            )
        )
    if not is_preview and request.workspace.is_simulated and found.recorded.new:
        mark_real(
            workspace_id=request.workspace.id,
            reason="answers were imported",
            at=request.at,
            by=author_of(request),
        )
    return found


def _mapping(typed: dict[str, str]) -> AnswerMapping:
    columns = {role: typed[role] for role in COLUMNS if typed[role]}
    said: dict[str, Any] = {
        name: typed[name] for name in ("kind", "survey", "wave", "on", "dates") if typed[name]
    }
    lines = [line.replace("：", ":").rpartition(":") for line in typed["scores"].splitlines()]
    scores = {word.strip(): number.strip() for word, _colon, number in lines if number.strip()}
    return read_mapping({**said, "columns": columns, "scores": scores})
