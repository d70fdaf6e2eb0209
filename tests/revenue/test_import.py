"""Files of payments and contracts: each row counts once, or is set aside with its reason."""

import gzip
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner

from shinrai.customers.queries import customer_by_identifier
from shinrai.privacy.operations import erase_person
from shinrai.revenue.commands import group
from shinrai.revenue.models import Contract, ContractStep, Payment
from shinrai.usage.models import QuarantinedEvent
from tests.cast import Cast

pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[3] / "shared" / "data"
NOW = datetime(2026, 6, 15, 3, tzinfo=UTC)  # noon in Tokyo


def ask(*words: str | Path, at: datetime = NOW) -> dict[str, Any]:
    with time_machine.travel(at, tick=False):
        done = CliRunner().invoke(group, [*map(str, words), "-w", "tanuki", "--json"])
    assert done.exit_code in (0, 3), done.output
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def take_in(path: Path, *more: str | Path) -> dict[str, Any]:
    return ask("import", path, *more)["files"][0]  # type: ignore[no-any-return]


def summary(*more: str, at: datetime = NOW) -> dict[str, Any]:
    [found] = ask("summary", *more, at=at)["currencies"]
    return found  # type: ignore[no-any-return]


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_text(text, encoding)
    return path


PAYMENTS = """決済ID,顧客ID,金額,支払日,区分
P-1,田中,"￥1,980",2026/05/01,支払
P-2,山田,1980円,2026年5月31日,支払
P-3,田中,980,2026-06-01 00:10,返金
P-4,,500,2026-06-02,支払
P-5,鈴木,9.5,2026-06-02,支払
P-6,鈴木,たくさん,2026-06-02,支払
P-7,鈴木,100,きのう,支払
"""


class TestPayments:
    def test_a_japanese_sheet_is_read_and_what_is_wrong_is_said_by_line(
        self, cast: Cast, tmp_path: Path
    ) -> None:
        path = written(tmp_path / "決済.csv", PAYMENTS, "cp932")
        found = take_in(path, "--currency", "JPY")
        assert (found["rows"], found["new"], found["set_aside"]) == (7, 4, 3)
        assert [one["line"] for one in found["reasons"]] == [6, 7, 8]
        assert "decimals" in found["reasons"][0]["reason"]
        assert QuarantinedEvent.objects.filter(workspace_id=cast.workspace.id).count() == 3

        again = take_in(path, "--currency", "JPY")
        assert (again["new"], again["known"]) == (0, 4)
        may, june = summary()["months"]
        assert (may["month"], may["revenue"], may["payers"]) == ("2026-05", 3960, 2)
        assert (june["paid"], june["refunded"], june["revenue"]) == (500, 980, -480)
        assert (june["is_open"], june["without_customer"]) == (True, 1)
        assert june["revenue_without_customer"] == 500
        assert june["arpu_per_active_person"] is None

    def test_without_ids_equal_rows_count_each_and_the_file_counts_once(
        self, cast: Cast, tmp_path: Path
    ) -> None:
        rows = "customer,amount,date\n" + "tanaka,300,2026-05-01\n" * 3
        path = written(tmp_path / "p.csv", rows)
        assert take_in(path, "--currency", "JPY")["new"] == 3
        assert take_in(path, "--currency", "JPY")["new"] == 0
        longer = written(tmp_path / "q.csv", rows + "tanaka,300,2026-05-01\n")
        assert take_in(longer, "--currency", "JPY")["new"] == 1

    def test_an_erased_customer_does_not_come_back_and_workspaces_are_apart(
        self, cast: Cast, tmp_path: Path
    ) -> None:
        path = written(tmp_path / "p.csv", "customer,amount,date\na,300,2026-05-01\n")
        take_in(path, "--currency", "JPY")
        person = customer_by_identifier(
            workspace_id=cast.workspace.id, source="revenue", identifier="a"
        )
        assert person is not None
        erase_person(
            workspace_id=cast.workspace.id,
            key_id=person.key_id,
            source_keys=[("person", "revenue", "a")],
            at=NOW,
        )
        more = written(tmp_path / "q.csv", "customer,amount,date\na,500,2026-05-02\n")
        found = take_in(more, "--currency", "JPY")
        assert (found["new"], found["erased"]) == (0, 1)
        assert summary()["total"]["revenue"] == 300  # what was counted stays
        with time_machine.travel(NOW, tick=False):
            done = CliRunner().invoke(group, ["summary", "-w", "kitsune", "--json"])
        assert json.loads(done.stdout)["currencies"] == []

    def test_no_currency_is_not_guessed_from_nothing(self, cast: Cast, tmp_path: Path) -> None:
        path = written(tmp_path / "p.csv", "customer,amount,date\na,300,2026-05-01\n")
        found = take_in(path)
        assert (found["new"], found["set_aside"]) == (0, 1)
        assert "--currency" in found["reasons"][0]["reason"]

    def test_a_mapping_says_what_no_name_tells(self, cast: Cast, tmp_path: Path) -> None:
        mapping = written(
            tmp_path / "m.yaml",
            "header: false\ndelimiter: ';'\ncurrency: EUR\ndecimal: ','\ndates: '%d/%m/%Y'\n"
            "zone: Europe/Berlin\ncolumns: {customer: 1, at: 2, amount: 3}\n",
        )
        path = written(tmp_path / "p.csv", "a;03/05/2026;1.234,56\n")
        assert take_in(path, "--mapping", mapping)["new"] == 1
        row = Payment.objects.get()
        assert (row.minor, row.at) == (123456, datetime(2026, 5, 2, 22, tzinfo=UTC))

    @pytest.mark.parametrize(
        ("text", "said"),
        [("colour: red", "colour"), ("columns: {what: x}", "what"), ("- a", "mapping"),
         ("[[[", "YAML"), ("currency: yen!", "currency"), ("columns: {amount: nope}", "nope")],
    )  # fmt: skip
    def test_a_wrong_mapping_is_refused_by_name(
        self, cast: Cast, tmp_path: Path, text: str, said: str
    ) -> None:
        path = written(tmp_path / "p.csv", "customer,amount,date\na,300,2026-05-01\n")
        words = ["import", str(path), "-w", "tanuki", "--mapping"]
        done = CliRunner().invoke(group, [*words, str(written(tmp_path / "m.yaml", text))])
        assert done.exit_code == 2
        assert said in done.output

    @pytest.mark.parametrize("content", [b"", b"\x1f\x8bnothing", b"\xff\xfe\x00\xd8", b"PAR1"])
    def test_a_broken_file_is_refused_in_words(
        self, cast: Cast, tmp_path: Path, content: bytes
    ) -> None:
        path = tmp_path / "p.csv"
        path.write_bytes(content)
        done = CliRunner().invoke(group, ["import", str(path), "-w", "tanuki"])
        assert done.exit_code == 2, done.output
        assert "p.csv" in done.output


class TestContracts:
    def test_a_list_that_is_imported_again_corrects_what_it_said(
        self, cast: Cast, tmp_path: Path
    ) -> None:
        head = "契約ID,顧客ID,プラン,月額,開始日,終了日\n"
        path = written(tmp_path / "c.csv", head + "K-1,田中,小学,2980,2026-04-01,2026-05-10\n"
                       "K-2,田中,中学,3980,2026-04-01,\nK-3,山田,小学,0,2026-05-01,\n")  # fmt: skip
        assert take_in(path, "--currency", "JPY")["new"] == 3
        assert take_in(path, "--currency", "JPY")["known"] == 3
        may = summary("--month", "2026-05")["months"][0]
        assert (may["mrr"], may["contracts"], may["paying_contracts"]) == (3980, 2, 1)
        assert may["contract_churn"] | {"low": 0, "high": 0} == {
            "ended": 1, "of": 2, "share": 0.5, "low": 0, "high": 0, "method": "Wilson",
        }  # fmt: skip
        assert (may["basis"], may["arpu_per_contract"]) == ("mrr", 1990)
        assert may["arppu_per_paying_contract"] == 3980

        later = NOW.replace(day=16)
        written(path, head + "K-1,田中,小学,2980,2026-04-01,\n")
        ask("import", path, "--currency", "JPY", at=later)
        assert summary("--month", "2026-05", at=later)["months"][0]["mrr"] == 6960
        assert (Contract.objects.count(), ContractStep.objects.count()) == (3, 5)

    def test_a_contract_without_a_customer_or_that_ends_first_is_set_aside(
        self, cast: Cast, tmp_path: Path
    ) -> None:
        path = written(
            tmp_path / "c.csv",
            "customer,monthly amount,started on,ended on\n,1,2026-01-01,\n"
            "a,1,2026-02-01,2026-01-01\nb,-1,2026-02-01,\n",
        )
        assert take_in(path, "--currency", "JPY")["set_aside"] == 3


@pytest.mark.skipif(not DATA.is_dir(), reason="the public data are not here")
class TestPublishedFigures:
    def test_cdnow(self, cast: Cast) -> None:
        path = DATA / "cdnow" / "CDNOW_master.txt.gz"
        found = take_in(path, "--currency", "USD")
        assert (found["rows"], found["new"], found["set_aside"]) == (69_659, 69_659, 0)
        total = summary()["total"]
        assert (total["customers"], total["payments"]) == (23_570, 69_659)
        assert (total["revenue"], total["payments_of_zero"]) == (2_500_315.63, 80)
        assert take_in(path, "--currency", "USD")["new"] == 0

        lived = ask("lifetime", "--at", "1998-06-30T12:00Z")
        assert lived["customers"] == 23_570
        assert 0 < lived["still_buying"] < 23_570

    def test_online_retail(self, cast: Cast) -> None:
        path = DATA / "online_retail_uci" / "online_retail.parquet"
        found = take_in(path, "--currency", "GBP")
        assert (found["rows"], found["new"], found["set_aside"]) == (541_909, 25_900, 0)
        total = summary()["total"]
        assert (total["customers"], total["revenue"]) == (4_372, 9_747_747.93)
        assert total["without_customer"] == 25_900 - 22_190
        assert take_in(path, "--currency", "GBP")["new"] == 0

    def test_telco(self, cast: Cast) -> None:
        path = DATA / "ibm_telco_churn" / "Telco-Customer-Churn.csv.gz"
        found = take_in(path, "--currency", "USD", "--on", "2020-06-30")
        assert (found["record"], found["new"], found["set_aside"]) == ("contracts", 7_043, 0)
        got = summary("--month", "2020-06", at=datetime(2020, 6, 30, 12, tzinfo=UTC))
        total, june = got["total"], got["months"][0]
        assert (total["contracts"], total["contracts_ended"]) == (7_043, 1_869)
        assert total["ended_share"] == pytest.approx(0.2654, abs=1e-4)

        with gzip.open(path, "rt") as file:
            rows = [line.rstrip("\n").split(",") for line in file][1:]
        assert sum(float(row[18]) for row in rows) / 7043 == pytest.approx(64.76, abs=1e-2)
        kept = [Decimal(row[18]) for row in rows if row[20] == "No"]
        assert june["mrr"] == float(sum(kept))
        assert june["contracts"] == len(kept)
        assert june["contract_churn"]["ended"] == 1_869
        assert june["contract_churn"]["of"] == 7_043 - 11  # the others began in this month
