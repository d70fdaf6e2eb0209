"""Flags: what looks wrong in an import, how often, and where; flags change nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shinrai.units.text import Text, in_both_languages

EXAMPLES = 5


@dataclass(frozen=True)
class ImportFlag:
    """One kind of doubt about an import, with its count and examples."""

    code: str
    count: int
    text: Mapping[str, str]
    examples: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the flag as a JSON object."""
        return {
            "code": self.code,
            "count": self.count,
            "text": dict(self.text),
            "examples": list(self.examples),
        }


# What each code says.
WORDS: Final[dict[str, Text]] = {
    "answered_before_asked": Text(
        "{count} case was answered by somebody before being opened; kept, marked, not averaged",
        "{count:,} cases were answered by somebody before being opened; kept, marked, not averaged",
    ),
    "followed_up_before_asked": Text(
        "{count} case has a message of the asker from before the opening; kept and marked",
        "{count:,} cases have a message of the asker from before the opening; kept and marked",
    ),
    "before_opening": Text(
        "{count} case has a step from before the opening; kept and marked",
        "{count:,} cases have a step from before the opening; kept and marked",
    ),
    "future": Text(
        "{count} case has a step later than this import; kept and marked",
        "{count:,} cases have a step later than this import; kept and marked",
    ),
    "non_monotonic": Text(
        "in {count} case the numbers of the rows and the moments disagree; kept and marked",
        "in {count:,} cases the numbers of the rows and the moments disagree; kept and marked",
    ),
    "out_of_order": Text(
        "{count} case has a step that does not fit the one before it; kept and shown",
        "{count:,} cases have a step that does not fit the one before it; kept and shown",
    ),
    "orphan": Text(
        "{count} case is only spoken of by rows of another table; not counted "
        "until opened by a row",
        "{count:,} cases are only spoken of by rows of another table; not counted "
        "until opened by a row",
    ),
    "status_contradicts": Text(
        "in {count} row the status contradicts the dates; the dates decide",
        "in {count:,} rows the status contradicts the dates; the dates decide",
    ),
    "status_unknown": Text(
        "{count} row holds a status the mapping does not know; add it to `words` of its `status`",
        "{count:,} rows hold a status the mapping does not know; add it to `words` of its `status`",
    ),
    "guessed_meaning": Text(
        "{count} row holds a state whose meaning the mapping guesses",
        "{count:,} rows hold a state whose meaning the mapping guesses",
    ),
    "waits_without_a_moment": Text(
        "{count} row says the case is waiting, but not since when: its pause is unknown",
        "{count:,} rows say the case is waiting, but not since when: its pause is unknown",
    ),
    "solved_without_a_moment": Text(
        "{count} row says the case is solved, but not when",
        "{count:,} rows say the case is solved, but not when",
    ),
    "reopened_without_a_moment": Text(
        "{count} row says the case was reopened, but not when",
        "{count:,} rows say the case was reopened, but not when",
    ),
    "escalated_without_a_moment": Text(
        "{count} row says the case was escalated, but not when",
        "{count:,} rows say the case was escalated, but not when",
    ),
    "no_state_history": Text(
        "{count} row comes without a history of states: pauses, reopenings and "
        "hand-overs are unknown",
        "{count:,} rows come without a history of states: pauses, reopenings and "
        "hand-overs are unknown",
    ),
    "no_messages": Text(
        "{count} row comes without messages: replies and round trips are unknown",
        "{count:,} rows come without messages: replies and round trips are unknown",
    ),
    "records_set_aside": Text(
        "{count} row comes without some records: nobody can read those, and each is set aside",
        "{count:,} rows come without some records: nobody can read those, and each is set aside",
    ),
    "history_cut": Text(
        "{count} row comes with only the later part of the history: the beginning is unknown",
        "{count:,} rows come with only the later part of the history: the beginning is unknown",
    ),
    "messages_cut": Text(
        "{count} row comes without some messages: replies and round trips are incomplete",
        "{count:,} rows come without some messages: replies and round trips are incomplete",
    ),
    "reopened_after_unknown": Text(
        "{count} row says when the case was reopened, but not when it had been solved before",
        "{count:,} rows say when the case was reopened, but not when it had been solved before",
    ),
    "activity_unread": Text(
        "{count} row holds a change of state as a sentence nobody here can read",
        "{count:,} rows hold a change of state as a sentence nobody here can read",
    ),
    "rated_without_a_moment": Text(
        "{count} row holds a rating, but not when it was given",
        "{count:,} rows hold a rating, but not when it was given",
    ),
    "nobody_asked": Text(
        "{count} thread holds only automatic or internal messages, so nobody asked "
        "anything there; kept, and counted nowhere",
        "{count:,} threads hold only automatic or internal messages, so nobody "
        "asked anything there; kept, and counted nowhere",
    ),
    "mail_without_states": Text(
        "{count} inquiry comes by mail, which knows no states: solutions, waits, "
        "reopenings and hand-overs are unknown",
        "{count:,} inquiries come by mail, which knows no states: solutions, "
        "waits, reopenings and hand-overs are unknown",
    ),
    "mail_copy": Text(
        "{count} copy stands in other folders; each mail counts once",
        "{count:,} copies stand in other folders; each mail counts once",
    ),
    "mail_date_far": Text(
        "{count} mail carries a Date more than an hour from that of the mail host; "
        "the host's clock counts",
        "{count:,} mails carry a Date more than an hour from that of the mail "
        "host; the host's clock counts",
    ),
    "mail_date_alone": Text(
        "{count} mail carries no Received line to trust, being from outside; the "
        "sender's Date counts",
        "{count:,} mails carry no Received line to trust, being from outside; the "
        "sender's Date counts",
    ),
    "mail_zone_unread": Text(
        "{count} mail carries a time whose zone is missing or nobody can read; it "
        "counts as UTC, and may be hours off",
        "{count:,} mails carry a time whose zone is missing or nobody can read; it "
        "counts as UTC, and may be hours off",
    ),
    "mail_date_of_file": Text(
        "{count} mail carries neither Received nor Date; the note of their mail folder counts",
        "{count:,} mails carry neither Received nor Date; the note of their mail folder counts",
    ),
    "mail_no_sender": Text(
        "{count} mail does not name a sender; each counts as from a customer nobody knows",
        "{count:,} mails do not name a sender; each counts as from a customer nobody knows",
    ),
    "mail_no_id": Text(
        "{count} mail carries no Message-ID; told apart by the text",
        "{count:,} mails carry no Message-ID; told apart by the text",
    ),
    "mail_id_reused": Text(
        "{count} mail carries the Message-ID of another one with a different Date; both are kept",
        "{count:,} mails carry the Message-ID of another one with a different Date; both are kept",
    ),
    "mail_charset_broken": Text(
        "{count} mail is not in the charset claimed; read in the one that fits best",
        "{count:,} mails are not in the charset claimed; read in the one that fits best",
    ),
    "mail_begins_with_reply": Text(
        "{count} thread begins with an answer to a mail that is not there; import "
        "the older folders and the sent mail too",
        "{count:,} threads begin with an answer to a mail that is not there; "
        "import the older folders and the sent mail too",
    ),
    "mail_cut": Text(
        "{count} mail is longer than fits; the text is cut",
        "{count:,} mails are longer than fits; the text is cut",
    ),
    "no_time_of_day": Text(
        "{count} row holds a date without a time of day; it is read as midnight",
        "{count:,} rows hold a date without a time of day; it is read as midnight",
    ),
    "error_cell": Text(
        "{count} row holds a cell with an error such as #N/A; it is read as empty",
        "{count:,} rows hold a cell with an error such as #N/A; it is read as empty",
    ),
    "customer_changed": Text(
        "{count} row names another customer than the case had before; the first one stays",
        "{count:,} rows name another customer than the case had before; the first one stays",
    ),
    "no_text": Text(
        "the source gives no text: every message counts as substantive ({count} message)",
        "the source gives no text: every message counts as substantive ({count:,} messages)",
    ),
}
OWN: Final = Text("{count} row is marked {code}", "{count:,} rows are marked {code}")


def counted_flag(
    code: str, count: int, examples: Sequence[str] = (), *, days: str = ""
) -> ImportFlag:
    """Return a flag with the standard text of its code; a mapping's own code is shown by name."""
    text = WORDS.get(code, OWN).using(count=count, code=code)
    if days:
        text = Text("{text} ({days})", text=text, days=days)
    return ImportFlag(code, count, in_both_languages(text), tuple(examples[:EXAMPLES]))
