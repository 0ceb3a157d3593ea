"""Other nodes: offline plenaries and received regions."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0006_documents")]
    operations = [
        migrations.CreateModel(
            name="RegionLock",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("origin", models.CharField(max_length=200)),
                ("vkey", models.CharField(max_length=300)),
                ("base_size", models.BigIntegerField()),
                ("base_root", models.CharField(max_length=64)),
                ("frontier", models.JSONField()),
                ("at", models.DateTimeField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.entry"
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="locks", to="records.region"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RegionHold",
            fields=[
                ("region", models.CharField(max_length=13, primary_key=True, serialize=False)),
                ("pack", models.UUIDField()),
                ("here", models.BooleanField()),
            ],
        ),
        migrations.CreateModel(
            name="NodeOpening",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("region", models.CharField(max_length=13)),
                ("origin", models.CharField(max_length=200)),
                ("vkey", models.CharField(max_length=300)),
                ("base_size", models.BigIntegerField()),
                ("at", models.DateTimeField()),
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
            name="NodeMerge",
            fields=[
                (
                    "lock",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="merge",
                        serialize=False,
                        to="records.regionlock",
                    ),
                ),
                ("size", models.BigIntegerField()),
                ("root", models.CharField(max_length=64)),
                ("note", models.TextField()),
                ("entries", models.BigIntegerField()),
                ("at", models.DateTimeField()),
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
            name="NodeListing",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("start", models.BigIntegerField()),
                ("leaves", models.JSONField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="records.entry"
                    ),
                ),
                (
                    "lock",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="listings", to="records.regionlock"
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="RegionUnlock",
            fields=[
                (
                    "lock",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="unlock",
                        serialize=False,
                        to="records.regionlock",
                    ),
                ),
                ("merged", models.BooleanField()),
                ("reason", models.CharField(max_length=500)),
                ("at", models.DateTimeField()),
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
            name="ReceivedRegion",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("package_sha256", models.CharField(max_length=64, unique=True)),
                ("origin", models.CharField(max_length=200)),
                ("vkey", models.CharField(max_length=300)),
                ("checkpoint", models.TextField()),
                ("stations", models.IntegerField()),
                ("fields", models.JSONField()),
                ("figures", models.JSONField()),
                ("districts", models.JSONField()),
                ("simulated", models.BooleanField()),
                ("at", models.DateTimeField()),
                (
                    "contest",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="received", to="records.contest"
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="received", to="records.region"
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("region", "contest"), name="region_received_once")],
            },
        ),
    ]
