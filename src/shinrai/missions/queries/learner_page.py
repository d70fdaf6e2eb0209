"""The page for learners: how a workspace shows it, and which learner a signed address names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, cast

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from shinrai.accounts.queries import WorkspaceRecord, workspace_numbered
from shinrai.customers.queries import customer_by_number
from shinrai.missions.models import AttemptRow, LearnerPageSettings
from shinrai.missions.queries.learner import Learner, learner_numbered
from shinrai.missions.rules.furigana import Script
from shinrai.units.errors import UserError
from shinrai.units.text import Text

# Without a moment of its own: `at` decides what has expired. The dot needs no escape in addresses.
SIGNER: Final = Signer(salt="missions.learner_page", sep=".")
USUAL_MINUTES: Final = 60
MOST_MINUTES: Final = 24 * 60


class UnusableLearnerLink(UserError, LookupError):
    """An address of a learner's page that nobody signed, or of a learner who is gone."""


@dataclass(frozen=True)
class PageSettings:
    """How the page is shown: framed by whom, Japanese in which script, under which name."""

    origins: Sequence[str] = ()
    script: Script = "kana"
    product: str = ""


@dataclass(frozen=True)
class LearnerLink:
    """An address of a learner's page, until when it opens; a look notes nothing as shown."""

    learner: Learner
    expires_at: datetime
    is_look: bool = False

    @property
    def path(self) -> str:
        """Return the signed address on this host."""
        token = SIGNER.sign_object(
            [self.learner.workspace.id, self.learner.id,
             int(self.expires_at.timestamp()), self.is_look]
        )  # fmt: skip
        return reverse("learner_page", args=[token])

    @property
    def url(self) -> str:
        """Return the whole address, for the product to open."""
        return f"{settings.SHINRAI_ADDRESS}{self.path}"


def learner_link(
    learner: Learner, *, at: datetime, minutes: int = USUAL_MINUTES, is_look: bool = False
) -> LearnerLink:
    """Return a new address of a learner's page."""
    lasts = timedelta(minutes=min(max(minutes, 1), MOST_MINUTES))
    return LearnerLink(learner, at + lasts, is_look)


def link_signed(token: str) -> LearnerLink:
    """Return what an address names, expired or not. Raises: UnusableLearnerLink."""
    try:
        workspace_id, number, until, is_look = SIGNER.unsign_object(token)
    except (BadSignature, ValueError) as error:
        raise UnusableLearnerLink(Text("nobody made this address")) from error
    person = customer_by_number(workspace_id=workspace_id, number=number)
    if person is None or person.identifier is None:
        raise UnusableLearnerLink(Text("this learner was erased"))
    learner = learner_numbered(workspace_numbered(workspace_id), number)
    expires_at = datetime.fromtimestamp(until, tz=UTC)
    return LearnerLink(learner, expires_at, is_look)


def page_settings(workspace_id: int) -> PageSettings:
    """Return how a workspace shows the page for learners."""
    rows = LearnerPageSettings.objects.filter(workspace_id=workspace_id)
    row = rows.order_by("-id").first()
    if row is None:
        return PageSettings()
    return PageSettings(row.origins, cast(Script, row.script), row.product)


def newest_learner(workspace: WorkspaceRecord) -> Learner | None:
    """Return the learner who attempted something last."""
    row = AttemptRow.objects.filter(workspace_id=workspace.id).order_by("-at").first()
    return learner_numbered(workspace, row.learner_id) if row else None
