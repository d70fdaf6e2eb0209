"""The one place that finds the work to be done beside requests: every room's `tasks`.

A room's `tasks.py` holds plain functions, and `tasks()`, which registers them anew for each worker.
Jobs are named room:deed; those with a cron expression (in UTC) are put into the queue by whichever
worker comes first.
"""

from importlib import import_module

from django.conf import settings
from procrastinate import Blueprint
from procrastinate.app import App
from procrastinate.connector import BaseConnector
from procrastinate.contrib.django import DjangoApp


def timetable(connector: BaseConnector) -> App:
    """Give the application a worker runs: every room's tasks, on this connection."""
    app = DjangoApp(connector=connector)
    for room in rooms_with_tasks():
        app.add_tasks_from(_tasks_of(room), namespace=room)
    return app


def rooms_with_tasks() -> tuple[str, ...]:
    """Name the rooms that have work for a worker, in the order of the corridor."""
    return tuple(
        room for room in settings.CORRIDOR if (settings.PACKAGE / room / "tasks.py").exists()
    )


def _tasks_of(room: str) -> Blueprint:
    found: Blueprint = import_module(f"shinrai.{room}.tasks").tasks()
    return found
