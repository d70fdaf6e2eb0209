"""What the columns of a file of payments or contracts mean: by a mapping, else by usual names."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from shinrai.revenue.rules.money import currency_code
from shinrai.units.cell_rules import CellRule, DayZero, read_cell_rule, read_day_zero
from shinrai.units.errors import UserError
from shinrai.units.text import Text

USUAL: Final[Mapping[str, str]] = {
    "id": "payment id, transaction id, charge id, invoice no, invoice id, invoice, order id, "
    "order no, 決済id, 決済番号, 取引id, 請求番号, 注文番号, id",
    "customer": "customer id, customer, user id, user, account id, person, email, member id, "
    "顧客id, 顧客番号, 顧客, 会員id, 会員番号, ユーザーid, 保護者id",
    "contract": "contract id, contract no, subscription id, subscription, 契約id, 契約番号",
    "plan": "plan, plan name, product, contract, コース, プラン, 契約プラン",
    "monthly": "monthly amount, monthly charges, monthly charge, monthly fee, monthly price, mrr, "
    "月額, 月額料金, 月謝",
    "unit": "unit price, unit amount, 単価",
    "amount": "amount, amount paid, paid, total, value, dollar value, price, revenue, gross, "
    "金額, 支払額, 支払金額, 入金額, 売上",
    "quantity": "quantity, qty, 数量",
    "at": "paid at, payment date, invoice date, order date, transaction date, created, created at, "
    "date, at, timestamp, 支払日, 決済日, 入金日, 日時, 日付",
    "currency": "currency, 通貨",
    "kind": "kind, type, payment type, status, 種別, 区分",
    "started_on": "started on, started, start date, start, since, contract start, 開始日, 契約日, "
    "契約開始日",
    "ended_on": "ended on, ended, end date, end, cancelled on, canceled at, 終了日, 解約日, "
    "契約終了日",
    "months": "tenure, months, 契約月数, 継続月数",
    "is_ended": "churn, churned, is ended, 解約",
}
RECORDS: Final = ("payments", "contracts")
TEXTS: Final = ("source", "record", "zone", "currency", "decimal", "delimiter", "dates", "on")
FLAGS: Final = ("header", "add_up")


class UnusableMapping(UserError, ValueError):
    """A mapping, or a file without one, does not say what is needed."""


@dataclass(frozen=True)
class RevenueMapping:
    """What a file's columns mean; `columns` are names by role, or numbers from 1 as text.

    `add_up`: rows of one id are the lines of one payment. `dates` is a form as of `strptime`.
    `on` is the day as of which a file of contracts tells months instead of dates. `composed` are
    roles whose values several columns make, or none; numbers of days count from `day_zero`.
    """

    source: str = "revenue"
    record: str = ""
    zone: str = ""
    currency: str = ""
    decimal: str = "."
    delimiter: str = ""
    dates: str = ""
    on: str = ""
    header: bool = True
    add_up: bool | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    composed: Mapping[str, CellRule] = field(default_factory=dict)
    day_zero: DayZero | None = None

    @property
    def columns_read(self) -> set[str]:
        """Return the names of all columns that are read."""
        parts = (name for rule in self.composed.values() for name in rule.columns)
        zero = {self.day_zero.column} if self.day_zero and self.day_zero.column else set()
        return {*self.columns.values(), *parts, *zero}


def read_mapping(document: Any) -> RevenueMapping:
    """Return the mapping that a YAML document holds.

    Raises: UnusableMapping.
    """
    if not isinstance(document, Mapping):
        raise UnusableMapping(Text("a mapping has lines such as record: payments"))
    known = {*TEXTS, *FLAGS, "columns", "day_zero"}
    if strange := [str(name) for name in document if name not in known]:
        raise UnusableMapping(
            Text("{name!r} is none of {known}", name=strange[0][:40], known=sorted(known))
        )
    given: dict[str, Any] = {name: str(document[name]) for name in TEXTS if name in document}
    given |= {name: bool(document[name]) for name in FLAGS if name in document}
    columns = document.get("columns") or {}
    if not isinstance(columns, Mapping):
        raise UnusableMapping(Text("columns are lines such as amount: NAME"))
    for role in columns:
        if role not in USUAL:
            raise UnusableMapping(
                Text("{name!r} is none of {known}", name=str(role)[:40], known=sorted(USUAL))
            )
    rules = {role: read_cell_rule(said) for role, said in columns.items()}
    given["composed"] = {role: rule for role, rule in rules.items() if rule is not None}
    given["columns"] = {
        role: str(name) for role, name in columns.items() if role not in given["composed"]
    }
    given["day_zero"] = read_day_zero(document.get("day_zero"))
    if given.get("record", "payments") not in RECORDS:
        raise UnusableMapping(Text("record is payments or contracts"))
    if given.get("decimal", ".") not in (".", ","):
        raise UnusableMapping(Text("decimal is a point or a comma"))
    if given.get("currency"):
        given["currency"] = currency_code(given["currency"])
    return RevenueMapping(**given)


def completed(mapping: RevenueMapping, header: Sequence[str]) -> RevenueMapping:
    """Return a mapping whose columns are all known, guessed by usual names where none is said.

    Raises: UnusableMapping, which names what the file lacks.
    """
    columns = dict(mapping.columns)
    composed = [(role, one) for role, rule in mapping.composed.items() for one in rule.columns]
    if mapping.day_zero and mapping.day_zero.column:
        composed.append(("day_zero", mapping.day_zero.column))
    for role, name in (*columns.items(), *composed):
        if name not in header:
            raise UnusableMapping(
                Text("{role}: there is no column {name!r}; there are {header}",
                     role=role, name=name[:80], header=list(header[:30]))
            )  # fmt: skip
    taken = mapping.columns_read
    by_name = {_plain(name): name for name in header if name not in taken}
    for role in USUAL if mapping.header else ():
        if role not in columns and role not in mapping.composed:
            names = (by_name.pop(_plain(usual), None) for usual in USUAL[role].split(", "))
            if found := next(filter(None, names), None):
                columns[role] = found
    said = columns.keys() | mapping.composed.keys()
    is_contract = "monthly" in said or {"started_on", "ended_on"} & said
    record = mapping.record or ("contracts" if is_contract else "payments")
    if record == "contracts" and "monthly" not in said and "amount" in columns:
        columns["monthly"] = columns["amount"]
        said |= {"monthly"}
    add_up = mapping.add_up
    if add_up is None:  # a price and a quantity are of one line of an invoice
        add_up = {"id", "unit", "quantity"} <= columns.keys()
    needed = (
        (("customer",), ("monthly",), ("started_on", "months"))
        if record == "contracts"
        else (("amount", "unit"), ("at",))
    )
    for roles in needed:
        if not said & set(roles):
            raise UnusableMapping(
                Text("no column is the {role}; say so in a mapping: columns: {role}: NAME. "
                     "There are {header}", role=roles[0], header=list(header[:30]))
            )  # fmt: skip
    return replace(mapping, record=record, columns=columns, add_up=add_up)


def _plain(name: str) -> str:
    """Return a column's name without case, blanks and signs: `CustomerID` is `customer id`."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", name)).casefold()
