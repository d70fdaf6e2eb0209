"""The HTTP API: the endpoints of all packages under one frame."""

from typing import Final

from django.urls import register_converter
from django.urls.converters import StringConverter

from shinrai.accounts.endpoints import router as accounts
from shinrai.api.frame import HttpApi
from shinrai.desk.endpoints.cases import router as desk
from shinrai.desk.endpoints.webhooks import router as webhooks
from shinrai.desk.operations.actions import CaseChanged
from shinrai.desk.rules.actions import ActionForbidden, ActionRefused
from shinrai.ledger.operations.steps import NoKey
from shinrai.ledger.rules.refusals import StepRefused
from shinrai.objectives.endpoints import router as objectives
from shinrai.quality.endpoints import router as quality
from shinrai.site.exports import router as exports

DESCRIPTION: Final = """Everything a page does for daily work.

Send `Authorization: Bearer KEY`; an owner makes keys under Settings → API keys. A key acts with its
role: what the role may not do on a page, the key may not do here. Moments carry their offset.
Words are masked, and every reading of them is in the audit. Errors are problems (RFC 9457) that
name the field."""


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
        **dict.fromkeys((ActionRefused, StepRefused, CaseChanged, NoKey), 409),
    },
)
for router in (desk, webhooks, objectives, quality, accounts, exports):
    api.add_router("", router)
