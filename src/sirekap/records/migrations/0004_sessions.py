"""Plenary sessions: convening, attendance, panels, acts on many stations."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0003_public_log")]
    operations = [
        migrations.CreateModel(
            name="HallScreen",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("panel", models.SmallIntegerField(default=0)),
                ("at", models.DateTimeField()),
                (
                    "row",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="records.stationcontest"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="screens",
                        to="records.sessioncursor",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("session", "panel"), name="one_hall_screen_per_panel"),
                ],
            },
        ),
    ]
