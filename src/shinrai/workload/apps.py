"""The Django application of work."""

from django.apps import AppConfig


class WorkloadConfig(AppConfig):
    """The app of the models that measure how long case pages are open and used."""

    name = "shinrai.workload"
    label = "workload"
