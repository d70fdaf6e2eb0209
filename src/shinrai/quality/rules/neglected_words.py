"""What stands beside the figure of neglect: how long, what is not known, and the top account."""

from typing import Any, Final

from shinrai.quality.rules.figures import Figure, is_unknown

HOUR_S: Final = 3600


def neglected_words(figure: Figure, ja: bool) -> list[str]:
    """List what must be read with the figure, a sentence each."""
    said = []
    if n := figure.get("open_as_long", 0):
        said.append(
            f"うち{n:,}件は、未解決の件そのものが30日以上前のものです。"
            if ja
            else f"Of these, {n:,} {'has' if n == 1 else 'have'} waited with an open matter for"
            " 30 days or longer."
        )
    if "falling_use" in figure:
        said.append(
            "利用の減少は記録がないため、未解決の件だけを見ています。"
            if ja
            else "Falling use is not recorded here; only open matters are looked at."
        )
    return [*said, *_top_account(figure.get("top_account_hours"), ja)]


def _top_account(top: Figure | None, ja: bool) -> list[str]:
    """Say which part of the hours fell on one account."""
    if top is None:
        return []
    if is_unknown(top):
        why = top["unknown"]
        return [
            f"最も多い取引先の作業時間: —（{why.ja}）。"
            if ja
            else f"Hours on the top account: — ({why.reason})."
        ]
    spent, of, part = (
        hours_words(top["spent_s"], ja),
        hours_words(top["of_s"], ja),
        f"{top['share']:.0%}",
    )
    part = part.replace("%", " %")
    return [
        f"作業時間が最も多い取引先は{top['account']}で、{of}のうち{spent}（{part}）です。"
        if ja
        else f"Most hours fell on {top['account']}: {spent} of {of} ({part})."
    ]


def hours_words(seconds: Any, ja: bool) -> str:
    """Say seconds as hours with one decimal."""
    hours = seconds / HOUR_S
    return f"{hours:,.1f}時間" if ja else f"{hours:,.1f} h"
