"""Signing: one small revision each, which pyHanko's validator and poppler's `pdfsig` accept as well."""

from __future__ import annotations

import hashlib
import io
import re
import stat
import subprocess
import uuid
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.hazmat.primitives.serialization.pkcs12 import serialize_key_and_certificates
from support import sheet_samples, signed, signing_service
from support.signed import AT, BOARD, SIGNERS

from sirekap.election.conduct import Capacity
from sirekap.paper.documents.model import SignatureBox, SignatureState, Signer
from sirekap.paper.documents.rendering import render
from sirekap.paper.signing import Sealer, SigningError, enrolling, field_name, fields_for, fonts, holders, prepare, sign
from sirekap.paper.signing.appearance import Shown, content
from sirekap.paper.signing.authority import AuthorityError, is_test, issue
from sirekap.paper.signing.needed import is_complete, still_needed
from sirekap.paper.verifying import certificate_problems, examine, parse_trust


def test_prepared_document_is_the_same_bytes_again_and_takes_no_second_preparing() -> None:
    assert signed.document() == signed.document()
    again = prepare(signed.document(), ())
    assert examine(again, signed.signed().trust).verdict == "unsigned"


def test_signature_appends_and_leaves_every_earlier_byte() -> None:
    states = signed.signed().states
    assert [after.startswith(before) for before, after in pairwise(states)] == [True] * 5
    assert max(len(after) - len(before) for before, after in pairwise(states)) < 8_000


def test_fields_are_numbered_as_the_page_numbers_its_boxes() -> None:
    people = (
        Signer(Capacity.CHAIR, "K"),
        Signer(Capacity.MEMBER, "A", state=SignatureState.REFUSED),
        Signer(Capacity.MEMBER, "B"),
        Signer(Capacity.WITNESS, "S", pair=2),
        Signer(Capacity.SUPERVISOR, "P"),
    )
    boxes = [SignatureBox(one, 0, (0, 0, 1, 1)) for one in people if one.state is SignatureState.AWAITED]
    assert [field.name for field in fields_for(boxes, people)] == ["ketua", "anggota-2", "saksi-2", "pengawas-1"]
    assert field_name("witness", 3) == "saksi-3"
    with pytest.raises(ValueError, match="two boxes"):
        fields_for([], (*people, Signer(Capacity.CHAIR, "L")))


def test_box_is_signed_once_and_only_where_it_is() -> None:
    found = signed.signed()
    for field, code in (("ketua", "signed_already"), ("anggota-9", "no_field")):
        with pytest.raises(SigningError) as refused:
            sign(found.whole, field, found.sealers["ketua"], AT)
        assert refused.value.code == code
    with pytest.raises(SigningError) as refused:
        sign(b"%PDF-1.7\nhello", "ketua", found.sealers["ketua"], AT)
    assert refused.value.code == "not_prepared"


def test_pyhanko_calls_every_signature_intact_trusted_and_later_ones_form_filling() -> None:
    from asn1crypto.x509 import Certificate
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko_certvalidator import ValidationContext

    found = signed.signed()
    roots = [Certificate.load(der) for der in found.trust.roots]
    reader = PdfFileReader(io.BytesIO(found.whole))
    context = ValidationContext(trust_roots=roots, allow_fetching=False, moment=AT)
    states = {one.field_name: validate_pdf_signature(one, context) for one in reader.embedded_signatures}
    assert {name: (state.bottom_line, state.modification_level.name) for name, state in states.items()} == {
        name: (True, "NONE" if name == SIGNERS[-1] else "FORM_FILLING") for name in SIGNERS
    }


def test_pdfsig_calls_every_signature_valid(tmp_path: Path) -> None:
    file = tmp_path / "signed.pdf"
    file.write_bytes(signed.signed().whole)
    said = subprocess.run(["pdfsig", file], capture_output=True, text=True, check=False).stdout
    fields = re.findall(r"Field Name: (\S+)\n(.+)", said)
    assert [name for name, line in fields if "not signed" not in line] == list(SIGNERS)
    assert re.findall(r"Signature Validation: (.+)", said) == ["Signature is Valid."] * len(SIGNERS)
    assert set(re.findall(r"Signature Type: (.+)", said)) == {"ETSI.CAdES.detached"}


def test_appearance_stays_in_its_box_and_says_who_when_and_by_which_certificate() -> None:
    found = signed.signed()
    start = len(found.states[0])
    text = found.whole[start : len(found.states[1])].decode("latin-1")
    shown = re.findall(r"\((.*?)\) Tj", text)
    code = found.sealers["ketua"].certificate_sha256[:16].upper()
    grouped = " ".join(code[n : n + 4] for n in range(0, 16, 4))
    assert shown == [
        "Ditandatangani secara elektronik",
        "Nama ketua",
        "Ketua",
        "1 Des 2024 14.03.09 WIB",
        f"Sertifikat {grouped}",
    ]


def test_drawing_of_a_box_never_changes() -> None:
    """Documents signed with it are checked by drawing it again: add a second form, never change this one."""
    long = Shown("Nama Sangat Panjang " * 5 + "Đ", "Saksi pasangan calon nomor 2", AT, "0f" * 32)
    drawn = content(140.0, 54.0, Shown("Nama (ketua)", "Ketua", AT, "ab" * 32)) + content(99.5, 31.25, long)
    assert hashlib.sha256(drawn).hexdigest() == "62435c32a669f63d3df9b020e457b37d392d5d5072fddb6f54f9ec51d1e02697"


def test_long_name_is_cut_before_it_gets_too_small_to_read() -> None:
    shown = Shown("Dr. (H.C.) " + "Nama Sangat Panjang " * 5, "Ketua", AT, "ab" * 32)
    drawn = content(120.0, 50.0, shown)
    sizes = [float(size) for size in re.findall(rb"/SirekapSign ([0-9.]+) Tf", drawn)]
    texts = re.findall(rb"Tm \((.*)\) Tj", drawn)
    assert min(sizes) > 4.0 and texts[1].startswith(rb"Dr. \(H.C.\) Nama") and texts[1].endswith(b"\x85")
    widths = [fonts.length(t.replace(b"\\", b"")) * s / 1000 for t, s in zip(texts, sizes, strict=True)]
    assert max(widths) <= 120.0


def test_largest_sheet_is_one_seal_and_small_later_signatures() -> None:
    of = sheet_samples.contest()
    data = sheet_samples.recapitulation(of, sheet_samples.district_sheet(of, sheet_samples.TAMBUN_SELATAN))
    found = signed.signed()
    pdf = signed.prepared(render(data), data)
    whole = found.sign(pdf, SIGNERS)
    assert len(whole) - len(pdf) < 40_000
    verdict = examine(whole, found.trust)
    assert (verdict.verdict, verdict.reasons, len(verdict.signatures)) == ("valid", (), 5)


def test_test_authority_is_named_so_its_keys_are_private_and_production_refuses_it(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    certificate = enrolling.init_authority(keys, AT)
    person = uuid.UUID(int=7)
    enrolling.enrol(keys, person, signed.holder("ketua"), AT)
    modes = {f.name: stat.S_IMODE(f.stat().st_mode) for f in keys.rglob("*.key")}
    assert modes == {"ca.key": 0o600, f"{person}.key": 0o600}
    sealer = holders.sealer(enrolling.officers_folder(keys), person)
    assert sealer.certificate.subject.native["organization_name"] == "UJI COBA / TEST Sirekap"
    assert is_test(sealer.certificate.dump())
    der = sealer.certificate.dump()
    for allow, codes in ((True, []), (False, ["test_authority"])):
        trust = parse_trust(certificate.read_bytes(), allow_test=allow)
        assert [one.code for one in certificate_problems(der, (), trust, AT)] == codes
    with pytest.raises(AuthorityError):
        enrolling.init_authority(keys, AT)


def test_key_file_open_to_others_is_refused(tmp_path: Path) -> None:
    enrolling.init_authority(tmp_path, AT)
    person = uuid.UUID(int=7)
    enrolling.enrol(tmp_path, person, signed.holder("ketua"), AT)
    folder = enrolling.officers_folder(tmp_path)
    (folder / f"{person}.key").chmod(0o644)
    with pytest.raises(SigningError) as refused:
        holders.sealer(folder, person)
    assert refused.value.code == "key_settings"
    with pytest.raises(SigningError) as refused:
        holders.sealer(folder, uuid.UUID(int=8))
    assert refused.value.code == "no_key"


def test_remote_service_signs_and_its_refusal_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = signed.signed()
    monkeypatch.setenv("SIGN_TOKEN", signing_service.TOKEN)
    with signing_service.running(issue(found.authority, signed.holder("ketua"), AT)) as url:
        settings = {"method": "csc", "url": url, "credential": signing_service.CREDENTIAL, "token_env": "SIGN_TOKEN"}
        right = holders.from_settings(settings, tmp_path, ask=lambda question: signing_service.PIN)
        verdict = examine(sign(found.states[0], "ketua", right, AT), found.trust)
        assert [(one.field, one.name) for one in verdict.signatures] == [("ketua", "Nama ketua")]
        assert [one.code for one in verdict.reasons] == ["few_members"]
        wrong = holders.from_settings(settings, tmp_path, ask=lambda question: "0")
        with pytest.raises(SigningError) as refused:
            sign(found.states[0], "ketua", wrong, AT)
        assert refused.value.code == "service"
        with pytest.raises(SigningError):
            holders.from_settings({**settings, "credential": "other"}, tmp_path)


def test_pkcs12_file_signs_with_its_passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = signed.signed()
    one = issue(found.authority, signed.holder("ketua"), AT)
    secret = BestAvailableEncryption(b"rahasia")
    (tmp_path / "ketua.p12").write_bytes(serialize_key_and_certificates(b"x", one.key, one.certificate, None, secret))
    settings = {"method": "pkcs12", "file": "ketua.p12", "secret_env": "KETUA"}
    monkeypatch.setenv("KETUA", "rahasia")
    verdict = examine(sign(found.states[0], "ketua", holders.from_settings(settings, tmp_path), AT), found.trust)
    assert [one.code for one in verdict.reasons] == ["few_members"]
    monkeypatch.setenv("KETUA", "salah")
    with pytest.raises(SigningError) as refused:
        holders.from_settings(settings, tmp_path)
    assert refused.value.code == "key_settings"


@pytest.mark.parametrize("settings", [{}, {"method": "stamp"}, {"method": "pem"}, {"method": "pkcs12"}])
def test_settings_of_a_key_that_say_too_little_are_refused(settings: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(SigningError) as refused:
        holders.from_settings(settings, tmp_path)
    assert refused.value.code == "key_settings"


def test_certificate_counts_only_within_its_time() -> None:
    found = signed.signed()
    der = found.sealers["ketua"].certificate.dump()
    moments = (AT, AT - timedelta(days=3), AT + timedelta(days=6 * 365))
    codes = [[one.code for one in certificate_problems(der, (), found.trust, at)] for at in moments]
    assert codes == [[], ["not_yet_valid"], ["expired"]]


def time_stamper() -> tuple[object, bytes]:
    """A time-stamping authority of its own (RSA), and its certificate as PEM."""
    from asn1crypto.keys import PrivateKeyInfo
    from asn1crypto.x509 import Certificate
    from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Stempel Waktu Contoh")])
    builder = x509.CertificateBuilder(name, name, key.public_key(), 7, AT - timedelta(days=1), AT + timedelta(days=9))
    purpose = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.TIME_STAMPING])
    made = builder.add_extension(purpose, critical=True).sign(key, hashes.SHA256())
    secret = PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    certificate = Certificate.load(made.public_bytes(Encoding.DER))
    store = SimpleCertificateStore()
    return DummyTimeStamper(certificate, secret, store, fixed_dt=AT), made.public_bytes(Encoding.PEM)


def test_revoked_certificate_counts_no_more() -> None:
    found = signed.signed()
    authority, chair = found.authority, found.sealers["ketua"].certificate
    one = x509.RevokedCertificateBuilder(chair.serial_number, AT - timedelta(days=2)).build()
    listed = x509.CertificateRevocationListBuilder(
        authority.certificate.subject, AT - timedelta(days=1), AT + timedelta(days=90), [], [one]
    ).sign(authority.key, hashes.SHA256())
    trust = parse_trust(signed.pem(authority) + listed.public_bytes(Encoding.PEM), allow_test=True)
    codes = [
        [one.code for one in certificate_problems(found.sealers[name].certificate.dump(), (), trust, AT)]
        for name in ("ketua", "anggota-1")
    ]
    assert codes == [["revoked"], []]


def test_time_stamp_is_part_of_the_signature_and_checked() -> None:
    found = signed.signed()
    stamper, certificate = time_stamper()
    sealer = Sealer(found.sealers["ketua"].signer, stamper)
    pdf = sign(found.states[0], "ketua", sealer, AT)
    wide = parse_trust(signed.pem(found.authority) + certificate, allow_test=True)
    codes = {}
    for label, trust in (("trusted", wide), ("unknown", found.trust)):
        verdict = examine(pdf, trust)
        assert [one.time_stamped for one in verdict.signatures] == [True]
        codes[label] = [one.code for one in verdict.reasons]
    assert codes == {"trusted": ["few_members"], "unknown": ["time_stamp", "few_members"]}
    late = examine(sign(found.states[0], "ketua", sealer, AT + timedelta(days=3)), wide)
    assert [one.code for one in late.reasons] == ["time_stamp", "few_members"]


def test_needed_signatures_are_chair_and_two_members_of_a_sheet_and_the_chair_of_a_decree() -> None:
    assert still_needed("dhasil_kabko", []) == (True, 2)
    assert still_needed("dhasil_kabko", ["ketua", "anggota-3", "saksi-1"]) == (False, 1)
    assert is_complete("berita_acara", BOARD) and not is_complete("berita_acara", BOARD[:2])
    assert is_complete("sk_hasil", ["ketua"]) and not is_complete("bahan_pleno", ["ketua"])
