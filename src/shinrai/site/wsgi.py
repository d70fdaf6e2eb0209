"""The application as a web server loads it; every process of the server opens the books itself."""

import os

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application

from shinrai.site.books import open_books, watch_books


def _application() -> WSGIHandler:
    os.umask(0o077)
    os.environ["TZ"] = "UTC"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shinrai.site.settings")
    open_books()
    watch_books()
    return get_wsgi_application()


application = _application()
