"""The content-addressed store of photographs and documents: a folder or S3.

Write-once, put-if-absent, addressed by SHA-256. Must not know what is in them.
"""

from sirekap.evidence.errors import (
    EvidenceAddressError,
    EvidenceCorrupt,
    EvidenceError,
    EvidenceMissing,
    EvidenceUnavailable,
)
from sirekap.evidence.sanity import Problem, check_all
from sirekap.evidence.store import EvidenceStore, Stored, digest, open_store

__all__ = [
    "EvidenceAddressError",
    "EvidenceCorrupt",
    "EvidenceError",
    "EvidenceMissing",
    "EvidenceStore",
    "EvidenceUnavailable",
    "Problem",
    "Stored",
    "check_all",
    "digest",
    "open_store",
]
