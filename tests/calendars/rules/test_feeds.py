"""Feeds as programs write them: what an event says is followed to the day, or refused by its name.

The desk is in Tokyo and open from 10 to 19 every day; each feed is read for June 2026, which
begins on a Monday. Days that are closed and hours that are cut out were worked out by hand.
"""

import time
from contextlib import suppress
from datetime import date, datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from shinrai.calendars.rules.days import cuts_near
from shinrai.calendars.rules.document import read_calendar
from shinrai.calendars.rules.fields import BadCalendar
from shinrai.calendars.rules.icalendar import Component, Line
from shinrai.calendars.rules.recurrence import read_rule
from shinrai.calendars.rules.time_zone import zone_named

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONDAYS = ("DTSTART;VALUE=DATE:20260601", "RRULE:FREQ=WEEKLY")
TUESDAYS = ("DTSTART;TZID=Asia/Tokyo:20260602T130000", "DTEND;TZID=Asia/Tokyo:20260602T150000",
            "RRULE:FREQ=WEEKLY")  # fmt: skip
MOVED = ("DTSTART;TZID=Asia/Tokyo:20260610T130000", "DTEND;TZID=Asia/Tokyo:20260610T150000")


def event(*lines, uid="1", name="Off"):
    """Write an event."""
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{name}", *lines, "END:VEVENT", ""])


def feed(*parts):
    """Write a VCALENDAR of parts."""
    return "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n" + "".join(parts) + "END:VCALENDAR\r\n"


def zone(tzid, *lines, offset="+0900"):
    """Describe a zone without daylight saving."""
    return "\r\n".join(["BEGIN:VTIMEZONE", f"TZID:{tzid}", "BEGIN:STANDARD",
                        "DTSTART:16010101T000000", f"TZOFFSETFROM:{offset}",
                        f"TZOFFSETTO:{offset}", *lines, "END:STANDARD", "END:VTIMEZONE",
                        ""])  # fmt: skip


def desk(text, where="Asia/Tokyo"):
    weekly = {day: ["10:00-19:00"] for day in DAYS}
    return read_calendar({"zone": where, "weekly": weekly, "closed_ics": text})


def june(text, where="Asia/Tokyo"):
    """Say what is closed: days by their number, hours as `9 13-15`."""
    calendar, found = desk(text, where), []
    for day in range(1, 31):
        on = date(2026, 6, day)
        if calendar.versions[0].day_off(on):
            found.append(str(day))
        for start, end, _ in cuts_near(calendar, on):
            begins, ends = (at.astimezone(zone_named(where)) for at in (start, end))
            if begins.date() == on:
                found.append(f"{day} {begins:%-H}-{ends:%-H}")
    return list(dict.fromkeys(found))


TWO_WEEKS = ["2 13-15", "9 13-15", "16 13-15", "23 13-15", "30 13-15"]
WITHOUT_9 = [one for one in TWO_WEEKS if not one.startswith("9 ")]
INSTEAD = ["2 13-15", "10 13-15", "16 13-15", "23 13-15", "30 13-15"]

FOLLOWED = {
    # What an event says about itself.
    "a day that ends on itself": (
        [event("DTSTART;VALUE=DATE:20260609", "DTEND;VALUE=DATE:20260609")], ["9"]),
    "a day of no length": ([event("DTSTART;VALUE=DATE:20260609", "DURATION:P0D")], ["9"]),
    "a day without an end": ([event("DTSTART:20260609")], ["9"]),
    "a time that ends on itself": (
        [event("DTSTART:20260609T130000", "DTEND:20260609T130000")], []),
    "two days by their length": (
        [event("DTSTART;VALUE=DATE:20260609", "DURATION:P2D")], ["9", "10"]),
    "an end and a length that agree": (
        [event("DTSTART:20260609T130000", "DTEND:20260609T150000", "DURATION:PT2H")], ["9 13-15"]),
    "an end in another zone": (
        [event("DTSTART;TZID=Asia/Tokyo:20260609T130000", "DTEND:20260609T060000Z")], ["9 13-15"]),
    "lines folded in the middle": (
        [event("DTSTART;VALUE=DATE\r\n :202606\r\n\t09")], ["9"]),
    "a description that is no line": (
        [event("DTSTART:20260609", "DESCRIPTION:one", "two three", "")], ["9"]),
    "an alarm with a start of its own": (
        [event("DTSTART:20260609", "BEGIN:VALARM", "TRIGGER:-PT15M", "DURATION:PT5M",
               "END:VALARM")], ["9"]),
    # Zones.
    "a path before the zone": (
        [event("DTSTART;TZID=/freeassociation.sourceforge.net/Tzfile/Asia/Tokyo:20260609T130000",
               "DURATION:PT2H")], ["9 13-15"]),
    "a path before a zone of three parts": (  # 13:00 there is 1:00 of the day after here
        [event("DTSTART;TZID=/mozilla.org/2/America/Argentina/Ushuaia:20260608T220000",
               "DURATION:PT2H")], ["9 10-12"]),
    "a zone by Windows' name, in quotation marks": (
        [event('DTSTART;TZID="Tokyo Standard Time":20260609T130000', "DURATION:PT2H")],
        ["9 13-15"]),
    "a zone in small letters": (
        [event("DTSTART;TZID=asia/tokyo:20260609T130000", "DURATION:PT2H")], ["9 13-15"]),
    "a zone that the file describes": (
        [zone("Head office", offset="+0800"),
         event("DTSTART;TZID=Head office:20260609T120000", "DURATION:PT2H")], ["9 13-15"]),
    "zones of one name in two calendars": (
        [zone("Head office"), event("DTSTART;TZID=Head office:20260609T120000", "DURATION:PT2H"),
         "END:VCALENDAR\r\nBEGIN:VCALENDAR\r\n", zone("Head office", offset="+0800"),
         event("DTSTART;TZID=Head office:20260611T120000", "DURATION:PT2H", uid="2")],
        ["9 12-14", "11 13-15"]),
    "a described zone's summer": (
        [zone("Own", "END:STANDARD", "BEGIN:DAYLIGHT", "DTSTART:20200301T020000",
              "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=1SU", "TZOFFSETFROM:+0900", "TZOFFSETTO:+1000",
              "END:DAYLIGHT", "BEGIN:STANDARD", "DTSTART:20201101T020000",
              "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU", "TZOFFSETFROM:+1000", "TZOFFSETTO:+0900"),
         event("DTSTART;TZID=Own:20260609T140000", "DURATION:PT2H")], ["9 13-15"]),
    # Occurrences taken out, named in any way.
    "taken out in UTC": ([event(*TUESDAYS, "EXDATE:20260609T040000Z")], WITHOUT_9),
    "taken out in another zone": (
        [event(*TUESDAYS, "EXDATE;TZID=America/New_York:20260609T000000")], WITHOUT_9),
    "taken out by its date": ([event(*TUESDAYS, "EXDATE;VALUE=DATE:20260609")], WITHOUT_9),
    "taken out without a zone": ([event(*TUESDAYS, "EXDATE:20260609T130000")], WITHOUT_9),
    "taken out of a series without a zone, in UTC": (
        [event("DTSTART:20260602T130000", "DURATION:PT2H", "RRULE:FREQ=WEEKLY",
               "EXDATE:20260609T040000Z")], WITHOUT_9),
    "days taken out at local midnight in UTC": (
        [event(*MONDAYS, "EXDATE:20260614T150000Z")], ["1", "8", "22", "29"]),
    "days taken out at midnight in UTC": (
        [event(*MONDAYS, "EXDATE:20260615T000000Z")], ["1", "8", "22", "29"]),
    "several on a line and on several lines": (
        [event(*MONDAYS, "EXDATE;VALUE=DATE:20260608,20260615", "EXDATE;VALUE=DATE:20260629")],
        ["1", "22"]),
    "taken out by a rule": ([event(*MONDAYS, "EXRULE:FREQ=WEEKLY;INTERVAL=2")], ["8", "22"]),
    # Occurrences added.
    "days added": ([event("DTSTART:20260601", "RDATE;VALUE=DATE:20260609,20260611")],
                   ["1", "9", "11"]),
    "hours added in UTC": (
        [event("DTSTART;TZID=Asia/Tokyo:20260602T130000", "DURATION:PT2H",
               "RDATE:20260611T050000Z")], ["2 13-15", "11 14-16"]),
    "periods added, each of its own length": (
        [event("DTSTART;TZID=Asia/Tokyo:20260602T130000", "DURATION:PT2H",
               "RDATE;VALUE=PERIOD:20260609T040000Z/PT1H,20260611T040000Z/20260611T070000Z")],
        ["2 13-15", "9 13-14", "11 13-16"]),
    # Occurrences changed.
    "moved, named in UTC": (
        [event(*TUESDAYS), event(*MOVED, "RECURRENCE-ID:20260609T040000Z")], INSTEAD),
    "moved, named by its date": (
        [event(*TUESDAYS), event(*MOVED, "RECURRENCE-ID;VALUE=DATE:20260609")], INSTEAD),
    "moved, and called by a later version": (
        [event(*TUESDAYS),
         event("DTSTART:20260611T130000", "DURATION:PT2H", "RECURRENCE-ID:20260609T040000Z"),
         event(*MOVED, "RECURRENCE-ID:20260609T040000Z", "SEQUENCE:1")], INSTEAD),
    "called off, without a start": (
        [event(*TUESDAYS), event("RECURRENCE-ID:20260609T040000Z", "STATUS:CANCELLED")], WITHOUT_9),
    "a moved one that says it repeats": (
        [event(*MONDAYS), event("RECURRENCE-ID;VALUE=DATE:20260615", "DTSTART;VALUE=DATE:20260617",
                                "RRULE:FREQ=WEEKLY;BYDAY=WE")], ["1", "8", "17", "22", "29"]),
    "the change stands before the series": (
        [event(*MOVED, "RECURRENCE-ID:20260609T040000Z"), event(*TUESDAYS)], INSTEAD),
    "one occurrence alone in the file": (
        [event(*MOVED, "RECURRENCE-ID:20260609T040000Z")], ["10 13-15"]),
    "all that follow move by a day": (
        [event(*TUESDAYS), event(*MOVED, "RECURRENCE-ID;RANGE=THISANDFUTURE:20260609T040000Z")],
        ["2 13-15", "10 13-15", "17 13-15", "24 13-15"]),
    "all that follow are called off": (
        [event(*TUESDAYS), event("RECURRENCE-ID;RANGE=THISANDFUTURE:20260616T040000Z",
                                 "STATUS:CANCELLED")], ["2 13-15", "9 13-15"]),
    "all that follow become whole days": (
        [event(*TUESDAYS), event("RECURRENCE-ID;RANGE=THISANDFUTURE:20260616T040000Z",
                                 "DTSTART;VALUE=DATE:20260617")],
        ["2 13-15", "9 13-15", "17", "24"]),
    "all that follow, and one of them again": (
        [event(*TUESDAYS), event(*MOVED, "RECURRENCE-ID;RANGE=THISANDFUTURE:20260609T040000Z"),
         event("DTSTART:20260619T100000", "DURATION:PT1H", "RECURRENCE-ID:20260616T040000Z")],
        ["2 13-15", "10 13-15", "19 10-11", "24 13-15"]),
    # Versions.
    "the higher SEQUENCE counts": (
        [event(*MONDAYS, "EXDATE;VALUE=DATE:20260615", "SEQUENCE:10"),
         event(*MONDAYS, "SEQUENCE:9")], ["1", "8", "22", "29"]),
    "of one SEQUENCE the later DTSTAMP counts": (
        [event("DTSTART:20260609", "DTSTAMP:20260101T000000Z"),
         event("DTSTART:20260610", "DTSTAMP:20260102T000000Z")], ["10"]),
    "one UID for two holidays, nothing tells versions apart": (
        [event("DTSTART:20260609"), event("DTSTART:20260611")], ["9", "11"]),
    "events without a UID are events of their own": (
        [event("DTSTART:20260609", uid=""), event("DTSTART:20260611", uid="", name="Other")],
        ["9", "11"]),
    "a later version calls the series off": (
        [event(*MONDAYS), event(*MONDAYS, "SEQUENCE:1", "STATUS:CANCELLED"),
         event("DTSTART:20260610", "RECURRENCE-ID;VALUE=DATE:20260608")], []),
    "two calendars in a file": (
        [event("DTSTART:20260609"), "END:VCALENDAR\r\n\r\nBEGIN:VCALENDAR\r\n",
         event("DTSTART:20260611", uid="2")], ["9", "11"]),
    # Rules.
    "until a date, with times": (
        [event("DTSTART:20260602T130000", "DURATION:PT2H", "RRULE:FREQ=WEEKLY;UNTIL=20260616")],
        ["2 13-15", "9 13-15", "16 13-15"]),
    "days until local midnight in UTC": (
        [event("DTSTART:20260601", "RRULE:FREQ=WEEKLY;UNTIL=20260614T150000Z")], ["1", "8", "15"]),
    "days until the last second in UTC": (
        [event("DTSTART:20260601", "RRULE:FREQ=DAILY;UNTIL=20260603T235959Z")], ["1", "2", "3"]),
    "counted, from long ago": (
        [event("DTSTART:20260102", "RRULE:FREQ=WEEKLY;COUNT=23")], ["5"]),
    "until the year 9999": (
        [event("DTSTART:20260601", "RRULE:FREQ=WEEKLY;UNTIL=99991231")],
        ["1", "8", "15", "22", "29"]),
    "the last business day": (
        [event("DTSTART:20260130", "RRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1")], ["30"]),
    "a numbered week, its day said by the start": (
        [event("DTSTART:20250603", "RRULE:FREQ=YEARLY;BYWEEKNO=24")], ["9"]),
    "days that say times of day": (
        [event("DTSTART:20260601", "RRULE:FREQ=WEEKLY;COUNT=2;BYHOUR=9,10")], ["1", "8"]),
    "a rule in small letters with a stop": (
        [event("DTSTART:20260601", "RRULE:freq=weekly;byday=mo;count=2;")], ["1", "8"]),
    "from the year 1604": ([event("DTSTART:16040609", "RRULE:FREQ=YEARLY")], ["9"]),
}  # fmt: skip


@pytest.mark.parametrize(("parts", "closed"), FOLLOWED.values(), ids=list(FOLLOWED))
def test_what_has_a_meaning_is_followed(parts, closed):
    assert june(feed(*parts)) == sorted(closed, key=lambda one: int(one.split()[0]))


def test_a_zones_own_wall_decides_where_the_clocks_jump():
    """New York skips 02:00 to 03:00 on 8 March 2026: half past two is half past three there."""
    text = feed(event("DTSTART;TZID=America/New_York:20260301T023000", "DURATION:PT1H",
                      "RRULE:FREQ=WEEKLY", "EXDATE:20260308T073000Z"))  # fmt: skip
    calendar = desk(text, "America/New_York")

    begun = [f"{start:%m-%d %H:%M}" for start, _, _ in cuts_near(calendar, date(2026, 3, 8))]

    assert begun[:2] == ["03-01 07:30", "03-15 06:30"]


def test_days_in_new_york_are_taken_out_by_midnight_there_or_in_utc():
    series = ("DTSTART;VALUE=DATE:20260601", "RRULE:FREQ=WEEKLY")
    text = feed(event(*series, "EXDATE:20260608T040000Z", "EXDATE:20260615T000000Z"))

    assert june(text, "America/New_York") == ["1", "22", "29"]


REFUSED = {
    "two starts": [event("DTSTART:20260609", "DTSTART:20260610")],
    "two ends": [event("DTSTART:20260609", "DTEND:20260610", "DTEND:20260611")],
    "an end and a length that differ": [
        event("DTSTART:20260609", "DTEND:20260610", "DURATION:P3D")],
    "a start that is a time": [event("DTSTART;VALUE=TIME:130000")],
    "a start that is no date": [event("DTSTART;VALUE=DATE:20260231")],
    "a date that is a time": [event("DTSTART;VALUE=DATE:20260609T130000")],
    "a start in the year 1": [event("DTSTART;VALUE=DATE:00010101")],
    "a start that is broken": [event("DTSTART 20260609")],
    "half a day": [event("DTSTART;VALUE=DATE:20260609", "DURATION:PT36H")],
    "a length of years": [event("DTSTART;VALUE=DATE:20260609", "DURATION:P1Y")],
    "a length of nothing": [event("DTSTART;VALUE=DATE:20260609", "DURATION:PT")],
    "a length without an end": [event("DTSTART;VALUE=DATE:20260609", "DURATION:P999999W")],
    "a zone that is a folder": [event("DTSTART;TZID=Asia:20260609T130000")],
    "a zone out of the folder": [event("DTSTART;TZID=../../etc/passwd:20260609T130000")],
    "a rule with an unknown part": [event(*MONDAYS[:1], "RRULE:FREQ=WEEKLY;BYMOON=1")],
    "a rule with a part twice": [event(*MONDAYS[:1], "RRULE:FREQ=WEEKLY;BYDAY=MO;BYDAY=TU")],
    "no count": [event(*MONDAYS[:1], "RRULE:FREQ=WEEKLY;COUNT=-1")],
    "a count of none": [event(*MONDAYS[:1], "RRULE:FREQ=WEEKLY;COUNT=0")],
    "a count and an end": [event(*MONDAYS[:1], "RRULE:FREQ=WEEKLY;COUNT=3;UNTIL=20260630")],
    "an end before the start": [event(*MONDAYS[:1], "RRULE:FREQ=WEEKLY;UNTIL=20250630")],
    "a count that is never reached": [event(*MONDAYS[:1],
                                            "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=2")],
    "steps of nothing": [event(*MONDAYS[:1], "RRULE:FREQ=DAILY;INTERVAL=0")],
    "the second Monday of a week": [event(*MONDAYS[:1], "RRULE:FREQ=WEEKLY;BYDAY=2MO")],
    "a day nobody knows": [event(*MONDAYS[:1], "RRULE:FREQ=WEEKLY;BYDAY=XX")],
    "a rule without a step": [event(*MONDAYS[:1], "RRULE:BYDAY=MO")],
    "a rule of vCalendar 1.0": [event(*MONDAYS[:1], "RRULE:W1 MO #0")],
    "every second": [event("DTSTART:20260601T000000Z", "RRULE:FREQ=SECONDLY")],
    "every minute of each day": [event(
        "DTSTART:20260601T000000Z",
        "RRULE:FREQ=DAILY;BYMINUTE=" + ",".join(str(minute) for minute in range(60)))],
    "a day taken out that does not exist": [event(*MONDAYS, "EXDATE;VALUE=DATE:20260631")],
    "a range of a series that is not there": [
        event(*MOVED, "RECURRENCE-ID;RANGE=THISANDFUTURE:20260609T040000Z")],
    "a range that is unknown": [
        event(*TUESDAYS), event(*MOVED, "RECURRENCE-ID;RANGE=THISANDPRIOR:20260609T040000Z")],
    "all that follow by another rule": [
        event(*TUESDAYS), event(*MOVED, "RECURRENCE-ID;RANGE=THISANDFUTURE:20260609T040000Z",
                                "RRULE:FREQ=WEEKLY;INTERVAL=2")],
    "a version that is no number": [event(*MONDAYS, "SEQUENCE:one"), event(*MONDAYS)],
}  # fmt: skip


@pytest.mark.parametrize("parts", REFUSED.values(), ids=list(REFUSED))
def test_what_has_none_refuses_the_feed_and_names_the_event(parts):
    good = event("DTSTART:20260611", uid="good", name="Good")

    with pytest.raises(BadCalendar) as refused:
        desk(feed(good, *parts))

    said = refused.value.text
    assert "'Off'" in said["en"] or "DTSTART 2" in said["en"]
    assert "line " in said["en"]
    assert "行目" in said["ja"]


def test_a_described_zone_that_cannot_be_followed_is_named():
    for line in ("RRULE:FREQ=SECONDLY", "TZOFFSETTO:+9900"):
        with pytest.raises(BadCalendar, match="zone 'Own'"):
            desk(feed(zone("Own", line), event("DTSTART;TZID=Own:20260609T130000")))


def test_of_several_files_the_one_is_named():
    with pytest.raises(BadCalendar, match=r"file 2, line 3: event 'Off' has 2 lines DTSTART"):
        desk([feed(event("DTSTART:20260611")), feed(event("DTSTART:20260609", "DTSTART:20260610"))])


def test_an_endless_feed_is_followed_without_counting_from_its_beginning():
    """A thousand daily events since 1604, and one that never comes true: under a few seconds."""
    rare = "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"
    events = [event("DTSTART:16040101T130000", "DURATION:PT2H", "RRULE:FREQ=DAILY", uid=n)
              for n in range(1_000)]  # fmt: skip
    begun = time.process_time()

    calendar = desk(feed(*events, event("DTSTART:20260601", rare, uid="rare")))
    cuts = cuts_near(calendar, date(2026, 6, 9))

    assert {end - start for start, end, _ in cuts} == {timedelta(hours=2)}
    assert len({start for start, _, _ in cuts}) >= 365
    assert time.process_time() - begun < 30  # by dateutil's steps from 1604 on, ten minutes


PARTS = st.fixed_dictionaries(
    {"FREQ": st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY"])},
    optional={
        "INTERVAL": st.integers(1, 4).map(str),
        "BYMONTH": st.sampled_from(["1,6", "2", "3,9,12"]),
        "BYMONTHDAY": st.sampled_from(["1", "-1", "13,31", "29"]),
        "BYDAY": st.sampled_from(["MO", "TU,FR", "SU"]),
        "WKST": st.sampled_from(["MO", "SU"]),
        "COUNT": st.integers(1, 9).map(str),
    },
)


@settings(max_examples=60, deadline=None)
@given(parts=PARTS, day=st.dates(date(2024, 1, 1), date(2026, 12, 31)), later=st.integers(0, 900))
def test_rules_are_followed_as_dateutil_follows_them(parts, day, later):
    """From any day on: what dateutil counts from the first day is the same."""
    start = datetime.combine(day, datetime.min.time()) + timedelta(hours=13)
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    first, last = start + timedelta(days=later), start + timedelta(days=2_000)
    theirs = [at for at in rrulestr(text + f";UNTIL={last:%Y%m%dT%H%M%S}" * ("COUNT" not in parts),
                                    dtstart=start) if first <= at <= last]  # fmt: skip
    try:
        rule = read_rule(Line("RRULE", {}, text), Component("VEVENT", 1), start=start,
                         whole_days=False, until_of=datetime.fromisoformat)  # fmt: skip
    except ValueError:
        assert "COUNT" in parts  # and not reached within a hundred years
        return

    assert list(rule.local_times(start, first, last)) == theirs


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_bytes_are_followed_or_refused(data):
    """A feed with a few signs changed, lines lost or doubled says what is wrong, or is read."""
    text = feed(zone("Own"), *data.draw(st.sampled_from(list(FOLLOWED.values())))[0])
    lines = text.split("\r\n")
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(lines) - 1))
        match data.draw(st.sampled_from(["sign", "lose", "double", "swap"])):
            case "sign":
                at = data.draw(st.integers(0, len(lines[place])))
                sign = data.draw(st.sampled_from(list('09-;:,=TZP/"\\\0あ\ud83d W+')))
                lines[place] = lines[place][:at] + sign + lines[place][at + 1 :]
            case "lose":
                lines[place] = ""
            case "double":
                lines.insert(place, lines[place])
            case _:
                lines[place], lines[0] = lines[0], lines[place]
    with suppress(BadCalendar):  # the only way in which it may fail
        june("\r\n".join(lines))
        _ = desk("\r\n".join(lines)).versions[0].closed.events.last_on
