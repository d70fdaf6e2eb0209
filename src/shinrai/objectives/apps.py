from django.apps import AppConfig


class ObjectivesConfig(AppConfig):
    name = "shinrai.objectives"
    label = "objectives"
    default_auto_field = "django.db.models.BigAutoField"
