"""Addresses of pages that answer questions: trends, knowledge, SQL, questions and dashboards."""

from typing import Final

from django.urls import URLPattern, path

from shinrai.explore.pages import dashboards, questions
from shinrai.explore.pages import links as dashboard_links
from shinrai.explore.pages import sql as explore_sql
from shinrai.knowledge.pages import articles
from shinrai.knowledge.pages import search as knowledge
from shinrai.trends import pages as trends

answer_patterns: Final[list[URLPattern]] = [
    path("w/<slug:workspace>/sql/", explore_sql.sql, name="sql"),
    path("w/<slug:workspace>/sql/runs/", explore_sql.sql_runs, name="sql_runs"),
    path("w/<slug:workspace>/sql/cancel/", explore_sql.cancel_sql, name="cancel_sql"),
    path("w/<slug:workspace>/questions/", questions.question_list, name="questions"),
    path("w/<slug:workspace>/questions/new/", questions.edit_question, name="new_question"),
    path("w/<slug:workspace>/questions/<slug:key>/", questions.question, name="question"),
    path(
        "w/<slug:workspace>/questions/<slug:key>/edit/",
        questions.edit_question,
        name="edit_question",
    ),
    path(
        "w/<slug:workspace>/questions/<slug:key>/steps/",
        questions.question_step,
        name="question_step",
    ),
    path("w/<slug:workspace>/dashboards/", dashboards.dashboard_list, name="dashboards"),
    path("w/<slug:workspace>/dashboards/new/", dashboards.edit_dashboard, name="new_dashboard"),
    path("w/<slug:workspace>/dashboards/<slug:key>/", dashboards.dashboard, name="dashboard"),
    path(
        "w/<slug:workspace>/dashboards/<slug:key>/edit/",
        dashboards.edit_dashboard,
        name="edit_dashboard",
    ),
    path(
        "w/<slug:workspace>/dashboards/<slug:key>/alerts/",
        dashboard_links.dashboard_alerts,
        name="dashboard_alerts",
    ),
    path(
        "w/<slug:workspace>/dashboards/<slug:key>/links/",
        dashboard_links.dashboard_links,
        name="dashboard_links",
    ),
    path("d/<str:token>/", dashboard_links.shared_dashboard, name="shared_dashboard"),
    path("w/<slug:workspace>/trends/", trends.trends, name="trends"),
    path("w/<slug:workspace>/knowledge/", articles.article_list, name="knowledge"),
    path("w/<slug:workspace>/knowledge/new/", articles.edit, name="new_article"),
    path("w/<slug:workspace>/knowledge/search/", knowledge.search, name="knowledge_search"),
    path("w/<slug:workspace>/knowledge/in-vain/", knowledge.empty_searches, name="empty_searches"),
    path("w/<slug:workspace>/knowledge/one-person/", knowledge.solitary, name="solitary"),
    path("w/<slug:workspace>/knowledge/<slug:key>/", articles.article, name="article"),
    path("w/<slug:workspace>/knowledge/<slug:key>/edit/", articles.edit, name="edit_article"),
    path(
        "w/<slug:workspace>/knowledge/<slug:key>/steps/", articles.article_step, name="article_step"
    ),
]
