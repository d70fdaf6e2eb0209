"""The sprint digests of the sample: two past ones with decisions, and the newest, which is open."""

from datetime import date, datetime, time, timedelta
from typing import Final

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.desk.operations.defects import fix_defect, link_defect
from shinrai.desk.queries.defects import defects
from shinrai.reports.operations.digest_preparing import draft_digest
from shinrai.reports.operations.digests import close_digest, decide_item, edit_item
from shinrai.reports.queries.digests import DigestRecord, ItemRecord, digests
from shinrai.reports.rules.digest import DecisionRequest, DigestRequest, last_sprint
from shinrai.sample.rules.scenario import scenario_until
from shinrai.trends.queries.report import Trends

BY: Final = "sample"
DAY: Final = timedelta(days=1)
LINKED: Final = 6  # inquiries that were linked to the ticket
TICKETS: Final = "https://tracker.example.com/MICHI-"
PAST: Final = (("411", "アプリ 5.1"), ("478", "アプリ 6.1"))  # tickets, and what fixed them
WORDS: Final = "「{name}」の原因をログで確かめ、次のリリースで直します。"
DECLINED: Final = "秋に画面を作り直すため、それまでは手を入れない。"


def make_sample_digests(there: WorkspaceRecord, *, at: datetime) -> None:
    """Make a digest after the outage, one after the last release, and one of the last two weeks.

    Of each past one the first proposal was taken and fixed, the second declined, and the rest left
    undecided. Tables must be published. Nothing is done if there are digests.
    """
    if digests(workspace_id=there.id):
        return
    zone = zone_named(there.zone)
    today = at.astimezone(zone).date()
    scenario = scenario_until(today)
    for burst, (ticket, release) in zip(
        (scenario.outage, scenario.releases[-1]), PAST, strict=True
    ):
        last = burst.on + 6 * DAY
        if last >= today:
            continue  # a release of this very week is in the newest digest
        asked = DigestRequest(last - 13 * DAY, last)
        met = datetime.combine(last + DAY, time(10), zone)
        made = draft_digest(workspace=there, asked=asked, at=met, by=BY)
        _decide(there, made, f"{TICKETS}{ticket}", met)
        close_digest(workspace_id=there.id, key=made.key, at=met, by=BY)
        _fix(there, f"{TICKETS}{ticket}", release, min(met + 21 * DAY, at))
    draft_digest(workspace=there, asked=last_sprint(today), at=at, by=BY)


def _decide(there: WorkspaceRecord, made: DigestRecord, ticket: str, at: datetime) -> None:
    proposals = [one for one in made.items if one.kind == "proposal"]
    said = (
        DecisionRequest("taken", ticket=ticket, owner="森"),
        DecisionRequest("declined", reason=DECLINED),
    )
    for item, asked in zip(proposals, said, strict=False):
        if asked.verdict == "taken":
            words = WORDS.format(name=item.name["ja"])
            edit_item(
                workspace_id=there.id, key=made.key, number=item.number, text=words, at=at, by=BY
            )
            _link(there, item, ticket, made.first, at)
        decide_item(workspace=there, key=made.key, number=item.number, asked=asked, at=at, by=BY)


def _link(there: WorkspaceRecord, item: ItemRecord, ticket: str, first: date, at: datetime) -> None:
    """Link some inquiries of the sprint to the ticket, as CRE does."""
    every = Trends(there, at).every.about("topic", item.topic)
    recent = every.between(first.toordinal(), at.date().toordinal())
    for case in sorted(recent.case.tolist())[:LINKED]:
        link_defect(case_id=case, url=ticket, title=str(item.name["ja"]), at=at, by=BY)


def _fix(there: WorkspaceRecord, ticket: str, release: str, at: datetime) -> None:
    for one in defects(workspace_id=there.id):
        if one.url == ticket:
            fix_defect(workspace_id=there.id, defect_id=one.id, release=release, at=at, by=BY)
