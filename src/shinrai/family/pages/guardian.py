"""The pages by which guardians come in and go."""

from hashlib import blake2b
from typing import Any, Final

from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from shinrai.accounts.pages.guards import open_to_all
from shinrai.api.rate_limit import count_request
from shinrai.console.reader import reader_text
from shinrai.family.operations.ways_in import WayInSpent, mail_ways_in, use_way_in
from shinrai.family.pages.session import (
    GuardianRequest,
    asking_for,
    begin_visit,
    end_visit,
    guardians_only,
    next_path,
    visit_of,
)
from shinrai.family.queries.guardians import (
    linked_learners,
)

OF_PLACE: Final = 10  # a minute, of an address of the network
PLACES: Final = 4096
LONGEST: Final = 254


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@open_to_all
def family(request: Any) -> HttpResponseBase:
    """Ask for the address of mail, and answer every address alike; who is in goes on."""
    if request.method != "POST":
        visit = visit_of(request)
        if visit is None:
            asked = {"sent": "sent" in request.GET, "next": next_path(request.GET.get("next", ""))}
            return render(request, "family/come_in.html", asked)
        children = linked_learners(visit.guardian.id, request.at)
        if children:
            return redirect("family_child", children[0].learner)
        return _no_child(request)
    address = request.POST.get("mail", "").replace("\0", "").strip()[:LONGEST]
    onward = next_path(request.POST.get("next", ""))
    # Addresses of the network fall into places, so that none is kept.
    caller = f"{settings.SECRET_KEY}{get_client_ip(request)}".encode()
    place = int.from_bytes(blake2b(caller, digest_size=8).digest()) % PLACES
    if count_request(f"family:{place}", at=request.at, most=OF_PLACE).is_over:
        context = {"is_over": True, "mail": address, "next": onward}
        return render(request, "family/come_in.html", context, status=429)
    if address:
        mail_ways_in(address=address, at=request.at, onward=onward)
    return redirect(asking_for(onward, sent="1"))


@guardians_only
def _no_child(request: GuardianRequest) -> HttpResponseBase:
    return render(request, "family/no_child.html", {"workspace": request.visit.workspace})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@open_to_all
def way_in(request: Any, token: str) -> HttpResponseBase:
    """Let a guardian in by a link; programs open links too, so that only its button uses it."""
    if request.method != "POST":
        return render(request, "family/way_in.html")
    try:
        guardian = use_way_in(token, at=request.at)
    except WayInSpent as error:
        context = {"wrong": reader_text(error.text)}
        return render(request, "family/way_in.html", context, status=410)
    answer = redirect(next_path(request.GET.get("next", "")) or "family")
    begin_visit(answer, guardian, request)
    return answer


@require_POST
@open_to_all
def way_out(request: HttpRequest) -> HttpResponseBase:
    """End the session of a guardian."""
    answer = redirect("family")
    end_visit(answer)
    return answer
