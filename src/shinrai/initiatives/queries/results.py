"""The figures of an initiative: weeks before and after, what is held against what, the arms."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final

from shinrai.accounts.queries import WorkspaceRecord
from shinrai.calendars.rules.time_zone import zone_named
from shinrai.initiatives.queries.records import arms_of, exposed_counts
from shinrai.initiatives.rules.arms import BROKEN, SHOWN, ArmFigure, arm_figures, ratio_p
from shinrai.initiatives.rules.comparison import Comparison, Power, power_before, verdict_text
from shinrai.initiatives.rules.declaration import WEEK, WITH_ARMS, BadInitiative, Declaration
from shinrai.initiatives.rules.progress import Grade, InitiativeRecord, grade_of
from shinrai.statistics.differences import EValue, Sums, e_value
from shinrai.units.text import Text
from shinrai.warehouse.kpis import PERSON, Kpi, KpiQuestion, KpiRow, kpi_rows, kpis
from shinrai.warehouse.store import Warehouse

DAY: Final = timedelta(days=1)
LONGEST: Final = 52  # weeks in which somebody must have been there


@dataclass(frozen=True)
class WeekSums:
    """A week counted from the start: its first date, its sums, and whether it is over."""

    since: date
    sums: Sums
    is_before: bool
    is_over: bool


@dataclass(frozen=True)
class Results:
    """What an initiative's KPI was before and after, and how it compares."""

    progress: InitiativeRecord
    declaration: Declaration
    kpi: Kpi
    weeks: tuple[WeekSums, ...]
    before: Sums
    now: Sums
    main: Comparison
    arms: tuple[ArmFigure, ...]
    ratio_p: float | None
    done: int

    @property
    def change(self) -> Comparison:
        """Return after against before, whatever the design."""
        one = self.main
        return Comparison(self.now, self.before, one.effect, one.rises, one.is_over)

    @property
    def is_mismatched(self) -> bool:
        """Return whether the arms' sizes cannot be chance."""
        return self.ratio_p is not None and self.ratio_p < BROKEN

    @property
    def is_ratio_shown(self) -> bool:
        """Return whether the arms' sizes are worth a word."""
        return self.ratio_p is not None and self.ratio_p < SHOWN

    @property
    def grade(self) -> Grade:
        """Return the grade it can have at most."""
        return grade_of(self.progress, is_mismatched=self.is_mismatched)

    @property
    def e_value(self) -> EValue | None:
        """Return the E-value of a comparison of shares that nobody was assigned to by chance."""
        now, before = self.main.now.share, self.main.before.share
        by_chance = self.declaration.design == "assignment"
        if now is None or before is None or by_chance or self.grade.key != "association":
            return None
        return e_value(now, before)

    @cached_property
    def sentence(self) -> Text:
        """Return the answer in a sentence."""
        if self.progress.state == "declared":
            return Text("It starts on {on}.", on=self.declaration.starts_on.isoformat())
        return verdict_text(self.main, done=self.done, weeks=self.declaration.weeks)


@dataclass(frozen=True)
class Asker:
    """Who asks, of which tables, and when."""

    workspace: WorkspaceRecord
    warehouse: Warehouse
    at: datetime

    @property
    def today(self) -> date:
        """Return the date in the workspace's zone."""
        return self.at.astimezone(zone_named(self.workspace.zone)).date()

    def rows(self, asked: Declaration, since: date, until: date, by: str = "") -> list[KpiRow]:
        """Return the KPI of a declaration by date."""
        if until < since:
            return []
        there = self.workspace
        question = KpiQuestion(there.id, since, until, self.at, there.zone, asked.only, by)
        return kpi_rows(self.warehouse, asked.kpi, question)


def kpi_name(found: InitiativeRecord) -> Text | str:
    """Return the name of the KPI of an initiative; a dash where it has none."""
    if found.declaration is None:
        return "—"
    kpi = kpis().get(found.declaration.kpi)
    return kpi.name if kpi else found.declaration.kpi


def kpi_of(declaration: Declaration) -> Kpi:
    """Return the KPI that a declaration names, of the people it names. Raises: BadInitiative."""
    found = kpis().get(declaration.kpi)
    if found is None:
        raise BadInitiative(
            "kpi", Text("{kpi!r} is no KPI. Choose one of these: {known}.", kpi=declaration.kpi,
                        known=", ".join(sorted(kpis())))
        )  # fmt: skip
    fields = [*declaration.only, *([declaration.group] if declaration.group else [])]
    unknown = [one for one in fields if one not in found.fields]
    if unknown:
        raise BadInitiative(
            "only" if unknown[0] in declaration.only else "group",
            Text("{kpi} is not known by {name!r}; by these it is: {known}.", kpi=declaration.kpi,
                 name=unknown[0], known=", ".join(found.fields)),
        )  # fmt: skip
    if "mode" in found.fields and "mode" not in declaration.only:
        raise BadInitiative(
            "only", Text("Say of which mode: via_cs, direct or proactive. Modes never mix.")
        )
    if "survey" in found.fields and "survey" not in declaration.only:
        raise BadInitiative(
            "only", Text("Say of which survey, by its key: its scale mixes with no other.")
        )
    return found


def power_of(asker: Asker, declaration: Declaration) -> Power:
    """Say how long a declaration takes, from what its KPI was lately.

    Raises: BadInitiative if the KPI is none, or of nobody in the last year.
    """
    kpi = kpi_of(declaration)
    until = min(asker.today, declaration.starts_on) - DAY
    weeks = declaration.baseline_weeks
    every = asker.rows(declaration, until - LONGEST * WEEK + DAY, until)
    if not any(row.of for row in every):
        raise BadInitiative(
            "only", Text("This would be about nobody: {kpi} counted nothing in the last year."
                         " Widen the population.", kpi=declaration.kpi)
        )  # fmt: skip
    lately = [row for row in every if row.on > until - weeks * WEEK]
    return power_before(declaration, sums_of(kpi, lately), history_weeks=weeks, volume=kpi.volume)


def results_of(asker: Asker, progress: InitiativeRecord) -> Results:
    """Return the figures of a measured initiative. Raises: BadInitiative if its KPI is gone."""
    asked = progress.declaration
    assert asked is not None
    kpi = kpi_of(asked)
    until = min(asked.ends_on, asker.today - DAY)
    rows = asker.rows(asked, asked.baseline_since, until)
    before = sums_of(kpi, (row for row in rows if row.on < asked.starts_on))
    now = sums_of(kpi, (row for row in rows if row.on >= asked.starts_on))
    first, second = before, now
    arms: tuple[ArmFigure, ...] = ()
    p = None
    if asked.design in WITH_ARMS:
        arms, p = _arms(asker, asked, kpi, until)
        first, second = arms[0].sums, arms[1].sums
    elif asked.design == "staggered":
        first, second = _begun(asker, asked, kpi, until)
    is_over = asker.today > asked.ends_on
    return Results(
        progress=progress,
        declaration=asked,
        kpi=kpi,
        weeks=tuple(_weeks(kpi, rows, asked, asker.today)),
        before=before,
        now=now,
        main=Comparison(second, first, asked.effect, asked.direction == "up", is_over),
        arms=arms,
        ratio_p=p,
        done=max(0, min(asked.weeks, (asker.today - asked.starts_on).days // 7)),
    )


def sums_of(kpi: Kpi, rows: Iterable[KpiRow]) -> Sums:
    """Add up rows of a KPI."""
    whole = Sums(0, 0.0, None if kpi.kind == "share" else 0.0)
    for row in rows:
        whole += Sums(row.of, row.total, None if kpi.kind == "share" else row.squares or 0.0)
    return whole


def _weeks(kpi: Kpi, rows: Iterable[KpiRow], asked: Declaration, today: date) -> Iterable[WeekSums]:
    by_week: Mapping[int, list[KpiRow]] = defaultdict(list)
    for row in rows:
        by_week[(row.on - asked.starts_on).days // 7].append(row)
    for place in range(-asked.baseline_weeks, asked.weeks):
        since = asked.starts_on + place * WEEK
        if since >= today:
            break
        sums = sums_of(kpi, by_week.get(place, ()))
        yield WeekSums(since, sums, is_before=place < 0, is_over=since + WEEK <= today)


def _arms(
    asker: Asker, asked: Declaration, kpi: Kpi, until: date
) -> tuple[tuple[ArmFigure, ...], float]:
    """Return the arms' cases since the start: of everybody exposed, whatever they did then."""
    arm = {str(person): name for person, name in arms_of(asker.workspace, asked.key).items()}
    rows: dict[str, list[KpiRow]] = {name: [] for name in asked.arms}
    for row in asker.rows(asked, asked.starts_on, until, PERSON) if arm else ():
        if arm.get(row.group) in rows:
            rows[arm[row.group]].append(row)
    people = exposed_counts(asker.workspace, asked.key)
    sums = {name: sums_of(kpi, some) for name, some in rows.items()}
    return arm_figures(asked.arms, people, sums), ratio_p(asked.arms, people)


def _begun(asker: Asker, asked: Declaration, kpi: Kpi, until: date) -> tuple[Sums, Sums]:
    rows = asker.rows(asked, asked.starts_on, until, asked.group)
    mine = [row for row in rows if row.group in asked.starts]
    return (
        sums_of(kpi, (row for row in mine if row.on < asked.starts[row.group])),
        sums_of(kpi, (row for row in mine if row.on >= asked.starts[row.group])),
    )
