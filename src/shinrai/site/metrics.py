"""What monitoring scrapes: objectives, queues, worker and published tables of a key's workspace.

Numbers alone, named by slugs: no word of a customer and no name of a person.
"""

from collections.abc import Iterator
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from shinrai.accounts.endpoints import KeyRequest, key_by
from shinrai.accounts.pages.guards import open_to_all
from shinrai.accounts.queries import may
from shinrai.accounts.rules.permission import Permission
from shinrai.api.frame import NO_KEY
from shinrai.api.open_metrics import MEDIA_TYPE, Gauge, Sample, open_metrics
from shinrai.api.problems import Problem, problem_answer
from shinrai.api.rate_limit import rate_headers
from shinrai.delivery.outbox import message_counts
from shinrai.desk.queries.places import queue_place
from shinrai.desk.queries.queue import RECORDS, QueueRequest, queue_of
from shinrai.objectives.queries.standings import all_reports
from shinrai.postgres.queue import queue_state
from shinrai.units.unknown import Unknown
from shinrai.warehouse.day_counts import tables_read
from shinrai.warehouse.store import Warehouse

BEARER: Final = "Bearer "


@require_safe
@open_to_all
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer a scraper that sends a key of the HTTP API of any scope."""
    sent = request.headers.get("Authorization", "")
    try:
        key = key_by(request, sent.removeprefix(BEARER)) if sent.startswith(BEARER) else None
        if key is None:
            raise Problem(401, NO_KEY, headers={"WWW-Authenticate": "Bearer"})
        if not may(key.member, Permission.READ):
            raise Problem(403)
    except Problem as problem:
        return problem_answer(request, problem)
    gauges = [*_objectives(request), *_cases(request), *_work(request)]  # type: ignore[arg-type]
    headers = rate_headers(request)
    return HttpResponse(open_metrics(gauges), content_type=MEDIA_TYPE, headers=headers)


def _objectives(request: KeyRequest) -> Iterator[Gauge]:
    there = request.workspace
    reports = all_reports(
        workspace_id=there.id, at=request.at, warehouse=Warehouse(settings.SHINRAI_WAREHOUSE)
    )
    stands = sorted((one.standing for one in reports), key=lambda one: one.objective.name)
    for name, help_, values in (
        ("target_ratio", "Share to be kept.", [one.objective.target for one in stands]),
        (
            "attained_ratio",
            "Share kept of what fell due in the window; absent while nothing did.",
            [one.attained.share.fraction for one in stands],
        ),
        (
            "misses_left",
            "Allowed misses left in the window, of those expected due; negative if overspent.",
            [one.budget.left for one in stands],
        ),
        (
            "window_start_timestamp_seconds",
            "When the window began.",
            [one.span.start.timestamp() for one in stands],
        ),
        (
            "window_end_timestamp_seconds",
            "When the window ends.",
            [one.span.end.timestamp() for one in stands],
        ),
    ):
        samples: list[Sample] = [
            ({"workspace": there.slug, "objective": one.objective.name}, value)
            for one, value in zip(stands, values, strict=True)
            if not isinstance(value, Unknown)
        ]
        unit = name.rpartition("_")[2]
        yield Gauge(
            f"shinrai_objective_{name}",
            help_,
            samples,
            unit if unit in ("ratio", "seconds") else "",
        )


def _cases(request: KeyRequest) -> Iterator[Gauge]:
    there, samples = request.workspace, list[Sample]()
    for record in RECORDS:
        place = queue_place(there, request.member, at=request.at, record=record)
        found = queue_of(QueueRequest([place], request.at, record=record, most=0))
        labels = {"workspace": there.slug, "record": record}
        samples += [(labels | {"state": name}, count) for name, count in found.counts.items()]
    yield Gauge("shinrai_open_cases", "Open cases by how their promise stands.", samples)


def _work(request: KeyRequest) -> Iterator[Gauge]:
    there, queue = request.workspace, queue_state()
    beat: list[Sample] = [] if queue.heartbeat_s is None else [({}, queue.heartbeat_s)]
    yield Gauge(
        "shinrai_worker_heartbeat_age_seconds", "Since a worker last showed life.", beat, "seconds"
    )
    jobs = [({"state": state}, count) for state, count in queue.jobs.items()]
    yield Gauge("shinrai_jobs", "Jobs of this installation: due, running, failed.", jobs)
    messages = message_counts(workspace_id=there.id).items()
    slug = {"workspace": there.slug}
    samples: list[Sample] = [(slug | {"state": state}, count) for state, count in messages]
    yield Gauge("shinrai_outbox_messages", "Messages to be sent, and given up.", samples)
    read = tables_read(workspace_id=there.id)
    filled: list[Sample] = [(slug | {"table": one}, at.timestamp()) for one, at in read.items()]
    yield Gauge(
        "shinrai_published_table_read_timestamp_seconds",
        "Up to when the records are in a published table that figures are counted from.",
        filled,
        "seconds",
    )
