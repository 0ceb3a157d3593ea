"""Other nodes: offline plenaries and received regions."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0006_documents")]
    operations: list[migrations.operations.base.Operation] = []
