"""Every address of the house, in one place."""

from django.urls import URLPattern, URLResolver, include, path

from shinrai.accounts import pages as accounts

handler400 = "shinrai.console.pages.bad_request"
handler403 = "shinrai.console.pages.forbidden"
handler404 = "shinrai.console.pages.not_found"
handler500 = "shinrai.site.pages.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", accounts.workspaces, name="workspaces"),
    path("accounts/links/<str:token>/", accounts.sign_in_link, name="sign_in_link"),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
]
