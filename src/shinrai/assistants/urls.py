"""The addresses by which assistants are let in, under the names that allauth knows them by.

Of allauth's own only these: with the others, assistants would find what we do not offer.
"""

from allauth.idp.oidc import views
from django.urls import include, path

from shinrai.assistants.endpoints import http
from shinrai.assistants.pages.consent import consent
from shinrai.assistants.queries import ADDRESS

_identity = [
    path("identity/o/authorize", consent, name="authorization"),
    path("identity/o/api/token", views.token, name="token"),
    path("identity/o/api/revoke", views.revoke, name="revoke"),
    path("identity/o/api/clients", views.client_registration, name="client_registration"),
]
urlpatterns = [
    path(ADDRESS, http.mcp, name="mcp"),
    path(".well-known/oauth-protected-resource", http.protected_resource),
    path(f".well-known/oauth-protected-resource/{ADDRESS}", http.protected_resource),
    path(".well-known/oauth-authorization-server", http.authorization_server),
    path("", include(([path("", include((_identity, "oidc")))], "idp"))),
]
