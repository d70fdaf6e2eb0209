"""Write the investigation sheet of the sample company's CRE team, as of a moment."""

from collections.abc import Iterator
from typing import Final

import numpy as np

from shinrai.sample.rules.arrivals import SECOND_US, TOKYO_US, Ints
from shinrai.sample.rules.company import Company, key_of
from shinrai.sample.rules.investigations import NEVER
from shinrai.sample.rules.log import customer_of
from shinrai.sample.rules.subjects import ENGINEERS, EXEMPTION, FILERS, MISSING, SERVICES, SUBJECTS

HEADER: Final = (
    "管理番号", "起票日時", "起票者", "依頼元", "顧客ID", "サービス", "件名", "依頼内容", "優先度",
    "担当者", "ステータス", "差し戻し日時", "差し戻し理由", "再提出日時", "差し戻し日時2",
    "差し戻し理由2", "再提出日時2", "エスカレーション日時", "エスカレーション先", "回答日時",
    "判定", "回答（CS向け）", "作業時間（分）", "KPI対象外", "KPI対象外理由", "取り下げ日時",
    "覆った日時", "再回答日時", "備考", "開発チケット", "修正日時",
)  # fmt: skip
MOMENTS: Final = (
    "起票日時", "差し戻し日時", "再提出日時", "差し戻し日時2", "再提出日時2",
    "エスカレーション日時", "回答日時", "KPI対象外", "取り下げ日時", "覆った日時", "再回答日時",
    "修正日時",
)  # fmt: skip
# What belongs to a moment appears in the sheet together with it.
COMES_WITH: Final = {
    "差し戻し理由": "差し戻し日時",
    "差し戻し理由2": "差し戻し日時2",
    "エスカレーション先": "エスカレーション日時",
    "KPI対象外理由": "KPI対象外",
    "判定": "回答日時",
    "回答（CS向け）": "回答日時",
    "作業時間（分）": "回答日時",
    "開発チケット": "回答日時",
}
# The last of these that happened is the status.
STATUS: Final = (
    ("再回答日時", "回答済"),
    ("覆った日時", "再調査中"),
    ("回答日時", "回答済"),
    ("取り下げ日時", "取り下げ"),
    ("再提出日時2", "調査中"),
    ("差し戻し日時2", "差し戻し"),
    ("再提出日時", "調査中"),
    ("差し戻し日時", "差し戻し"),
    ("エスカレーション日時", "エスカレーション"),
)
MINUTE_US: Final = 60 * SECOND_US
PRIORITIES: Final = ("高", "高", "中", "中", "中", "中", "中", "中", "低", "低")


def sheet_rows(company: Company) -> Iterator[dict[str, str]]:
    """Yield the rows of the sheet; what happens after the company's moment is left empty."""
    moments = {name: _floored(at) for name, at in _moments(company).items()}
    filed = company.tickets.filed_us
    for row in np.flatnonzero(filed <= company.until_us).tolist():
        happened = {
            name: at[row].item() for name, at in moments.items() if at[row] <= company.until_us
        }
        yield _row(company, row, happened)


def _floored(at_us: Ints) -> Ints:
    """Return the moments rounded down to the minute, as the sheet shows them."""
    return np.where(at_us == NEVER, NEVER, at_us // MINUTE_US * MINUTE_US)


def _moments(company: Company) -> dict[str, Ints]:
    tickets = company.tickets
    return dict(
        zip(
            MOMENTS,
            (
                tickets.filed_us, tickets.back_us[0], tickets.again_us[0], tickets.back_us[1],
                tickets.again_us[1], tickets.escalated_us, tickets.answered_us,
                tickets.exempted_us, tickets.withdrawn_us, tickets.wrong_us, tickets.corrected_us,
                tickets.fixed_us,
            ),
            strict=True,
        )
    )  # fmt: skip


def _row(company: Company, row: int, happened: dict[str, int]) -> dict[str, str]:
    cells = dict.fromkeys(HEADER, "")
    names = list(happened)
    walls = (np.array([happened[name] for name in names]) + TOKYO_US) // SECOND_US
    for name, wall in zip(names, walls.astype("datetime64[s]").tolist(), strict=True):
        cells[name] = f"{wall:%Y/%m/%d %H:%M}"
    for name, text in _words(company, row).items():
        if name not in COMES_WITH or COMES_WITH[name] in happened:
            cells[name] = text
    cells["ステータス"] = next((said for name, said in STATUS if name in happened), "調査中")
    return cells


def _words(company: Company, row: int) -> dict[str, str]:
    tickets, found = company.tickets, company.found
    inquiry = int(tickets.inquiry[row])
    matter = SUBJECTS[tickets.matter[row]]
    return {
        "管理番号": f"MN-{row + 1:05d}",
        "起票者": FILERS[inquiry % len(FILERS)],
        "依頼元": key_of(inquiry),
        "顧客ID": customer_of(company, inquiry),
        "サービス": SERVICES[int(found.school[inquiry])],
        "件名": matter.subject,
        "依頼内容": matter.question,
        "優先度": PRIORITIES[inquiry % len(PRIORITIES)],
        "担当者": ENGINEERS[inquiry % len(ENGINEERS)],
        "差し戻し理由": MISSING[tickets.missing[0][row]],
        "差し戻し理由2": MISSING[tickets.missing[1][row]],
        "エスカレーション先": "開発チーム",
        "KPI対象外理由": EXEMPTION,
        "判定": matter.verdict,
        "回答（CS向け）": matter.answer,
        "作業時間（分）": str(tickets.minutes[row]),
        "開発チケット": f"DEV-{row + 1:05d}" if tickets.in_ticket[row] else "",
    }
