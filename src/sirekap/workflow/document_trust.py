"""Which certification authorities this node trusts for signatures on documents, and where officers' keys are."""

from __future__ import annotations

import uuid
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from sirekap.paper.signing import SigningError, enrolling
from sirekap.paper.signing.authority import Holder
from sirekap.records.models import Mandate, Person
from sirekap.workflow.errors import Refused, not_found

if TYPE_CHECKING:
    from sirekap.paper.signing import Sealer
    from sirekap.paper.signing.holders import Ask
    from sirekap.paper.verifying import Trust


def keys_folder() -> Path:
    """``SIREKAP_KEYS``."""
    return Path(settings.CONFIG.keys)


def trust() -> Trust:
    """``SIREKAP_DOCUMENTS_TRUST``, else the test authority of this node; never a test authority in production."""
    from sirekap.paper.verifying import load_trust

    config = settings.CONFIG
    file = config.documents_trust or enrolling.authority_file(keys_folder())
    return load_trust(Path(file), allow_test=not config.production)


def sealer_of(person: uuid.UUID, ask: Ask | None = None) -> Sealer:
    """The signing key of a person on this node; raises `Refused` when there is none."""
    from sirekap.paper.signing import holders

    try:
        return holders.sealer(
            enrolling.officers_folder(keys_folder()), person, ask=ask, stamp_url=settings.CONFIG.timestamp_url or ""
        )
    except SigningError as error:
        raise Refused(error.code, error.text_id, error.text_en) from error


def refuse_untrusted(sealer: Sealer, at: datetime) -> None:
    """Raise `Refused` unless the certificate is of a trusted authority and valid at ``at``."""
    from sirekap.paper.verifying import certificate_problems

    problems = certificate_problems(sealer.certificate.dump(), sealer.chain(), trust(), at)
    if problems:
        raise Refused("certificate", problems[0].text_id, problems[0].text_en)


def enrol_for_practice(person: uuid.UUID, at: datetime, *, pair: int | None = None) -> Path:
    """A test key and certificate for somebody with a mandate, on this node; raises `Refused` in production.

    ``pair``: of a witness. Makes the test authority when there is none.
    """
    refuse_in_production()
    keys = keys_folder()
    if not enrolling.authority_file(keys).exists():
        enrolling.init_authority(keys, at)
    mandate = Mandate.objects.filter(person_id=person, end__isnull=True).order_by("entry_id").last()
    holder = Person.objects.filter(pk=person).first()
    if mandate is None or holder is None:
        raise not_found("Mandat")
    found = Holder(holder.name, mandate.role, mandate.region, pair)
    return enrolling.enrol(keys, person, found, at)


def refuse_in_production() -> None:
    """Raise `Refused` where test certificates do not count."""
    if settings.CONFIG.production:
        raise Refused(
            "test_authority",
            "CA uji coba tidak boleh dipakai dalam mode produksi. Atur SIREKAP_DOCUMENTS_TRUST dan kunci petugas.",
            "The test CA must not be used in production. Set SIREKAP_DOCUMENTS_TRUST and the officers' keys.",
        )
