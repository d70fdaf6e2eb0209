"""A program that calls the HTTP API with a key of its own."""

from dataclasses import dataclass, field
from typing import Any

from django.http import HttpResponse
from django.test import Client

from shinrai.accounts.operations.api_keys import make_key
from shinrai.accounts.queries import KeyRecord, WorkspaceRecord
from shinrai.accounts.rules.role import Role
from shinrai.accounts.rules.scope import Scope
from tests.cast import BY, OPENED_AT


@dataclass(frozen=True)
class Caller:
    """A program with a key; it calls the addresses of its workspace."""

    secret: str
    record: KeyRecord
    workspace: str
    client: Client = field(default_factory=Client)

    def get(self, address: str, asked: dict[str, Any] | None = None, **more: Any) -> Any:
        return self._call("get", address, (asked or {}) | more)

    def post(self, address: str, *, idempotency_key: str = "", **body: Any) -> Any:
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        return self._call("post", address, body, headers)

    def put(self, address: str, **body: Any) -> Any:
        return self._call("put", address, body)

    def _call(
        self, method: str, address: str, given: Any, headers: dict[str, str] | None = None
    ) -> HttpResponse:
        sent = {"Authorization": f"Bearer {self.secret}", **(headers or {})}
        call = getattr(self.client, method)
        where = f"/api/v1/workspaces/{self.workspace}/{address}"
        if method == "get":
            return call(where, given, headers=sent)
        return call(where, given, headers=sent, content_type="application/json")


def key_of(workspace: WorkspaceRecord, role: Role, scope: Scope = Scope.READ) -> Caller:
    """Make a key of a workspace for a program."""
    made = make_key(
        workspace_id=workspace.id, role=role, scope=scope, label="bridge", at=OPENED_AT, by=BY
    )
    return Caller(made.secret, made.record, workspace.slug)
