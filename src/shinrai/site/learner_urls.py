"""The URLs of what learners, guardians and customers do, say and pay."""

from typing import Final

from django.urls import URLPattern, path

from shinrai.family.pages import child as children
from shinrai.family.pages import guardian as guardians
from shinrai.family.pages import links as family_links
from shinrai.family.pages import notices as guardian_notices
from shinrai.initiatives.pages import form as initiative_form
from shinrai.initiatives.pages import listing as initiative_list
from shinrai.initiatives.pages import one as initiative
from shinrai.missions.pages import activities, learner_page, people, pins, policies, rests, summary
from shinrai.revenue import pages as revenue
from shinrai.satisfaction.pages import answering, consent, interview_quotes
from shinrai.satisfaction.pages import files as answer_files
from shinrai.satisfaction.pages import interviews as interview_pages
from shinrai.satisfaction.pages import quotes as quote_pages
from shinrai.satisfaction.pages import satisfaction as satisfaction_page
from shinrai.satisfaction.pages import surveys as survey_pages
from shinrai.usage.pages import cohorts as usage_cohorts
from shinrai.usage.pages import habit as usage_habit
from shinrai.usage.pages import links as usage_links
from shinrai.usage.pages import merges as usage_merges
from shinrai.usage.pages import people as usage_people
from shinrai.usage.pages import quarantine as usage_quarantine

learner_patterns: Final[list[URLPattern]] = [
    path("w/<slug:workspace>/revenue/", revenue.revenue, name="revenue"),
    path("w/<slug:workspace>/revenue/contracts/", revenue.contracts, name="revenue_contracts"),
    path("w/<slug:workspace>/revenue/continuation/", revenue.habit, name="continuation"),
    path("w/<slug:workspace>/revenue/hazard/", revenue.hazard, name="hazard"),
    path("w/<slug:workspace>/satisfaction/surveys/", survey_pages.survey_list, name="surveys"),
    path("w/<slug:workspace>/satisfaction/new-survey/", survey_pages.new_survey, name="new_survey"),
    path("w/<slug:workspace>/satisfaction/surveys/<slug:key>/", survey_pages.survey, name="survey"),
    path(
        "w/<slug:workspace>/satisfaction/surveys/<slug:key>/changes/",
        survey_pages.survey_change,
        name="survey_change",
    ),
    path("w/<slug:workspace>/satisfaction/", satisfaction_page.satisfaction, name="satisfaction"),
    path(
        "w/<slug:workspace>/satisfaction/quotes/",
        quote_pages.quotes_page,
        name="satisfaction_quotes",
    ),
    path(
        "w/<slug:workspace>/satisfaction/quotes/<int:number>/labels/",
        quote_pages.quote_labels,
        name="satisfaction_quote_labels",
    ),
    path(
        "w/<slug:workspace>/satisfaction/import/",
        answer_files.answer_files,
        name="satisfaction_files",
    ),
    path("w/<slug:workspace>/interviews/", interview_pages.interviews, name="interviews"),
    path("w/<slug:workspace>/interviews/new/", interview_pages.new_round, name="new_round"),
    path(
        "w/<slug:workspace>/interviews/quotes/",
        interview_quotes.interview_quotes_page,
        name="interview_quotes",
    ),
    path("w/<slug:workspace>/interviews/needs/", interview_quotes.need_deeds, name="need_deeds"),
    path(
        "w/<slug:workspace>/interviews/rounds/<slug:key>/",
        interview_pages.interview_round,
        name="interview_round",
    ),
    path(
        "w/<slug:workspace>/interviews/rounds/<slug:key>/invitations/",
        interview_pages.round_deeds,
        name="round_deeds",
    ),
    path(
        "w/<slug:workspace>/interviews/rounds/<slug:key>/persons/<int:person>/",
        interview_pages.interview_person,
        name="interview_person",
    ),
    path(
        "w/<slug:workspace>/interviews/rounds/<slug:key>/persons/<int:person>/steps/",
        interview_pages.person_deeds,
        name="person_deeds",
    ),
    path(
        "w/<slug:workspace>/satisfaction/import/<int:number>/withdrawals/",
        answer_files.withdraw_file,
        name="withdraw_answer_file",
    ),
    path("w/<slug:workspace>/initiatives/", initiative_list.initiative_list, name="initiatives"),
    path(
        "w/<slug:workspace>/initiatives/new/",
        initiative_form.new_initiative,
        name="new_initiative",
    ),
    path("w/<slug:workspace>/initiatives/<slug:key>/", initiative.initiative, name="initiative"),
    path(
        "w/<slug:workspace>/initiatives/<slug:key>/amend/",
        initiative_form.amend,
        name="amend_initiative",
    ),
    path(
        "w/<slug:workspace>/initiatives/<slug:key>/steps/",
        initiative.initiative_deed,
        name="initiative_deed",
    ),
    path("w/<slug:workspace>/usage/", usage_habit.usage, name="usage"),
    path("w/<slug:workspace>/usage/people/", usage_people.usage_people, name="usage_people"),
    path("w/<slug:workspace>/usage/merges/", usage_merges.usage_merges, name="usage_merges"),
    path(
        "w/<slug:workspace>/usage/merges/change/", usage_merges.change_merges, name="change_merges"
    ),
    path(
        "w/<slug:workspace>/usage/quarantine/",
        usage_quarantine.usage_quarantine,
        name="usage_quarantine",
    ),
    path(
        "w/<slug:workspace>/usage/quarantine/<int:number>/",
        usage_quarantine.event_set_aside,
        name="event_set_aside",
    ),
    path("w/<slug:workspace>/usage/links/", usage_links.usage_links, name="usage_links"),
    path("w/<slug:workspace>/usage/links/change/", usage_links.change_links, name="change_links"),
    path("w/<slug:workspace>/usage/cohorts/", usage_cohorts.usage_cohorts, name="usage_cohorts"),
    path(
        "w/<slug:workspace>/usage/cohorts/change/",
        usage_cohorts.change_cohort,
        name="change_cohort",
    ),
    path("w/<slug:workspace>/missions/", summary.missions, name="missions"),
    path(
        "w/<slug:workspace>/missions/people/",
        people.missions_people,
        name="missions_people",
    ),
    path(
        "w/<slug:workspace>/missions/activities/",
        activities.missions_activities,
        name="missions_activities",
    ),
    path(
        "w/<slug:workspace>/missions/activities/change/",
        activities.change_activities,
        name="change_activities",
    ),
    path("w/<slug:workspace>/missions/pins/", pins.missions_pins, name="missions_pins"),
    path("w/<slug:workspace>/missions/pins/change/", pins.change_pins, name="change_pins"),
    path(
        "w/<slug:workspace>/missions/rests/",
        rests.missions_rests,
        name="missions_rests",
    ),
    path(
        "w/<slug:workspace>/missions/rests/change/",
        rests.change_rests,
        name="change_rests",
    ),
    path(
        "w/<slug:workspace>/missions/policies/",
        policies.missions_policies,
        name="missions_policies",
    ),
    path(
        "w/<slug:workspace>/missions/policies/change/",
        policies.change_policies,
        name="change_policies",
    ),
    path("learn/<str:token>/", learner_page.learner_page, name="learner_page"),
    path(
        "w/<slug:workspace>/missions/learner-page/",
        learner_page.look_at_learner_page,
        name="look_at_learner_page",
    ),
    path("interview/<str:token>/", consent.consent_page, name="interview_consent"),
    path("survey/<str:token>/", answering.survey_page, name="survey_page"),
    path("survey/<str:token>/survey.js", answering.script, name="survey_script"),
    path("survey/<str:token>/ask/", answering.ask, name="survey_ask"),
    path("survey/<str:token>/answers/", answering.answers, name="survey_answers"),
    path("survey/<str:token>/stop/", answering.stop_page, name="survey_stop"),
    path("w/<slug:workspace>/family/", family_links.family_links, name="family_links"),
    path("w/<slug:workspace>/family/ends/", family_links.link_ends, name="family_link_ends"),
    path("w/<slug:workspace>/family/as-guardian/", children.as_guardian, name="as_guardian"),
    path("family/", guardians.family, name="family"),
    path("family/in/<str:token>/", guardians.way_in, name="family_way_in"),
    path("family/out/", guardians.way_out, name="family_way_out"),
    path("family/notices/", guardian_notices.notices, name="family_notices"),
    path("family/notices/<int:number>/", guardian_notices.notices, name="family_notice"),
    path("family/settings/", guardian_notices.settings, name="family_settings"),
    path("family/stop/<str:token>/", guardian_notices.stop, name="family_stop"),
    path("family/worker.js", guardian_notices.worker, name="family_worker"),
    path("family/<int:learner>/", children.child, name="family_child"),
]
