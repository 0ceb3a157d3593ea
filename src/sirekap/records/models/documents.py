"""Documents of the plenaries: issued, signed by key or in ink, refused, scanned."""

from __future__ import annotations

from django.db import models

from sirekap.records.models.base import OfEntry
from sirekap.records.models.plenary import SessionCursor


class Document(OfEntry):
    """One issued document. ``sha256``: of the unsigned file. ``figures_sha256``: the hash printed on its pages.

    ``boxes``: its signature boxes, [field, capacity, pair, person] each. ``version``: of the sheet, 1 for other kinds.
    """

    id = models.UUIDField(primary_key=True)
    kind = models.CharField(max_length=20)
    tier = models.SmallIntegerField()
    region = models.ForeignKey("records.Region", on_delete=models.PROTECT, related_name="documents")
    contest = models.ForeignKey("records.Contest", on_delete=models.PROTECT, null=True, related_name="documents")
    session = models.ForeignKey(SessionCursor, on_delete=models.PROTECT, null=True, related_name="documents")
    version = models.SmallIntegerField()
    figures_sha256 = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64, db_index=True)
    pages = models.SmallIntegerField()
    boxes = models.JSONField()
    at = models.DateTimeField()


class OfDocument(OfEntry):
    """A fact about one document."""

    id = models.UUIDField(primary_key=True)
    at = models.DateTimeField()

    class Meta:
        abstract = True


class DocumentSignature(OfDocument):
    """A box was signed: by key (``pades``: ``sha256`` is the file's after it) or in ink (``wet``: the scan's)."""

    PADES, WET = "pades", "wet"

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="signatures")
    field = models.CharField(max_length=20)
    person = models.UUIDField(null=True)
    capacity = models.CharField(max_length=12)
    pair = models.SmallIntegerField(null=True)
    sequence = models.SmallIntegerField()
    sha256 = models.CharField(max_length=64, db_index=True)
    certificate_sha256 = models.CharField(max_length=64)
    method = models.CharField(max_length=5)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["document", "sequence"], name="one_signature_per_place"),
            models.UniqueConstraint(fields=["document", "field", "method"], name="a_box_is_signed_once"),
        ]


class DocumentRefusal(OfDocument):
    """Somebody would not sign, and why. The document stands all the same."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="refusals")
    field = models.CharField(max_length=20)
    capacity = models.CharField(max_length=12)
    pair = models.SmallIntegerField(null=True)
    reason = models.CharField(max_length=500)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "field"], name="a_box_is_refused_once")]


class DocumentScan(OfDocument):
    """The scan of a document signed in ink, in the evidence store."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="scans")
    sha256 = models.CharField(max_length=64, db_index=True)
    size = models.IntegerField()
    media_type = models.CharField(max_length=40)


class DocumentCursor(models.Model):
    """Cursor: the file as it stands (``sha256``), who signed (``signed``: fields), whether that is enough."""

    document = models.OneToOneField(Document, on_delete=models.PROTECT, primary_key=True, related_name="cursor")
    sha256 = models.CharField(max_length=64)
    signatures = models.SmallIntegerField(default=0)
    signed = models.JSONField(default=list)
    complete = models.BooleanField(default=False)
