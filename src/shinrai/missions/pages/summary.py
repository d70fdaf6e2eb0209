"""The page of missions: who is active, which missions are met, what is given and taken."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from shinrai.accounts.pages.guards import MemberRequest, members_only
from shinrai.accounts.pages.lists import recorded_list
from shinrai.console.figures import share_point, share_spark
from shinrai.console.lists import TYPES, ListColumn, ListSpec, memory_source
from shinrai.console.reader import reader_language, reader_text
from shinrai.console.rules.wording import date_text, decimal_words, kept_together, share_parts
from shinrai.missions.operations.first_view import summary_shown
from shinrai.missions.pages.policies import POLICY_WORDS
from shinrai.missions.queries.weeks import COUNTED
from shinrai.statistics.interval import Interval
from shinrai.units.share import Share
from shinrai.units.unknown import Unknown

LEVEL: Final = 0.95
REASON_WORDS: Final = {
    "review": _("due for review"),
    "begun": _("begun and not finished"),
    "weak": _("a unit that went badly"),
    "next": _("the next in order"),
}
COUNT_WORDS: Final = {
    "learners": _("Learners"),
    "active": _("Studied"),
    "set": _("Missions set"),
    "met": _("Met"),
    "missed": _("Not met"),
    "open": _("Not final"),
    "rest": _("Week of rest"),
}
SHARE_COLUMNS: Final = (("low", _("at least")), ("high", _("at most")))


@require_safe
@members_only
def missions(request: MemberRequest) -> HttpResponseBase:
    """Show what learners' goals come to in the last weeks."""
    found = summary_shown(request.workspace, at=request.at)
    if request.GET.get("format") in TYPES:
        return _download(request, found)
    from shinrai.missions.measures import MEASURES

    weeks, newest = found["weeks"], found["weeks"][-1]
    over = [one for one in weeks if one["is_over"]]
    context = {
        "is_empty": not any(one["learners"] for one in weeks) and not found["pins"],
        "lead": _lead(weeks),
        "counted_at": datetime.fromisoformat(found["at"]),
        "weeks": [_week(one, request.workspace.slug) for one in reversed(weeks)],
        "count_words": COUNT_WORDS,
        "active_chart": _chart(weeks, "active_share", "is_over", gettext("Active learners")),
        "met_chart": _chart(weeks, "met_share", "is_final", gettext("Missions met")),
        "grades": [{**one, "said": share_of(one["active_share"])} for one in found["grades"]],
        "grades_of": date.fromisoformat((over or [newest])[-1]["start"]),
        "pins": [_pin(one, request.workspace.slug) for one in found["pins"]],
        "offers": [
            {**one, "words": REASON_WORDS[one["reason"]], "said": share_of(one["taken_share"])}
            for one in found["offers"]
        ],
        "comparison": _comparison(found["comparison"]),
        "measures": MEASURES,
        "formats": tuple(TYPES),
    }
    return render(request, "missions/missions.html", context)


def share_of(found: Mapping[str, Any] | None) -> tuple[Share, Interval | None] | None:
    """Return a share of a summary and its interval; None where there is none."""
    if found is None:
        return None
    share = Share(found["count"], found["of"])
    if found["low"] is None:
        return share, None
    return share, Interval(found["low"], found["high"], LEVEL, found["method"])


def _lead(weeks: list[dict[str, Any]]) -> str:
    """Say who is active this week, and what became of the newest missions that are final."""
    newest, language = weeks[-1], reader_language()
    active = gettext("This week {active:,} of {learners:,} learners were active so far.").format(
        **newest
    )
    final = next((one for one in reversed(weeks) if one["is_final"] and one["met_share"]), None)
    said = share_of(final["met_share"]) if final else None
    parts = share_parts(said[0], interval=said[1]) if said else Unknown("nothing to count")
    if final is None or isinstance(parts, Unknown):
        return f"{active} {gettext('No mission is final yet.')}"
    met = gettext("Of the {of:,} missions of the week of {start}, {count:,} were met ({share}).")
    words = met.format(
        **final["met_share"],
        start=reader_text(date_text(date.fromisoformat(final["start"]), has_year=False)),
        share=kept_together(reader_text(parts[1]), language=language),
    )
    return f"{active} {words}"


def _week(week: Mapping[str, Any], slug: str) -> dict[str, Any]:
    place = reverse("missions_people", args=[slug])
    return {
        **week,
        "on": date.fromisoformat(week["start"]),
        "counts": [
            (
                COUNT_WORDS[name],
                week[name],
                f"{place}?{urlencode({'figure': name, 'week': week['start']})}",
            )
            for name in COUNTED
        ],
        "met_said": share_of(week["met_share"]) if week["is_final"] else None,
        "active_said": share_of(week["active_share"]),
    }


def _pin(pin: Mapping[str, Any], slug: str) -> dict[str, Any]:
    asked = urlencode({"figure": "pin", "pin": pin["key"], "version": pin["version"]})
    href = f"{reverse('missions_people', args=[slug])}?{asked}"
    return {**pin, "name": pin["title"][reader_language()], "href": href}


def _chart(weeks: list[dict[str, Any]], share: str, complete: str, title: str) -> Any:
    points = [
        share_point(
            reader_text(date_text(date.fromisoformat(one["start"]), has_year=False)),
            said[0] if one[complete] and (said := share_of(one[share])) else None,
            is_complete=one[complete],
            since=date.fromisoformat(one["start"]),
        )
        for one in weeks
    ]
    known = sum(point.value is not None for point in points)
    return share_spark(title, points, prefix=share.replace("_", "-")) if known > 1 else ""


def _comparison(found: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return the words of a comparison: whether there is a difference, and what it may mean."""
    if found is None:
        return None
    policies = [
        {**one, "name": POLICY_WORDS[one["policy"]], "said": share_of(one["taken_share"])}
        for one in found["policies"]
    ]
    gap, names = found["difference"], {"first": policies[0]["name"], "second": policies[1]["name"]}
    if gap is None:
        words = gettext("Too few learners to tell “{first}” from “{second}”.").format(**names)
    else:
        ends = {name: _points(gap[name]) for name in ("low", "high")}
        words = (
            gettext("“{first}” less “{second}”: between {low} and {high} percentage points.")
            if found["is_detectable"]
            else gettext(
                "No detectable difference between “{first}” and “{second}”: "
                "between {low} and {high} percentage points."
            )
        ).format(**names, **ends)
    return {
        **found,
        "policies": policies,
        "words": words,
        "since_on": date.fromisoformat(found["since"]) if found["since"] else None,
        "until_on": date.fromisoformat(found["until"]),
    }


def _points(part: float) -> str:
    words = decimal_words(part * 100)
    return words if words.startswith("−") else f"+{words}"


def _download(request: MemberRequest, found: Mapping[str, Any]) -> HttpResponseBase:
    """Return a table of the page as a file: which one, `table` says."""
    policies = (found["comparison"] or {}).get("policies", [])
    tables: dict[str, tuple[list[dict[str, Any]], tuple[tuple[str, str | Promise], ...], str]] = {
        "weeks": (found["weeks"], (("start", _("Week of")), *COUNT_WORDS.items()), "met_share"),
        "grades": (
            found["grades"],
            (("grade", _("Grade")), ("learners", _("Learners")), ("active", _("Studied"))),
            "active_share",
        ),
        "pins": (
            found["pins"],
            (("key", _("Pin")), ("version", _("Version")), ("given", _("Learners"))),
            "",
        ),
        "offers": (
            found["offers"],
            (("reason", _("Reason")), ("shown", _("Shown")), ("taken", _("Taken"))),
            "taken_share",
        ),
        "policies": (
            policies,
            (
                *(("policy", _("Policy")), ("learners", _("Learners"))),
                *(("shown", _("Shown")), ("taken", _("Taken"))),
            ),
            "taken_share",
        ),
    }
    table = request.GET.get("table", "")
    table = table if table in tables else "weeks"
    rows, named, share = tables[table]
    columns = [ListColumn[Any](key, title, _value(key), True) for key, title in named]
    if share:
        columns += [
            ListColumn[Any](f"{share}_{end}", title, _end(share, end))
            for end, title in SHARE_COLUMNS
        ]
    spec = ListSpec[Any](
        name=f"missions-{table}", columns=tuple(columns), row="", is_searched=False,
        usual=named[0][0],
    )  # fmt: skip
    return recorded_list(request, spec, memory_source(rows, spec))  # type: ignore[return-value]


def _value(key: str) -> Any:
    return lambda row: row[key]


def _end(share: str, end: str) -> Any:
    return lambda row: row[share][end] if row[share] else None
