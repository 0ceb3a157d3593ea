"""Signing of documents: fields prepared once, then one small revision a signature (PAdES baseline, ETSI EN 319 142).

pyHanko makes the cryptographic container; the bytes around it are written by `revision` in one form only, so that a
verifier can write them again and compare. The format is described in ``docs/reference/signed-documents.md``.
"""

from sirekap.paper.signing.fields import SignatureField, field_name, fields_for, prepare
from sirekap.paper.signing.sealing import Sealer, SigningError, sign

__all__ = ["Sealer", "SignatureField", "SigningError", "field_name", "fields_for", "prepare", "sign"]
