"""The room of support quality, as Django sees it."""

from django.apps import AppConfig


class QualityConfig(AppConfig):
    """Owns what published facts rest on."""

    name = "shinrai.quality"
    label = "quality"
