"""Template tags for roles, browsers and audit entries, in the reader's language."""

from typing import Final

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from shinrai.accounts.rules.role import ROLE_WORDS, Role
from shinrai.accounts.rules.scope import SCOPE_WORDS, Scope
from shinrai.console.reader import reader_text

register = template.Library()

# What the audit keeps, as its packages write it. What is not listed is shown as it stands.
ENTRIES: Final[dict[str, Promise]] = {
    "open workspace": _("opened the workspace"),
    "write article": _("wrote an article"),
    "publish article": _("published an article"),
    "retire article": _("retired an article"),
    "article still true": _("said that an article is still true"),
    "decline article revision": _("declined a revision of an article"),
    "edits of a template": _("saw how a template was edited"),
    "who answers alone": _("saw who answers alone"),
    "propose tell-back": _("proposed a text about a fix"),
    "return tell-back": _("sent a text about a fix back"),
    "approve tell-back": _("approved a text about a fix"),
    "set tell-back policy": _("set whether the silent are written to"),
    "whom to tell of a fix": _("saw whom to tell of a fix"),
    "save question": _("saved a question"),
    "take question": _("took a question over"),
    "retire question": _("retired a question"),
    "save dashboard": _("saved a dashboard"),
    "retire dashboard": _("retired a dashboard"),
    "set alert": _("set an alert"),
    "end alert": _("ended an alert"),
    "make dashboard link": _("made a link to a dashboard"),
    "revoke dashboard link": _("revoked a link to a dashboard"),
    "dashboard by link": _("saw a dashboard by a link"),
    "run SQL": _("ran SQL"),
    "quotes of a digest": _("saw quotes of a digest"),
    "prepare digest": _("prepared a digest"),
    "open digest": _("opened a digest"),
    "edit digest": _("edited a digest"),
    "decide digest": _("decided on an item of a digest"),
    "close digest": _("closed a digest"),
    "answers withdrawn": _("withdrew a file of answers"),
    "real data arrived": _("brought in real data"),
    "set time zone": _("set the time zone"),
    "set source links": _("set the links to the source"),
    "make sign-in link": _("made a sign-in link"),
    "add member": _("added a member"),
    "add members named by a source": _("added members named by a source"),
    "take back sign-in links": _("took back sign-in links"),
    "comment labelled": _("said what a comment is about"),
    "comments of answers": _("saw comments of answers"),
    "survey declared": _("declared a survey"),
    "survey wave opened": _("opened a wave of a survey"),
    "interview round declared": _("declared a round of interviews"),
    "interview need declared": _("wrote down a need of users"),
    "interview: invited": _("invited a person to an interview"),
    "interview: declined": _("recorded that a person declined an interview"),
    "interview: consented": _("recorded a consent to an interview"),
    "interview: held": _("recorded an interview"),
    "interview: note": _("wrote a note of an interview"),
    "interview: quote": _("wrote a quote of an interview"),
    "interview: withdrawn": _("recorded that a person withdrew from an interview"),
    "interview: words removed": _("removed words whose consent is over"),
    "words of interviews": _("saw words of interviews"),
    "survey wave closed": _("closed a wave of a survey"),
    "persons linked": _("linked a learner with a guardian"),
    "completion events declared": _("declared which events are completions"),
    "make guardian code": _("made a code for a guardian"),
    "claim guardian code": _("claimed a learner's code as a guardian"),
    "confirm guardian": _("confirmed a guardian in the child's app"),
    "end guardian link": _("ended the link of a guardian with a learner"),
    "make guardian link": _("made a link that lets a guardian in"),
    "guardian came in": _("came in as a guardian"),
    "set guardian notices": _("chose as a guardian what they are told"),
    "confirm guardian address": _("said as a guardian that their address works"),
    "subscribe guardian": _("turned on notices in a browser as a guardian"),
    "end guardian subscriptions": _("turned off notices in browsers as a guardian"),
    "guardian notices": _("read notices as a guardian"),
    "guardian read of a child": _("read as a guardian what a child studied"),
    "links of guardians": _("saw which guardians are linked with learners"),
    "connection made": _("made a connection"),
    "connection changed": _("changed a connection"),
    "connection ended": _("ended a connection"),
    "case linked to a ticket": _("had a case told of in a ticket"),
    "receipt retried": _("had a receipt handled again"),
    "make API key": _("made an API key"),
    "revoke API key": _("revoked an API key"),
    "save cohort": _("saved a cohort"),
    "archive cohort": _("archived a cohort"),
    "persons behind a figure of usage": _("saw the persons behind a figure of usage"),
    "page of a learner": _("looked at the page of a learner"),
    "make link of a learner": _("made an address of a learner's page"),
    "learner page set": _("set how learners see their page"),
    "learners behind a figure of missions": _("saw the learners behind a figure of missions"),
    "rests of learners": _("saw the holidays and illness of learners"),
    "activities declared": _("declared what there is to study"),
    "pins declared": _("declared rules of pins"),
    "rest declared": _("declared holidays or illness"),
    "policies compared": _("said which policies of recommendation hold"),
    "undo merge": _("took apart two users"),
    "join persons": _("made two users one person"),
    "merged persons": _("saw who was merged"),
    "days of use of a person": _("saw the days of use of a person"),
    "event set aside": _("saw an event that was set aside"),
    "retry event set aside": _("had an event set aside read again"),
    "discard event set aside": _("discarded an event set aside"),
    "linked persons": _("saw who is linked with whom"),
    "make feed address": _("made an address for a calendar"),
    "end feed address": _("ended the address for a calendar"),
    "due times in a calendar": _("had due times and titles sent to a calendar"),
    "member left": _("ended a membership"),
    "activate account": _("opened an account again"),
    "deactivate account": _("closed an account"),
    "titles on the overview": _("saw titles on the overview"),
    "titles in the queue": _("saw titles in the queue"),
    "words in the search": _("saw words of cases in the search"),
    "cases of a customer": _("found a customer by the identifier"),
    "titles in the search": _("saw titles in the search"),
    "titles behind a figure": _("saw titles behind a figure"),
    "titles on the board": _("saw titles on the board"),
    "titles of findings": _("saw titles of findings"),
    "words of a case": _("read the words of a case"),
    "file of a case": _("opened a file of a case"),
    "pack of a case": _("took a case as a file"),
    "save investigation kind": _("saved a kind of investigation"),
    "retire investigation kind": _("retired a kind of investigation"),
    "titles of a defect": _("saw titles of a defect's cases"),
    "titles of similar cases": _("saw titles and answers of similar cases"),
    "words in the third line": _("read words of cases in the third line"),
    "titles of a release": _("saw titles of a release's inquiries"),
    "words of trends": _("saw new words of customers"),
    "failure named": _("named the failure event of a topic"),
    "link defect": _("linked a case to a defect"),
    "fix defect": _("said that a defect is fixed"),
    "tell of fix": _("told a person of a fix"),
    "words for a review": _("read words for a review"),
    "topic suggestions switched": _("switched suggestions of a topic"),
    "topic word rule kept": _("kept a rule on words"),
    "words for a second label": _("read words for a second label"),
    "cells of rows set aside": _("saw cells of rows set aside"),
    "step corrected": _("corrected a step"),
    "case action": _("acted on a case"),
    "save calendar": _("saved a calendar"),
    "save objective": _("saved an objective"),
    "delete sheet mapping": _("deleted the kept mapping of a sheet"),
    "declare event": _("declared an event"),
    "remove event": _("removed an event"),
    "renew survey secret": _("gave a survey a new secret"),
    "secret of a survey": _("saw the secret of a survey"),
    "audit by command": _("listed the audit by command"),
    "set retention": _("set for how many months words are kept"),
    "erase old words": _("erased words whose time was over"),
    "erase customer": _("erased a customer"),
    "titles in the report": _("saw titles in the report"),
    "schedule report": _("had the report sent on Mondays"),
    "end report schedule": _("ended the sending of the report"),
    "test report schedule": _("sent a report as a test"),
    "set notices": _("set when people are told of cases"),
    "set duties": _("set who leads and who is on duty"),
    "add notice channel": _("had notices sent to a webhook"),
    "end notice channel": _("ended the notices to a webhook"),
    "choose webhook events": _("chose the events of a webhook"),
    "change webhook secret": _("gave a webhook a new secret"),
    "send webhook again": _("had messages to a webhook sent again"),
    "test notices": _("sent a notice as a test"),
    "send notice again": _("had a notice sent again"),
    "download list": _("downloaded a list"),
    "unmask case": _("unmasked a case"),
    "unmask": _("unmasked an event set aside"),
    "look up customer": _("looked up a customer in the audit"),
    "report of the audit": _("read a report of the audit"),
    "assistant list_due": _("was shown by an assistant what is due"),
    "assistant get_case": _("was shown a case by an assistant"),
    "assistant search_cases": _("was shown cases of a search by an assistant"),
    "assistant search_articles": _("was shown articles by an assistant"),
    "assistant read_measure": _("was shown a figure by an assistant"),
    "assistant list_measures": _("was shown the measures by an assistant"),
    "let assistant read": _("let an assistant read"),
    "end assistant": _("ended the access of an assistant"),
    "masked names": _("saw the names that are masked"),
    "set masked names": _("set the names that are masked"),
    "make backup": _("made a backup of the installation"),
    "ask for backup": _("asked for a backup of the installation"),
    "restore backup": _("restored a backup of the installation"),
    "declare initiative": _("declared an initiative"),
    "declare initiative not measured": _("declared an initiative not measured"),
    "amend initiative": _("amended an initiative"),
    "close initiative": _("closed an initiative"),
    "note case beyond the KPI": _("noted a case beyond the KPI of an initiative"),
    "take in flags": _("took in who had which arm of an initiative"),
    "send report": _("sent the report of the week"),
}


@register.filter
def role_word(role: Role | str) -> str:
    """Return the name of a role."""
    return reader_text(ROLE_WORDS[Role(role)])


@register.filter
def scope_word(scope: Scope) -> str:
    """Return what a key of a scope may do."""
    return reader_text(SCOPE_WORDS[scope])


@register.filter
def audit_words(what: str) -> str:
    """Return words for an entry of the audit: what somebody saw or did."""
    verb, _blank, role = what.partition(" ")
    if role in set(Role) and verb in ("grant", "withdraw"):
        given, taken = gettext("gave a role: %(role)s"), gettext("took a role: %(role)s")
        return (given if verb == "grant" else taken) % {"role": role_word(role)}
    return str(ENTRIES.get(what, what))


# Marks in what browsers send of themselves; the first that is there tells, as most name others too.
BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
DEVICES: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@register.filter
def browser_name(user_agent: str) -> str:
    """Return browser and device, as a session's owner would name them; unknown ones as sent."""
    named = (
        next((name for mark, name in marks if mark in user_agent), None)
        for marks in (BROWSERS, DEVICES)
    )
    return " · ".join(name for name in named if name) or user_agent[:60] or "—"
