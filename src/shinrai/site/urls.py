"""Every address of the house, in one place."""

from django.urls import URLPattern, URLResolver, include, path

from shinrai.accounts import pages as accounts
from shinrai.desk import pages as desk
from shinrai.importers import pages as importers
from shinrai.objectives import pages as objectives
from shinrai.reports import pages as reports

handler400 = "shinrai.console.pages.bad_request"
handler403 = "shinrai.console.pages.forbidden"
handler404 = "shinrai.console.pages.not_found"
handler500 = "shinrai.site.pages.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", desk.workspaces, name="workspaces"),
    path("w/<slug:workspace>/", desk.board, name="board"),
    path("w/<slug:workspace>/investigations/<path:key>/", desk.investigation, name="investigation"),
    path("w/<slug:workspace>/objectives/", objectives.objectives, name="objectives"),
    path("w/<slug:workspace>/objectives/<str:name>/", objectives.objective, name="objective"),
    path("w/<slug:workspace>/imports/", importers.imports, name="imports"),
    path("w/<slug:workspace>/imports/new/", importers.new_import, name="new_import"),
    path("w/<slug:workspace>/imports/drafts/", importers.drafts, name="import_drafts"),
    path("w/<slug:workspace>/imports/drafts/<str:token>/", importers.draft, name="import_draft"),
    path(
        "w/<slug:workspace>/imports/drafts/<str:token>/confirmations/",
        importers.confirmations,
        name="import_confirmations",
    ),
    path(
        "w/<slug:workspace>/imports/drafts/<str:token>/discards/",
        importers.discards,
        name="import_discards",
    ),
    path("w/<slug:workspace>/imports/<int:number>/", importers.one_import, name="import"),
    path(
        "w/<slug:workspace>/imports/<int:number>/withdrawals/",
        importers.withdrawals,
        name="import_withdrawals",
    ),
    path("w/<slug:workspace>/reports/", reports.report, name="report"),
    path("accounts/links/<str:token>/", accounts.sign_in_link, name="sign_in_link"),
    path("accounts/password/reset/", accounts.forgotten),  # before allauth's, which sends mail
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
