"""Objections, sheet versions, orders for new generations, the court."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0004_sessions")]
    operations: list[migrations.operations.base.Operation] = []
