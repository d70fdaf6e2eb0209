"""Which commands there are: each is imported only when it is used."""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import click

PACKAGE = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class CommandEntry:
    """One command or group: its module, its help text, and whether it needs a database."""

    name: str
    module: str
    attribute: str
    help: str
    needs_database: bool = True
    needs_tables: bool = True
    opens_database: bool = True  # or the command does it itself

    @property
    def is_there(self) -> bool:
        """Return whether the command's module exists; checks files and imports nothing."""
        return (PACKAGE.parent / Path(*self.module.split("."))).with_suffix(".py").exists()

    def load(self) -> click.Command:
        """Import and return the command or group."""
        command: click.Command = getattr(import_module(self.module), self.attribute)
        return command


ENTRIES = (
    CommandEntry(
        "calendars",
        "shinrai.calendars.commands.calendars",
        "group",
        "Business time: elapsed, due, show and check a calendar.",
        needs_database=False,
    ),
    CommandEntry(
        "import",
        "shinrai.importers.commands",
        "import_",
        "Bring in a sheet or a log; undo it again.",
    ),
    CommandEntry(
        "objectives",
        "shinrai.objectives.commands",
        "group",
        "Promises: add, list, status, check, explain.",
    ),
    CommandEntry(
        "quality",
        "shinrai.quality.commands.summary",
        "group",
        "Support quality: every figure, its definition, and what is not known.",
    ),
    CommandEntry(
        "topics",
        "shinrai.desk.commands.topics",
        "group",
        "What inquiries are about: the codebook, labels, agreement.",
    ),
    CommandEntry(
        "cases",
        "shinrai.desk.commands.cases",
        "group",
        "Cases: what can be done with one, and doing it.",
    ),
    CommandEntry(
        "search",
        "shinrai.desk.commands.search",
        "search",
        "Find cases by words, a key or a customer's identifier.",
    ),
    CommandEntry(
        "inquiries",
        "shinrai.desk.commands.inquiries",
        "group",
        "Inquiries: receiving one, what its steps say, and correcting what is wrong.",
    ),
    CommandEntry(
        "investigations",
        "shinrai.desk.commands.investigations",
        "group",
        "Investigations: the kinds that can be filed, and filing one.",
    ),
    CommandEntry(
        "defects",
        "shinrai.desk.commands.defects",
        "group",
        "Defects: the cases each is behind, the release that fixes it, and who was told.",
    ),
    CommandEntry(
        "desk",
        "shinrai.desk.commands.notices",
        "group",
        "The desk: notices that were sent, or could not be.",
    ),
    CommandEntry(
        "intake",
        "shinrai.intake.commands",
        "group",
        "Mailboxes, Slack, other desks and forms: what is connected, and what came.",
    ),
    CommandEntry(
        "workload",
        "shinrai.workload.commands",
        "group",
        "What weighs: minutes per kind of job, tier and topic.",
    ),
    CommandEntry(
        "knowledge",
        "shinrai.desk.commands.knowledge",
        "group",
        "Answers worth repeating: write, publish, search, and what may be wrong by now.",
    ),
    CommandEntry(
        "trends",
        "shinrai.trends.commands",
        "group",
        "What rose, who says nothing of it, and what most customers ask about.",
    ),
    CommandEntry(
        "explore",
        "shinrai.explore.commands.group",
        "group",
        "Ask the published tables in SQL, and pin what is looked at often.",
    ),
    CommandEntry(
        "usage",
        "shinrai.usage.commands.measures",
        "group",
        "What people do: who comes back, who has a habit, and who stays.",
    ),
    CommandEntry(
        "customers",
        "shinrai.customers.commands",
        "group",
        "Customers: link learners with the guardians who pay for them.",
    ),
    CommandEntry(
        "missions",
        "shinrai.missions.commands.learners",
        "group",
        "Learners' goals: today, the week and pins.",
    ),
    CommandEntry(
        "family",
        "shinrai.family.commands",
        "group",
        "Guardians: link them with learners by a code, and let them in.",
    ),
    CommandEntry(
        "initiatives",
        "shinrai.initiatives.commands",
        "group",
        "Initiatives: declared with a KPI before they start, and what became of them.",
    ),
    CommandEntry(
        "revenue",
        "shinrai.revenue.commands",
        "group",
        "Contracts and payments: import them, and see what comes in and who ended.",
    ),
    CommandEntry(
        "satisfaction",
        "shinrai.satisfaction.commands.interviews",
        "group",
        "What persons say when asked: import answers, see scores, and how they change.",
    ),
    CommandEntry(
        "report",
        "shinrai.reports.commands.report",
        "report",
        "Write one page about a span of time: HTML, Markdown, JSON.",
    ),
    CommandEntry(
        "reports",
        "shinrai.reports.commands.sprint",
        "group",
        "The digest of a sprint: draft, show, decide, close, take along.",
    ),
    CommandEntry(
        "mcp",
        "shinrai.assistants.commands",
        "mcp",
        "Answer an assistant over standard input and output; to read only.",
    ),
    CommandEntry(
        "accounts",
        "shinrai.accounts.commands.members",
        "group",
        "Who may sign in: add, list, link, leave.",
    ),
    CommandEntry(
        "audit",
        "shinrai.desk.commands.audit",
        "group",
        "The audit: who saw and did what; whether somebody tampered with it.",
    ),
    CommandEntry(
        "privacy",
        "shinrai.erasure.commands",
        "group",
        "Erase a customer's words, for good; say for how long words are kept.",
    ),
    CommandEntry(
        "workspaces",
        "shinrai.accounts.commands.members",
        "workspaces",
        "Workspaces: list them, set the time zone their days are counted in.",
    ),
    CommandEntry(
        "serve",
        "shinrai.site.commands",
        "serve",
        "Serve the console on http://localhost:8000.",
    ),
    CommandEntry(
        "worker",
        "shinrai.site.worker_process",
        "worker",
        "Do what waits in the queue: uploads, and the timetable.",
    ),
    CommandEntry(
        "try",
        "shinrai.site.try_sheet",
        "try_",
        "Open one sheet at once: its cases, and when each was due.",
        needs_database=False,
    ),
    CommandEntry(
        "demo",
        "shinrai.site.demo",
        "demo",
        "Open the simulated workspace and serve it.",
    ),
    CommandEntry(
        "migrate",
        "shinrai.site.commands",
        "migrate",
        "Bring the tables up to date and set the application's rights.",
        needs_tables=False,
    ),
    CommandEntry(
        "backup",
        "shinrai.site.backup_commands",
        "backup",
        "Write a backup of everything that cannot be made anew to one file.",
    ),
    CommandEntry(
        "restore",
        "shinrai.site.backup_commands",
        "restore",
        "Restore a backup into a new, empty home.",
        opens_database=False,
    ),
    CommandEntry(
        "docs",
        "shinrai.site.docs",
        "docs",
        "Write the generated pages of docs/, or check that they are fresh.",
        needs_database=False,
    ),
)
