"""What every test stands on: one private PostgreSQL for the whole run, and no network.

The server starts only when the first test asks for the database. Each worker gets a copy of one
migrated template and works as `shinrai_app`, so that what PostgreSQL forbids the application it
forbids the tests too; only clearing tables after a transaction test is done by their owner.
"""

import atexit
import fcntl
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Before pytest-django looks: settings are chosen here, and the home is a new folder of this run.
os.environ["TZ"] = "UTC"
os.environ["DJANGO_SETTINGS_MODULE"] = "shinrai.site.settings"
for _name in [name for name in os.environ if name.startswith(("SHINRAI_", "DATABASE_"))]:
    if _name != "SHINRAI_TEST_HOME":
        del os.environ[_name]
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["SHINRAI_TEST_HOME"] = tempfile.mkdtemp(prefix="shinrai-tests-")
    # the keeper clears what lies elsewhere; this also holds when a test module cannot be read
    atexit.register(shutil.rmtree, os.environ["SHINRAI_TEST_HOME"], ignore_errors=True)
HOME = Path(os.environ["SHINRAI_TEST_HOME"])
os.environ["SHINRAI_HOME"] = str(HOME / "home")

import django  # noqa: E402
import hypothesis  # noqa: E402
import psycopg  # noqa: E402
import pytest  # noqa: E402
from django.utils import translation  # noqa: E402

from shinrai.cli import language as spoken  # noqa: E402
from shinrai.site import database  # noqa: E402

if TYPE_CHECKING:
    from tests.cast import Cast

ROOT = Path(__file__).resolve().parents[1]
TEMPLATE = "shinrai_template"
# No test waits for a figure: how long an example takes is the machine's matter.
hypothesis.settings.register_profile("shinrai", deadline=None)
hypothesis.settings.load_profile("shinrai")
MADE_BY_MIGRATIONS = {"django_content_type", "auth_permission", "django_migrations"}
DATABASE_FIXTURES = {"db", "transactional_db", "django_db_setup", "owner_cursor"}
END_TO_END_FIXTURES = {"browser", "page", "live_server", "house"}


# --- rings ----------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    django.setup()
    for line in (
        "pure: needs no database; the whole ring takes less than 10 s",
        "records: needs PostgreSQL",
        "end_to_end: goes through an entry point, a process or a browser",
    ):
        config.addinivalue_line("markers", line)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put every test into its ring by what it asks for, unless it says so itself."""
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if any(item.get_closest_marker(ring) for ring in ("pure", "records", "end_to_end")):
            continue
        if fixtures & END_TO_END_FIXTURES:
            item.add_marker("end_to_end")
        elif fixtures & DATABASE_FIXTURES or item.get_closest_marker("django_db"):
            item.add_marker("records")
        else:
            item.add_marker("pure")


def pytest_unconfigure(config: pytest.Config) -> None:
    database.close_database()


# --- the database ---------------------------------------------------------------------------


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Leave names to `django_db_setup`."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any) -> Iterator[None]:
    """Give this worker a database of its own, copied from the migrated template."""
    from django.db import connections

    with django_db_blocker.unblock():
        opened = database.open_database(ephemeral=True)
        _make_template(opened)
        name = f"test_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
        with _owner_connection("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")  # type: ignore[call-overload]
        connections["default"].close()
        connections.settings["default"]["NAME"] = name
    yield
    with django_db_blocker.unblock():
        connections["default"].close()


def _make_template(opened: database.DatabaseAddresses) -> None:
    """Migrate the template once for all workers: the first to come does it, the others wait."""
    from django.db import connections

    from shinrai.site.migration import migrate

    lock = os.open(HOME / "template.lock", os.O_RDWR | os.O_CREAT, 0o600)
    with closing(os.fdopen(lock, "r+")) as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with _owner_connection("postgres") as connection:
            known = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]
            ).fetchone()
            if known:
                return
            connection.execute(f"DROP DATABASE IF EXISTS {TEMPLATE}_new")  # type: ignore[call-overload]
            connection.execute(f"CREATE DATABASE {TEMPLATE}_new")  # type: ignore[call-overload]
        settings = connections.settings["default"]
        settings["NAME"] = f"{TEMPLATE}_new"
        migrate()
        connections["default"].close()
        with _owner_connection("postgres") as connection:
            connection.execute(f"ALTER DATABASE {TEMPLATE}_new RENAME TO {TEMPLATE}")  # type: ignore[call-overload]


@contextmanager
def _owner_connection(name: str) -> Iterator[psycopg.Connection[Any]]:
    address = database.known_addresses().owner
    with psycopg.connect(
        host=address["HOST"],
        port=address["PORT"],
        user=address["USER"],
        password=address["PASSWORD"],
        dbname=name,
        autocommit=True,
    ) as connection:
        yield connection


@pytest.fixture(scope="session", autouse=True)
def _owner_clears_tables() -> None:
    """Have the owner clear tables after a transaction test: the application may not.

    Few tables are filled by a test. Deleting their rows takes a tenth of the time of TRUNCATE,
    which makes new files for every table, and of making content types and permissions anew.
    """
    from django.apps import apps
    from django.db import connection
    from django.test import TransactionTestCase

    models = [model for model in reversed(apps.get_models()) if model._meta.managed]
    tables = (model._meta.db_table for model in models)
    names = [name for name in tables if name not in MADE_BY_MIGRATIONS]

    def as_their_owner(self: TransactionTestCase) -> None:
        with database.as_owner(), connection.cursor() as cursor:
            asked = (f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in names)
            cursor.execute(" UNION ALL ".join(asked))
            filled = {name for (name,) in cursor.fetchall()}
            # The last ones first: what names a case goes before the case.
            cleared = "".join(f"DELETE FROM {name};" for name in names if name in filled)
            cursor.execute(f"BEGIN; {cleared} COMMIT")

    TransactionTestCase._fixture_teardown = as_their_owner  # type: ignore[attr-defined]


@pytest.fixture
def owner_cursor(transactional_db: None) -> Iterator[psycopg.Cursor[Any]]:
    """Give a cursor of the role that owns the tables, on the database of this test."""
    from django.db import connections

    with (
        _owner_connection(connections.settings["default"]["NAME"]) as connection,
        connection.cursor() as cursor,
    ):
        yield cursor


@pytest.fixture
def cast(db: None) -> "Cast":
    """Open the workspaces of tests/cast.py and let everybody in who belongs there."""
    from tests.cast import open_stage

    return open_stage()


# --- the world outside ----------------------------------------------------------------------


@pytest.fixture(scope="session")
def shared() -> Path:
    """Name the folder of real data beside the project, or skip."""
    folder = ROOT.parent / "shared"
    if not (folder / "data").is_dir() and not (folder / "cases").is_dir():
        pytest.skip(f"no real data: {folder} is not there")
    return folder


class NoNetwork(AssertionError):
    """A test reached for the network."""


@pytest.fixture(scope="session", autouse=True)
def _no_network() -> Iterator[None]:
    """Let tests talk to this machine only."""
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = address[0]
            if host not in {"127.0.0.1", "::1", "localhost"}:
                raise NoNetwork(f"a test tried to reach {host}; tests stay on this machine")
        connect(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket.socket, "connect", only_here)
    yield
    patch.undo()


@pytest.fixture(autouse=True)
def _quick_passwords(request: pytest.FixtureRequest) -> None:
    """Hash passwords quickly where a test signs somebody in."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def nobody_has_chosen_a_language() -> Iterator[None]:
    """A command or page that spoke Japanese in an earlier test must not do so in this one."""
    spoken._chosen.set(None)
    translation.deactivate()
    yield
    spoken._chosen.set(None)
