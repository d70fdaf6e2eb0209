"""Guardians of the sample, who were linked with their children by codes, as in the product."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.family.operations.guardians import GuardianDetails
from shinrai.family.operations.links import (
    EndRequest,
    claim_code,
    confirm_link,
    end_links,
    make_code,
)
from shinrai.sample.rules.billing import household_rows
from shinrai.sample.rules.learners import Learners, identifier

BY: Final = "sample"
NAMES: Final = ("はな", "ゆうと", "あおい", "そうた", "りこ", "はると", "みお", "れん")
RECENT: Final = 28  # days in which the children of these households studied
HOUSEHOLDS: Final = 16
AGO: Final = timedelta(days=60)


def link_guardians(there: WorkspaceRecord, learners: Learners, *, at: datetime) -> None:
    """Link the guardians of some households; a claim waits, and a link was ended.

    The first household has two children. Nobody lives at `example.invalid`.
    """
    chosen = list(_households(learners))[:HOUSEHOLDS]
    for number, (guardian, children) in enumerate(chosen):
        waits = number == HOUSEHOLDS - 1  # the child's app has not said yes
        begins = at - (timedelta(days=2) if waits else AGO - number * timedelta(days=2))
        for place, learner in enumerate(children):
            name = NAMES[(number + place) % len(NAMES)]
            made = make_code(workspace=there, learner=learner, name=name, at=begins, by=BY)
            claimed = claim_code(
                workspace=there,
                guardian=guardian,
                code=made.code,
                details=GuardianDetails(f"{guardian.lower()}@example.invalid", "ja", there.zone),
                at=begins,
                by=BY,
            )
            if waits or claimed is None or claimed.guardian is None:
                continue
            both = (claimed.learner, claimed.guardian)
            confirm_link(workspace=there, learner_id=both[0], guardian_id=both[1], at=begins, by=BY)
            if number == HOUSEHOLDS - 2:
                asked = EndRequest(*both, side="guardian")
                end_links(workspace=there, asked=asked, at=begins + AGO / 3, by=BY)


def _households(learners: Learners) -> Iterator[tuple[str, list[str]]]:
    """Return guardians with the children who study, those with most days of study first."""
    days = learners.active[:, max(0, learners.today + 1 - RECENT) : learners.today + 1].sum(axis=1)
    of_learner = {identifier(one): int(count) for one, count in enumerate(days)}
    children: defaultdict[str, list[str]] = defaultdict(list)
    for learner, guardian, _key, _since, until, _proof in household_rows(learners):
        if not until and of_learner[learner]:
            children[guardian.replace("U-", "G-")].append(learner)
    order = sorted(
        children.items(),
        key=lambda one: (-len(one[1]), -min(of_learner[child] for child in one[1]), one[0]),
    )
    # two households with siblings, then those with one child
    many, single = (
        [one for one in order if (len(one[1]) > 1) is is_many] for is_many in (True, False)
    )
    yield from many[:2]
    yield from single
