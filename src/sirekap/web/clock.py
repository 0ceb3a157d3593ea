"""The one clock of the screens."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from sirekap.records.models import Entry


def now() -> datetime:
    """Aware UTC time of an act; never earlier than the newest entry, so that time does not run backwards."""
    latest = Entry.objects.order_by("seq").values_list("at", flat=True).last()
    real = timezone.now()
    return max(real, latest) if latest else real
