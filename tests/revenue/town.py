"""A small town on 1 July 2026: families, their contracts, links, days of study and scores."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.customers.operations import LinkRequest, link_persons, record_customers
from shinrai.ledger.operations.cases import NewCase, record_cases
from shinrai.ledger.operations.step_encoding import NewStep
from shinrai.ledger.operations.steps import append_steps
from shinrai.revenue.operations.statements import Statement, record_contracts
from shinrai.revenue.rules.rows import ContractSaid, Terms
from shinrai.warehouse.store import Warehouse
from tests.usage.filling import Act, fill

NOW = datetime(2026, 7, 1, 3, tzinfo=UTC)  # noon in Tokyo
TOKYO = ZoneInfo("Asia/Tokyo")
OPENED = date(2026, 1, 1)
BY = "test"


class Town:
    """Builds families in a workspace; `publish` lays their days of study into the warehouse."""

    def __init__(self, workspace: WorkspaceRecord) -> None:
        self.workspace = workspace
        self.acts: list[Act] = []
        self.is_published = False

    def person(self, name: str, source: str = "usage") -> int:
        there = self.workspace.id
        known = record_customers(workspace_id=there, source=source, identifiers=[name], at=NOW)
        return known[name].id

    def contract(
        self,
        key: str,
        customer: str,
        *,
        since: date = OPENED,
        until: date | None = None,
        yen: int = 1000,
        source: str = "revenue",
    ) -> None:
        terms = [Terms(since, "", "JPY", yen)]
        terms += [Terms(until, "", "JPY", None)] if until else []
        of = Statement(self.workspace.id, source, NOW, NOW, BY)
        record_contracts(said=[ContractSaid(customer, tuple(terms), key)], of=of, is_whole=True)

    def link(
        self,
        learner: str,
        guardian: str,
        key: str = "",
        *,
        since: date = OPENED,
        until: date | None = None,
        source: str = "revenue",
    ) -> None:
        asked = LinkRequest(
            self.workspace.id, self.person(learner), self.person(guardian, source), key, since,
            until, "申込書",
        )  # fmt: skip
        link_persons(asked, at=NOW, by=BY)

    def studies(self, learner: str, *, month: int, days: int) -> None:
        first = datetime(2026, month, 1, 17, tzinfo=TOKYO)
        who = self.person(learner)
        self.acts += [Act(who, first + timedelta(days=n)) for n in range(days)]

    def rates(
        self, customer: str, score: object, on: date, *, source: str = "revenue", **detail: str
    ) -> None:
        who = self.person(customer, source)
        case = NewCase("inquiry", "desk", f"T-{customer}-{on}-{score}", customer_id=who)
        [case_id] = record_cases(workspace_id=self.workspace.id, cases=[case])
        at = datetime(on.year, on.month, on.day, 12, tzinfo=TOKYO)
        steps = [
            NewStep(case_id=case_id, at=at, kind="rated", role="customer",
                    detail={"score": score, **detail})
        ]  # fmt: skip
        append_steps(workspace_id=self.workspace.id, steps=steps, count=1, recorded_at=NOW)

    def publish(self, warehouse: str) -> None:
        if self.is_published:
            return
        self.is_published = True
        fill(Warehouse(warehouse), self.acts, zone="Asia/Tokyo", workspace_id=self.workspace.id)


def settle(town: Town) -> None:
    """Let the named families move in; what is difficult about each stands beside it."""
    # 田中 pays one contract for two children: 3 and 16 days in March.
    town.contract("K-1", "tanaka", yen=3000)
    for learner, days in (("hana", 3), ("ken", 16)):
        town.link(learner, "tanaka", "K-1")
        town.studies(learner, month=3, days=days)
    # 山田's child has both parents; the father pays nothing. They end on 15 May.
    town.contract("K-2", "yamada-mother", until=date(2026, 5, 15))
    for parent in ("yamada-mother", "yamada-father"):
        town.link("aki", parent, "K-2")
    town.studies("aki", month=3, days=6)
    # 佐々木 part on 20 March: the child goes from the mother's contract to the father's.
    town.contract("K-3", "sasaki-mother")
    town.contract("K-4", "sasaki-father")
    town.link("mio", "sasaki-mother", "K-3", until=date(2026, 3, 20))
    town.link("mio", "sasaki-father", "K-4", since=date(2026, 3, 20))
    town.studies("mio", month=3, days=10)
    # 高木 has two contracts at once, and a link that names neither.
    town.contract("K-5", "takagi")
    town.contract("K-6", "takagi")
    town.link("rin", "takagi")
    # 林 is linked with nobody; a link names a contract that does not exist.
    town.contract("K-7", "hayashi")
    town.link("nao", "hayashi", "K-99")
    # 小川 has one contract, which the link need not name; the child stays away in March.
    town.contract("K-8", "ogawa")
    town.link("yui", "ogawa")
    town.studies("yui", month=2, days=2)
    # 大森 is grown up, learns and pays; known to both under the name the service uses.
    town.contract("K-9", "omori", source="usage")
    town.studies("omori", month=3, days=2)


def street(town: Town, names: Sequence[str], *, days: int, leaving: int, liking: int) -> None:
    """Add families of one child each, who study so often; some end in April, some like it."""
    for number, name in enumerate(names):
        until = date(2026, 4, 30) if number < leaving else None
        town.contract(f"S-{name}", name, until=until)
        town.link(f"{name}-child", name, f"S-{name}")
        town.studies(f"{name}-child", month=3, days=days)
        town.rates(name, 5 if number < liking else 2, date(2026, 4, 10))
