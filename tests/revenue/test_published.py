"""Public data come in by the documented command and give the figures published of them."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from shinrai.revenue.queries.contracts import contract_spans
from shinrai.statistics.survival import kaplan_meier
from tests.cast import Cast
from tests.revenue.test_import import ask, summary, take_in

pytestmark = pytest.mark.django_db
SAMPLE = {  # customer, customer in the sample, date, quantity, dollars
    "record": "payments",
    "currency": "USD",
    "header": False,
    "columns": {"customer": 1, "at": 3, "amount": 5},
}
STARTS = {
    "column": "code_presentation",
    **{"2013B": date(2013, 2, 1), "2013J": date(2013, 10, 1)},
    **{"2014B": date(2014, 2, 1), "2014J": date(2014, 10, 1)},
}
REGISTRATIONS = {
    "source": "oulad",
    "record": "contracts",
    "currency": "GBP",
    "day_zero": STARTS,
    "columns": {
        "customer": "id_student",
        "contract": ["id_student", "code_module", "code_presentation"],
        "plan": "code_module",
        "monthly": {"fixed": 0},
        "started_on": {"first": "date_registration", "else": -400},  # 45 tell none
        "ended_on": "date_unregistration",
    },
}


def mapping(folder: Path, says: dict[str, object]) -> Path:
    path = folder / "mapping.yaml"
    path.write_text(yaml.safe_dump(says), encoding="utf-8")
    return path


def test_cdnow_sample_gives_the_parameters_of_its_authors(
    cast: Cast, shared: Path, tmp_path: Path
) -> None:
    """Fader, Hardie, Lee 2005: r .243, alpha 4.414, a .793, b 2.426, of the first 39 weeks."""
    path = shared / "data" / "cdnow" / "CDNOW_sample.txt.gz"
    found = take_in(path, "--mapping", mapping(tmp_path, SAMPLE))
    assert (found["new"], found["set_aside"]) == (found["rows"], 0)

    lived = ask("lifetime", "--at", "1997-09-30T12:00Z")

    assert lived["customers"] == 2_357
    assert [lived[name] for name in ("r", "alpha", "a", "b")] == pytest.approx(
        [0.243, 4.414, 0.793, 2.426], abs=1e-2
    )
    assert lived["log_likelihood"] == pytest.approx(-9582.4, abs=0.1)


def test_online_retail_counts_cancellations_and_orders_of_nobody(cast: Cast, shared: Path) -> None:
    take_in(shared / "data" / "online_retail_uci" / "online_retail.parquet", "--currency", "GBP")
    total = summary()["total"]
    assert total["revenue"] == 9_747_747.93
    assert total["revenue"] == pytest.approx(total["paid"] - total["refunded"], abs=0.005)
    assert total["customers"] == 4_372


def test_telco_contracts_last_as_published(cast: Cast, shared: Path) -> None:
    path = shared / "data" / "ibm_telco_churn" / "Telco-Customer-Churn.csv.gz"
    take_in(path, "--currency", "USD", "--on", "2020-06-30")
    spans = [some[-1] for some in contract_spans(workspace_id=cast.workspace.id).values()]
    until = date(2020, 6, 30)

    def months(start: date) -> int:
        return (until.year - start.year) * 12 + until.month - start.month

    curve = kaplan_meier([months(one.start) for one in spans], [bool(one.end) for one in spans])
    assert [curve.at(month) for month in (12, 24, 72)] == pytest.approx(
        [0.8432, 0.7887, 0.5928], abs=1e-3
    )


def test_registrations_of_the_open_university(cast: Cast, shared: Path, tmp_path: Path) -> None:
    """32,593 registrations of 28,785 students; 10,072 were ended; days count from each course."""
    path = shared / "data" / "oulad_without_clicks" / "student_registration.parquet"
    how = ("--mapping", mapping(tmp_path, REGISTRATIONS))
    found = take_in(path, *how)
    assert (found["record"], found["rows"], found["new"]) == ("contracts", 32_593, 32_593)
    assert (found["set_aside"], take_in(path, *how)["new"]) == (0, 0)

    total = summary(at=datetime(2020, 1, 1, tzinfo=UTC))["total"]
    assert (total["contracts"], total["contracts_ended"]) == (32_593, 10_072)
