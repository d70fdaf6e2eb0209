"""A digest in words: what an item claims, what was decided, and what became of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from shinrai.reports.rules.digest import LATELY, VERDICTS
from shinrai.units.text import Text, verbatim

NOT_FIXED: Final = Text("The ticket is not fixed yet.")
COVERED: Final = Text("Decided with the proposal on this topic.")
NO_DECISION: Final = Text("Nobody decided it.")
COMES_BACK: Final = Text("It comes back below by itself.")
NO_FIGURE: Final = Text("no figure stands behind it")
CHANGES: Final = {
    "fell": Text("Customers a week fell from {before:.1f} to {after:.1f} ({times})."),
    "rose": Text("Customers a week rose from {before:.1f} to {after:.1f} ({times})."),
    "none": Text("No detectable change in customers a week: {before:.1f}, then {after:.1f}."),
}  # fmt: skip


@dataclass(frozen=True)
class Claim:
    """A sentence about some cases; `first` and `last` are the dates between which they lie.

    Without dates it is about persons or work that no list of cases shows.
    """

    text: Text
    first: date | None = None
    last: date | None = None


def claims(evidence: Mapping[str, Any], *, kind: str, last: date) -> list[Claim]:
    """Return what an item says of its topic, the most important first.

    Input:  evidence as the digest froze it, and the last date of the digest.
    """
    if "customers" not in evidence:
        return []
    since, until = (date.fromisoformat(evidence[name]) for name in ("first_on", "last_on"))
    of_dates = {"first": since, "last": until}
    customers, inquiries = evidence["customers"], evidence["inquiries"]
    found: list[Claim] = []
    if kind == "rise":
        found.append(Claim(_rise(evidence, since, until), **of_dates))
        if (event := evidence["event"]) is not None:
            found.append(Claim(_event(event)))
    elif kind == "chronic":
        text = Text("{customers:,} customers wrote in 13 weeks, in {weeks} of them.",
                    customers=customers, weeks=evidence["weeks"])  # fmt: skip
        found.append(Claim(text, **of_dates))
    lately = last - timedelta(days=LATELY - 1)
    if kind == "proposal":
        text = Text("To wait costs {likely:,.0f} customers a month ({low:,.0f} to {high:,.0f};"
                    " n = {n:,}).", **_interval(evidence["a_month"]))  # fmt: skip
        found.append(Claim(text, lately, last))
    if kind == "rise" or "unknown" not in evidence["silent"]:
        found.append(Claim(_silent(evidence["silent"])))
    found.append(Claim(_minutes(evidence["minutes"])))
    share = evidence["per_active_person"]
    if share is not None and kind != "proposal":
        text = Text("A week, {rate:.1f} of 1,000 active persons write about it.", rate=1000 * share)
        found.append(Claim(text, lately, last))
    if kind != "proposal" and inquiries:
        loudest = evidence["loudest"]
        text = Text("{inquiries:,} inquiries, of which the loudest customer wrote {count:,}; as if"
                    " of {effective:.1f} equally loud ones.", inquiries=inquiries,
                    count=loudest["count"], effective=evidence["effective"])  # fmt: skip
        found.append(Claim(text, **of_dates))
    misses = evidence["misses"]
    if isinstance(misses, int) and misses:
        text = Text("{count:,} of the inquiries missed an objective.", None, count=misses)
        found.append(Claim(text, **of_dates))
    return found


def _rise(evidence: Mapping[str, Any], since: date, until: date) -> Text:
    values = {
        "customers": evidence["customers"],
        "observed": evidence["observed"],
        "expected": evidence["expected"],
        "on": since,
    }
    if evidence["method"] == "farrington":
        return Text("{customers:,} customers from {on} to {until}; {observed:,} in the worst week,"
                    " not {expected:.1f}.", until=until, **values)  # fmt: skip
    if since == until:
        return Text("{customers:,} customers on {on}, not {expected:.1f}.", **values)
    return Text("{customers:,} customers from {on} to {until}; {observed:,} on the worst day, not"
                " {expected:.1f}.", until=until, **values)  # fmt: skip


def _event(event: Mapping[str, Any]) -> Text:
    days, name = event["days_after"], event["name"]
    if not days:
        return Text("It began on the day of {event}.", event=name)
    return Text("It began {count} day after {event}.", "It began {count} days after {event}.",
                count=days, event=name)  # fmt: skip


def _silent(found: Mapping[str, Any]) -> Text:
    if "unknown" in found:
        return Text("How many say nothing is unknown: {why}.", why=Text(found["unknown"]))
    if not found["silent"]:
        return Text("Everybody seen to be affected wrote.")
    known = found["estimate"]
    if known is None:
        return Text("{silent:,} more were affected and wrote nothing.", silent=found["silent"])
    return Text(
        "{silent:,} more were affected and wrote nothing; with those not seen {low:,} to {high:,}.",
        silent=found["silent"], low=known["low"], high=known["high"],
    )  # fmt: skip


def _minutes(found: Mapping[str, Any]) -> Text:
    if "unknown" in found:
        return Text("Minutes of work are unknown: {why}.", why=Text(found["unknown"]))
    return Text("{likely:,.0f} minutes of work a month ({low:,.0f} to {high:,.0f}; at least {n:,}"
                " cases).", **_interval(found))  # fmt: skip


def _interval(found: Mapping[str, Any]) -> dict[str, float]:
    return {name: found[name] for name in ("likely", "low", "high", "n")}


def grade_words(evidence: Mapping[str, Any]) -> Text:
    """Return the grade of an item's evidence (MEASURES §8), and why it is no higher."""
    if evidence.get("grade") == "measured":
        labelled = evidence["labelled"]
        return Text("Grade: measured ({count:,} of {of:,} inquiries are labelled).", None,
                    count=labelled["count"], of=labelled["of"])  # fmt: skip
    why = evidence.get("why") or str(NO_FIGURE)
    return Text("Grade: none ({why}).", why=Text(why))


def decision_words(
    verdict: str, *, owner: str, until: date | None, reason: str, ticket: str = ""
) -> Text:
    """Return a decision as a sentence."""
    if not verdict:
        return NO_DECISION
    parts = [VERDICTS[verdict]]
    if owner:
        parts.append(Text("by {owner}", owner=owner))
    if until is not None:
        parts.append(Text("until {until}", until=until))
    if ticket:
        parts.append(verbatim(ticket))
    said = Text("{parts:capfirst}.", parts=parts)
    return Text("{said} Reason: {reason}", said=said, reason=reason) if reason else said


def became_words(found: Mapping[str, Any], *, is_taken: bool) -> list[Text]:
    """Return what became of an item of an earlier digest: ticket, people told, and figures."""
    said: list[Text] = []
    defect, weeks = found["defect"], found["weeks"]
    if defect is not None and defect["release"]:
        told = defect["told"]
        said.append(Text("Fixed in {release}; told {count:,} of {of:,}.", None,
                         release=defect["release"], **told))  # fmt: skip
    elif defect is not None:
        said.append(NOT_FIXED)
    elif is_taken:
        said.append(Text("No defect here has this ticket: link a case to it, to see the fix."))
    if weeks is not None and weeks["answer"] in CHANGES:
        values = {
            "before": weeks["before"] / weeks["before_weeks"],
            "after": weeks["after"] / weeks["after_weeks"],
            "times": _times(weeks["ratio"]),
        }
        said.append(CHANGES[weeks["answer"]].using(**values))
    elif weeks is not None:
        said.append(Text("Whether it fell is unknown: {why}.", why=Text(weeks["unknown"])))
    if found["comes_back"]:
        said.append(COMES_BACK)
    return said


def _times(ratio: Mapping[str, Any]) -> Text:
    if ratio["high"] is None:
        return Text("× {low:.2f} or more", low=ratio["low"])
    return Text("× {low:.2f} to {high:.2f}", low=ratio["low"], high=ratio["high"])
