"""All URLs of the console."""

from django.urls import URLPattern, URLResolver, include, path, register_converter

from shinrai.accounts.pages import (
    api_keys,
    audit,
    identity_provider,
    members,
    settings,
    sign_in,
)
from shinrai.accounts.pages import workspaces as opening
from shinrai.assistants.pages import access
from shinrai.calendars import pages as events
from shinrai.console.addresses import GivenName
from shinrai.desk.pages import (
    actions,
    article_suggestions,
    audit_reports,
    calendar_form,
    calendars,
    case_page,
    deeds,
    defects,
    due_feed,
    figure_cases,
    files,
    filing,
    findings,
    kinds,
    notices,
    packs,
    person,
    promise_form,
    queue,
    releases,
    search,
    source_links,
    suggesters,
    third_line,
    topics,
    webhooks,
    work,
    workspaces,
)
from shinrai.desk.pages import tell_back as telling
from shinrai.desk.pages.corrections import corrections
from shinrai.erasure.pages import erasures, retention
from shinrai.importers import pages as importers
from shinrai.importers.reconciliation import pages as reconciling
from shinrai.importers.upload import pages as uploads
from shinrai.intake import pages as intake
from shinrai.intake.events import pages as events_door
from shinrai.intake.forms import pages as forms
from shinrai.objectives import pages as objectives
from shinrai.quality.pages import cases as neglected
from shinrai.quality.pages import figures as quality
from shinrai.quality.pages import reviews
from shinrai.reports.pages import report as reports
from shinrai.reports.pages import sprint
from shinrai.site import system_page
from shinrai.site.answer_urls import answer_patterns
from shinrai.site.api import api_urls
from shinrai.site.learner_urls import learner_patterns
from shinrai.site.metrics import metrics
from shinrai.site.pages import API
from shinrai.workload import pages as workload

handler400 = "shinrai.site.pages.bad_request"
handler403 = "shinrai.console.pages.forbidden"
handler404 = "shinrai.site.pages.not_found"
handler500 = "shinrai.site.pages.broken"

register_converter(GivenName, "given")

urlpatterns: list[URLPattern | URLResolver] = [
    *learner_patterns,
    *answer_patterns,
    path("", workspaces.workspaces, name="workspaces"),
    path("w/<slug:workspace>/", workspaces.overview, name="overview"),
    path("queue/", queue.queues, name="queues"),
    path("w/<slug:workspace>/queue/", queue.queue, name="queue"),
    path("w/<slug:workspace>/queue/deeds/", deeds.deeds, name="deeds"),
    path("w/<slug:workspace>/queue/filters/", deeds.filters, name="saved_filters"),
    path("w/<slug:workspace>/handover/", queue.handover, name="handover"),
    path("w/<slug:workspace>/search/", search.search, name="search"),
    path("w/<slug:workspace>/kinds/", kinds.kinds, name="investigation_kinds"),
    path("w/<slug:workspace>/inquiries/new/", filing.new_inquiry, name="receive_inquiry"),
    path("w/<slug:workspace>/inquiries/<given:key>/", case_page.inquiry, name="inquiry"),
    path("w/<slug:workspace>/investigations/", queue.board, name="board"),
    path(
        "w/<slug:workspace>/investigations/new/",
        filing.new_investigation,
        name="file_investigation",
    ),
    path(
        "w/<slug:workspace>/investigations/<given:key>/",
        case_page.investigation,
        name="investigation",
    ),
    path(
        "w/<slug:workspace>/cases/<int:case_id>/actions/<slug:action>/",
        actions.case_action,
        name="case_action",
    ),
    path("w/<slug:workspace>/quality/", quality.quality, name="quality"),
    path("w/<slug:workspace>/quality/cases/", figure_cases.figure_cases, name="quality_cases"),
    path("w/<slug:workspace>/quality/accounts/", neglected.accounts, name="quality_accounts"),
    path("w/<slug:workspace>/reviews/", reviews.reviews, name="reviews"),
    path("w/<slug:workspace>/reviews/<int:answer_id>/", reviews.review, name="review"),
    path("w/<slug:workspace>/reviews/<int:answer_id>/marks/", reviews.marks, name="review_marks"),
    path("w/<slug:workspace>/cases/<int:case_id>/corrections/", corrections, name="corrections"),
    path("w/<slug:workspace>/defects/", defects.defect_list, name="defects"),
    path("w/<slug:workspace>/defects/<int:number>/", defects.defect, name="defect"),
    path(
        "w/<slug:workspace>/defects/<int:number>/fixes/", defects.defect_fixes, name="defect_fixes"
    ),
    path("w/<slug:workspace>/defects/<int:number>/told/", defects.defect_told, name="defect_told"),
    path("told/stop/<str:token>/", telling.stop_telling, name="stop_telling"),
    path(
        "w/<slug:workspace>/defects/<int:number>/tell-back/",
        telling.defect_tell_back,
        name="defect_tell_back",
    ),
    path(
        "w/<slug:workspace>/cases/<int:case_id>/defects/", defects.defect_links, name="defect_links"
    ),
    path("w/<slug:workspace>/third-line/", third_line.inbox, name="third_line"),
    path("w/<slug:workspace>/releases/", releases.releases, name="releases"),
    path("w/<slug:workspace>/releases/cases/", releases.release_inquiries, name="release_cases"),
    path("w/<slug:workspace>/topics/", topics.topics, name="topics"),
    path("w/<slug:workspace>/topics/agreement/", topics.agreement, name="topic_agreement"),
    path("w/<slug:workspace>/topics/codebook/", topics.codebook_page, name="codebook"),
    path("w/<slug:workspace>/topics/suggestions/", suggesters.suggesters, name="suggesters"),
    path("w/<slug:workspace>/topics/switches/", suggesters.topic_switches, name="topic_switches"),
    path("w/<slug:workspace>/topics/rules/", suggesters.topic_word_rules, name="topic_word_rules"),
    path("w/<slug:workspace>/findings/", findings.findings, name="findings"),
    path("w/<slug:workspace>/findings/cases/", findings.finding_cases, name="finding_cases"),
    path("w/<slug:workspace>/topics/definitions/", topics.definitions, name="topic_definitions"),
    path("w/<slug:workspace>/topics/merges/", topics.merges, name="topic_merges"),
    path("w/<slug:workspace>/topics/endings/", topics.endings, name="topic_endings"),
    path("w/<slug:workspace>/topics/drawings/", topics.drawings, name="topic_drawings"),
    path("w/<slug:workspace>/labels/", topics.second_labels, name="second_labels"),
    path("w/<slug:workspace>/cases/<int:case_id>/labels/", topics.labels, name="labels"),
    path("w/<slug:workspace>/objectives/", objectives.objectives, name="objectives"),
    path("w/<slug:workspace>/new-objective/", promise_form.new_objective, name="new_objective"),
    path("w/<slug:workspace>/objectives/<str:name>/", objectives.objective, name="objective"),
    path("w/<slug:workspace>/calendars/", calendars.calendars, name="calendars"),
    path("w/<slug:workspace>/new-calendar/", calendar_form.new_calendar, name="new_calendar"),
    path("w/<slug:workspace>/calendars/<given:name>/", calendars.calendar, name="calendar"),
    path("w/<slug:workspace>/events/", events.events, name="events"),
    path("w/<slug:workspace>/events/declarations/", events.declarations, name="event_declarations"),
    path(
        "w/<slug:workspace>/events/<int:number>/removals/", events.removals, name="event_removals"
    ),
    path("w/<slug:workspace>/imports/", importers.imports, name="imports"),
    path("w/<slug:workspace>/imports/new/", uploads.new_import, name="new_import"),
    path("w/<slug:workspace>/imports/drafts/", uploads.drafts, name="import_drafts"),
    path("w/<slug:workspace>/imports/drafts/<str:token>/", uploads.draft, name="import_draft"),
    path(
        "w/<slug:workspace>/imports/drafts/<str:token>/readings/",
        uploads.readings,
        name="import_readings",
    ),
    path(
        "w/<slug:workspace>/imports/drafts/<str:token>/confirmations/",
        uploads.confirmations,
        name="import_confirmations",
    ),
    path(
        "w/<slug:workspace>/imports/drafts/<str:token>/discards/",
        uploads.discards,
        name="import_discards",
    ),
    path(
        "w/<slug:workspace>/imports/mappings/<int:number>/",
        uploads.sheet_mapping,
        name="sheet_mapping",
    ),
    path(
        "w/<slug:workspace>/imports/mappings/<int:number>/deletions/",
        uploads.mapping_deletions,
        name="sheet_mapping_deletions",
    ),
    path("w/<slug:workspace>/imports/<int:number>/", importers.one_import, name="import"),
    path(
        "w/<slug:workspace>/imports/<int:number>/withdrawals/",
        importers.withdrawals,
        name="import_withdrawals",
    ),
    path(
        "w/<slug:workspace>/imports/<int:number>/reconciliation/",
        reconciling.reconciliation,
        name="reconciliation",
    ),
    path(
        "w/<slug:workspace>/imports/<int:number>/reconciliation/<given:key>/",
        reconciling.reconciled_case,
        name="reconciled_case",
    ),
    path(
        "w/<slug:workspace>/cases/<int:case_id>/files/<int:file_id>/",
        files.case_file,
        name="case_file",
    ),
    path("w/<slug:workspace>/cases/<int:case_id>/pack/", packs.pack, name="case_pack"),
    path("w/<slug:workspace>/cases/<int:case_id>/similar/", search.similar, name="similar"),
    path("w/<slug:workspace>/cases/<int:case_id>/work/", work.worked, name="worked"),
    path("w/<slug:workspace>/cases/<int:case_id>/presence/", work.presence, name="presence"),
    path("w/<slug:workspace>/customers/<int:number>/erasure/", erasures, name="erasure"),
    path("w/<slug:workspace>/new-workspace/", opening.new_workspace, name="new_workspace"),
    path("w/<slug:workspace>/members/", members.members, name="members"),
    path("w/<slug:workspace>/members/<int:number>/", members.change, name="member"),
    path("w/<slug:workspace>/audit/", audit.audit, name="audit"),
    path("w/<slug:workspace>/audit/persons/", audit_reports.audit_of, name="audit_of"),
    path(
        "w/<slug:workspace>/audit/persons/<int:number>/",
        audit_reports.audit_of_person,
        name="audit_of_person",
    ),
    path(
        "w/<slug:workspace>/audit/members/<int:number>/",
        audit_reports.audit_of_member,
        name="audit_of_member",
    ),
    path("w/<slug:workspace>/cases/<int:case_id>/reveals/", case_page.reveals, name="reveals"),
    path(
        "w/<slug:workspace>/cases/<int:case_id>/suggestions/",
        article_suggestions.article_suggestions,
        name="article_suggestions",
    ),
    path(
        "w/<slug:workspace>/cases/<int:case_id>/draft/",
        article_suggestions.article_draft,
        name="article_draft",
    ),
    path("w/<slug:workspace>/workload/", workload.workload, name="workload"),
    path(
        "w/<slug:workspace>/usage/people/<int:number>/",
        person.usage_person,
        name="usage_person",
    ),
    path("w/<slug:workspace>/reports/", reports.report, name="report"),
    path("w/<slug:workspace>/sprint/", sprint.sprint_digests, name="sprint_digests"),
    path("w/<slug:workspace>/sprint/new/", sprint.new_sprint_digest, name="new_sprint_digest"),
    path("w/<slug:workspace>/sprint/<slug:key>/", sprint.sprint_digest, name="sprint_digest"),
    path("w/<slug:workspace>/sprint/<slug:key>/steps/", sprint.sprint_steps, name="sprint_steps"),
    path(
        "w/<slug:workspace>/sprint/<slug:key>/items/<int:number>/",
        sprint.sprint_item,
        name="sprint_item",
    ),
    path(
        "w/<slug:workspace>/sprint/<slug:key>/files/<slug:form>/",
        sprint.sprint_file,
        name="sprint_file",
    ),
    path(
        "w/<slug:workspace>/reports/schedules/", reports.report_schedules, name="report_schedules"
    ),
    path(
        "w/<slug:workspace>/reports/schedules/new/",
        reports.new_report_schedule,
        name="new_report_schedule",
    ),
    path(
        "w/<slug:workspace>/reports/schedules/<int:number>/",
        reports.report_schedule,
        name="report_schedule",
    ),
    path("w/<slug:workspace>/settings/", settings.settings, name="settings"),
    path("w/<slug:workspace>/settings/system/", system_page.system, name="system"),
    path("w/<slug:workspace>/settings/system/backups/", system_page.backups, name="backups"),
    path("w/<slug:workspace>/settings/zone/", settings.zone, name="settings_zone"),
    path("w/<slug:workspace>/settings/keys/", api_keys.api_keys, name="api_keys"),
    path(
        "w/<slug:workspace>/settings/keys/<int:number>/revocation/",
        api_keys.revocation,
        name="api_key_revocation",
    ),
    path("w/<slug:workspace>/settings/retention/", retention, name="retention"),
    path("w/<slug:workspace>/assistants/", access.assistants, name="assistants"),
    path(
        "w/<slug:workspace>/assistants/<int:number>/ends/",
        access.access_ends,
        name="assistant_ends",
    ),
    path("w/<slug:workspace>/settings/names/", settings.masked_names, name="masked_names"),
    path("w/<slug:workspace>/settings/sources/", source_links.source_links, name="source_links"),
    path(
        "w/<slug:workspace>/cases/<int:case_id>/tickets/", intake.case_tickets, name="case_tickets"
    ),
    path("hooks/<str:token>/", intake.hook, name="hook"),
    path("forms/<str:token>/", forms.form, name="form"),
    path("forms/<str:token>/form.js", forms.script, name="form_script"),
    path("forms/<str:token>/received/<str:mark>/", forms.receipt, name="form_receipt"),
    path("v1/<slug:kind>", events_door.segment, name="segment_events"),
    path("batch/", events_door.posthog, name="posthog_batch"),
    path("capture/", events_door.posthog, name="posthog_capture"),
    path("i/v1/analytics/events", events_door.posthog_results, name="posthog_results"),
    path("w/<slug:workspace>/connections/", intake.connections_page, name="connections"),
    path(
        "w/<slug:workspace>/connections/new/<slug:kind>/",
        intake.new_connection,
        name="new_connection",
    ),
    path("w/<slug:workspace>/connections/<int:number>/", intake.connection, name="connection"),
    path(
        "w/<slug:workspace>/connections/receipts/<int:number>/",
        intake.receipt_retry,
        name="receipt_retry",
    ),
    path(
        "w/<slug:workspace>/connections/threads/<int:number>/",
        intake.thread_retry,
        name="thread_retry",
    ),
    path(
        "w/<slug:workspace>/settings/calendar-feed/", due_feed.feed_settings, name="feed_settings"
    ),
    path("feeds/due/<str:token>.ics", due_feed.due_times, name="due_feed"),
    path("w/<slug:workspace>/notices/", notices.notices, name="notices"),
    path("w/<slug:workspace>/notices/own/", notices.own_notices, name="own_notices"),
    path("w/<slug:workspace>/notices/settings/", notices.notice_settings, name="notice_settings"),
    path(
        "w/<slug:workspace>/notices/channels/",
        notices.new_notice_channel,
        name="new_notice_channel",
    ),
    path(
        "w/<slug:workspace>/notices/channels/<int:number>/",
        notices.notice_channel,
        name="notice_channel",
    ),
    path("w/<slug:workspace>/notices/webhooks/<int:number>/", webhooks.webhook, name="webhook"),
    path(
        "w/<slug:workspace>/notices/webhooks/<int:number>/deeds/",
        webhooks.webhook_deeds,
        name="webhook_deeds",
    ),
    path(
        "w/<slug:workspace>/notices/messages/<int:number>/",
        notices.notice_message,
        name="notice_message",
    ),
    path("start/<str:token>/", opening.first_start, name="first_start"),
    path("accounts/links/<str:token>/", sign_in.sign_in_link, name="sign_in_link"),
    path("accounts/password/reset/", sign_in.forgotten),  # before allauth's, which sends mail
    # allauth's, part by part: with what we do not use, strangers would find forms to sign up
    path("accounts/", include("allauth.account.urls")),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
    path(
        "accounts/oidc/<slug:provider_id>/login/",
        identity_provider.to_provider,
        name="openid_connect_login",
    ),
    path(
        "accounts/oidc/<slug:provider_id>/login/callback/",
        identity_provider.from_provider,
        name="openid_connect_callback",
    ),
    path("", include("shinrai.assistants.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("metrics", metrics, name="metrics"),
    path(API, api_urls()),
]
