"""Documents of the plenaries and their signatures."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0005_objections")]
    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=20)),
                ("tier", models.SmallIntegerField()),
                ("version", models.SmallIntegerField()),
                ("figures_sha256", models.CharField(max_length=64)),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("pages", models.SmallIntegerField()),
                ("boxes", models.JSONField()),
                ("at", models.DateTimeField()),
                (
                    "contest",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="records.contest",
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="documents", to="records.region"
                    ),
                ),
                (
                    "session",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="documents",
                        to="records.sessioncursor",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DocumentCursor",
            fields=[
                (
                    "document",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="cursor",
                        serialize=False,
                        to="records.document",
                    ),
                ),
                ("sha256", models.CharField(max_length=64)),
                ("signatures", models.SmallIntegerField(default=0)),
                ("signed", models.JSONField(default=list)),
                ("complete", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="DocumentScan",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("size", models.IntegerField()),
                ("media_type", models.CharField(max_length=40)),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="scans", to="records.document"
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
            name="DocumentRefusal",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("field", models.CharField(max_length=20)),
                ("capacity", models.CharField(max_length=12)),
                ("pair", models.SmallIntegerField(null=True)),
                ("reason", models.CharField(max_length=500)),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="refusals", to="records.document"
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
                "constraints": [models.UniqueConstraint(fields=("document", "field"), name="a_box_is_refused_once")],
            },
        ),
        migrations.CreateModel(
            name="DocumentSignature",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("field", models.CharField(max_length=20)),
                ("person", models.UUIDField(null=True)),
                ("capacity", models.CharField(max_length=12)),
                ("pair", models.SmallIntegerField(null=True)),
                ("sequence", models.SmallIntegerField()),
                ("sha256", models.CharField(db_index=True, max_length=64)),
                ("certificate_sha256", models.CharField(max_length=64)),
                ("method", models.CharField(max_length=5)),
                (
                    "document",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="signatures", to="records.document"
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
                "constraints": [
                    models.UniqueConstraint(fields=("document", "sequence"), name="one_signature_per_place"),
                    models.UniqueConstraint(fields=("document", "field", "method"), name="a_box_is_signed_once"),
                ],
            },
        ),
    ]
