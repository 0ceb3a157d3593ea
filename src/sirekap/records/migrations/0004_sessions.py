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
        migrations.RemoveConstraint(model_name="regiontaken", name="region_taken_once"),
        migrations.AlterField(model_name="sessioncursor", name="opened_at", field=models.DateTimeField(null=True)),
        migrations.CreateModel(
            name="ItemReopened",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("generation", models.SmallIntegerField()),
                ("at", models.DateTimeField()),
                ("tier", models.SmallIntegerField()),
                ("reason", models.CharField(max_length=500)),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.entry",
                    ),
                ),
                (
                    "row",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.stationcontest",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reopenings",
                        to="records.sessioncursor",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Attendance",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("capacity", models.CharField(max_length=12)),
                ("person_id", models.UUIDField(null=True)),
                ("commitment", models.CharField(max_length=64)),
                ("mandate", models.CharField(max_length=60)),
                ("present", models.BooleanField()),
                ("at", models.DateTimeField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.entry",
                    ),
                ),
                (
                    "pair",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.pair",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="attendances",
                        to="records.sessioncursor",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PanelChange",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("number", models.SmallIntegerField()),
                ("event", models.CharField(max_length=6)),
                ("villages", models.JSONField()),
                ("lead", models.UUIDField()),
                ("at", models.DateTimeField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.entry",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="panel_changes",
                        to="records.sessioncursor",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
    ]
