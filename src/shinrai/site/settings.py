"""All Django settings; every variable that is read here is listed in docs/settings.md.

Importing it starts no server: `database.open_database()` does.
"""

import os
import zoneinfo
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from shinrai.site.database import known_addresses
from shinrai.site.environment import (
    read_bool,
    read_choice,
    read_list,
    read_secret,
    read_text,
    read_whole,
)
from shinrai.site.home_folder import home_folder, master_key, secret_key
from shinrai.site.identity_provider import oidc_providers

# Zones come from the pinned `tzdata` alone: two machines must not differ on a due time.
zoneinfo.reset_tzpath(())
zoneinfo.ZoneInfo.clear_cache()

PACKAGE = Path(__file__).resolve().parents[1]
SHINRAI_HOME = home_folder()

# --- secrets: given, or made once when the database is opened, and kept in the home folder ---

SECRET_KEY = secret_key(SHINRAI_HOME)
SHINRAI_MASTER_KEY = master_key(SHINRAI_HOME)
SHINRAI_PULL_TOKEN = read_secret("SHINRAI_PULL_TOKEN")
SHINRAI_IMPORT_MEMORY_MB = read_whole("SHINRAI_IMPORT_MEMORY_MB", 2048, low=256, high=1 << 20)
SHINRAI_IMPORT_S = read_whole("SHINRAI_IMPORT_S", 60, low=5, high=86_400)
SHINRAI_BACKUP_DAYS = read_whole("SHINRAI_BACKUP_DAYS", 30, low=1, high=3650)
SHINRAI_BACKUPS_KEPT = read_whole("SHINRAI_BACKUPS_KEPT", 7, low=1, high=1000)
SHINRAI_WAREHOUSE = read_text("SHINRAI_WAREHOUSE") or str(SHINRAI_HOME / "warehouse")
SHINRAI_ENGINE = read_text("SHINRAI_ENGINE") or ""  # else DuckDB
STORAGE_KEYS = tuple((name, key) for name, key in os.environ.items() if name.startswith("AWS_"))

# --- the packages ---------------------------------------------------------------------------

SHINRAI_EVENT_READER = "shinrai.family.operations.study.read_events"  # called by `usage`
SHINRAI_GUARDIANS = "shinrai.family.queries.guardians.guardian_contacts"  # asked by `desk`
SHINRAI_CONTRACTS = "shinrai.revenue.queries.learners.learner_spans"  # asked by `usage`
# Read by key, see `warehouse.kpis`.
SHINRAI_KPIS = tuple(
    f"shinrai.{one}.queries.kpis.KPIS" for one in ("quality", "usage", "satisfaction")
)
LAYERS = (
    "privacy",
    "warehouse",
    "search",
    "console",
    "api",
    "delivery",
    "accounts",
    "calendars",
    "ledger",
    "customers",
    "inquiries",
    "topics",
    "investigations",
    "usage",
    "revenue",
    "satisfaction",
    "initiatives",
    "quality",
    "workload",
    "trends",
    "objectives",
    "knowledge",
    "desk",
    "missions",
    "family",
    "explore",
    "reports",
    "assistants",
    "importers",
    "intake",
    "erasure",
    "sample",
)


def _is_app(package: str) -> bool:
    """Return whether a package has models, templates or static files and so is a Django app."""
    owned = ("models.py", "models", "templates", "static", "templatetags")
    return any((PACKAGE / package / name).exists() for name in owned)


PACKAGE_APPS = tuple(f"shinrai.{package}" for package in LAYERS if _is_app(package))
SOCIALACCOUNT_PROVIDERS = oidc_providers()
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",  # the sessions and security-key pages of allauth need it
    "shinrai.postgres.apps.QueueTables",
    *PACKAGE_APPS,  # before allauth, so that our templates win
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",  # its tables stay empty: see accounts/pages/identity_provider.py
    *(["allauth.socialaccount.providers.openid_connect"] if SOCIALACCOUNT_PROVIDERS else []),
    "allauth.idp.oidc",  # lets assistants in; of its addresses we serve those in assistants/urls.py
    "csp",
    "django_htmx",
]
MIDDLEWARE = [
    "csp.middleware.CSPMiddleware",  # outermost: of files, redirects and refusals too
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "shinrai.site.middleware.keep_out_of_caches",
    "shinrai.site.middleware.RefuseLargeBodies",  # before anything reads a body, above all CSRF
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "shinrai.site.middleware.moment_of_request",
]
ROOT_URLCONF = "shinrai.site.urls"
WSGI_APPLICATION = "shinrai.site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "site" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "shinrai.site.navigation.page_context",
            ],
        },
    },
]

# --- the database ---------------------------------------------------------------------------

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        **known_addresses().app,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,  # or the first requests after a lost connection answer 500
    },
}

# Shared by all processes, or each would count sign-ins for itself
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
}

MIGRATION_MODULES = {"procrastinate": None}  # see postgres/apps.py: applied by site.migration alone

# --- time and language ----------------------------------------------------------------------

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = read_choice("SHINRAI_LANGUAGE", "en", choices=("en", "ja"))
LANGUAGES = [("en", _("English")), ("ja", _("Japanese"))]
LOCALE_PATHS = [PACKAGE / "console" / "locale"]

# --- who may come in ------------------------------------------------------------------------

DEBUG = read_bool("SHINRAI_DEBUG", False)
HTTPS = read_bool("SHINRAI_HTTPS", False)
ALLOWED_HOSTS = list(read_list("SHINRAI_HOSTS", ("localhost", "127.0.0.1")))
SHINRAI_ADDRESS = (read_text("SHINRAI_ADDRESS") or "http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in ALLOWED_HOSTS] if HTTPS else []
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SESSION_COOKIE_NAME = "shinrai_session"
CSRF_COOKIE_NAME = "shinrai_csrf"
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"  # as the others are by themselves
CSRF_FAILURE_VIEW = "shinrai.console.pages.form_too_old"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = read_bool("SHINRAI_HSTS_SUBDOMAINS", False)
# whose subdomains speak HTTPS only, and whose name browsers shall know by heart, is not ours to say
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
ALLAUTH_TRUSTED_PROXY_COUNT = read_whole("SHINRAI_PROXIES", 0, low=0, high=10)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # the QR code of a second factor is a data: image
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    },
}
SHINRAI_SLACK_API = read_text("SHINRAI_SLACK_API") or "https://slack.com/api/"
SHINRAI_API_PER_MINUTE = read_whole("SHINRAI_API_PER_MINUTE", 600, low=1, high=1_000_000)
SHINRAI_API_KEY = read_secret("SHINRAI_API_KEY")
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "shinrai.accounts.pages.sign_in.InvitedOnly"
SOCIALACCOUNT_ADAPTER = "shinrai.accounts.pages.identity_provider.InvitedByProvider"
SOCIALACCOUNT_LOGIN_ON_GET = True  # our policy lets no form lead to another site, but a link may
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # the command that invites vouches for the address
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS  # only ever localhost: see ALLOWED_HOSTS

# --- assistants, which members let read ------------------------------------------------------

IDP_OIDC_ADAPTER = "shinrai.assistants.pages.consent.ReadOnlyProvider"
IDP_OIDC_DCR_ENABLED = True
IDP_OIDC_DCR_REQUIRES_INITIAL_ACCESS_TOKEN = False  # nothing is answered before a member consents
IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN = 90 * 24 * 3600

# --- what leaves by mail and webhook ---------------------------------------------------------

EMAIL_HOST = read_text("SHINRAI_SMTP_HOST") or ""
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'dummy'}.EmailBackend"
_SMTP_SECURITY = read_choice(
    "SHINRAI_SMTP_SECURITY", "starttls", choices=("none", "starttls", "tls")
)
EMAIL_USE_TLS, EMAIL_USE_SSL = _SMTP_SECURITY == "starttls", _SMTP_SECURITY == "tls"
EMAIL_PORT = read_whole(
    "SHINRAI_SMTP_PORT",
    {"none": 25, "starttls": 587, "tls": 465}[_SMTP_SECURITY],
    low=1,
    high=65535,
)
EMAIL_HOST_USER = read_text("SHINRAI_SMTP_USER") or ""
EMAIL_HOST_PASSWORD = read_secret("SHINRAI_SMTP_PASSWORD") or ""
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = read_text("SHINRAI_MAIL_FROM") or f"shinrai@{ALLOWED_HOSTS[0].lstrip('.')}"
SHINRAI_PRIVATE_TARGETS = read_bool("SHINRAI_PRIVATE_TARGETS", False)
SHINRAI_PUSH_HOSTS = list(
    read_list(
        "SHINRAI_PUSH_HOSTS",
        (
            *("fcm.googleapis.com", "*.push.services.mozilla.com"),
            *("*.push.apple.com", "*.notify.windows.com"),
        ),
    )
)

# --- files ----------------------------------------------------------------------------------

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True  # served from the package: no collectstatic step to forget
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = SHINRAI_HOME / "uploads"

# --- logs: to standard error, without words or names ----------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        # a refused request is no news, and its path may hold the token of a one-time link
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "CRITICAL"},
    },
}
