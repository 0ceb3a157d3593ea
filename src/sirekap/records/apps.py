"""Django application configuration."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


def _protect(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """Put the insert-only triggers back after every migration (SQLite drops them with a rebuilt table)."""
    from django.db import connections

    from sirekap.records import triggers

    triggers.create(connections[using], triggers.fact_models())


class RecordsConfig(AppConfig):
    """The evidence tables."""

    name = "sirekap.records"
    label = "records"
    verbose_name = "Catatan Sirekap"

    def ready(self) -> None:
        """Connect the trigger installer."""
        post_migrate.connect(_protect, sender=self)
