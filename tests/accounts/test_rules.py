"""Roles and what they permit."""

import pytest

from shinrai.accounts.rules.invitation import BadEmail, read_email
from shinrai.accounts.rules.permission import Permission, is_permitted
from shinrai.accounts.rules.role import Role, UnknownRole, read_role
from shinrai.accounts.rules.workspace import BadWorkspace, check_workspace

pytestmark = pytest.mark.pure


class TestPermission:
    def test_every_deed_is_permitted_to_an_owner(self) -> None:
        assert all(is_permitted([Role.OWNER], deed) for deed in Permission)

    def test_no_role_permits_nothing(self) -> None:
        assert not any(is_permitted([], deed) for deed in Permission)

    def test_an_agent_files_and_answers_but_neither_imports_nor_audits(self) -> None:
        permitted = {deed for deed in Permission if is_permitted([Role.CS_AGENT], deed)}

        inquiries = {Permission.READ, Permission.FILE_INVESTIGATION, Permission.ANSWER_INQUIRY}
        assert permitted == inquiries | {Permission.LABEL, Permission.REVIEW, Permission.REVEAL}

    def test_only_owners_manage_members(self) -> None:
        others = set(Role) - {Role.OWNER}

        assert not is_permitted(others, Permission.MANAGE_MEMBERS)


class TestReading:
    def test_a_role_is_read_as_people_type_it(self) -> None:
        assert read_role(" CRE-Engineer ") is Role.CRE_ENGINEER

    def test_an_unknown_role_lists_those_there_are(self) -> None:
        with pytest.raises(UnknownRole, match="cs_agent, cre_engineer"):
            read_role("boss")

    def test_a_mail_address_has_one_form(self) -> None:
        assert read_email(" Yui@Example.JP ") == "yui@example.jp"

    @pytest.mark.parametrize("text", ["", "yui", "yui@", "@example.jp", "a b@example.jp", "a@b"])
    def test_what_is_no_mail_address_is_refused(self, text: str) -> None:
        with pytest.raises(BadEmail, match="no mail address"):
            read_email(text)


GOOD = {"slug": "tanuki-2", "name": "たぬき塾", "zone": "Asia/Tokyo", "language": "ja"}


class TestWorkspace:
    def test_a_good_one_passes(self) -> None:
        assert check_workspace(**GOOD) is None  # type: ignore[func-returns-value]

    @pytest.mark.parametrize(
        ("part", "value", "said"),
        [
            ("slug", "Tanuki", "a-z"),
            ("slug", "-tanuki", "hyphens"),
            ("slug", "t" * 64, "at most 63"),
            ("slug", "塾", "a-z"),
            ("name", "  ", "needs a name"),
            ("zone", "Asia/Osaka", "no IANA zone"),
            ("language", "fr", "en or ja"),
        ],
    )
    def test_a_bad_one_is_told_why(self, part: str, value: str, said: str) -> None:
        with pytest.raises(BadWorkspace, match=said):
            check_workspace(**{**GOOD, part: value})
