"""Who asks on a page: workspace, tables and moment of a request; read once, at the entry point."""

from django.conf import settings

from shinrai.accounts.pages.guards import MemberRequest
from shinrai.initiatives.queries.results import Asker
from shinrai.warehouse.store import Warehouse


def asker_of(request: MemberRequest) -> Asker:
    """Return who asks."""
    return Asker(request.workspace, Warehouse(settings.SHINRAI_WAREHOUSE), request.at)
