"""The initiatives of the sample: one with a planted effect, one with none, one not measured."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.initiatives.operations.steps import declare_initiative, declare_not_measured
from shinrai.initiatives.queries.records import initiatives
from shinrai.initiatives.queries.results import Asker
from shinrai.initiatives.rules.declaration import BadInitiative
from shinrai.sample.rules.scenario import scenario_until
from shinrai.warehouse.store import Warehouse

BY: Final = "sample"
WEEK: Final = timedelta(weeks=1)
LATELY: Final = 4  # weeks ago the third one was declared


def declare_sample_initiatives(
    there: WorkspaceRecord, warehouse: Warehouse, *, at: datetime
) -> None:
    """Declare the initiatives a week before each began, unless there are some.

    Tables must be published, as a declaration is of somebody. The truth lies in `known_truth`.
    """
    zone = zone_named(there.zone)
    today = at.astimezone(zone).date()
    if initiatives(there, today=today):
        return

    def asker(on: date) -> Asker:
        return Asker(there, warehouse, datetime.combine(on, time(10), zone))

    for given in _measured(today):
        try:
            declare_initiative(asker(given["starts_on"] - WEEK), given, by=BY)
        except BadInitiative:
            continue  # a very small company had nobody then
    declare_not_measured(
        asker(today - LATELY * WEEK),
        {
            "key": "listen-at-school",
            "name": "学校を訪ねて話を聞く",
            "hypothesis": "会って話せば、問い合わせにならない困りごとが分かる。",
            "owner": "小林",
            "reason": "訪ねるのは2校だけで、数では分からないため。",
        },
        by=BY,
    )


def _measured(today: date) -> tuple[dict[str, Any], ...]:
    scenario = scenario_until(today)
    shared = {"only": {"mode": "via_cs"}, "arrow": "cs_support", "baseline_weeks": 12}
    return (
        {
            **shared,
            "key": "answer-templates",
            "name": "回答テンプレートを使う",
            "hypothesis": "テンプレートがあれば、その日のうちに返せる問い合わせが増える。",
            "kpi": "same_day",
            "direction": "up",
            "effect": 5,
            "starts_on": scenario.templates_on,
            "ends_on": scenario.templates_on + 26 * WEEK - timedelta(days=1),
            "owner": "佐藤",
            "hours": 40,
        },
        {
            **shared,
            "key": "new-signature",
            "name": "メールの署名を変える",
            "hypothesis": "署名に案内を入れれば、解決後の再連絡が減る。",
            "kpi": "reopened_14",
            "direction": "down",
            "effect": 5,
            "starts_on": scenario.signature_on,
            "ends_on": scenario.signature_on + 16 * WEEK - timedelta(days=1),
            "owner": "鈴木",
            "hours": 2,
        },
    )
