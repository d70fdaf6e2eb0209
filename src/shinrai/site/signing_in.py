"""How allauth is told our rules: nobody signs up alone; a member invites."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitedOnly(DefaultAccountAdapter):  # type: ignore[misc]
    """Close the sign-up; `shinrai accounts add` opens accounts."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
