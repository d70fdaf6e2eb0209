"""A GitHub on loopback: issues by their last change, timelines, both by links in headers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.importers.fakes.server import Ask, FakeServer, Reply

REPOSITORY = "/repos/michinote/app"


@dataclass
class FakeGitHub:
    """What the repository holds: issues as a pull keeps them."""

    issues: list[dict[str, Any]] = field(default_factory=list)
    per_page: int = 2

    def server(self) -> FakeServer:
        """Make the server; it answers with what the repository holds when it is asked."""
        self.made = FakeServer(
            {f"{REPOSITORY}/issues": self._changed, f"{REPOSITORY}/issues/": self._timeline}
        )
        return self.made

    @property
    def url(self) -> str:
        """Say where the repository is."""
        return f"{self.made.url}{REPOSITORY}"

    def _changed(self, ask: Ask) -> Reply:
        assert (ask.one("state"), ask.one("sort"), ask.one("direction")) == (
            "all", "updated", "asc",
        )  # fmt: skip
        own = sorted((kept["issue"] for kept in self.issues), key=lambda one: one["updated_at"])
        return self._paged(ask, [one for one in own if one["updated_at"] >= ask.one("since")])

    def _timeline(self, ask: Ask) -> Reply:
        number = int(ask.path.split("/")[5])
        kept = next((one for one in self.issues if one["issue"]["number"] == number), None)
        if kept is None:
            return Reply(410, {"message": "This issue was deleted"})
        return self._paged(ask, kept["timeline"])

    def _paged(self, ask: Ask, rows: Sequence[Any]) -> Reply:
        page = int(ask.one("page", "1"))
        end = page * self.per_page
        kept = {name: values[0] for name, values in ask.query.items() if name != "page"}
        query = "&".join(f"{name}={value}" for name, value in kept.items())
        link = f'<{self.made.url}{ask.path}?{query}&page={page + 1}>; rel="next", <x>; rel="last"'
        headers = {"Link": link} if end < len(rows) else {}
        return Reply(value=rows[end - self.per_page : end], headers=headers)
