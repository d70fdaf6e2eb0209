"""Set how a workspace shows the page for learners, and who may frame it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, cast, get_args

from django.db import transaction

from shinrai.accounts.operations.audit import record_action
from shinrai.api.embedding import read_origins
from shinrai.missions.models import LearnerPageSettings
from shinrai.missions.queries.learner_page import PageSettings
from shinrai.missions.rules.furigana import Script
from shinrai.units.errors import UserError
from shinrai.units.text import Text

SCRIPTS: Final = get_args(Script)
MOST_ORIGINS: Final = 20
MOST_PRODUCT: Final = 60


class BadPageSettings(UserError, ValueError):
    """Settings of the page for learners that cannot be used."""


def set_learner_page(
    *, workspace_id: int, origins: Sequence[str], script: str, product: str, at: datetime, by: str
) -> PageSettings:
    """Show the page for learners so from now on. Raises: UnusableOrigin, BadPageSettings."""
    if script not in SCRIPTS:
        raise BadPageSettings(
            Text("Japanese is written in one of {scripts}.", scripts=", ".join(SCRIPTS))
        )
    if len(origins) > MOST_ORIGINS:
        raise BadPageSettings(Text("Name at most {most} origins.", most=MOST_ORIGINS))
    row = LearnerPageSettings(
        workspace_id=workspace_id,
        origins=list(read_origins(origins)),
        script=script,
        product=" ".join(product.replace("\0", "").split())[:MOST_PRODUCT],
        since=at,
        by=by,
    )
    with transaction.atomic():
        row.save()
        record_action(
            workspace_id=workspace_id, what="learner page set", subject="missions", at=at, by=by
        )
    return PageSettings(row.origins, cast(Script, script), row.product)
