"""The WSGI application; each process of the web server opens the database itself."""

import os

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from shinrai.site.database import open_database, watch_database


def _application() -> WSGIHandler:
    os.umask(0o077)
    os.environ["TZ"] = "UTC"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shinrai.site.settings")
    open_database()
    watch_database()
    found = get_wsgi_application()
    get_resolver().url_patterns  # noqa: B018  # imports every page: nobody's first view waits for it
    return found


application = _application()
