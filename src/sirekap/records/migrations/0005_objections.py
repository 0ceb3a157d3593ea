"""Objections, sheet versions, orders for new generations, the court."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0004_sessions")]
    operations = [
        migrations.CreateModel(
            name="ObjectionText",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("salt", models.BinaryField(max_length=32)),
                ("text", models.TextField()),
                ("demand", models.TextField()),
            ],
        ),
        migrations.AddField(
            model_name="elected",
            name="decision_number",
            field=models.CharField(default="", max_length=60),
        ),
        migrations.AddField(
            model_name="generation",
            name="order",
            field=models.JSONField(null=True),
        ),
        migrations.CreateModel(
            name="ContestReopened",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("basis", models.CharField(max_length=20)),
                ("reference", models.CharField(max_length=120)),
                ("at", models.DateTimeField()),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="reopenings", to="records.contest"
                    ),
                ),
                (
                    "determination",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="superseded",
                        to="records.determination",
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.entry"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="CourtRecord",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("event", models.CharField(max_length=20)),
                ("reference", models.CharField(max_length=120)),
                ("dated", models.DateField()),
                ("at", models.DateTimeField()),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="court", to="records.contest"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.entry"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=10)),
                ("subject", models.CharField(max_length=10)),
                ("tier", models.SmallIntegerField()),
                ("final_tier", models.SmallIntegerField()),
                ("region", models.CharField(db_index=True, max_length=13)),
                ("generation", models.SmallIntegerField(null=True)),
                ("fields", models.JSONField()),
                ("pair", models.SmallIntegerField(null=True)),
                ("capacity", models.CharField(max_length=10)),
                ("commitment", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                (
                    "contest",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.contest"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.entry"
                    ),
                ),
                (
                    "row",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="records.stationcontest",
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="records.sessioncursor",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ObjectionAnswer",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("tier", models.SmallIntegerField()),
                ("status", models.CharField(max_length=10)),
                ("answer", models.CharField(max_length=1000)),
                ("remedy", models.UUIDField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.entry"
                    ),
                ),
                (
                    "objection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="records.objection"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="records.sessioncursor"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ObjectionAttachment",
            fields=[
                ("id", models.CharField(max_length=101, primary_key=True, serialize=False)),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("size", models.IntegerField()),
                ("media_type", models.CharField(max_length=40)),
                (
                    "objection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="attachments", to="records.objection"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ObjectionPublished",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.entry"
                    ),
                ),
                (
                    "objection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="published", to="records.objection"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SheetVersion",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("tier", models.SmallIntegerField()),
                ("version", models.SmallIntegerField()),
                ("figures_sha256", models.CharField(max_length=64)),
                ("cause", models.CharField(max_length=10)),
                ("at", models.DateTimeField()),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sheets", to="records.contest"
                    ),
                ),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.entry"
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="sheets", to="records.region"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.sessioncursor"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("region", "contest", "version"), name="one_sheet_per_version")
                ],
            },
        ),
    ]
