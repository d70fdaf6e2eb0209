"""The data folder of the private PostgreSQL: create it, protect it, clean up after crashes."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg
from psycopg import sql

from shinrai.site.home_folder import read_or_make_secret
from shinrai.site.postgres_programs import Programs
from shinrai.site.postgres_server import APP, DATABASE, OWNER, PORT, SUPERUSER, ServerPaths

REMAINS_S = 60.0
MB = 1024 * 1024
NEEDED_MB = 64  # a file of the write-ahead log has 16 MB, and recovery writes some
LOG_TAIL = 64 * 1024

# Words and names must not reach the server's log: no statements, no row values.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "password_encryption": "scram-sha-256",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
    "log_error_verbosity": "terse",
    "jit": "off",
    "wal_recycle": "off",  # an old segment is deleted, not kept for later with its bytes
}
# Shared memory by name is the user's, and others may run as `nobody`: files lie with the data.
ROOT_SETTINGS = {"dynamic_shared_memory_type": "mmap"}
EPHEMERAL_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class ServerFailed(Exception):
    """The private PostgreSQL cannot be created or started."""


def plain_environment() -> dict[str, str]:
    """Return environment variables for the server that are the same on every machine."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def restrict_folder(folder: Path, programs: Programs, *, writable: bool = False) -> None:
    """Create a folder that only root and the server's own group can enter.

    Does nothing unless this process runs as root; otherwise the user owns all files (mode 0700).

    Raises: ServerFailed.
    """
    if programs.gid is None:
        return
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        os.chown(folder, os.geteuid(), programs.gid)
        folder.chmod(0o770 if writable else 0o710)
    except OSError as error:
        raise ServerFailed(_no_room(folder, str(error.strerror))) from error


def free_mb_of_full_disk(place: ServerPaths, programs: Programs) -> int | None:
    """Return how many MB are free if the server's log reports a full disk; otherwise None.

    An error in the log no longer counts once at least 64 MB are free.
    """
    try:
        with place.log.open("rb") as file:
            file.seek(max(place.log.stat().st_size - LOG_TAIL, 0))
            said = file.read()
        free_mb = shutil.disk_usage(place.cluster(programs)).free // MB
    except OSError:
        return None
    is_full = b"Disk quota exceeded" in said or (
        b"No space left on device" in said and free_mb < NEEDED_MB
    )
    return free_mb if is_full else None


def initialise(place: ServerPaths, programs: Programs, data: Path) -> None:
    """Create the data folder under a temporary name, then rename it, so it is never incomplete.

    Raises: ServerFailed, naming the folder and which variables to set.
    """
    scratch = data.with_name("data.new")
    password = read_or_make_secret(place.home, f"postgres-{SUPERUSER}")
    try:
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(mode=0o700)
        secret = data.with_name("password.new")
        secret.unlink(missing_ok=True)
        secret.touch(mode=0o600)
        secret.write_text(f"{password}\n", encoding="ascii")
        if programs.uid is not None and programs.gid is not None:
            os.chown(scratch, programs.uid, programs.gid)
            os.chown(secret, programs.uid, programs.gid)
    except OSError as error:
        raise ServerFailed(_no_room(data, str(error.strerror))) from error
    done = subprocess.run(
        [
            programs.path("initdb"),
            f"--pgdata={scratch}",
            f"--username={SUPERUSER}",
            f"--pwfile={secret}",
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--no-sync",
            "--no-instructions",
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        cwd="/",
        env=plain_environment(),
        check=False,
        **programs.as_user(),
    )
    secret.unlink()
    if done.returncode != 0:
        shutil.rmtree(scratch, ignore_errors=True)
        raise ServerFailed(_no_room(data, _reason(done.stderr.decode("utf-8", "replace"))))
    os.sync()
    scratch.rename(data)


def create_roles(place: ServerPaths, socket: str, *, ephemeral: bool) -> None:
    """Create the two roles and the database if missing; set the roles' passwords from `secrets`."""
    address = {"host": socket, "port": PORT, "user": SUPERUSER}
    address["password"] = read_or_make_secret(place.home, f"postgres-{SUPERUSER}")
    with psycopg.connect(dbname="postgres", autocommit=True, **address) as connection:  # type: ignore[arg-type]
        known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        for role in (OWNER, APP):
            if role not in known:
                connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
            connection.execute(
                sql.SQL("ALTER ROLE {} PASSWORD {}").format(
                    sql.Identifier(role),
                    sql.Literal(read_or_make_secret(place.home, f"postgres-{role}")),
                )
            )
        if ephemeral:  # tests make a database of their own for each worker
            connection.execute(sql.SQL("ALTER ROLE {} CREATEDB").format(sql.Identifier(OWNER)))
        names = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
        if DATABASE not in names:
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(OWNER)
                )
            )
        connection.execute(sql.SQL("GRANT pg_checkpoint TO {}").format(sql.Identifier(APP)))
    # Erasing ends the log's segment; such a right is kept in each database, and copied from the
    # first one into those that tests make.
    for name in (DATABASE, *(("template1",) if ephemeral else ())):
        with psycopg.connect(dbname=name, autocommit=True, **address) as connection:  # type: ignore[arg-type]
            connection.execute(
                sql.SQL("GRANT EXECUTE ON FUNCTION pg_switch_wal() TO {}").format(
                    sql.Identifier(APP)
                )
            )


def wait_for_old_server(data: Path) -> None:
    """Wait until a server that lost its supervisor has ended, and remove its pid file.

    This process holds the supervisor's lock, so any old server is about to end. A pid in a file
    proves nothing, because the number may be used by another process by now; a process whose
    working directory is the data folder does. The file is removed only when no such process is
    left, because PostgreSQL uses it to check for shared memory in use.
    """
    pid_file = data / "postmaster.pid"
    if not pid_file.exists() or not Path("/proc/self").exists():
        return
    deadline = time.monotonic() + REMAINS_S
    asked_hard = False
    while remains := processes_in(data):
        if time.monotonic() > deadline:
            raise ServerFailed(
                f"process {remains[0]} still works in {data} and does not end. "
                "Stop it, then try again"
            )
        if not asked_hard and time.monotonic() > deadline - REMAINS_S / 2:
            asked_hard = True
            for pid in remains:
                os.kill(pid, signal.SIGQUIT)
        time.sleep(0.02)
    pid_file.unlink(missing_ok=True)


def processes_in(data: Path) -> list[int]:
    """Return the pids of processes whose working directory is the data folder, without zombies."""
    folder = os.path.realpath(data)
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                if os.readlink(f"/proc/{entry}/cwd") == folder:
                    found.append(int(entry))
            except OSError:
                continue  # gone, a zombie, or not ours to see
    return found


def _reason(said: str) -> str:
    """Return the line of initdb's output that contains the error."""
    lines = [line for line in said.splitlines() if "FATAL" in line or "error:" in line]
    return (lines or said.splitlines() or ["initdb failed"])[0].strip()


def _no_room(data: Path, reason: str) -> str:
    return (
        f"cannot make the private PostgreSQL in {data}: {reason}. Free some space, set "
        "SHINRAI_HOME to a folder that can be written, or DATABASE_URL to a server of your own"
    )
