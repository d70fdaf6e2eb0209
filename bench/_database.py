"""A database of its own for a benchmark: private PostgreSQL in a temporary home, gone at the end.

Importing this sets up Django, so it comes before any package that has models.
"""

import atexit
import os
import shutil
import tempfile

# A database made once may be used again: BENCH_HOME names its folder, which stays.
KEPT = os.environ.pop("BENCH_HOME", "")  # noqa: TID251
for _name in [name for name in os.environ if name.startswith(("SHINRAI_", "DATABASE_"))]:  # noqa: TID251
    del os.environ[_name]  # noqa: TID251
HOME = KEPT or tempfile.mkdtemp(prefix="shinrai-bench-")
if not KEPT:
    atexit.register(shutil.rmtree, HOME, ignore_errors=True)
os.environ["SHINRAI_HOME"] = HOME  # noqa: TID251
os.environ["DJANGO_SETTINGS_MODULE"] = "shinrai.site.settings"  # noqa: TID251

import django  # noqa: E402

django.setup()

from django.db import connections  # noqa: E402

from shinrai.site import database  # noqa: E402
from shinrai.site.migration import migrate  # noqa: E402
from shinrai.warehouse.store import Warehouse  # noqa: E402


def open_database(*, is_durable: bool = bool(KEPT)) -> Warehouse:
    """Start the server, make the tables, and say where published tables will lie."""
    database.open_database(ephemeral=not is_durable)
    migrate()
    return Warehouse(f"{HOME}/warehouse")


def close_database() -> None:
    """Let go of the server; its keeper stops it and clears its folder."""
    connections.close_all()
    database.close_database()
