"""Open the database: entry points do this before Django is set up or a request is served.

Importing this module starts no server. Until the database is opened, settings contain a placeholder
address that cannot be connected to, which is enough for type checking and for some commands.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from shinrai.site.environment import BadSetting, read_secret
from shinrai.site.home_folder import (
    KEY_BYTES,
    SIGNING_BYTES,
    home_folder,
    make_home_private,
    master_key,
    read_or_make_secret,
    refuse_unfinished,
    secret_key,
)
from shinrai.site.postgres_server import APP, DATABASE, OWNER, Address, ServerLease, ServerPaths

# What a connection would be tried to before anybody opened the database.
NOWHERE = Address("/shinrai-books-are-not-open", 5432, DATABASE, APP, "")

# Secrets of a home: the variable that may give it instead, its name there, its bytes.
MADE_ONCE = (
    ("SHINRAI_SECRET_KEY", "secret-key", SIGNING_BYTES),
    ("SHINRAI_MASTER_KEY", "master-key", KEY_BYTES),
)

_holds: list[ServerLease] = []


@dataclass(frozen=True)
class DatabaseAddresses:
    """How to connect as the application's role and as the role that owns the tables."""

    app: dict[str, Any]
    owner: dict[str, Any]
    is_private: bool


def open_database(*, ephemeral: bool = False, is_being_restored: bool = False) -> DatabaseAddresses:
    """Open the database for the rest of this process; start the private server if necessary.

    Raises: DatabaseUnavailable, BadSetting; HomeUnusable, also if a backup was restored in part.
    """
    home = home_folder()
    if not is_being_restored:
        refuse_unfinished(home)
    if open_to_others := make_home_private(home):
        print(f"shinrai: {open_to_others}", file=sys.stderr)  # noqa: T201
    for variable, name, size in MADE_ONCE:
        if read_secret(variable) is None:
            read_or_make_secret(home, name, size=size)
    given = read_secret("DATABASE_URL")
    if given is None and not _holds:
        _holds.append(ServerLease(home, ephemeral=ephemeral))
    books = known_addresses()
    _update_django_settings(books.app)
    return books


def known_addresses() -> DatabaseAddresses:
    """Return the addresses known now (placeholders before `open_database`); starts nothing."""
    given = read_secret("DATABASE_URL")
    if given is not None:
        app = _parsed("DATABASE_URL", given)
        owner_given = read_secret("DATABASE_OWNER_URL")
        owner = app if owner_given is None else _parsed("DATABASE_OWNER_URL", owner_given)
        return DatabaseAddresses(app=app, owner=owner, is_private=False)
    if not _holds:
        return DatabaseAddresses(app=_entry(NOWHERE), owner=_entry(NOWHERE), is_private=True)
    hold = _holds[0]
    return DatabaseAddresses(
        app=_entry(hold.address(APP)), owner=_entry(hold.address(OWNER)), is_private=True
    )


def watch_database() -> None:
    """Restart the private server whenever it was killed; for long-running processes."""
    for hold in _holds:
        hold.watch()


def close_database() -> None:
    """Stop using the private server; mainly for tests, as it also happens when a process ends."""
    while _holds:
        _holds.pop().release()


def free_mb_of_full_disk() -> int | None:
    """Return how many MB are free if the private server's disk is full; otherwise None."""
    if read_secret("DATABASE_URL") is not None:
        return None
    from shinrai.site import (
        postgres_cluster,  # whoever merely opens the database needs none of it
    )
    from shinrai.site.postgres_programs import NoServerPrograms, find_programs

    try:
        return postgres_cluster.free_mb_of_full_disk(ServerPaths(home_folder()), find_programs())
    except NoServerPrograms:
        return None


@contextmanager
def as_owner() -> Iterator[None]:
    """Use the role that owns the tables on the default connection within a `with` block.

    For migrations and for clearing test tables; no transaction may be open.
    """
    from django.db import connections

    entry = connections["default"].settings_dict
    before = {key: entry[key] for key in ("USER", "PASSWORD")}
    owner = known_addresses().owner
    connections["default"].close()
    entry.update({key: owner[key] for key in before})
    try:
        yield
    finally:
        connections["default"].close()
        entry.update(before)


def owner_parameters() -> dict[str, Any]:
    """Return how libpq connects to this database as its owner: a keyword and value for each."""
    from django.db import connections

    entry, owner = connections["default"].settings_dict, known_addresses().owner
    return {
        "host": entry["HOST"],
        "port": entry["PORT"],
        "dbname": entry["NAME"],
        "user": owner["USER"],
        "password": owner["PASSWORD"],
        **entry["OPTIONS"],
    }


def _update_django_settings(app: dict[str, Any]) -> None:
    """Set address and keys in Django settings that were loaded before the database was opened."""
    from django.conf import settings
    from django.db import connections

    if settings.configured:
        home = home_folder()
        settings.SECRET_KEY, settings.SHINRAI_MASTER_KEY = secret_key(home), master_key(home)
        known = connections.settings["default"]
        if known["HOST"] == NOWHERE.host:
            known.update({key: app[key] for key in ("HOST", "PORT", "NAME", "USER", "PASSWORD")})


def _entry(address: Address) -> dict[str, Any]:
    return {
        "HOST": address.host,
        "PORT": str(address.port),
        "NAME": address.name,
        "USER": address.user,
        "PASSWORD": address.password,
        "OPTIONS": {},
    }


def _parsed(name: str, url: str) -> dict[str, Any]:
    """Parse postgresql://user:password@host:port/name?option=value into Django's settings.

    Raises: BadSetting; its message never contains the URL, which includes a password.
    """
    wanted = f"{name} must look like postgresql://USER:PASSWORD@HOST:PORT/NAME"
    try:
        parts = urlsplit(url)
        port = parts.port or 5432
    except ValueError as error:
        raise BadSetting(wanted) from error
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    if parts.scheme not in {"postgres", "postgresql"} or len(parts.path) < 2 or not host:
        raise BadSetting(wanted)
    return {
        "HOST": host,
        "PORT": str(port),
        "NAME": unquote(parts.path[1:]),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "OPTIONS": options,
    }
