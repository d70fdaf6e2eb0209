"""The names of steps, holders, roles, doubts and channels, in the reader's language."""

from django.utils.functional import Promise
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from shinrai.console.reader import reader_text
from shinrai.desk.rules.actions import PHASES
from shinrai.objectives.templatetags.objectives import PAUSE_WORDS

KIND_WORDS: dict[str, Promise] = {
    "received": _("Received"),
    "inbound": _("From the customer"),
    "outbound": _("To the customer"),
    "consulted": _("Asked a higher line"),
    "returned": _("Handed back"),
    "solved": _("Solved"),
    "closed": _("Closed"),
    "restored": _("Restored"),
    "cancelled": _("Cancelled"),
    "split": _("Split"),
    "labelled": _("Labelled"),
    "rated": _("Rated by the customer"),
    "filed": _("Filed"),
    "acknowledged": _("Taken up"),
    "assigned": _("Assigned"),
    "escalated": _("Escalated"),
    "sent_back": _("Sent back"),
    "resubmitted": _("Resubmitted"),
    "waiting": _("Waiting"),
    "resumed": _("Resumed"),
    "finding": _("Finding"),
    "action_taken": _("Action taken"),
    "answered": _("Answered"),
    "withdrawn": _("Withdrawn"),
    "reopened": _("Reopened"),
    "contradicted": _("Contradicted"),
    "exempted": _("Exempted from the target"),
    "note": _("Note"),
    "worked": _("Time worked"),
    "corrected": _("Corrected"),
    "erased": _("Erased"),
}
HOLDER_WORDS: dict[str, Promise] = {
    "tier:1": _("CS"),
    "tier:2": _("CRE"),
    "tier:3": _("product engineers"),
    "customer": _("customer"),
    "third_party": _("third party"),
    "filer": _("filer"),
}
WAITING_WORDS: dict[str, Promise] = {
    "customer": _("customer"),
    "third_party": _("third party"),
    "problem": _("known problem"),
}
WHY_WORDS: dict[str, Promise] = {
    "slip": _("a slip of the hand"),
    "judged_anew": _("judged anew"),
    "rule_wrong": _("the rule was wrong"),
    "source_wrong": _("the source was wrong"),
}
ROLE_WORDS: dict[str, Promise] = {
    "cs": _("CS"),
    "agent": _("CS"),
    "cre": _("CRE"),
    "engineer": _("CRE"),
    "product": _("product engineer"),
    "customer": _("customer"),
    "system": _("system"),
    "staff": _("staff"),
    "volunteer": _("volunteer"),
    "tier1": _("CS"),
    "tier2": _("CRE"),
    "tier3": _("product engineer"),
}
VERDICT_WORDS: dict[str, Promise] = {
    "as_designed": _("as designed"),
    "defect": _("defect"),
    "environment": _("the user's environment"),
    "operation_error": _("operation error"),
    "abuse": _("abuse"),
    "unknown": _("not known"),
}
FACT_WORDS: dict[str, Promise] = {
    "identity": _("identity"),
    "device": _("device"),
    "evidence": _("evidence"),
    "moment": _("when it happened"),
    "other": _("other"),
}
CLOCK_WORDS: dict[str, Promise] = {
    "investigation": _("filed to answered"),
    "acknowledgement": _("filed to taken up"),
    "held": _("time a line holds it"),
    "first_reply": _("first reply"),
    "next_reply": _("next reply"),
    "resolution_first": _("first solution"),
    "resolution_full": _("full solution"),
}
PRIORITY_WORDS: dict[str, Promise] = {
    "urgent": _("urgent"),
    "high": _("high"),
    "normal": _("normal"),
    "low": _("low"),
}
OPENING_WORDS: dict[str, Promise] = {
    "via_cs": _("a customer, through CS"),
    "direct": _("a customer, with us directly"),
    "proactive": _("we ourselves"),
}
LABEL_WORDS: dict[str, Promise] = {
    "service": _("Service"),
    "priority": _("Priority"),
    "inquiry_reference": _("Inquiry"),
    "verdict": _("Finding"),
    "missing_fact": _("Missing fact"),
    "group": _("Group"),
    "on": _("Waiting for"),
    "reason": _("Reason"),
    "channel": _("Channel"),
    "follow_up_of": _("Follow-up of"),
    "topic": _("Topic"),
    "tags": _("Tags"),
    "language": _("Language"),
    "locale": _("Language"),
    "job": _("Job"),
    "minutes": _("Minutes"),
    "due": _("Due"),
    "missing": _("Missing facts"),
    "off": _("Split off as"),
    "split_from": _("Split off from"),
    "duplicate_of": _("Repeats"),
    "status": _("State in the source"),
    "purpose": _("Purpose"),
    "kind": _("Kind"),
    "happened_at": _("Happened at"),
    "defect_reference": _("Ticket"),
    "outcome": _("What became of it"),
    "release": _("Release"),
    "screen": _("Screen"),
    "version": _("Version"),
    "device": _("Device"),
    "last_failure": _("Last failure"),
    "account": _("Company"),
}
PURPOSE_WORDS: dict[str, Promise] = {"defect": _("defect")}
OUTCOME_WORDS: dict[str, Promise] = {"fixed": _("fixed"), "open": _("still open")}
CHANNEL_WORDS: dict[str, Promise] = {
    "mail": _("mail"),
    "form": _("form"),
    "phone": _("phone"),
    "chat": _("chat"),
    "forum": _("forum"),
    "sheet": _("sheet"),
    "other": _("other"),
}
GROUP_WORDS: dict[str, Promise] = {
    "late": _("Late"),
    "at_risk": _("At risk"),
    "running": _("Running"),
    "at_rest": _("At rest"),
    "unpromised": _("No due time"),
}
VIEW_WORDS: dict[str, Promise] = {
    "mine": _("Mine"),
    "my_tier": _("My line"),
    "unassigned": _("Unassigned"),
    "at_risk": _("At risk"),
    "for_us": _("Waiting for us"),
    "late": _("Late"),
}
# What notices tell beside steps.
NOTICE_WORDS: dict[str, Promise] = {
    "at_risk": _("At risk"),
    "overdue": _("Overdue"),
    "still_overdue": _("Still overdue"),
    "alarm": _("Alarm"),
    "level": _("Escalation level"),
    "calm": _("Escalation ended"),
    "several": _("Several at once"),
    "guardian_notice": _("Notice to a guardian, with its text"),
    "test": _("Test"),
}
DOUBT_WORDS: dict[str, Promise] = {
    "out_of_order": _("does not fit the step before it; kept as the source says"),
    "unknown_kind": _("no step we know; kept and left out of every clock"),
    "answered_before_asked": _("answered before it was asked"),
    "followed_up_before_asked": _("followed up before it was asked"),
    "before_opening": _("earlier than the opening of the case"),
    "future": _("later than its import"),
    "non_monotonic": _("the order of rows and of moments disagree"),
    "zone_jump": _("the source's zone is in doubt here"),
}


def kind_words(kind: str) -> str:
    """Return the name of a kind of step."""
    return str(KIND_WORDS.get(kind, kind))


def notice_words(kind: str) -> str:
    """Return the name of what a notice tells."""
    return str({**KIND_WORDS, **NOTICE_WORDS}.get(kind, kind))


def holder_words(holder: str | None) -> str:
    """Return the name of the party that holds a case."""
    if holder is None:
        return ""
    return str(HOLDER_WORDS.get(holder, holder.removeprefix("tier:")))


def language_words(code: str) -> str:
    """Return the name of a language by its code; an unknown code is returned unchanged."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def phase_words(phase: str) -> str:
    """Return the name of a case's phase; an unknown one is returned unchanged."""
    return reader_text(PHASES[phase]) if phase in PHASES else phase


def pause_words(reason: str) -> str:
    """Write what a paused case waits for."""
    return str(PAUSE_WORDS.get(reason, reason))
