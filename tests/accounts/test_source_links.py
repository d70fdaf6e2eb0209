"""A case opens in the system it came from, by a pattern that the workspace sets."""

import pytest

from shinrai.accounts.models import AuditEntry
from shinrai.accounts.queries import workspace_named
from shinrai.accounts.rules.source_link import BadSourceLink, check_pattern, source_address
from tests.cast import Cast
from tests.desk.stage import open_desk
from tests.desk.test_pages import shown

ZENDESK = "https://acme.zendesk.com/agent/tickets/{key}"
PAGE = "/w/tanuki/settings/sources/"


class TestPattern:
    @pytest.mark.parametrize(
        "pattern",
        [
            ZENDESK,
            "https://desk.example:8443/t?id={number}",
            "https://jira.example.co.jp/browse/{key}#latest",
        ],
    )
    def test_an_https_address_with_one_place_for_the_key_is_taken(self, pattern: str) -> None:
        check_pattern(pattern)

    @pytest.mark.parametrize(
        "pattern",
        [
            "http://acme.zendesk.com/{key}",
            "javascript:alert({key})",
            "https://{key}.zendesk.com/",
            "https://acme.zendesk.com",
            "https://acme.zendesk.com/",
            "https://acme.zendesk.com/{key}/{key}",
            "https://acme.zendesk.com/{key}/{number}",
            "https://acme.zendesk.com/{key}/{other}",
            "https://me:word@acme.example/{key}",
            'https://acme.zendesk.com/{key}" onclick="x',
            "https://acme.zendesk.com/ {key}",
            "https:///{key}",
            "https://acme.example/" + "x" * 500 + "{key}",
        ],
    )
    def test_anything_else_is_refused(self, pattern: str) -> None:
        with pytest.raises(BadSourceLink):
            check_pattern(pattern)

    @pytest.mark.parametrize(
        ("pattern", "key", "address"),
        [
            (ZENDESK, "ZD-51302", "https://acme.zendesk.com/agent/tickets/ZD-51302"),
            ("https://a.example/{number}", "ZD-51302", "https://a.example/51302"),
            ("https://a.example/{number}", "調査", ""),
            ("https://a.example/?k={key}", 'a&b"/ä', "https://a.example/?k=a%26b%22%2F%C3%A4"),
        ],
    )
    def test_a_key_cannot_leave_its_place(self, pattern: str, key: str, address: str) -> None:
        assert source_address(pattern, key) == address


@pytest.mark.django_db
class TestPage:
    def test_a_manager_sets_it_and_the_case_opens_there(self, cast: Cast) -> None:
        open_desk(cast.workspace)
        answer = cast.owner.client().post(PAGE, {"link:inquiry_reference": ZENDESK})

        assert (answer.status_code, answer["Location"]) == (302, "/w/tanuki/settings/")
        assert (
            workspace_named("tanuki").source_address("inquiry_reference", "ZD-1").endswith("/ZD-1")
        )
        entry = AuditEntry.objects.get(what="set source links")
        assert ZENDESK in entry.reason

    def test_a_wrong_one_stays_in_its_field(self, cast: Cast) -> None:
        answer = cast.owner.client().post(PAGE, {"link:inquiry_reference": "http://x/{key}"})
        page = answer.content.decode()

        assert answer.status_code == 422
        assert 'value="http://x/{key}"' in page
        assert "begins with https://" in page
        assert workspace_named("tanuki").source_links == ()

    def test_an_agent_may_not_set_it_and_sees_it(self, cast: Cast) -> None:
        cast.owner.client().post(PAGE, {"link:inquiry_reference": ZENDESK})

        assert cast.agent.client().get(PAGE).status_code == 403
        assert ZENDESK in shown(cast.agent.client(), "/w/tanuki/settings/")
