"""What a child is told of the day, the week and the pins; the guide's rules of kindness hold here.

Japanese stands in the catalogue with readings marked, as `furigana` reads them.
"""

from collections.abc import Mapping
from typing import Final

from shinrai.missions.rules.furigana import of_marked, written
from shinrai.missions.rules.pins import Kind, PinRule
from shinrai.missions.rules.week import Mission
from shinrai.units.text import LANGUAGES, Text

REASONS: Final[Mapping[str, Text]] = {
    "review": Text("You did this a while ago. Do you still remember?"),
    "begun": Text("You began this. Shall we finish it?"),
    "weak": Text("This was a bit tricky. Shall we try once more?"),
    "next": Text("Something new is waiting here."),
}
EARNS: Final[Mapping[Kind, Text]] = {
    "completions": Text("Finish {count} activity.", "Finish {count} activities."),
    "activities": Text("Finish {count} kind of activity.", "Finish {count} different activities."),
    "days": Text("Study on {count} day.", "Study on {count} days."),
    "streak": Text("Study on {count} day in a row.", "Study on {count} days in a row."),
    "score": Text(
        "Get {score} points of 100 or more, {count} time.",
        "Get {score} points of 100 or more, {count} times.",
    ),
}
HEADINGS: Final[Mapping[str, Text]] = {
    "today": Text("Ideas for today"),
    "week": Text("This week's mission"),
    "pins": Text("Your pins"),
    "done": Text("Done!"),
    "closed": Text("Please open this page again"),
    "closed_next": Text("Go back to the app and open it there. All that you did is still here."),
}
MINUTES: Final = Text("About {count} minute", "About {count} minutes")


def today_text(offered: int, done: int) -> Text:
    """Return what is said of a day with so many recommendations, and so many of them done."""
    if not offered:
        return Text("Nothing to do today. Have a lovely day!")
    if done == offered:
        return Text("You did it all for today. Wonderful!")
    return Text(
        "Here is {count} idea for today.", "Here are {count} ideas for today.", count=offered
    )


def week_text(mission: Mission) -> Text:
    """Return what is said of a week; one that is over is told by what was done in it."""
    done, days = len(mission.active), mission.days
    if mission.state == "met":
        return Text(
            "Mission complete! You studied on {count} day this week.",
            "Mission complete! You studied on {count} days this week.",
            count=done,
        )
    if mission.state == "rest":
        return Text("This is a week of rest. Have a good time!")
    if mission.state != "open":
        return Text(
            "You studied on {count} day in this week.",
            "You studied on {count} days in this week.",
            count=done,
        ) if done else Text("This week is over, and each week begins afresh.")  # fmt: skip
    if done:
        return Text("You studied on {done} of {days} days. Nice going!", done=done, days=days)
    return Text(
        "Try {count} day this week, whichever you like.",
        "Try {count} days this week, whichever you like.",
        count=days,
    )


def pin_text(rule: PinRule, on: Text | None) -> Text:
    """Return on which date a pin was earned; of one that was not, what earns it."""
    if on is not None:
        return Text("You got it on {date}.", date=on)
    what = EARNS[rule.kind].using(count=rule.count, score=round(rule.score * 100))
    of = " · ".join(part for part in (rule.subject, rule.unit) if part)
    return Text("{subject}: {what}", subject=of, what=what) if of else what


def told(text: Text) -> dict[str, str]:
    """Return a text for a child in both languages, in kana, as apps show it."""
    return {language: written(of_marked(text[language]), "kana") for language in LANGUAGES}
