"""A row of a file as a payment or a contract, or the reason why it is neither."""

import calendar
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cached_property
from typing import Final
from zoneinfo import ZoneInfo

from shinrai.revenue.rules.columns import RevenueMapping
from shinrai.revenue.rules.money import currency_code, currency_in, read_number, to_minor
from shinrai.units.errors import UserError
from shinrai.units.text import Text

MISSING: Final = ("", "nan", "none", "null", "-")
REFUND: Final = ("refund", "refunded", "chargeback", "credit", "cancellation", "返金", "取消")
DATES: Final = ("at", "started_on", "ended_on")
YES: Final = ("yes", "true", "1", "はい", "済", "解約")
YEARS: Final = range(1970, 2100)
LONGEST: Final = 200


class BadRow(UserError, ValueError):
    """A row that cannot count; it is set aside, with the reason."""


@dataclass(frozen=True, slots=True)
class PaymentSaid:
    """A payment as a source says it; without an id of its own its content is the id."""

    minor: int  # negative: paid back
    currency: str
    at: datetime
    id: str = ""
    customer: str = ""
    contract: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a contract is from a date on; without an amount it is ended."""

    on: date
    plan: str
    currency: str
    monthly_minor: int | None


@dataclass(frozen=True, slots=True)
class ContractSaid:
    """A contract as a source says it; without a key of its own the customer's is taken."""

    customer: str
    terms: tuple[Terms, ...]
    key: str = ""


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """What a row of payments says, before lines of one payment are added up."""

    amount: Decimal
    is_computed: bool
    currency: str
    at: datetime
    id: str
    customer: str
    contract: str

    def payment(self, amount: Decimal | None = None) -> PaymentSaid:
        """Return the payment: of this line alone, or of the sum of several."""
        total = self.amount if amount is None else amount
        minor = to_minor(total, self.currency, rounded=self.is_computed)
        return PaymentSaid(minor, self.currency, self.at, self.id, self.customer, self.contract)


@dataclass(frozen=True)
class RowReader:
    """Reads rows by a mapping that is complete; `today` is the day as of which months count."""

    mapping: RevenueMapping
    zone: str
    today: date

    def line(self, row: Mapping[str, str]) -> PaymentLine:
        """Return what a row of payments says. Raises: UserError."""
        cell = self._cells(row)
        shown = cell.get("amount") or cell.get("unit", "")
        amount = read_number(shown, decimal=self.mapping.decimal)
        is_computed = "amount" not in cell and "quantity" in cell
        if is_computed:
            amount *= read_number(cell["quantity"], decimal=self.mapping.decimal)
        if cell.get("kind", "").casefold() in REFUND:
            amount = -abs(amount)
        return PaymentLine(
            amount=amount,
            is_computed=is_computed,
            currency=self._currency(cell, shown),
            at=self.moment(cell.get("at", "")),
            id=cell.get("id", ""),
            customer=cell.get("customer", ""),
            contract=cell.get("contract", ""),
        )

    def contract(self, row: Mapping[str, str]) -> ContractSaid:
        """Return what a row of contracts says. Raises: UserError."""
        cell = self._cells(row)
        if "customer" not in cell:
            raise BadRow(Text("it names no customer"))
        shown = cell.get("monthly", "")
        currency = self._currency(cell, shown)
        monthly = to_minor(read_number(shown, decimal=self.mapping.decimal), currency)
        if monthly < 0:
            raise BadRow(Text("a monthly amount is not negative"))
        today = date.fromisoformat(self.mapping.on) if self.mapping.on else self.today
        if "started_on" in cell:
            start = self._day(cell["started_on"])
        elif "months" not in self.mapping.columns:
            raise BadRow(Text("it says no day on which it starts"))
        else:
            months = cell.get("months", "")
            if not (months.isdecimal() and len(months) <= 4 and int(months) < 1200):
                raise BadRow(Text("{text!r} is no number of months", text=months[:40]))
            start = months_before(today, int(months))
        end = self._day(cell["ended_on"]) if "ended_on" in cell else None
        if end is None and cell.get("is_ended", "").casefold() in YES:
            end = today
        if end is not None and end < start:
            raise BadRow(Text("it ends on {end}, before it starts", end=end))
        plan = cell.get("plan", "")[:80]
        terms = [Terms(start, plan, currency, monthly)]
        if end is not None:
            terms.append(Terms(end, plan, currency, None))
        return ContractSaid(cell["customer"], tuple(terms), cell.get("contract", ""))

    def moment(self, text: str) -> datetime:
        """Return a moment; one without an offset is of the zone, a date its midnight.

        Raises: BadRow.
        """
        shown = unicodedata.normalize("NFKC", text).strip()
        for sign, plain in (("年", "-"), ("月", "-"), ("日", ""), ("/", "-")):
            shown = shown.replace(sign, plain) if not self.mapping.dates else shown
        try:
            if self.mapping.dates:
                found = datetime.strptime(shown, self.mapping.dates)  # noqa: DTZ007  # zone below
            else:
                found = _iso(shown)
        except ValueError as error:
            raise BadRow(
                Text("{text!r} is no date; a mapping says the form: dates: \"%d/%m/%Y\"",
                     text=text[:40])
            ) from error  # fmt: skip
        if found.year not in YEARS:
            raise BadRow(Text("{text!r} lies outside the years that can be", text=text[:40]))
        return (found if found.tzinfo else found.replace(tzinfo=self._zone)).astimezone(UTC)

    @cached_property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.mapping.zone or self.zone)

    def _day(self, text: str) -> date:
        return self.moment(text).astimezone(self._zone).date()

    def _currency(self, cell: Mapping[str, str], shown: str) -> str:
        said = cell.get("currency", "")
        found = currency_code(said) if said else self.mapping.currency or currency_in(shown)
        if not found:
            raise BadRow(Text("no currency is said; give one: --currency JPY"))
        return found

    def _cells(self, row: Mapping[str, str]) -> dict[str, str]:
        found = {}
        said = {role: _cell(row, name) for role, name in self.mapping.columns.items()}
        for role, rule in self.mapping.composed.items():
            said[role] = rule.value([_cell(row, name) for name in rule.columns])
        zero = self.mapping.day_zero
        for role, value in said.items():
            if not value:
                continue
            if len(value) > LONGEST:
                raise BadRow(Text("its {name} is longer than {most}", name=role, most=LONGEST))
            if role in ("id", "customer", "contract") and value.endswith(".0"):
                value = value.removesuffix(".0")  # a number that a spreadsheet made a fraction
            if zero is not None and role in DATES:
                value = zero.date_of(value, value=_cell(row, zero.column))
            found[role] = value
        return found


def _cell(row: Mapping[str, str], name: str) -> str:
    """Return a cell as it counts: empty where it says in words that nothing is there."""
    value = (row.get(name) or "").replace("\0", "").strip()
    return "" if value.casefold() in MISSING else value


def months_before(day: date, months: int) -> date:
    """Return the same day some months before, or the last of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _iso(text: str) -> datetime:
    day, _space, rest = text.partition(" ")
    if "-" in day and len(day) < 10:  # 2026-6-3
        day = "-".join(part.zfill(2) for part in day.split("-"))
        text = f"{day} {rest}".strip()
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.combine(date.fromisoformat(text), time())
