"""A page of a report as its reader gets it: asked for, prepared by the worker, asked for again."""

import json
from typing import Any

from django.db import connection
from django.http import HttpResponse
from django.test import Client

from shinrai.reports.pages.report import PREPARE
from shinrai.reports.tasks import prepare


def jobs() -> list[dict[str, Any]]:
    """List what the worker is asked to prepare."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args FROM procrastinate_jobs"
            " WHERE task_name = %s AND status = 'todo' ORDER BY id",
            [PREPARE],
        )
        return [json.loads(args) for (args,) in cursor.fetchall()]


def do_jobs() -> None:
    """Prepare what is asked for, as a worker does."""
    for asked in jobs():
        prepare(**asked)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = %s", [PREPARE])


def answered(client: Client, address: str, language: str = "en") -> HttpResponse:
    """Ask for a page; where it is being prepared, prepare it and ask again."""
    answer = client.get(address, headers={"accept-language": language})
    if answer.status_code != 202:
        return answer
    do_jobs()
    return client.get(address, headers={"accept-language": language})
