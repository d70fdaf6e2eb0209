"""All figures of one mode, computed from counts; this is the only place where they are divided."""

from typing import Any, Final

from shinrai.quality.rules import reasons
from shinrai.quality.rules.answer_quality import answer_quality_figure
from shinrai.quality.rules.counted import MISSING, Counted, add, spread_of, sum_of
from shinrai.quality.rules.figures import (
    Figure,
    mean_interval,
    mean_of,
    middle,
    share_figure,
    unknown_figure,
)
from shinrai.quality.rules.neglected import neglected_figure
from shinrai.quality.rules.topical import agreement_figure, single_person_figure
from shinrai.units.unknown import Unknown

CRE_TIER: Final = 2
TIERS_ASKED: Final = 62


def figures_of(found: Counted) -> dict[str, Any]:
    """Return every figure of one mode, or why it is unknown (MEASURES §5)."""
    return {
        "solved": _solved(found),
        "highest_tier": _highest_tier(found),
        "self_resolved": _self_resolved(found),
        "handovers": _handovers(found),
        "waited": _waited(found),
        "first_reply": _first_reply(found),
        "same_day": _same_day(found),
        "next_business_day": _next_business_day(found),
        "round_trips": _round_trips(found),
        "one_reply": _one_reply(found),
        "reopened_14": _settled(found, "came_back"),
        "reopened_later": _settled(found, "came_later"),
        "repeat_contact": _repeat_contact(found),
        "truly_solved": _truly_solved(found),
        "sent_back": _sent_back(found),
        "correctness": _correctness(found),
        "answer_quality": answer_quality_figure(found.marks),
        "agreement": agreement_figure(found.double_labels),
        "single_person": single_person_figure(
            found.findings, is_labelled=bool(found.sum("with_topic"))
        ),
        "neglected": neglected_figure(found),
        "flagged": _flagged(found),
    }


def _solved(found: Counted) -> Figure:
    return share_figure(
        found.sum("solved"),
        found.sum("counts", where="solved"),
        reasons.NOTHING_SOLVED if found.counts else reasons.NOTHING_ASKED,
        more_than_once=found.sum("solved_more"),
        open=found.sum("open"),
        cancelled=found.sum("cancelled"),
    )


def _highest_tier(found: Counted) -> Figure:
    by_tier = add(found.tiers, lambda row: row["highest"])
    if not by_tier:
        return unknown_figure(reasons.NO_TIERS)
    return {str(tier): by_tier[tier] for tier in sorted(by_tier)}


def _self_resolved(found: Counted) -> Figure:
    """Return, per tier, the share of answered inquiries it held that went to no higher tier."""
    if not found.tiers:
        return unknown_figure(reasons.NO_TIERS)
    said = found.telling("messages")
    answered = [r for r in found.tiers if r["replied" if r["source"] in said else "solved"]]
    by_tier: dict[str, Figure] = {}
    none = Unknown("nothing answered was ever held by it")
    for tier in sorted({r["highest"] for r in found.tiers} | {CRE_TIER}):
        mine = [row for row in answered if row["held"] >> tier & 1]
        alone = sum(row["count"] for row in mine if row["peak"] == tier)
        by_tier[str(tier)] = share_figure(alone, sum(row["count"] for row in mine), none)
    return {"tier": CRE_TIER, **by_tier[str(CRE_TIER)], "by_tier": by_tier}


def _handovers(found: Counted) -> Figure:
    spread = add(found.handovers, lambda row: row["handovers"])
    if not spread:
        return unknown_figure(reasons.NO_GROUPS)
    total = spread.total()
    back = sum(row["count"] for row in found.handovers if row["returns"])
    return {
        "of": total,
        "none": spread[0],
        "max": max(spread),
        "mean": mean_of(spread),
        "mean_interval": mean_interval(spread),
        "times": sum(value * count for value, count in spread.items()),
        "returns": share_figure(back, total, reasons.NO_GROUPS),
    }


def _waited(found: Counted) -> Figure:
    whom = ("customer", "third_party", "problem", "unsure")
    on = {name: found.sum(f"waited_{name}") for name in whom}
    of = found.sum("counts", where="waited")
    return share_figure(found.sum("waited"), of, reasons.NO_WAITS, on=on)


def _first_reply(found: Counted) -> Figure:
    if found.modes == ("proactive",):
        return unknown_figure(reasons.OPENED_BY_US)
    of = found.sum("asked", where="messages")
    times = {name: value for row in found.waiting_times for name, value in row.items()}
    times.pop("mode", None)
    sound = {name[6:]: times.pop(name) for name in list(times) if name.startswith("sound_")}
    every = found.sum("answered_every", where="messages")
    beside = {
        "measured": times.pop("measured", 0),
        **times,
        "no_step_in_doubt": sound,
        "in_doubt": found.sum("reply_in_doubt"),
        "every_message": {
            **share_figure(every, of, reasons.NO_MESSAGES),
            **{n: v for row in found.plain_waiting_times for n, v in row.items() if n != "mode"},
            "flagged": "included",
        },
        "no_reply_needed": found.sum("no_reply_needed", where="messages"),
    }
    return share_figure(found.sum("answered"), of, reasons.NO_MESSAGES, **beside)


def _same_day(found: Counted) -> Figure:
    if why := _no_replies(found):
        return unknown_figure(why)
    received = share_figure(
        found.sum("received_day_count", where="messages"),
        found.sum("received_day_of", where="messages"),
        reasons.NO_DAY_PASSED,
    )
    return share_figure(
        found.sum("day_count", where="messages"),
        found.sum("day_of", where="messages"),
        reasons.NO_DAY_PASSED,
        by_date_received=received,
    )


def _next_business_day(found: Counted) -> Figure:
    if why := _no_replies(found):
        return unknown_figure(why)
    count = found.sum("next_day_count", where="messages")
    return share_figure(count, found.sum("next_day_of", where="messages"), reasons.NOTHING_DUE)


def _no_replies(found: Counted) -> Unknown | None:
    if found.modes == ("proactive",):
        return reasons.OPENED_BY_US
    return None if found.telling("messages") else reasons.NO_MESSAGES


def _round_trips(found: Counted) -> Figure:
    said = found.telling("messages")
    if not said:
        return unknown_figure(reasons.NO_MESSAGES)
    rows = [row for row in found.runs if row["source"] in said]
    beside = {
        "runs": spread_of(rows, "runs"),
        "runs_every_message": spread_of(rows, "every"),
        "unanswered_runs": sum(row["count"] * row["unanswered"] for row in rows),
        "unanswered_runs_every_message": sum(r["count"] * r["unanswered_every"] for r in rows),
        "in_doubt": sum(r["count"] for r in rows if r["solved"] and r["order_doubt"]),
    }
    solved = [row for row in rows if row["solved"] and not row["order_doubt"] and row["runs"]]
    spread = add(solved, lambda row: row["runs"])
    if not spread:
        has_any = found.sum("solved", where="messages")
        none = reasons.NO_ANSWERED_RUN if has_any else reasons.NOTHING_SOLVED
        return unknown_figure(none, **beside)
    return {
        "of": spread.total(),
        "times": sum(value * count for value, count in spread.items()),
        "mean": mean_of(spread),
        "mean_interval": mean_interval(spread),
        "median": middle(spread, 0.5),
        "p90": middle(spread, 0.9),
        "one": share_figure(spread[1], spread.total(), reasons.NO_ANSWERED_RUN),
        "tail": [{"case": row["case_key"], "runs": row["runs"]} for row in found.tail],
        **beside,
    }


def _one_reply(found: Counted) -> Figure:
    if not found.telling("messages"):
        return unknown_figure(reasons.NO_MESSAGES)
    of = found.sum("settled", where="messages")
    return share_figure(found.sum("one_reply", where="messages"), of, _unsettled(found))


def _settled(found: Counted, name: str) -> Figure:
    return share_figure(
        found.sum(name),
        found.sum("settled"),
        _unsettled(found),
        too_recent=found.sum("unsettled"),
        in_doubt=found.sum("solved_in_doubt"),
    )


def _unsettled(found: Counted) -> Unknown:
    return reasons.NOT_SETTLED if found.sum("solved") else reasons.NOTHING_SOLVED


def _repeat_contact(found: Counted) -> Figure:
    return _again_on_topic(found, "repeated", any_topic=_again(found, "repeated"))


def _truly_solved(found: Counted) -> Figure:
    """Return the share solved for good: the lower bound by any topic, the upper by the same."""
    bound = _again(found, "held")
    return {**bound, "bound": "any_topic", "same_topic": _again_on_topic(found, "held")}


def _again(found: Counted, name: str) -> Figure:
    none = _unsettled(found) if found.telling("with_customer") else reasons.NO_CUSTOMER
    count = sum(int(row[name]) for row in found.repeats)
    return share_figure(count, sum(int(row["settled"]) for row in found.repeats), none)


def _again_on_topic(found: Counted, name: str, **beside: Any) -> Figure:
    """Return the share among settled inquiries with a topic, and how many have none."""
    count, of = sum_of(found.repeats_on_topic, name), sum_of(found.repeats_on_topic, "settled")
    if not found.telling("with_customer"):
        return unknown_figure(reasons.NO_CUSTOMER, **beside)
    none = reasons.NO_TOPIC_SETTLED if found.telling("with_topic") else reasons.NO_TOPICS
    without = sum_of(found.repeats, "settled") - of
    return share_figure(count, of, none, without_topic=without, **beside)


def _sent_back(found: Counted) -> Figure:
    rows = found.investigations
    missing = {fact: sum(int(row[f"missing_{fact}"]) for row in rows) for fact in MISSING}
    count, of = sum_of(rows, "sent_back"), sum_of(rows, "investigations")
    return share_figure(count, of, reasons.NO_INVESTIGATIONS, missing=missing)


def _correctness(found: Counted) -> Figure:
    rows = found.investigations
    if not rows:
        return unknown_figure(reasons.NO_INVESTIGATIONS)
    return share_figure(sum_of(rows, "wrong"), sum_of(rows, "answered"), reasons.NOTHING_ANSWERED)


def _flagged(found: Counted) -> Figure:
    return {
        "inquiries": found.sum("flagged"),
        "of": found.sum("inquiries"),
        "by_doubt": {str(row["doubt"]): int(row["count"]) for row in found.flagged},
        "solved_twice": found.sum("solved_twice"),
        "out_of_order": found.sum("out_of_order"),
        "left_out_of": {
            "first_reply": found.sum("reply_in_doubt"),
            "solved": found.sum("solved_in_doubt"),
            "round_trips": found.sum("order_doubt"),
        },
    }


def substance_of(found: Counted) -> Figure:
    """Return how many messages the rule of substance took for thanks, and its version."""
    versions = {int(row["rule"]) for row in found.rules}
    none = Unknown("no message has text, so every one counts")
    judged = found.sum("judged")
    overridden = share_figure(found.sum("overridden"), judged, none)
    beside = {"version": max(versions)} if versions else {}
    return share_figure(found.sum("thanks"), judged, none, overridden=overridden, **beside)


def proactive_share(found: Counted) -> Figure:
    """Return the share of all cases that were opened by us."""
    mine = found.of_mode("proactive")
    count = mine.sum("inquiries") + sum_of(mine.investigations, "investigations")
    of = found.sum("inquiries") + sum_of(found.investigations, "investigations")
    return share_figure(count, of, reasons.NOTHING_ASKED)
