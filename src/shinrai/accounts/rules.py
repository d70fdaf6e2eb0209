"""Who may do what: roles, deeds, and nothing that needs a database."""

import re
from collections.abc import Iterable
from enum import StrEnum
from zoneinfo import available_timezones

from shinrai.units.wording import SaidInBoth

LANGUAGES = ("en", "ja")
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
EMAIL = re.compile(r"[^@\s\x00]+@[^@\s\x00]+\.[^@\s\x00]+")
LINK_LIFE_S = 24 * 3600
ASSUMED_ZONE = "UTC"  # of a workspace whose time zone nobody said


class Role(StrEnum):
    """What a member is to a workspace; one member may be several things."""

    CS_AGENT = "cs_agent"
    CRE_ENGINEER = "cre_engineer"
    PRODUCT_ENGINEER = "product_engineer"
    MANAGER = "manager"
    OWNER = "owner"


class Deed(StrEnum):
    """What somebody may want to do in a workspace."""

    READ = "read"
    FILE_INVESTIGATION = "file_investigation"
    WORK_ON_INVESTIGATION = "work_on_investigation"
    ANSWER_INQUIRY = "answer_inquiry"
    LABEL = "label"  # say what an inquiry is about
    SORT = "sort"  # keep the codebook of topics
    REVIEW = "review"  # judge sampled answers
    IMPORT = "import"
    PROMISE = "promise"  # calendars and objectives
    AUDIT = "audit"
    MANAGE_MEMBERS = "manage_members"
    ERASE = "erase"  # a customer's words, for good


_LEADS = frozenset({Role.MANAGER, Role.OWNER})
_ENGINEERS = frozenset({Role.CRE_ENGINEER, Role.PRODUCT_ENGINEER})
_EVERYBODY = frozenset(Role)

PERMITTED: dict[Deed, frozenset[Role]] = {
    Deed.READ: _EVERYBODY,
    Deed.FILE_INVESTIGATION: _EVERYBODY,
    Deed.WORK_ON_INVESTIGATION: _ENGINEERS | _LEADS,
    Deed.ANSWER_INQUIRY: frozenset({Role.CS_AGENT, Role.CRE_ENGINEER}) | _LEADS,
    Deed.LABEL: _EVERYBODY,
    Deed.SORT: frozenset({Role.CRE_ENGINEER}) | _LEADS,
    Deed.REVIEW: frozenset({Role.CS_AGENT, Role.CRE_ENGINEER}) | _LEADS,
    Deed.IMPORT: frozenset({Role.CRE_ENGINEER}) | _LEADS,
    Deed.PROMISE: frozenset({Role.CRE_ENGINEER}) | _LEADS,
    Deed.AUDIT: _LEADS,
    Deed.MANAGE_MEMBERS: frozenset({Role.OWNER}),
    Deed.ERASE: frozenset({Role.OWNER}),
}


class BadWorkspace(SaidInBoth, ValueError):
    """A workspace cannot be opened as it was described."""


class UnknownRole(SaidInBoth, ValueError):
    """A word is no role."""


class BadEmail(SaidInBoth, ValueError):
    """A text is no mail address."""


def is_permitted(roles: Iterable[Role], deed: Deed) -> bool:
    """Say whether any of these roles may do this deed."""
    return not PERMITTED[deed].isdisjoint(roles)


def read_role(word: str) -> Role:
    """Read a role as people type it.

    Raises: UnknownRole, listing the roles there are.
    """
    try:
        return Role(word.strip().lower().replace("-", "_"))
    except ValueError as error:
        known = ", ".join(role.value for role in Role)
        raise UnknownRole(
            f"{word!r} is no role; the roles are {known}",
            f"「{word}」という役割はありません。使える役割: {known}",
        ) from error


def read_email(text: str) -> str:
    """Read a mail address, in the one form by which we know it.

    Raises: BadEmail.
    """
    email = text.strip().lower()
    if not EMAIL.fullmatch(email) or len(email) > 254:
        raise BadEmail(
            f"{text!r} is no mail address; give one such as yui@example.jp",
            f"「{text}」はメールアドレスではありません。yui@example.jp のように指定してください",
        )
    return email


def is_zone_assumed(zone: str, by: str) -> bool:
    """Say whether a workspace counts its dates by UTC only because nobody said otherwise."""
    return zone == ASSUMED_ZONE and not by


def check_zone(zone: str) -> None:
    """Refuse a time zone that IANA does not list.

    Raises: BadWorkspace, saying what is accepted.
    """
    if zone not in available_timezones():
        raise BadWorkspace(
            f"{zone!r} is no IANA zone; give one such as Asia/Tokyo",
            f"「{zone}」は IANA のタイムゾーンではありません。Asia/Tokyo のように指定してください",
        )


def check_workspace(*, slug: str, name: str, zone: str, language: str) -> None:
    """Refuse a workspace whose address, name, zone or language cannot be.

    Raises: BadWorkspace, saying what is accepted.
    """
    if not SLUG.fullmatch(slug):
        raise BadWorkspace(
            f"{slug!r} cannot be a workspace's address; use a-z, 0-9 and hyphens, at most 63",
            f"「{slug}」はワークスペースのアドレスにできません。a-z、0-9、ハイフンの "
            "63 文字以内にしてください",
        )
    if not name.strip() or len(name) > 200 or "\x00" in name:
        raise BadWorkspace(
            "a workspace needs a name of 1 to 200 characters",
            "ワークスペースの名前は 1〜200 文字で指定してください",
        )
    check_zone(zone)
    if language not in LANGUAGES:
        raise BadWorkspace(
            f"{language!r} is no language of ours; give {' or '.join(LANGUAGES)}",
            f"「{language}」という言語には対応していません。"
            f"{' か '.join(LANGUAGES)} を指定してください",
        )
