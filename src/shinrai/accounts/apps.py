"""The Django app of accounts."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "shinrai.accounts"
    label = "accounts"
    verbose_name = "Accounts"
