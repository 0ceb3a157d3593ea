"""Plenary sessions: convening, attendance, panels, acts on many stations."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0003_public_log")]
    operations: list[migrations.operations.base.Operation] = []
