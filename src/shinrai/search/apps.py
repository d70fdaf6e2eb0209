from django.apps import AppConfig


class SearchConfig(AppConfig):
    name = "shinrai.search"
    label = "search"
    default_auto_field = "django.db.models.BigAutoField"
