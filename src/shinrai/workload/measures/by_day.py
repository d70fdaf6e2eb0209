"""The queries of work that are stored per day: seconds per tier, and seconds per case."""

from typing import Any, Final

import ibis

from shinrai.warehouse.parameters import NAMED
from shinrai.warehouse.questions import DayCounts, Question, Questions
from shinrai.workload.facts import WORK
from shinrai.workload.measures.declared import entries

HELD: Final = "work_held"
BY_JOB: Final = ("mode", "job", "tier", "topic")


def questions() -> Questions:
    """Return both queries, on entries that happened by the moment."""
    held = entries(WORK.unbound(), at=NAMED["at"])
    found = ibis.table(held.schema(), name=HELD)
    found = found.mutate(on=found.happened_on)
    return Questions(
        held={HELD: held},
        asked={
            "weeks": Question(_weeks(found), ("mode", "tier")),
            # One by one, for a case counts once however many days it took.
            "jobs": Question(_jobs(found), BY_JOB, summed=False),
        },
    )


def _weeks(found: Any) -> Any:
    return found.group_by("on", "mode", "tier").aggregate(
        spent_s=found.spent_s.sum(), interruptions=(found.entry == "interruption").sum()
    )


def _jobs(found: Any) -> Any:
    worked = found.filter(found.entry == "worked")
    return worked.group_by("on", *BY_JOB, "case_id").aggregate(spent_s=worked.spent_s.sum())


DAY_COUNTS: Final = (DayCounts("workload", (WORK,), questions),)
