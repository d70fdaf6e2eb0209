"""The first sentence about quality: what is known of the largest mode, and how much is not."""

from collections.abc import Mapping
from typing import Any

from shinrai.quality.rules.figures import is_unknown
from shinrai.units.unknown import Unknown

VIA = {
    "via_cs": ("through CS", "CS経由の"),
    "direct": ("from companies directly", "直接の"),
    "proactive": ("opened by us", "当方から始めた"),
}


def quality_sentence(
    mode: str, inquiries: int, figures: Mapping[str, Any], *, language: str
) -> str:
    """Say of one mode how many came, how soon they were answered, and whether it held."""
    ja = language == "ja"
    if not inquiries:
        return (
            "この期間に受け付けた問い合わせはありません。"
            if ja
            else "No inquiry came in this time."
        )
    soon, back = _share(figures, "next_business_day"), _share(figures, "reopened_14")
    return _ja(mode, inquiries, soon, back) if ja else _en(mode, inquiries, soon, back)


def _share(figures: Mapping[str, Any], key: str) -> float | Unknown:
    found = figures[key]
    return found["unknown"] if is_unknown(found) else float(found["share"])


def _en(mode: str, inquiries: int, soon: float | Unknown, back: float | Unknown) -> str:
    many = "inquiry" if inquiries == 1 else "inquiries"
    said = f"Of {inquiries:,} {many} {VIA.get(mode, (mode, mode))[0]}, "
    if isinstance(soon, Unknown):
        said += f"how many were answered by the next business day is not known ({soon.reason}); "
    else:
        said += f"{soon:.0%} were answered by the next business day; ".replace("%", " %")
    if isinstance(back, Unknown):
        return said + f"whether solutions held is not known yet ({back.reason})."
    return said + f"{back:.0%} of those solved came back within 14 days.".replace("%", " %")


def _ja(mode: str, inquiries: int, soon: float | Unknown, back: float | Unknown) -> str:
    said = f"{VIA.get(mode, (mode, mode))[1]}問い合わせ{inquiries:,}件のうち、"
    if isinstance(soon, Unknown):
        said += f"翌営業日以内に返信した割合は不明です（{soon.ja or soon.reason}）。"
    else:
        said += f"翌営業日以内に返信したのは{soon:.0%}です。".replace("%", " %")
    if isinstance(back, Unknown):
        return said + f"解決後に戻ってきた割合はまだ不明です（{back.ja or back.reason}）。"
    return said + f"解決から14日以内に戻ってきたのは{back:.0%}です。".replace("%", " %")
