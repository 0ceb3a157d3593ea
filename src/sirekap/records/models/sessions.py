"""The conduct of a session: what was undone, who was present, how it is split into panels."""

from __future__ import annotations

from django.db import models

from sirekap.records.models.base import OfEntry
from sirekap.records.models.count import OfStation
from sirekap.records.models.plenary import SessionCursor


class ItemReopened(OfStation):
    """A session took back what it had decided on a station: the station must be read again."""

    session = models.ForeignKey(SessionCursor, on_delete=models.PROTECT, related_name="reopenings")
    tier = models.SmallIntegerField()
    reason = models.CharField(max_length=500)


class Attendance(OfEntry):
    """Somebody came to a session or left it; the latest record of a person counts.

    ``pair``: id of the candidate pair a witness is mandated by. ``commitment``: salted hash of the person's name,
    which itself is erasable. ``mandate``: number of the mandate letter.
    """

    id = models.UUIDField(primary_key=True)
    session = models.ForeignKey(SessionCursor, on_delete=models.PROTECT, related_name="attendances")
    capacity = models.CharField(max_length=12)
    pair = models.ForeignKey("records.Pair", on_delete=models.PROTECT, null=True, related_name="+")
    person_id = models.UUIDField(null=True)
    commitment = models.CharField(max_length=64)
    mandate = models.CharField(max_length=60)
    present = models.BooleanField()
    at = models.DateTimeField()


class PanelChange(OfEntry):
    """A panel of a district session opened for some villages, or closed. ``lead``: the member who presides there."""

    OPENED, CLOSED = "opened", "closed"

    id = models.UUIDField(primary_key=True)
    session = models.ForeignKey(SessionCursor, on_delete=models.PROTECT, related_name="panel_changes")
    number = models.SmallIntegerField()
    event = models.CharField(max_length=6)
    villages = models.JSONField()
    lead = models.UUIDField()
    at = models.DateTimeField()
