"""The page that sets, by source, where a case opens in the system it came from."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from shinrai.accounts.operations.workspaces import set_source_links
from shinrai.accounts.pages.guards import MemberRequest, author_of, writers_only
from shinrai.accounts.rules.permission import Permission
from shinrai.accounts.rules.source_link import BadSourceLink, check_pattern
from shinrai.console.reader import reader_text
from shinrai.desk.queries.case import REFERENCE
from shinrai.ledger.queries import batches


@require_http_methods(["GET", "HEAD", "POST"])
@writers_only(Permission.PROMISE)
def source_links(request: MemberRequest) -> HttpResponse:
    """Show the pattern of each source's addresses, and set them."""
    known = {one.source for one in batches(workspace_id=request.workspace.id)}
    kept = dict(request.workspace.source_links)
    sources = [*sorted(known | (set(kept) - {REFERENCE})), REFERENCE]
    asked = kept
    wrong: dict[str, str] = {}
    if request.method == "POST":
        asked = {source: request.POST.get(f"link:{source}", "").strip() for source in sources}
        for source, pattern in asked.items():
            try:
                if pattern:
                    check_pattern(pattern)
            except BadSourceLink as error:
                wrong[source] = reader_text(error.text)
        if not wrong:
            set_source_links(
                workspace_id=request.workspace.id, links=asked, at=request.at, by=author_of(request)
            )
            messages.success(request, gettext("The links to the source are set."))
            return redirect("settings", request.workspace.slug)
    fields = [(one, asked.get(one, ""), wrong.get(one, "")) for one in sources]
    context = {"fields": fields, "reference": REFERENCE}
    return render(request, "desk/source_links.html", context, status=422 if wrong else 200)
