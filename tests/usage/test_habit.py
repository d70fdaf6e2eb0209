"""Named days: who was active when, by which clock, and who stays; and real logs."""

import csv
import gzip
import json
from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shinrai.usage.queries.activity import actives, lifecycle, stickiness
from shinrai.usage.queries.habit import active_days, churned, learning_retention, streaks
from shinrai.usage.queries.retention import RetentionRequest, retention
from shinrai.usage.queries.scope import BadUsageQuestion, Span
from shinrai.usage.queries.survival import contract_survival, usage_survival
from shinrai.usage.rules.contracts import ContractSpan
from shinrai.usage.rules.periods import PeriodBuckets
from shinrai.warehouse.store import Warehouse
from tests.usage.filling import Act, fill, scope_of

AKI, BEN, CHIE, DAN = 1, 2, 3, 4
LATER = datetime(2026, 9, 1, tzinfo=UTC)
JUNE = (date(2026, 6, 1), date(2026, 6, 30))


@pytest.fixture
def warehouse(tmp_path):
    return Warehouse(str(tmp_path / "tables"))


def tokyo(month, day, hour=17, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo("Asia/Tokyo"))


def days(found):
    return {(one.person, f"{one.month:%Y-%m}"): one.days for one in found}


# --- days of habit --------------------------------------------------------------------------


def test_five_hours_in_a_day_are_one_day_and_five_minutes_on_fifteen_are_fifteen(warehouse):
    long = [Act(AKI, tokyo(6, 3, 14) + timedelta(minutes=n)) for n in range(0, 300, 5)]
    short = [Act(BEN, tokyo(6, day)) for day in range(1, 16)]
    fill(warehouse, [*long, *short], zone="Asia/Tokyo")
    scope = scope_of(warehouse, at=LATER, zone="Asia/Tokyo")

    assert days(active_days(scope, since=JUNE[0], until=JUNE[1])) == {
        (AKI, "2026-06"): 1,
        (BEN, "2026-06"): 15,
    }
    assert stickiness(scope, Span("day", *JUNE)).people == {1: 1, 15: 1}


def test_ten_past_midnight_in_tokyo_is_the_new_day_and_month(warehouse):
    """In UTC it is still the last of June."""
    fill(warehouse, [Act(AKI, tokyo(7, 1, 0, 10))], zone="Asia/Tokyo")
    scope = scope_of(warehouse, at=LATER, zone="Asia/Tokyo")
    both = (date(2026, 6, 30), date(2026, 7, 1))

    assert days(active_days(scope, since=both[0], until=both[1])) == {(AKI, "2026-07"): 1}
    assert [one.new for one in lifecycle(scope, Span("day", *both))] == [0, 1]
    assert [one.new for one in lifecycle(scope, Span("day", *both, zone="UTC"))] == [1, 0]


def test_a_pacific_evening_is_the_next_day_in_utc(warehouse):
    """17:30 in Los Angeles on 7 March is 01:30 UTC on the 8th, the day its clocks change."""
    pacific = ZoneInfo("US/Pacific")
    evening = datetime(2026, 3, 7, 17, 30, tzinfo=pacific)
    next_evening = datetime(2026, 3, 8, 16, 30, tzinfo=pacific)  # 23:30 UTC, an hour earlier
    fill(warehouse, [Act(AKI, evening), Act(AKI, next_evening)], zone="US/Pacific")
    scope = scope_of(warehouse, at=LATER, zone="US/Pacific")

    def dau(zone):
        span = Span("day", date(2026, 3, 7), date(2026, 3, 8), zone)
        return [one.dau for one in actives(scope, span)]

    assert dau(None) == [1, 1]
    assert dau("UTC") == [0, 1]


def test_habit_goes_by_the_persons_own_zone_and_retention_by_the_workspaces(warehouse):
    """Aki studies in Honolulu, at 22:00 on 3 June; in Tokyo it is 17:00 on the 4th."""
    fill(warehouse, [Act(AKI, tokyo(6, 4), zone="Pacific/Honolulu")], zone="Asia/Tokyo")
    scope = scope_of(warehouse, at=tokyo(6, 5), zone="Asia/Tokyo")

    assert [one.current for one in streaks(scope)] == [0]  # the 3rd is the day before yesterday
    shown = lifecycle(scope, Span("day", date(2026, 6, 3), date(2026, 6, 4)))
    assert [one.new for one in shown] == [0, 1]


def test_an_hour_shown_twice_in_autumn_is_two(warehouse):
    new_york = PeriodBuckets("hour", "America/New_York")
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)

    assert new_york.of_moment(first + timedelta(hours=1)) == new_york.of_moment(first) + 1
    assert PeriodBuckets("hour", "Asia/Kolkata").start(0).isoformat().endswith(":00:00+05:30")


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Australia/Lord_Howe", "America/New_York"])
def test_engine_and_rules_cut_hours_alike_in_odd_zones(warehouse, zone):
    first = datetime(2026, 4, 4, 12, tzinfo=UTC)
    fill(warehouse, [Act(n, first + timedelta(minutes=n * 10)) for n in range(300)])
    scope = scope_of(warehouse, at=LATER)
    span = Span("hour", date(2026, 4, 4), date(2026, 4, 7), zone)

    shown = {one.start: one.new for one in lifecycle(scope, span)}

    buckets = PeriodBuckets("hour", zone)
    counted = Counter(
        buckets.start(buckets.of_moment(first + timedelta(minutes=n * 10))) for n in range(300)
    )
    assert {start: new for start, new in shown.items() if new} == counted


# --- retention ------------------------------------------------------------------------------


def test_columns_whose_time_is_not_over_are_empty_and_column_0_counts(warehouse):
    """Seen on Wednesday 17 June: the week of Sunday the 14th is open."""
    acts = [Act(AKI, tokyo(6, day)) for day in (1, 8, 15)] + [Act(BEN, tokyo(6, 16))]
    fill(warehouse, acts, zone="Asia/Tokyo")
    scope = scope_of(warehouse, at=tokyo(6, 17), zone="Asia/Tokyo")

    found = retention(scope, RetentionRequest(Span("week", date(2026, 6, 1)), periods=3))

    shown = [(str(one.start), one.returned, one.open_from) for one in found.cohorts]
    assert shown == [
        ("2026-05-31", (1, 1, None), 2),
        ("2026-06-07", (1, None, None), 1),
        ("2026-06-14", (2, None, None), 0),
    ]
    interval = found.cohorts[0].intervals[1]
    assert (round(interval.low, 3), interval.high) == (0.207, 1.0)


def test_weeks_start_on_sunday_unless_monday_is_asked_for(warehouse):
    """7 June 2026 is a Sunday."""
    fill(
        warehouse,
        [Act(AKI, datetime(2026, 6, 6, tzinfo=UTC)), Act(AKI, datetime(2026, 6, 7, tzinfo=UTC))],
    )
    scope = scope_of(warehouse, at=LATER)
    dates = (date(2026, 6, 6), date(2026, 6, 7))

    assert stickiness(scope, Span("week", *dates)).people == {2: 1}
    assert stickiness(scope, Span("week", *dates, week_starts="monday")).people == {1: 1}


def test_first_ever_leaves_out_whoever_began_otherwise(warehouse):
    """Aki's first lesson was free, the second paid; Ben's first was paid."""
    acts = [
        Act(AKI, tokyo(6, 1), properties='{"plan": "free"}'),
        Act(AKI, tokyo(6, 2), properties='{"plan": "paid"}'),
        Act(BEN, tokyo(6, 2), properties='{"plan":"paid"}'),
    ]
    fill(warehouse, acts, zone="Asia/Tokyo")
    scope = scope_of(warehouse, at=LATER, zone="Asia/Tokyo")

    def sizes(kind):
        span = Span("day", date(2026, 6, 1), date(2026, 6, 2))
        request = RetentionRequest(span, kind=kind, where=(("plan", "paid"),))
        return [one.size for one in retention(scope, request).cohorts]

    assert sizes("first-time") == [0, 2]
    assert sizes("first-ever") == [0, 1]


@pytest.mark.parametrize(
    ("key", "value", "count"),
    [
        ("grade", "3", 2),  # a number and a text
        ("$browser", "Safari", 1),
        ("note", 'a"b\\c', 1),
        ("校", "東京", 1),
        ("ok", "true", 1),
        ("grade", "x", 0),
        ("rade", "3", 0),
        ("note", '","grade":3,"', 0),
    ],
)
def test_properties_are_found_by_any_key_and_value(warehouse, key, value, count):
    of_aki = {"grade": 3, "$browser": "Safari", "note": 'a"b\\c', "校": "東京"}
    of_ben = {"ok": True, "grade": "3", "note": '{"grade":"x"}'}
    fill(
        warehouse,
        [
            Act(AKI, tokyo(6, 1), properties=json.dumps(of_aki)),
            Act(
                BEN, tokyo(6, 1), properties=json.dumps(of_ben, ensure_ascii=False, separators=",:")
            ),
            Act(CHIE, tokyo(6, 1)),
        ],
    )
    scope = scope_of(warehouse, at=LATER)

    found = stickiness(scope, Span("day", *JUNE), where=((key, value),))

    assert sum(found.people.values()) == count


def test_a_company_counts_once_whoever_of_it_came(warehouse):
    acts = [Act(AKI, tokyo(6, 1), group=9), Act(BEN, tokyo(6, 2), group=9), Act(CHIE, tokyo(6, 1))]
    fill(warehouse, acts)

    found = stickiness(scope_of(warehouse, at=LATER, by="company"), Span("day", *JUNE))

    assert (found.unit, found.people) == ("company", {2: 1})


def test_only_a_cohort_counts_when_it_is_asked_for(warehouse):
    fill(warehouse, [Act(AKI, tokyo(6, 1)), Act(BEN, tokyo(6, 1)), Act(CHIE, tokyo(6, 2))])
    scope = scope_of(warehouse, at=LATER, people=frozenset((AKI,)), persons={CHIE: AKI})

    assert stickiness(scope, Span("day", *JUNE)).people == {2: 1}


def test_nothing_was_published_yet(warehouse):
    scope = scope_of(warehouse, at=LATER)

    assert retention(scope, RetentionRequest()).cohorts[0].returned[0] == 0
    assert len(lifecycle(scope, Span("month"))) == 30
    assert churned(scope).share.of == 0
    assert usage_survival(scope).curve.points == ()


@pytest.mark.parametrize(
    "ask",
    [
        lambda scope: stickiness(scope, Span("day", JUNE[1], JUNE[0])),
        lambda scope: stickiness(scope, Span("hour", date(1990, 1, 1), JUNE[0])),
        lambda scope: RetentionRequest(periods=0),
        lambda scope: RetentionRequest(minimum=0),
        lambda scope: RetentionRequest(windows=True, is_cumulative=True),
        lambda scope: churned(scope, idle_days=0),
        lambda scope: learning_retention(scope, since=None, until=None, least_days=0),
        lambda scope: active_days(scope, since=JUNE[1], until=JUNE[0]),
    ],
    ids=range(8),
)
def test_refuses_what_has_no_answer(warehouse, ask):
    with pytest.raises(BadUsageQuestion):
        ask(scope_of(warehouse, at=LATER))


# --- who stays ------------------------------------------------------------------------------


def test_learning_retention_counts_those_under_contract_for_the_whole_month(warehouse):
    """Aki learns on 4 days, Ben on 3, Chie joins on the 2nd, Dan renews without a gap."""
    acts = [Act(AKI, tokyo(6, day)) for day in range(1, 5)]
    acts += [Act(BEN, tokyo(6, day)) for day in range(1, 4)]
    acts += [Act(CHIE, tokyo(6, day)) for day in range(2, 20)]
    acts += [Act(DAN, tokyo(6, day)) for day in (1, 2, 3, 30)]
    fill(warehouse, acts, zone="Asia/Tokyo")
    contracts = [
        ContractSpan(AKI, date(2026, 4, 1)),
        ContractSpan(BEN, date(2026, 6, 1), date(2026, 7, 1)),
        ContractSpan(CHIE, date(2026, 6, 2)),
        ContractSpan(DAN, date(2025, 6, 15), date(2026, 6, 15)),
        ContractSpan(DAN, date(2026, 6, 15), date(2027, 6, 15)),
        ContractSpan(99, date(2026, 1, 1)),  # never used it: a learner all the same
    ]
    scope = scope_of(warehouse, at=tokyo(7, 1), zone="Asia/Tokyo")

    (june,) = learning_retention(scope, since=JUNE[0], until=JUNE[1], contracts=contracts)
    (july,) = learning_retention(scope, since=None, until=None, contracts=contracts)

    assert (june.share.count, june.share.of, june.apart, june.basis) == (2, 4, 1, "contract")
    assert july.share is None


def test_learning_retention_without_contracts_counts_those_seen_before_and_after(warehouse):
    acts = [Act(AKI, tokyo(month, 9)) for month in (5, 6, 7)]
    acts += [Act(BEN, tokyo(5, 31)), Act(BEN, tokyo(7, 1)), Act(CHIE, tokyo(6, 1))]
    fill(warehouse, acts, zone="Asia/Tokyo")

    def june(at):
        scope = scope_of(warehouse, at=at, zone="Asia/Tokyo")
        return learning_retention(scope, since=JUNE[0], until=JUNE[1], least_days=1)[0]

    found = june(tokyo(8, 1))
    assert (found.share.count, found.share.of, found.apart) == (1, 2, 1)
    assert found.basis == "activity"
    assert june(tokyo(7, 31)).share is None  # whoever comes back in July may still come


def test_who_has_left_and_how_long_people_stay(warehouse):
    """With 30 idle days: Aki stayed 10 days and left, Ben 40 and is there; Chie came once."""
    acts = [Act(AKI, tokyo(6, 1)), Act(AKI, tokyo(6, 11))]
    acts += [Act(BEN, tokyo(6, 1)), Act(BEN, tokyo(7, 11)), Act(CHIE, tokyo(6, 5))]
    fill(warehouse, acts, zone="Asia/Tokyo")
    scope = scope_of(warehouse, at=tokyo(7, 31), zone="Asia/Tokyo")

    assert churned(scope, idle_days=30).people == (
        (CHIE, date(2026, 6, 5)),
        (AKI, date(2026, 6, 11)),
    )
    assert churned(scope, idle_days=50).share.count == 1
    curve = usage_survival(scope, idle_days=30).curve
    assert [(p.time, p.at_risk) for p in curve.points] == [(0, 3), (10, 2)]
    late = usage_survival(scope, idle_days=30, since=date(2026, 6, 8)).curve
    assert [(p.time, p.at_risk) for p in late.points] == [(10, 2)]  # Chie was gone by then


def test_contracts_that_run_on_are_cut_off_today(warehouse):
    scope = scope_of(warehouse, at=datetime(2026, 1, 31, tzinfo=UTC))
    contracts = [
        ContractSpan(AKI, date(2026, 1, 1), date(2026, 1, 11)),
        ContractSpan(BEN, date(2026, 1, 1), date(2026, 12, 1)),
    ]

    curve = contract_survival(scope, contracts).curve

    assert (curve.count, curve.ended, curve.at(10), curve.at(9)) == (2, 1, 0.5, 1.0)


# --- real logs ------------------------------------------------------------------------------


def lines(shared, *names):
    path = shared.joinpath("data", *names)
    with gzip.open(path, "rt", encoding="utf-8") as file:
        yield from file


@pytest.mark.records
@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles"])
def test_messages_of_students_in_two_zones(shared, warehouse, zone):
    """1,350 senders, 59,835 messages; the most regular wrote on 103 days as their clocks say."""
    rows = [line.split() for line in lines(shared, "collegemsg", "CollegeMsg.txt.gz")]
    acts = [
        Act(int(sender), datetime.fromtimestamp(int(at), UTC))
        for sender, _to, at in rows
        if sender.isdigit()
    ]
    fill(warehouse, acts, zone="America/Los_Angeles")
    scope = scope_of(warehouse, at=LATER, zone="America/Los_Angeles")
    span = Span("day", date(2004, 4, 15), date(2004, 10, 26), zone)

    found = stickiness(scope, span)
    dau = {one.on: one.dau for one in actives(scope, span)}

    by_day = defaultdict(set)
    for act in acts:
        by_day[act.at.astimezone(ZoneInfo(zone)).date()].add(act.actor)
    assert (len(acts), sum(found.people.values())) == (59_835, 1_350)
    assert found.people == Counter(
        Counter(one for there in by_day.values() for one in there).values()
    )
    assert max(found.people) == (103 if zone != "UTC" else 107)
    assert {on: count for on, count in dau.items() if count} == {
        on: len(there) for on, there in by_day.items()
    }


@pytest.mark.records
def test_regular_buyers_of_a_grocer(shared, warehouse):
    """1,525 customers of the first quarter of 2006, 10,483 customer-days."""
    rows = csv.DictReader(lines(shared, "grocery_elog", "groceryElog.csv.gz"))
    acts = [
        Act(int(row["cust"]), datetime.fromisoformat(row["date"]).replace(hour=12, tzinfo=UTC))
        for row in rows
    ]
    fill(warehouse, acts)
    scope = scope_of(warehouse, at=LATER)
    years = (date(2006, 1, 1), date(2007, 12, 30))

    found = stickiness(scope, Span("day", *years)).people
    first = RetentionRequest(Span("month", *years), periods=24, kind="first-time")
    sizes = [one.size for one in retention(scope, first).cohorts]

    assert (sum(found.values()), sum(n * count for n, count in found.items())) == (1_525, 10_483)
    assert (sum(sizes[:3]), sum(sizes[3:])) == (1_525, 0)


@pytest.mark.records
def test_days_of_a_course_in_paris_and_in_utc_differ_by_learner(shared, warehouse):
    """22,000 statements; 6,345 learner-days in UTC, 6,350 in Paris."""
    names: dict[str, int] = {}
    acts = []
    for line in lines(shared, "xapi_fun_mooc", "statements.jsonl.gz"):
        said = json.loads(line)
        actor = names.setdefault(said["actor"]["account"]["name"], len(names) + 1)
        acts.append(Act(actor, datetime.fromisoformat(said["timestamp"])))
    fill(warehouse, acts, zone="Europe/Paris")
    scope = scope_of(warehouse, at=LATER, zone="Europe/Paris")
    span = (date(2021, 11, 24), date(2021, 12, 1))

    def learner_days(zone):
        people = stickiness(scope, Span("day", *span, zone)).people
        return sum(days * count for days, count in people.items())

    assert (len(acts), len(names)) == (22_000, 1_452)
    assert (learner_days("UTC"), learner_days(None)) == (6_345, 6_350)
    of_learner = Counter()
    for actor, _on in {(a.actor, a.at.astimezone(ZoneInfo("Europe/Paris")).date()) for a in acts}:
        of_learner[actor] += 1
    shown = Counter()
    for one in active_days(scope, since=span[0], until=span[1]):
        shown[one.person] += one.days
    assert shown == of_learner
