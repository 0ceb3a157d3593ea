"""Documents of the plenaries and their signatures."""

from __future__ import annotations

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("records", "0005_objections")]
    operations: list[migrations.operations.base.Operation] = []
