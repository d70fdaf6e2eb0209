"""A mailbox server (Dovecot) and a mail server (aiosmtpd) on loopback, started by tests."""

import grp
import imaplib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller

DOVECOT = Path("/usr/sbin/dovecot")
PASSWORD = "hush-hush"
CONFIG = """
protocols = imap
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
{users}
mail_location = maildir:{home}/mail/%u
first_valid_uid = 0
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%u
}}
service imap-login {{
  {chroot}
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  {chroot}
}}
"""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


class Mailbox:
    """The mailbox of one user, as a server of its own."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [DOVECOT, "-F", "-c", self.home / "dovecot.conf"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError((self.home / "log").read_text())

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)
            self.process = None

    def put(self, *mails: EmailMessage | bytes) -> None:
        """Deliver mails."""
        with self.client() as client:
            for one in mails:
                content = one if isinstance(one, bytes) else one.as_bytes()
                client.append("INBOX", "", imaplib.Time2Internaldate(time.time()), content)

    @contextmanager
    def client(self) -> Iterator[imaplib.IMAP4]:
        client = imaplib.IMAP4("127.0.0.1", self.port)
        client.login("help", PASSWORD)
        client.select("INBOX")
        yield client
        client.logout()

    def number_anew(self) -> None:
        """Lose the index: the server gives its mails other numbers (UIDVALIDITY)."""
        for found in (self.home / "mail" / "help").glob("dovecot*"):
            shutil.rmtree(found) if found.is_dir() else found.unlink()


@contextmanager
def dovecot() -> Iterator[Mailbox]:
    """Start a mailbox server; it refuses to open mail as root, so that then nobody owns it."""
    home = Path(tempfile.mkdtemp(prefix="dovecot"))
    home.chmod(0o755)
    is_root, mine = os.getuid() == 0, pwd.getpwuid(os.getuid())
    owner = pwd.getpwnam("nobody") if is_root else mine
    for name in ("run", "state", "mail"):
        (home / name).mkdir()
    if is_root:
        os.chown(home / "mail", owner.pw_uid, owner.pw_gid)
    users = (
        f"default_internal_user = {mine.pw_name}",
        f"default_internal_group = {grp.getgrgid(mine.pw_gid).gr_name}",
        f"default_login_user = {mine.pw_name}",
    )
    given = {"home": home, "port": free_port(), "uid": owner.pw_uid, "gid": owner.pw_gid}
    given |= {"users": "" if is_root else "\n".join(users), "password": PASSWORD}
    config = CONFIG.format(**given, chroot="" if is_root else "chroot =")
    (home / "dovecot.conf").write_text(config)
    found = Mailbox(home, int(str(given["port"])))
    try:
        found.start()
        yield found
    finally:
        found.stop()
        shutil.rmtree(home, ignore_errors=True)


class Inbox:
    """What a mail server took in; addresses that begin with `gone` do not exist."""

    def __init__(self) -> None:
        self.got: list[Any] = []
        self.answer = ""  # to whoever is known, instead of taking it

    async def handle_RCPT(  # noqa: N802 - the name that aiosmtpd calls
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if address.startswith("gone"):
            return "550 5.1.1 no such user"
        if self.answer:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.got.append(envelope)
        return "250 OK"


@contextmanager
def smtp(port: int | None = None) -> Iterator[tuple[Inbox, int]]:
    inbox, chosen = Inbox(), port or free_port()
    running = Controller(inbox, hostname="127.0.0.1", port=chosen)
    running.start()
    try:
        yield inbox, chosen
    finally:
        running.stop()
