"""What quality publishes: one row of facts per inquiry and per investigation, without words."""

from shinrai.quality.rules.criteria import CRITERIA
from shinrai.warehouse.tables import Column, Table

_NO = "it did not happen"
_WORKSPACE = Column("workspace_id", "int", "the workspace")
_CASE = (
    Column("case_id", "int", "the inquiry or investigation"),
    Column("case_key", "string", "its key in the source"),
    Column("source", "string", "where it came from"),
    Column("mode", "string", "via_cs, direct or proactive; modes never mix"),
    Column("phase", "string", "what it is now: open, waiting, solved, closed, cancelled, …"),
    Column("steps_count", "int", "how many steps stand"),
)

INQUIRIES = Table(
    name="inquiries",
    grain="one inquiry",
    key=("workspace_id", "case_id"),
    columns=(
        _WORKSPACE,
        *_CASE,
        Column("channel", "string", "mail, form, phone, chat, forum, sheet, other"),
        Column("customer_id", "int", "who asked, by number", null_means="the source does not say"),
        Column("follow_up_of", "string", "the key it goes on with", null_means="it names none"),
        Column("calendar", "string", "digest of the calendar's revision, or around_the_clock"),
        Column("received_us", "int", "when it arrived", null_means="no receipt is known"),
        Column("received_on", "date", "that date in the workspace's zone", null_means=_NO),
        Column("received_day_ends_us", "int", "the midnight after it", null_means=_NO),
        Column("effective_us", "int", "when it counts from (受付扱い日時)", null_means="unknown"),
        Column("effective_on", "date", "that date, in the workspace's zone", null_means="unknown"),
        Column("effective_day_ends_us", "int", "the midnight after it", null_means="unknown"),
        Column("due_next_day_us", "int", "close of the next business day", null_means="unknown"),
        Column("first_reply_us", "int", "first human reply of substance", null_means=_NO),
        Column("first_reply_s", "int", "from the effective moment to it", null_means=_NO),
        Column("first_reply_open_s", "int", "of which the desk was open", null_means=_NO),
        Column("first_outbound_s", "int", "from receipt to any first message", null_means=_NO),
        Column("first_solved_us", "int", "when it was first solved", null_means=_NO),
        Column("last_solved_us", "int", "when it was last solved", null_means=_NO),
        Column("solved_count", "int", "how many steps say solved"),
        Column("returned_us", "int", "first return after the first solution", null_means=_NO),
        Column("late_return_us", "int", "first return later than 14 days", null_means=_NO),
        Column("cancelled_us", "int", "when it was cancelled", null_means=_NO),
        Column("cancelled_for", "string", "spam, duplicate, merged, mistake", null_means=_NO),
        Column("inbound_count", "int", "messages of substance from the customer"),
        Column("outbound_count", "int", "messages of substance to the customer"),
        Column("inbound_every_count", "int", "all messages from the customer"),
        Column("outbound_every_count", "int", "all messages to the customer"),
        Column("runs_count", "int", "answered runs, by messages of substance"),
        Column("unanswered_count", "int", "runs that wait for an answer, likewise"),
        Column("runs_every_count", "int", "answered runs, every message counted"),
        Column("unanswered_every_count", "int", "runs that wait, every message counted"),
        Column("judged_count", "int", "messages the rule of substance has judged"),
        Column("thanks_count", "int", "those it took for mere thanks"),
        Column("substance_rule", "int", "its version", null_means="no message was judged"),
        Column("highest_tier", "int", "highest tier that held it", null_means="no tiers known"),
        Column("consulted_tier", "int", "highest tier consulted", null_means="none was"),
        Column("held_tiers", "int", "bit N: tier N held it; 0: no tiers known"),
        Column("handovers_count", "int", "changes of group", null_means="no groups known"),
        Column("group_returns_count", "int", "returns to a group", null_means="no groups known"),
        Column("waits_customer_count", "int", "waits on the customer"),
        Column("waits_third_party_count", "int", "waits on a third party"),
        Column("waits_problem_count", "int", "waits on a problem"),
        Column("waits_unsure_count", "int", "waits of which the mapping guesses on whom"),
        Column("received_doubt", "string", "why not to average it", null_means="no doubt"),
        Column("reply_doubt", "string", "why not to average it", null_means="no doubt"),
        Column("solved_doubt", "string", "why not to average it", null_means="no doubt"),
        Column("any_doubt", "string", "first doubt about any step", null_means="no doubt"),
        Column("order_doubt", "bool", "the order of what was said is in doubt"),
        Column("solved_twice", "bool", "solved again with nothing between"),
        Column("out_of_order", "bool", "a step does not fit the one before it"),
        Column("overridden_count", "int", "messages of which a person said the rule was wrong"),
        Column("topic", "string", "as last labelled", null_means="never labelled"),
        Column(
            *("double_labels", "string", "what independent labellers said, sorted, a line each"),
            null_means="fewer than two labelled it independently",
        ),
        Column(
            *("account", "string", "the company it belongs to, by its number or key in the source"),
            null_means="the source names none, or several",
        ),
        Column(
            *("touched_us", "int", "when a person of ours last wrote, or opened it"),
            null_means=_NO,
        ),
        Column("worked_s", "int", "written down on it and on investigations about it"),
    ),
    version=3,
    parted_by="workspace_id",
)

INVESTIGATIONS = Table(
    name="investigation_facts",
    grain="one investigation",
    key=("workspace_id", "case_id"),
    columns=(
        _WORKSPACE,
        *_CASE,
        Column("inquiry_id", "int", "the inquiry it is about", null_means="it stands alone"),
        Column("filed_us", "int", "when it was filed", null_means=_NO),
        Column("filed_on", "date", "that date, in the workspace's zone", null_means=_NO),
        Column("answered_us", "int", "when it was first answered", null_means=_NO),
        Column("sent_back_count", "int", "how often it was sent back"),
        Column("sent_back_us", "int", "when it was first sent back", null_means=_NO),
        Column("missing_facts", "int", "bit N: the N-th fact was missing"),
        Column("wrong_us", "int", "when an answer was reopened or contradicted", null_means=_NO),
        Column("verdict", "string", "the last finding", null_means="none yet"),
        Column("finding_us", "int", "when it was found", null_means="none yet"),
        Column("finder", "string", "who found it, by number", null_means="none yet"),
        Column("any_doubt", "string", "first doubt about any step", null_means="no doubt"),
        Column("topic", "string", "as the filing says", null_means="it does not say"),
        Column("inquiry_key", "string", "the inquiry it names", null_means="none, or no key"),
    ),
    version=2,
    parted_by="workspace_id",
)

_FEWER = "fewer than two reviewers yet"

ANSWERS = Table(
    name="sampled_answers",
    grain="one answer drawn for review",
    key=("workspace_id", "answer_id"),
    columns=(
        _WORKSPACE,
        Column("answer_id", "int", "the sampled answer"),
        Column("case_id", "int", "the inquiry it answers"),
        Column("mode", "string", "via_cs, direct or proactive; modes never mix"),
        Column("week_on", "date", "the Monday of the week it was drawn from"),
        Column("answered_us", "int", "when it was sent"),
        Column("answered_on", "date", "that date in the workspace's zone"),
        Column("reviewers_count", "int", "how many have judged it"),
        *(
            Column(f"{name}_marks", "string", "both marks, sorted, a line each", null_means=_FEWER)
            for name in CRITERIA
        ),
    ),
    parted_by="workspace_id",
)
