"""Objectives as documents: what is read, and what is refused with place, reason and way out."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from shinrai.objectives.rules.definition import BusinessDays, BusinessSeconds
from shinrai.objectives.rules.document import BadObjective, read_objective, write_objective
from shinrai.objectives.rules.durations import Duration
from shinrai.objectives.rules.numbers import NotADecimal, decimal_text, read_decimal
from shinrai.objectives.rules.windows import CalendarWindow, RollingWindow
from shinrai.objectives.rules.yaml_text import BadYaml, read_yaml
from tests.objectives.rules.desk import OFFICE_DOCUMENT, month, objective_document, source

ROLLING = {"duration": "30d", "isRolling": True}


def complaints(document: object) -> dict[str, str]:
    with pytest.raises(BadObjective) as refused:
        read_objective(document)
    return {complaint.where: str(complaint) for complaint in refused.value.complaints}


def indicator(metric: dict) -> dict:
    return {"spec": metric}


class TestReading:
    def test_reads_the_investigation_objective(self):
        objective = read_objective(objective_document())

        assert objective.name == "investigations-2bd"
        assert objective.title == "Two business days"
        assert objective.service == "cre"
        assert objective.indicator_name == "investigations"
        assert objective.target == Fraction(19, 20)
        assert objective.clock.within == BusinessDays(2, "close")
        assert objective.clock.pauses == ("sent_back",)
        assert objective.window == CalendarWindow(
            Duration(1, "M"), datetime(2026, 1, 1), "Asia/Tokyo"
        )

    def test_reads_a_rolling_window_in_weeks(self):
        document = objective_document(timeWindow=[{"duration": "4w", "isRolling": True}])

        assert read_objective(document).window == RollingWindow(28)

    def test_reads_a_calendar_written_inline(self):
        metric = {"rawType": "success", "raw": source(calendar=OFFICE_DOCUMENT)}
        document = objective_document(indicator=indicator({"ratioMetric": metric}))

        assert read_objective(document).clock.calendar == OFFICE_DOCUMENT

    @pytest.mark.parametrize(
        "metric",
        [
            {"thresholdMetric": source()},
            {"ratioMetric": {"counter": True, "good": source(), "total": source()}},
            {"ratioMetric": {"counter": True, "bad": source(), "total": source()}},
        ],
    )
    def test_reads_every_form_of_indicator_openslo_has(self, metric):
        document = objective_document(indicator=indicator(metric))

        assert read_objective(document).clock == read_objective(objective_document()).clock

    def test_reads_open_time_and_the_tier_that_holds(self):
        spec = source(clock="held", tier=2, within={"business_seconds": "28800"}, pauses=[])
        document = objective_document(indicator=indicator({"thresholdMetric": spec}))
        clock = read_objective(document).clock

        assert (clock.within, clock.tier, clock.pauses) == (BusinessSeconds(28800), 2, ())

    def test_keeps_alert_policies_unused(self):
        document = objective_document(alertPolicies=[{"alertPolicyRef": "page-me"}])

        assert read_objective(document).alert_policies == ({"alertPolicyRef": "page-me"},)

    @pytest.mark.parametrize(
        "document",
        [
            objective_document(),
            objective_document(timeWindow=[ROLLING], description="Why we promise it"),
            objective_document(objectives=[{"targetPercent": "99.95"}], alertPolicies=["a"]),
        ],
    )
    def test_reads_what_it_wrote_as_the_same(self, document):
        objective = read_objective(document)

        assert read_objective(write_objective(objective)) == objective


class TestTargets:
    @pytest.mark.parametrize("written", ["0.999", 0.999, Decimal("0.999")], ids=repr)
    def test_are_what_was_typed(self, written):
        document = objective_document(objectives=[{"target": written}])

        assert read_objective(document).target == Fraction(999, 1000)

    @pytest.mark.parametrize("written", ["99.9", 99.9], ids=repr)
    def test_are_the_same_in_per_cent(self, written):
        document = objective_document(objectives=[{"targetPercent": written}])

        assert read_objective(document).target == Fraction(999, 1000)

    @pytest.mark.parametrize(
        "goal",
        [{"target": "1.0"}, {"target": 1}, {"targetPercent": 100}, {"targetPercent": "100.00"}],
    )
    def test_that_allow_no_miss_are_refused_for_that_reason(self, goal):
        (complaint,) = complaints(objective_document(objectives=[goal])).values()

        assert "leaves room for no miss" in complaint

    @pytest.mark.parametrize(
        "written", ["0", "0.0", "95", "-0.5", "1e-1", "95%", "", None, True, "ninety", "0,95"]
    )
    def test_that_are_no_share_are_refused(self, written):
        assert "spec.objectives[0].target" in complaints(
            objective_document(objectives=[{"target": written}])
        )

    @pytest.mark.parametrize(
        "goals", [[], [{"target": "0.9"}, {"target": "0.95"}], [{}], {"target": "0.9"}, None]
    )
    def test_must_be_exactly_one(self, goals):
        assert any(
            "objectives" in place for place in complaints(objective_document(objectives=goals))
        )

    def test_are_given_once_and_not_in_slices(self):
        goal = {"target": "0.9", "targetPercent": 90, "timeSliceWindow": "1m"}
        found = complaints(objective_document(objectives=[goal]))

        assert "both" in found["spec.objectives[0]"]
        assert "counted tickets" in found["spec.objectives[0].timeSliceWindow"]

    @given(st.decimals("0.000001", "0.999999", places=6))
    def test_survive_being_written_and_read(self, number):
        exact = Fraction(number)

        assert read_decimal(decimal_text(exact)) == exact

    def test_that_never_end_cannot_be_written(self):
        with pytest.raises(NotADecimal, match="never ends"):
            decimal_text(Fraction(1, 3))


class TestWindowsOfDocuments:
    @pytest.mark.parametrize(
        ("window", "says"),
        [
            ([month(), ROLLING], "exactly one"),
            ([], "exactly one"),
            (None, "exactly one"),
            (month(), "exactly one"),
            ([month() | {"isRolling": True}], "never both"),
            ([{"duration": "1M"}], "never both"),
            ([{"duration": "1M", "isRolling": True}], "months differ"),
            ([ROLLING | {"duration": "6h"}], "shorter than a day"),
            ([ROLLING | {"duration": "30m"}], "shorter than a day"),
            ([ROLLING | {"duration": "30 days"}], "no duration"),
            ([ROLLING | {"duration": "0d"}], "no duration"),
            ([ROLLING | {"duration": "9999d"}], "ten years"),
            ([{"duration": "1x", "calendar": month()["calendar"]}], "unknown unit"),
            ([{"duration": "1M", "calendar": {"timeZone": "Asia/Tokio"}}], "Asia/Tokyo"),
            (
                [{"duration": "1M", "calendar": {"startTime": "soon", "timeZone": "UTC"}}],
                "no date and time",
            ),
            (
                [
                    {
                        "duration": "1M",
                        "calendar": {"startTime": "2026-01-01T00:00:00Z", "timeZone": "UTC"},
                    }
                ],
                "timeZone says it",
            ),
        ],
    )
    def test_are_refused_with_a_way_out(self, window, says):
        found = complaints(objective_document(timeWindow=window))

        assert any(place.startswith("spec.timeWindow") for place in found)
        assert says in " ".join(found.values())


class TestIndicators:
    @pytest.mark.parametrize(
        ("spec", "place", "says"),
        [
            ({"mode": None}, "mode", "modes never mix"),
            ({"clock": "latency"}, "clock", "investigation, first_reply"),
            ({"within": {"business_days": 2}}, "within.by", "two ways"),
            ({"within": {"business_days": -1, "by": "close"}}, "within.business_days", "from 0"),
            ({"within": {"business_seconds": 0}}, "within.business_seconds", "from 1"),
            ({"within": {}}, "within", "business_days or business_seconds"),
            ({"within": {"business_seconds": 9, "by": "close"}}, "within.by", "leave it out"),
            ({"tier": 2}, "tier", "only the clock 'held'"),
            ({"clock": "held"}, "tier", "is missing"),
            ({"pauses": None}, "pauses", "[] for none"),
            ({"pauses": ["lunch"]}, "pauses[0]", "sent_back, customer"),
            ({"calendar": None}, "calendar", "name a saved calendar"),
            ({"calendar": " Main Office"}, "calendar", "no name"),
            ({"calendar": {"zone": "Asia/Tokyo", "weekly": {}}}, "calendar", "saved calendar"),
            ({"paused": []}, "paused", "did you mean 'pauses'"),
        ],
    )
    def test_name_what_is_wrong_in_the_metric_source(self, spec, place, says):
        document = objective_document(
            indicator=indicator({"ratioMetric": {"rawType": "success", "raw": source(**spec)}})
        )
        where = f"spec.indicator.spec.ratioMetric.raw.metricSource.spec.{place}"

        assert says in complaints(document)[where]

    def test_kept_elsewhere_are_refused(self):
        found = complaints(objective_document(indicator=None, indicatorRef="replies"))

        assert list(found) == ["spec.indicatorRef"]
        assert "write the indicator here" in found["spec.indicatorRef"]

    def test_given_twice_are_refused(self):
        assert (
            "drop indicatorRef"
            in complaints(objective_document(indicatorRef="a"))["spec.indicatorRef"]
        )

    @pytest.mark.parametrize(
        "metric",
        [
            {},
            {"thresholdMetric": source(), "ratioMetric": {"rawType": "success", "raw": source()}},
            {"ratioMetric": {"raw": source()}},
            {"ratioMetric": {"rawType": "failure", "raw": source()}},
            {"ratioMetric": {"good": source()}},
            {"ratioMetric": {"good": source(), "total": source(mode="direct")}},
            {"thresholdMetric": {"metricSource": {"type": "prometheus", "spec": {}}}},
            {"thresholdMetric": {"metricSource": {"type": "shinrai"}}},
        ],
    )
    def test_must_be_one_clock_of_ours(self, metric):
        assert complaints(objective_document(indicator=indicator(metric)))


class TestDocuments:
    def test_are_told_everything_that_is_wrong_at_once(self):
        document = objective_document(
            timeWindow=[month(), ROLLING], objectives=[{"target": "1.0"}], service=None
        )
        document["metadata"]["name"] = "Two Days"
        document["spec"]["budgetingMethod"] = "Timeslices"
        document["kind"] = "SLI"

        assert set(complaints(document)) == {
            "kind",
            "metadata.name",
            "spec.service",
            "spec.budgetingMethod",
            "spec.timeWindow",
            "spec.objectives[0].target",
        }

    @pytest.mark.parametrize(
        "name", ["", "-a", "a-", "A", "a.b", "x" * 64, "期限", "two days", None, 7]
    )
    def test_need_a_name_that_fits_an_address(self, name):
        document = objective_document()
        document["metadata"]["name"] = name

        assert "metadata.name" in complaints(document)

    @pytest.mark.parametrize("document", [None, [], "SLO", 7, {}])
    def test_that_are_none_are_refused(self, document):
        assert complaints(document)

    def test_of_another_version_are_refused(self):
        document = objective_document() | {"apiVersion": "openslo/v1alpha"}

        assert "write openslo/v1" in complaints(document)["apiVersion"]


class TestYaml:
    TEXT = yaml.safe_dump(objective_document(objectives=[{"target": 0.9999999}]))

    def test_keeps_numbers_dates_and_norway_as_they_were_typed(self):
        assert read_yaml("target: 0.9500") == {"target": "0.9500"}
        assert read_yaml("from: 10:00\non: 2026-06-05\nis: true\nnot:\nin: NO") == {
            "from": "10:00",
            "on": "2026-06-05",
            "is": True,
            "not": None,
            "in": "NO",
        }

    def test_and_the_reader_agree_with_plain_yaml(self):
        assert read_objective(read_yaml(self.TEXT)) == read_objective(yaml.safe_load(self.TEXT))

    @pytest.mark.parametrize(
        ("text", "says"),
        [("a: 1\na: 2", "line 2: 'a' stands twice"), ("a: [1", "line"), ("a:\n\t- b", "line 2")],
    )
    def test_that_is_broken_is_refused_with_the_line(self, text, says):
        with pytest.raises(BadYaml, match=says):
            read_yaml(text)

    def test_cannot_make_objects(self):
        with pytest.raises(BadYaml):
            read_yaml("!!python/object/apply:os.getcwd []")
