"""The package of work, as Django sees it."""

from django.apps import AppConfig


class WorkloadConfig(AppConfig):
    """Owns the beats of open pages, until their person confirms or they are forgotten."""

    name = "shinrai.workload"
    label = "workload"
