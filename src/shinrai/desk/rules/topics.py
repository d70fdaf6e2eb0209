"""The first sentence of the topics page: what most customers write about."""

from shinrai.units.text import Text, in_a_row


def topics_sentence(
    *,
    topic: str | None,
    customers: int | None,
    inquiries: int,
    unlabelled: int,
    of: int,
    days: int | None,
) -> Text:
    """Write which topic most customers write about, and how many inquiries have no label.

    `days`: the number of days up to today; 0: other dates, which the page names; None: all dates.
    """
    if not of:
        return Text("No inquiry came in this time.")
    if topic is None:
        return Text("None of {of:,} inquiries has been labelled yet.", of=of)
    since = Text("since ever") if days is None else Text("in {days} days", days=days)
    if days == 0:
        since = Text("in this time")
    if customers is None:
        most = Text(
            "Most {since} is about {topic} ({count} inquiry).",
            "Most {since} is about {topic} ({count:,} inquiries).",
            since=since,
            topic=topic,
            count=inquiries,
        )
    else:
        most = Text(
            "What most customers wrote about {since} is {topic} ({count} customer).",
            "What most customers wrote about {since} is {topic} ({count:,} customers).",
            since=since,
            topic=topic,
            count=customers,
        )
    if unlabelled:
        rest = Text(
            "{unlabelled:,} of {of:,} inquiries have no topic.", unlabelled=unlabelled, of=of
        )
    else:
        rest = Text("All are labelled.")
    return in_a_row([most, rest])
