"""What is said to a guardian: composed once for all channels, with why it is sent.

Nothing is said where there is nothing to say, unless silence is what there is to say. A notice
never repeats a child's words, compares no children, and asks for nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final

from shinrai.console.rules.wording import WEEKDAYS, date_text
from shinrai.family.rules.plan import NoticeKind
from shinrai.family.rules.week import WeekLine
from shinrai.missions.rules.week import Mission, Rest
from shinrai.units.text import Language, Text, translated

SILENT_FROM: Final = 10  # days without study
SILENT_UNTIL: Final = 30  # who is away for longer has gone: a notice would change nothing
DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class ChildFacts:
    """What is known of a child on a day: the last day of study, rests, the week, and pins.

    `pins` are titles by key.
    """

    name: str
    today: date
    last_on: date | None = None
    rests: tuple[Rest, ...] = ()
    line: WeekLine | None = None  # None: no week is told of today
    mission: Mission | None = None
    pins: Mapping[str, str] = field(default_factory=dict)
    new_pins: Mapping[str, str] = field(default_factory=dict)
    dinner: Text | None = None


@dataclass(frozen=True)
class NoticeText:
    """A notice: of which kind, about what (so that it is made once), its lines, and why it came."""

    kind: NoticeKind
    what: str
    lines: tuple[Text, ...]
    why: Text
    facts: Mapping[str, Any] = field(default_factory=dict)

    def words(self, language: Language) -> dict[str, Any]:
        """Return its text in a language, as it is kept."""
        lines = [translated(one, language) for one in self.lines]
        return {"lines": lines, "why": translated(self.why, language)}


def child_text(name: str) -> Text:
    """Return how a child is called, or that it is the reader's."""
    return Text("{name}", context="a child", name=name) if name else Text("your child")


def notices_of_day(facts: ChildFacts) -> tuple[NoticeText, ...]:
    """Return what there is to say on a day about a child, which is mostly nothing."""
    found = (_weekly(facts), _silence(facts), _new_pins(facts))
    return tuple(one for one in found if one is not None)


def silent_days(last_on: date, today: date, rests: Sequence[Rest]) -> int:
    """Return how many whole days lie between the last day of study and today, rests left out."""
    days = (last_on + DAY * n for n in range(1, (today - last_on).days))
    return sum(not any(one.since <= day <= one.until for one in rests) for day in days)


def link_notice(*, name: str, is_made: bool, side: str, at: datetime) -> NoticeText:
    """Return what is said when a link was made or has ended, and by which side."""
    child = child_text(name)
    what = f"{'made' if is_made else 'ended'} {at.isoformat()}"
    if is_made:
        said = Text("You are now linked with {child}: their page of study is open to you.",
                    child=child)  # fmt: skip
        why = Text("You get this because both sides confirmed the link with a code.")
        return NoticeText("link", what, (said,), why)
    said = Text("The link with {child} has ended; their page is closed to you.", child=child)
    why = {
        "guardian": Text("You get this because you ended the link."),
        "learner": Text("You get this because the link was ended in the child's app."),
    }.get(side, Text("You get this because support ended the link. Ask them if it is a mistake."))
    return NoticeText("link", what, (said,), why)


def _weekly(facts: ChildFacts) -> NoticeText | None:
    line = facts.line
    if line is None or not (line.days or facts.pins):
        return None
    # Two children may be told of in one mail.
    lines = [Text("{child:capfirst} · {line}", child=child_text(facts.name), line=line.text)]
    mission = facts.mission
    if mission is not None and mission.state != "rest":
        done, asked = len(mission.active), mission.days
        said = Text("Mission of the week: {done} of {asked} days, done.") if (
            mission.state == "met"
        ) else Text("Mission of the week: {done} of {asked} days.")  # fmt: skip
        lines.append(said.using(done=done, asked=asked))
    if facts.pins:
        lines.append(Text("New pins: {pins}.", pins=list(facts.pins.values())))
    if facts.dinner is not None:
        lines.append(Text("For dinner tonight: {line}", line=facts.dinner))
    why = Text(
        "You get this because you are linked with {child}, once a week ({day}), in weeks with "
        "something to tell.",
        child=child_text(facts.name),
        day=WEEKDAYS[line.upto.weekday()],
    )
    return NoticeText("weekly", line.start.isoformat(), tuple(lines), why, {"days": line.days})


def _silence(facts: ChildFacts) -> NoticeText | None:
    last_on, today = facts.last_on, facts.today
    is_rest = any(one.since <= today <= one.until for one in facts.rests)
    if last_on is None or is_rest:
        return None
    days = silent_days(last_on, today, facts.rests)
    if not SILENT_FROM <= days <= SILENT_UNTIL:
        return None
    said = Text("{child:capfirst} has not studied for {count} day.",
                "{child:capfirst} has not studied for {count} days.",
                child=child_text(facts.name), count=days)  # fmt: skip
    helps = Text(
        "That happens, and everything that was earned stays. What helps: five minutes together "
        "with something easy, at a time of day that suits you both. If something does not work, "
        "write to support."
    )
    why = Text(
        "You get this once, because the last day of study was {date}. You are not reminded again.",
        date=date_text(last_on, has_year=False),
    )
    return NoticeText("silence", last_on.isoformat(), (said, helps), why, {"days": days})


def _new_pins(facts: ChildFacts) -> NoticeText | None:
    if not facts.new_pins:
        return None
    said = Text(
        "{child:capfirst} has a new pin: {pins}.", "{child:capfirst} has new pins: {pins}.",
        child=child_text(facts.name), count=len(facts.new_pins), pins=list(facts.new_pins.values()),
    )  # fmt: skip
    why = Text("You get this because you chose to be told of new pins, at most once a day.")
    told = {"pins": sorted(facts.new_pins)}
    return NoticeText("pin", facts.today.isoformat(), (said,), why, told)


def subject_of(kinds: Sequence[str], workspace: str) -> Text:
    """Return the one line that is seen without opening it: it says nothing private."""
    if len(kinds) > 1:
        return Text("{workspace}: {count} notice", "{workspace}: {count} notices",
                    workspace=workspace, count=len(kinds))  # fmt: skip
    said = {
        "weekly": Text("{workspace}: the weekly notice"),
        "link": Text("{workspace}: about your access"),
    }.get(kinds[0], Text("{workspace}: a notice for you"))
    return said.using(workspace=workspace)


def mail_text(
    notices: Iterable[tuple[str, Mapping[str, Any]]],
    *,
    stops: str,
    settings: str,
    language: Language,
) -> str:
    """Return the text of a mail: notices with the addresses of their pages, and how to end it."""
    parts: list[str] = []
    for address, words in notices:
        parts += [*words["lines"], address, words["why"]]
    ends = Text("No more of these by mail: {stops}", stops=stops)
    choices = Text("What you are told, and when: {settings}", settings=settings)
    parts += ["-- \n" + "\n".join(translated(one, language) for one in (ends, choices))]
    return "\n\n".join(parts) + "\n"
