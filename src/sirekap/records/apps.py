"""Django application configuration."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """The evidence tables."""

    name = "sirekap.records"
    label = "records"
    verbose_name = "Catatan Sirekap"
