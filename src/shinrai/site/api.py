"""The HTTP API: the endpoints of all packages under one frame."""

from typing import Final

from django.urls import URLPattern, URLResolver, register_converter
from django.urls.converters import StringConverter

from shinrai.accounts.endpoints import router as accounts
from shinrai.api.frame import HttpApi
from shinrai.calendars.endpoints import router as calendars
from shinrai.console.pages import takes
from shinrai.desk.endpoints.cases import router as desk
from shinrai.desk.endpoints.defects import router as defects
from shinrai.desk.endpoints.files import router as files
from shinrai.desk.endpoints.knowledge import router as case_knowledge
from shinrai.desk.endpoints.search import router as search
from shinrai.desk.endpoints.webhooks import router as webhooks
from shinrai.desk.operations.actions import CaseChanged
from shinrai.desk.rules.actions import ActionForbidden, ActionRefused
from shinrai.desk.rules.files import MOST_BODY
from shinrai.explore.endpoints.boards import router as boards
from shinrai.explore.endpoints.runs import router as explore
from shinrai.family.endpoints import router as family
from shinrai.initiatives.endpoints import router as initiatives
from shinrai.knowledge.endpoints import router as knowledge
from shinrai.ledger.operations.steps import NoKey
from shinrai.ledger.rules.refusals import StepRefused
from shinrai.missions.endpoints import router as missions
from shinrai.objectives.endpoints import router as objectives
from shinrai.quality.endpoints import router as quality
from shinrai.reports.endpoints import router as sprint
from shinrai.reports.operations.digests import DigestRefused
from shinrai.revenue.endpoints import router as revenue
from shinrai.satisfaction.endpoints.interviews import router as satisfaction
from shinrai.site.exports import router as exports
from shinrai.usage.endpoints import router as usage

DESCRIPTION: Final = """Everything a page does for daily work.

Send `Authorization: Bearer KEY`; an owner makes keys under Settings → API keys. A key acts with its
role: what the role may not do on a page, the key may not do here. Moments carry their offset.
Words are masked, and every reading of them is in the audit. Errors are problems (RFC 9457) that
name the field."""


LIST_FILES: Final = "list_files"  # the first operation at the address names it


class Records(StringConverter):
    """Convert the part of an address that says which kind of case follows."""

    regex = "investigations|inquiries"


register_converter(Records, "records")
api = HttpApi(
    title="Shinrai",
    version="1",
    description=DESCRIPTION,
    urls_namespace="api",
    statuses={
        ActionForbidden: 403,
        **dict.fromkeys((ActionRefused, StepRefused, CaseChanged, NoKey, DigestRefused), 409),
    },
)
# A key may hold slashes: what lies below a case comes before the case.
routers = (
    files,
    case_knowledge,
    defects,
    desk,
    search,
    webhooks,
    missions,
    family,
    initiatives,
    sprint,
    knowledge,
    objectives,
    quality,
    usage,
    revenue,
    satisfaction,
    explore,
    boards,
    calendars,
    accounts,
    exports,
)
for router in routers:
    api.add_router("", router)


def api_urls() -> tuple[list[URLPattern | URLResolver], str, str]:
    """Return the addresses of the API; those of files take larger bodies, as pages do."""
    patterns, app, namespace = api.urls
    for one in patterns:
        if isinstance(one, URLPattern) and one.name == LIST_FILES:
            takes(MOST_BODY)(one.callback)
    return patterns, app, namespace
