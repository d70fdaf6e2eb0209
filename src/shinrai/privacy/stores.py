"""Every place that can contain a person's texts or name, and how erasure clears it.

A test compares this list with all text columns of the database and all folders of the home.
Retention erases by case what erasure erases by person; the last two places are out of its reach.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Store:
    """A column (`table.column`), a folder of the home (`inbox/`) or a place elsewhere.

    `cleared` says how it is cleared.

    `is_typed`: members type free text there, which is not encrypted; pages ask for reasons, not
    names.
    """

    place: str
    cleared: str
    is_typed: bool = False


STORES: Final = (
    Store("privacy_personkey.wrapped", "deleted, the table written anew, the log's segment ended"),
    Store(
        "privacy_sealedwords.sealed",
        "deleted with the key, also names and contents of files; rows set aside by opening them",
    ),
    Store(
        "privacy_maskednames.sealed",
        "names to be masked, sealed under the master key; members take one out by hand",
    ),
    Store("search_titlepairs.pairs", "keyed hashes; deleted with the words of the title"),
    Store("search_textpairs.pairs", "keyed hashes; deleted with the words"),
    Store("customers_person.mark", "a keyed hash; stays, so that nobody comes back"),
    Store("privacy_tombstone.mark", "a keyed hash; made by erasing"),
    Store("importers_observation.said", "facts without words or names; counts stay"),
    Store("importers_observation.words", "numbers of sealed words, and keyed hashes of them"),
    Store("importers_quarantinedrow.reason", "the rule alone; the cell lies sealed"),
    Store("importers_upload.names", "names of files; gone after a week"),
    Store("importers_upload.choices", "what columns and words of states mean; gone after a week"),
    Store("importers_upload.refusal", "the reason alone; gone after a week"),
    Store("importers_sheetmapping.name", "not looked at", is_typed=True),
    Store("importers_sheetmapping.document", "names of columns and words of states; kept"),
    Store("ledger_case.source_key", "the source's key of a case; counts stay"),
    Store("ledger_step.detail", "facts without names, typed ones short and masked; counts stay"),
    Store("ledger_batch.files", "names of files; counts stay"),
    Store("ledger_batchcompletion.report", "counts and flags; no row is repeated"),
    Store("ledger_batchwithdrawal.reason", "not looked at", is_typed=True),
    Store("accounts_auditentry.reason", "not looked at", is_typed=True),
    Store("accounts_realdataarrival.reason", "not looked at", is_typed=True),
    Store("desk_investigationkind.name", "not looked at", is_typed=True),
    Store("desk_investigationkind.facts", "names of facts, of nobody; stay", is_typed=True),
    Store("topics_codebookchange.definition", "not looked at", is_typed=True),
    Store("topics_topicwordrule.words", "not looked at", is_typed=True),
    Store("topics_topicsuggestion.reasons", "places in a text and values of fields; no words"),
    Store("topics_trainedtextmodel.held_back", "counts by topic; no words"),
    Store("topics_trainedtextmodel.agreement", "states by topic; no words"),
    Store("topics_trainedtextmodel.fields", "facts of steps without words or names; counts stay"),
    Store(
        "topic_models/",
        "weights of hashed pieces of words; made anew each night, without what is erased",
    ),
    Store("calendars_declaredevent.name", "names of releases, of nobody; stay", is_typed=True),
    Store("desk_defect.url", "addresses of tickets; stay", is_typed=True),
    Store("desk_defect.title", "titles of defects, of nobody; stay", is_typed=True),
    Store("desk_defectfix.release", "names of releases; stay", is_typed=True),
    Store("procrastinate_jobs.args", "choices made for an upload, which is deleted; no words"),
    Store("warehouse_daycountkeys.combinations", "keys of accounts, topics, services; counts stay"),
    Store("reports_preparedreport.parts", "keys of cases and figures; counts stay"),
    Store("reports_reportschedule.target", "addresses of the staff's own channels, sealed"),
    Store("reports_reportschedule.shown", "the same, masked"),
    Store(
        "delivery_outbox.content",
        "what waits is deleted and made anew, the rest emptied, the table written anew",
    ),
    Store("delivery_outbox.target", "addresses of the staff's own channels, sealed"),
    Store("delivery_outbox.secret", "signs what goes to a program of the staff's, sealed"),
    Store("delivery_outbox.content", "what waits is deleted and written anew, the rest emptied"),
    Store("delivery_outbox.target", "addresses, sealed; emptied with the content"),
    Store("delivery_outbox.quiet", "times of day and a zone; no words"),
    Store("delivery_outbox.secret", "opens a server or signs for a program of the staff's, sealed"),
    Store("desk_noticechannel.target", "addresses of the staff's own channels, sealed"),
    Store("desk_noticechannel.secret", "signs what goes to a program of the staff's, sealed"),
    Store("desk_noticechannel.events", "types of events, no words"),
    Store("desk_noticechannel.shown", "the address, masked"),
    Store("delivery_outbox.error", "names of hosts and what they answered; no words"),
    Store("desk_opencase.source_key", "the source's key of a case; counts stay"),
    Store("desk_opencase.service", "facts of a step without words or names; counts stay"),
    Store("desk_opencase.topic", "the label of a step; counts stay"),
    Store("desk_savedfilter.name", "not looked at", is_typed=True),
    Store("intake_connection.name", "not looked at", is_typed=True),
    Store("intake_connection.settings", "addresses of the staff's own places; stay", is_typed=True),
    Store("intake_connection.secret", "passwords of the staff's own places, sealed"),
    Store("intake_connection.cursor", "how far a source was read; no words"),
    Store("intake_connection.history", "moments, and what a host answered; no words"),
    Store("intake_connection.error", "names of hosts and what they answered; no words"),
    Store(
        "intake_receipt.body",
        "sealed under the master key; what waits is deleted, the rest emptied",
    ),
    Store("intake_receipt.outside_id", "ids of mails and events; stay"),
    Store("intake_receipt.reason", "why nothing was opened; no words"),
    Store("intake_thread.detail", "ids of channels, tickets and messages; stay"),
    Store("intake_thread.error", "names of hosts and what they answered; no words"),
    Store("customers_personlink.contract_key", "the source's number of a contract; stays"),
    Store("customers_personlink.proof", "not looked at", is_typed=True),
    Store("revenue_contract.key", "the source's number of a contract; amounts stay"),
    Store("revenue_contractstep.plan", "names of plans, of nobody; stay"),
    Store("revenue_payment.outside_id", "ids of payments, or keyed hashes of rows; stay"),
    Store("revenue_payment.contract_key", "the source's number of a contract; amounts stay"),
    Store("api_keptanswer.answer", "keys of cases, moments and calendars; gone after a day"),
    Store("privacy_backup.name", "names of files; stay", is_typed=True),
    Store(
        "backups/",
        "not reached: deleted by the worker after SHINRAI_BACKUP_DAYS; erasing says until when",
    ),
    Store("missions_activityversion.key", "names of what there is to study, of nobody; stay"),
    Store("missions_activityversion.document", "what the product declares to study; stays"),
    Store("missions_completionevents.document", "names of events and properties, of nobody; stay"),
    Store("missions_attemptrow.attempt_id", "ids that the product gives, of nobody; stay"),
    Store("missions_learnerpagesettings.origins", "addresses of the product's pages; stay"),
    Store("missions_learnerpagesettings.product", "the product's name; stays"),
    Store("missions_pinversionrow.document", "rules and titles of pins, of nobody; stay"),
    Store("missions_preparedsummary.document", "counts without persons; stay"),
    Store("missions_policyexperiment.name", "names of comparisons, of nobody; stay"),
    Store("family_guardian.address_mark", "a keyed hash; finds nobody who was erased"),
    Store("family_guardianlinkstep.code", "a keyed hash of a code that works for a day"),
    Store("family_guardianlinkstep.reason", "not looked at", is_typed=True),
    Store("family_guardianwish.document", "choices and times of day; no words"),
    Store("family_guardiannotice.facts", "counts, and keys of pins; stay"),
    Store("family_noticedelivery.once", "numbers of notices and browsers; stay"),
    Store("family_pushsubscription.mark", "a keyed hash of a browser's address; stays"),
    Store("family_wayin.digest", "a hash; opens nothing after 15 minutes"),
    Store("satisfaction_surveyversion.key", "names of surveys, of nobody; stay", is_typed=True),
    Store("satisfaction_surveyversion.document", "what a survey asks, of nobody; stays"),
    Store("satisfaction_wave.key", "names of waves, of nobody; stay", is_typed=True),
    Store("satisfaction_wave.settings", "whom a wave asks, by cohort and share; stays"),
    Store("satisfaction_surveyaddress.secret", "of a survey, sealed under the master key; stays"),
    Store("satisfaction_surveyanswer.source_key", "ids of answers, or keyed hashes of rows; stay"),
    Store("satisfaction_quotelabel.topic", "keys of topics, of nobody; stay"),
    Store("satisfaction_preparedsatisfaction.parts", "counts without persons; stay"),
    Store("satisfaction_surveyanswer.values", "numbers and codes; counts stay"),
    Store("explore/", "masked copies of published tables; no words, made anew when they move"),
    Store("explore_maskedsnapshot.folder", "a folder of the home; no words"),
    Store("explore_queryrun.sql", "not looked at", is_typed=True),
    Store("explore_queryrun.parameters", "values for the SQL; not looked at", is_typed=True),
    Store("explore_queryrun.reason", "an error without values of rows"),
    Store("explore_questionversion.title", "not looked at", is_typed=True),
    Store("explore_questionversion.description", "not looked at", is_typed=True),
    Store("explore_questionversion.sql", "not looked at", is_typed=True),
    Store("explore_questionversion.parameters", "not looked at", is_typed=True),
    Store("explore_questionversion.chart", "titles of charts; not looked at", is_typed=True),
    Store("explore_dashboardversion.title", "not looked at", is_typed=True),
    Store("explore_dashboardversion.document", "texts of tiles; not looked at", is_typed=True),
    Store("explore_tileanswer.answer", "masked keys and figures; made anew"),
    Store("explore_tileanswer.chart", "the same, drawn"),
    Store("explore_dashboardlink.token", "a hash of the secret in an address; no words"),
    Store("explore_alertversion.settings", "thresholds; no words"),
    Store("explore_alertversion.target", "addresses of the staff's own channels, sealed"),
    Store("explore_alertversion.shown", "the same, masked"),
    Store("explore_alertevent.observed", "figures; no words"),
    Store("initiatives_initiativestep.document", "not looked at", is_typed=True),
    Store("usage_savedcohort.name", "names of cohorts, of nobody; stay", is_typed=True),
    Store("usage_savedcohort.definition", "names of events and properties, of nobody; stay"),
    Store("trends_failuremapping.event", "names of events, of nobody; stay"),
    Store("trends_failuremapping.property", "names of properties, of nobody; stay"),
    Store("trends_failuremapping.value", "a plain value of a property, of nobody; stays"),
    Store(
        "trends_preparedtrends.document",
        "figures, and masked words that three customers or more used; computed anew each hour",
    ),
    Store("revenue_preparedhazard.document", "names of plans and figures; stay"),
    Store("usage_preparedusage.parts", "counts without persons; stay"),
    Store(
        "usage_inboxevent.document",
        "moved within seconds, without events of people who were erased",
    ),
    Store(
        "usage_quarantinedevent.body", "sealed under the master key; emptied; gone after 90 days"
    ),
    Store("usage_quarantinedevent.origin", "an address, or a file's name; gone after 90 days"),
    Store("usage_quarantinedevent.place", "the number of a line or a message"),
    Store("usage_quarantinedevent.reason", "the rule alone; the event lies sealed"),
    Store("inbox/", "every upload that waits in the workspace is deleted"),
    Store("pulled/", "every page that waits in the workspace is deleted; the next pull asks anew"),
    Store("flat/", "every table of an import that is not running is deleted"),
    Store("postgresql/", "see the columns; the server's own log holds no statements"),
    Store(
        "warehouse/",
        "neither words nor names are published; properties of a person's usage events are emptied,"
        " and the files that held them deleted a week later",
    ),
    Store(
        "exports", "leave the machine: whoever took one deletes it; made anew, without the words"
    ),
    Store("backups", "by expiry: each holds the words, and keys, until it is deleted"),
)
