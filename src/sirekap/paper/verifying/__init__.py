"""Whether a document file is what its signers signed: `verify` for any file, `examine` for our own."""

from sirekap.paper.verifying.examining import Recorded, examine, with_record
from sirekap.paper.verifying.messages import Reason
from sirekap.paper.verifying.sandbox import Verifier, verify
from sirekap.paper.verifying.trust import Trust, certificate_problems, load_trust, parse_trust
from sirekap.paper.verifying.verdict import INVALID, UNSIGNED, VALID, Signature, Verdict

__all__ = [
    "INVALID",
    "UNSIGNED",
    "VALID",
    "Reason",
    "Recorded",
    "Signature",
    "Trust",
    "Verdict",
    "Verifier",
    "certificate_problems",
    "examine",
    "load_trust",
    "parse_trust",
    "verify",
    "with_record",
]
