"""What the big screen in the hall shows: a working row, no fact; it says nothing that an entry does not say."""

from __future__ import annotations

from django.db import models

from sirekap.records.models.count import StationContest
from sirekap.records.models.plenary import SessionCursor


class HallScreen(models.Model):
    """The station that is being read in one panel of one session (panel 0: the session is not split)."""

    id = models.BigAutoField(primary_key=True)
    session = models.ForeignKey(SessionCursor, on_delete=models.CASCADE, related_name="screens")
    panel = models.SmallIntegerField(default=0)
    row = models.ForeignKey(StationContest, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "panel"], name="one_hall_screen_per_panel")]
