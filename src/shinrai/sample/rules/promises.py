"""The objectives of the sample company, as OpenSLO v1 documents, and its guidelines."""

from collections.abc import Mapping
from typing import Any, Final

WINDOW: Final = {
    "duration": "1M",
    "isRolling": False,
    "calendar": {"startTime": "2023-01-01 00:00:00", "timeZone": "Asia/Tokyo"},
}


def _promise(
    name: str, title: str, says: str, service: str, clock: Mapping[str, Any], kept: str, target: str
) -> dict[str, Any]:
    source = {"type": "shinrai", "spec": dict(clock)}
    return {
        "apiVersion": "openslo/v1",
        "kind": "SLO",
        "metadata": {"name": name, "displayName": title},
        "spec": {
            "description": says,
            "service": service,
            "budgetingMethod": "Occurrences",
            "timeWindow": [WINDOW],
            "indicator": {
                "metadata": {"name": f"{name}-kept"},
                "spec": {"thresholdMetric": {"metricSource": source}},
            },
            "objectives": [{"displayName": kept, "target": target}],
        },
    }


def _reply(business_days: str) -> dict[str, Any]:
    return {
        "clock": "first_reply",
        "mode": "via_cs",
        "calendar": "office",
        "within": {"business_days": business_days, "by": "close"},
        "pauses": [],
    }


INVESTIGATIONS: Final = _promise(
    "investigations-within-2-days",
    "調査の回答は2営業日以内",
    "Investigations that CS files are answered within 2 business days.",
    "cre-investigations",
    {
        "clock": "investigation",
        "mode": "via_cs",
        "calendar": "office",
        "within": {"business_days": "2", "by": "close"},
        "pauses": ["sent_back", "customer", "third_party"],
    },
    "2営業日以内に回答",
    "0.9",
)
NEXT_DAY: Final = _promise(
    "first-reply-next-business-day",
    "初回返信は翌営業日まで",
    "Whoever writes hears from us by the close of the next business day.",
    "cs-desk",
    _reply("1"),
    "翌営業日までに返信",
    "0.99",
)
# By the close of the effective day. The measure same_day counts to local midnight; this desk sends
# nothing after its close, so here the two agree.
SAME_DAY: Final = _promise(
    "first-reply-same-day",
    "初回返信は当日中",
    "Whoever writes hears from us on the same day, by the close.",
    "cs-desk",
    _reply("0"),
    "当日中に返信",
    "0.7",
)


def _guideline(name: str, title: str, says: str, statistic: str, **limit: str) -> dict[str, Any]:
    return {
        "apiVersion": "shinrai/v1",
        "kind": "Guideline",
        "metadata": {"name": name, "displayName": title},
        "spec": {
            "description": says,
            "measure": "round_trips",
            "statistic": statistic,
            **limit,
            "mode": "via_cs",
            "timeWindow": [{"duration": "90d", "isRolling": True}],
        },
    }


# The practice both come from: a support team that counts how often a customer has to write again,
# aims at two round trips on average, and at nine in ten done in one.
ROUND_TRIPS: Final = _guideline(
    "round-trips-two",
    "往復は平均2回まで",
    "A matter is solved within two round trips on average.",
    "mean",
    atMost="2",
)
ONE_ROUND_TRIP: Final = _guideline(
    "one-round-trip",
    "9割は1往復で",
    "Nine in ten are solved in exactly one round trip.",
    "one",
    atLeast="0.9",
)
