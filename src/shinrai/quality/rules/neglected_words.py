"""Sentences shown beside the figure of neglect."""

from typing import Any, Final

from shinrai.quality.rules.figures import Figure, is_unknown
from shinrai.units.text import Text

HOUR_S: Final = 3600


def neglected_words(figure: Figure) -> list[Text]:
    """Return the sentences to be read with the figure."""
    said = []
    if n := figure.get("open_as_long", 0):
        said.append(
            Text(
                "Of these, {count:,} has waited with an open matter for 30 days or longer.",
                "Of these, {count:,} have waited with an open matter for 30 days or longer.",
                count=n,
            )
        )
    if "falling_use" in figure:
        said.append(Text("Falling use is not recorded here; only open matters are looked at."))
    return [*said, *_top_account(figure.get("top_account_hours"))]


def _top_account(top: Figure | None) -> list[Text]:
    """Return which part of the hours went to one account, as a sentence."""
    if top is None:
        return []
    if is_unknown(top):
        return [Text("Hours on the top account: — ({why}).", why=top["unknown"])]
    spent, of, part = (
        hours_words(top["spent_s"]),
        hours_words(top["of_s"]),
        f"{top['share']:.0%}",
    )
    part = part.replace("%", " %")
    return [
        Text(
            "Most hours fell on {account}: {spent} of {of} ({part}).",
            account=top["account"],
            spent=spent,
            of=of,
            part=part,
        )
    ]


def hours_words(seconds: Any) -> Text:
    """Return seconds as hours with one decimal."""
    return Text("{hours:,.1f} h", hours=seconds / HOUR_S)
