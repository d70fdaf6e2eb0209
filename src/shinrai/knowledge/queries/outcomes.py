"""What became of uses, and which topics one person alone answers; computed by the worker."""

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.knowledge.models import ArticleUse
from shinrai.knowledge.rules.solitary import SINCE, Answered, SolitaryTopic, solitary_topics
from shinrai.knowledge.rules.staleness import RETURNS_WITHIN
from shinrai.ledger.queries import case_heads, case_keys, steps_of
from shinrai.trends.queries.arrived import arrived_by
from shinrai.units.moments import epoch_us, from_us
from shinrai.warehouse.store import Warehouse

CAME_BACK: Final = ("inbound", "reopened", "contradicted")
ANSWERS: Final = ("outbound", "answered")
STAFF: Final = re.compile(r"staff:\d+")
DAY_US: Final = 86_400_000_000
USES_SINCE: Final = timedelta(days=365)


@dataclass(frozen=True)
class ArrivedCases:
    """When customers wrote about what: by (customer, topic) the moments, in order.

    By case its topic, and when it was received; only cases with a topic are here.
    """

    moments: dict[tuple[int, str], list[int]]
    topics: dict[int, str]
    received: dict[int, int]

    def wrote_again(self, case_id: int, customer: int, after_us: int) -> bool:
        """Tell whether a customer opened another inquiry on the topic within 14 days."""
        topic = self.topics.get(case_id, "")
        found = self.moments.get((customer, topic), []) if topic else []
        place = bisect_right(found, after_us)
        return place < len(found) and found[place] <= after_us + RETURNS_WITHIN.days * DAY_US


def arrived_cases(
    workspace: WorkspaceRecord, *, at: datetime, warehouse: Warehouse
) -> ArrivedCases:
    """Read when customers wrote about what, from the published table."""
    found = arrived_by(workspace, at=at, warehouse=warehouse)
    names, codes = found.keyed["topic"].names, found.keyed["topic"].code.tolist()
    moments: dict[tuple[int, str], list[int]] = defaultdict(list)
    topics, received = {}, {}
    rows = zip(found.case.tolist(), found.customer.tolist(), found.us.tolist(), codes, strict=True)
    for case, customer, us, code in rows:
        if code >= 0:
            topics[case], received[case] = names[code], us
            moments[customer, names[code]].append(us)
    ordered = {key: sorted(one) for key, one in moments.items()}
    return ArrivedCases(ordered, topics, received)


def returned_uses(
    *, workspace_id: int, arrived: ArrivedCases, since: Mapping[str, datetime], at: datetime
) -> dict[str, tuple[int, int]]:
    """Return by article after how many of its uses the customer came back, and of how many.

    `since` is when each was last written or checked: uses of what it said before do not count.
    """
    rows = ArticleUse.objects.filter(
        workspace_id=workspace_id, choice="used", at__gte=at - USES_SINCE
    ).values_list("article__key", "case_id", "at")
    uses = [one for one in rows if one[2] >= since.get(one[0], one[2])]
    cases = {case_id for _, case_id, _ in uses}
    heads = case_heads(cases)
    steps = steps_of(cases, workspace_id=workspace_id, kinds=CAME_BACK)
    found: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for key, case_id, used_at in uses:
        until = used_at + RETURNS_WITHIN
        wrote = any(
            used_at < step.at <= until and step.detail.get("substantive", True)
            for step in steps.get(case_id, ())
        )
        head = heads.get(case_id)
        customer = (head.customer_id if head else None) or -case_id
        came = wrote or arrived.wrote_again(case_id, customer, epoch_us(used_at))
        if came or until <= at:
            found[key][0] += came
            found[key][1] += 1
    return {key: (count, of) for key, (count, of) in found.items()}


def topics_of_one(
    *, workspace_id: int, arrived: ArrivedCases, at: datetime
) -> tuple[SolitaryTopic, ...]:
    """Return the topics of the last 180 days whose answers come from one person."""
    since = epoch_us(at - SINCE)
    wanted = [case for case, us in arrived.received.items() if us >= since]
    answers: dict[str, Counter[str]] = defaultdict(Counter)
    last: dict[tuple[str, str], int] = {}
    for case, steps in steps_of(wanted, workspace_id=workspace_id, kinds=ANSWERS).items():
        topic = arrived.topics[case]
        for by in {one.by for one in steps if STAFF.fullmatch(one.by)}:
            answers[topic][by] += 1
            last[topic, by] = max(case, last.get((topic, by), 0))
    rows = [Answered(topic, dict(counts)) for topic, counts in answers.items()]
    return solitary_topics(rows, last)


def contradicted_since(
    workspace: WorkspaceRecord, arrived: ArrivedCases, *, since: datetime, warehouse: Warehouse
) -> list[tuple[str, str, datetime]]:
    """Return topic, key and moment of investigations whose answer was found wrong since then."""
    from shinrai.knowledge.measures import wrong_answers
    from shinrai.quality.facts.investigations import INVESTIGATIONS
    from shinrai.warehouse.query import run_all

    rows = run_all(
        warehouse,
        {"wrong": wrong_answers(INVESTIGATIONS.unbound(), since_us=epoch_us(since))},
        tables=(INVESTIGATIONS,),
        within={"workspace_id": workspace.id},
    )["wrong"].rows.to_pylist()
    keys = case_keys([row["case_id"] for row in rows])
    return [
        (topic, keys[row["case_id"]], from_us(row["wrong_us"]))
        for row in rows
        if (topic := row["topic"] or arrived.topics.get(row["inquiry_id"] or 0, ""))
    ]
