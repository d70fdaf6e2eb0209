"""For a figure, the share whose counted and not counted cases its list shows."""

from typing import Any, Final

from shinrai.quality.rules.figures import Figure, is_unknown
from shinrai.units.share import Share

# Figures whose rows are no cases: answers, labels and topics stand on pages of their own.
ELSEWHERE: Final = frozenset(("answer_quality", "agreement", "single_person", "neglected"))


def share_behind(key: str, figure: Figure) -> Share | None:
    """Return the share whose cases are listed behind a figure; None if there is no list.

    For a figure that is not a share a related one is listed: for round trips those with exactly
    one, for handovers those with any, for tiers those above tier 1.
    """
    if is_unknown(figure) or key in ELSEWHERE:
        return None
    if key == "round_trips":
        return _share(figure["one"])
    if key == "handovers":
        return Share(int(figure["of"]) - int(figure["none"]), int(figure["of"]))
    if key == "highest_tier":
        tiers = {int(tier): int(n) for tier, n in figure.items()}
        return Share(sum(n for tier, n in tiers.items() if tier > 1), sum(tiers.values()))
    if key == "flagged":
        return Share(int(figure["inquiries"]), int(figure["of"]))
    return _share(figure)


def _share(figure: Any) -> Share | None:
    if not isinstance(figure, dict) or is_unknown(figure) or "count" not in figure:
        return None
    return Share(int(figure["count"]), int(figure["of"]))
