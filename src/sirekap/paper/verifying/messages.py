"""Why a document is not valid: one list of codes with their sentences for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing that is wrong or missing, in both languages."""

    code: str
    text_id: str
    text_en: str

    def as_dict(self) -> dict[str, str]:
        """For JSON."""
        return {"code": self.code, "text_id": self.text_id, "text_en": self.text_en}


_TEXTS = {
    "not_pdf": (
        "Berkas ini bukan PDF.",
        "This file is no PDF.",
    ),
    "too_large": (
        "Berkas ini lebih besar dari dokumen mana pun ({size} bita); tidak diperiksa lebih jauh.",
        "This file is larger than any document ({size} bytes); it was not looked at further.",
    ),
    "unreadable": (
        "Berkas PDF ini rusak atau terpotong: isinya tidak dapat dibaca.",
        "This PDF is damaged or cut short: it cannot be read.",
    ),
    "checker_failed": (
        "Berkas ini menghentikan pemeriksa (terlalu berat atau sengaja dirusak), jadi tidak dapat dinyatakan sah.",
        "This file stopped the checker (too heavy, or broken on purpose), so it cannot be called valid.",
    ),
    "encrypted": (
        "Berkas ini dienkripsi. Dokumen rekapitulasi tidak pernah dienkripsi.",
        "This file is encrypted. Documents of the recapitulation never are.",
    ),
    "not_ours": (
        "Susunan berkas ini bukan susunan yang ditulis Sirekap: ada bagian yang ditambah, diganti, atau disimpan ulang "
        "dengan program lain ({what}).",
        "This file is not built as Sirekap writes it: something was added, replaced, or saved with another program "
        "({what}).",
    ),
    "foreign_signature": (
        "Berkas ini memuat tanda tangan, tetapi bukan dokumen Sirekap atau sudah diubah sesudah ditandatangani.",
        "This file holds signatures, but it is no document of Sirekap or was changed after it was signed.",
    ),
    "unsigned": (
        "Dokumen ini belum ditandatangani siapa pun secara elektronik.",
        "Nobody has signed this document electronically.",
    ),
    "changed_after_signing": (
        "Isi ditambahkan sesudah tanda tangan: ada perubahan yang bukan pengisian kotak tanda tangan.",
        "Content was added after signing: there is a change that fills no signature box.",
    ),
    "signature_broken": (
        "Tanda tangan {who} tidak cocok dengan isi berkas: isinya berubah sesudah ditandatangani.",
        "The signature of {who} does not match the file: its content changed after signing.",
    ),
    "signature_malformed": (
        "Tanda tangan {who} rusak atau bentuknya lain dari yang diharapkan ({what}).",
        "The signature of {who} is damaged or not in the expected form ({what}).",
    ),
    "other_authority": (
        "Sertifikat {who} tidak diterbitkan penerbit yang dipercaya di sini.",
        "The certificate of {who} was not issued by an authority that is trusted here.",
    ),
    "no_trust": (
        "Tidak ada penerbit sertifikat yang dipercaya di sini, jadi tanda tangan tidak dapat dinilai. Beri --ca.",
        "No certification authority is trusted here, so signatures cannot be judged. Give --ca.",
    ),
    "test_authority": (
        "Sertifikat {who} adalah sertifikat UJI COBA; tidak berlaku di simpul produksi.",
        "The certificate of {who} is a TEST certificate; it does not count on a production node.",
    ),
    "expired": (
        "Sertifikat {who} sudah kedaluwarsa ketika dipakai menandatangani.",
        "The certificate of {who} had expired when it was used to sign.",
    ),
    "not_yet_valid": (
        "Sertifikat {who} belum berlaku ketika dipakai menandatangani.",
        "The certificate of {who} was not valid yet when it was used to sign.",
    ),
    "revoked": (
        "Sertifikat {who} sudah dicabut.",
        "The certificate of {who} was revoked.",
    ),
    "certificate_unfit": (
        "Sertifikat {who} tidak boleh dipakai menandatangani dokumen ({what}).",
        "The certificate of {who} may not be used to sign documents ({what}).",
    ),
    "time_stamp": (
        "Stempel waktu pada tanda tangan {who} tidak sah.",
        "The time stamp on the signature of {who} is not valid.",
    ),
    "wrong_role": (
        "Kotak {box} ditandatangani dengan sertifikat untuk peran atau wilayah lain ({role}).",
        "The box {box} was signed with a certificate for another role or region ({role}).",
    ),
    "role_unknown": (
        "Sertifikat {who} tidak menyebut jabatan dan tidak tercatat di buku besar, jadi jabatannya tidak dapat "
        "dipastikan.",
        "The certificate of {who} names no office and is not in the ledger, so the office cannot be told.",
    ),
    "same_signer": (
        "Satu sertifikat dipakai untuk beberapa kotak ({box}). Setiap penandatangan harus orang yang berbeda.",
        "One certificate was used for several boxes ({box}). Signers must be different people.",
    ),
    "no_chair": (
        "Ketua belum menandatangani.",
        "The chair has not signed.",
    ),
    "few_members": (
        "Masih kurang tanda tangan {count} anggota: diperlukan ketua dan paling sedikit {needed} anggota.",
        "Signatures of {count} members are missing: the chair and at least {needed} members are needed.",
    ),
    "no_figures": (
        "Angka yang seharusnya tersimpan dalam berkas ({name}) tidak ada atau bukan bentuk kanonis.",
        "The figures that should travel in the file ({name}) are missing or not in canonical form.",
    ),
    "hash_differs": (
        "Hash yang tercetak di halaman {page} tidak sama dengan hash angka yang tersimpan dalam berkas.",
        "The hash printed on page {page} is not that of the figures stored in the file.",
    ),
    "figures_differ": (
        "Angka yang tercetak tidak sama dengan angka yang tersimpan dalam berkas ({where}).",
        "The figures on the pages are not those stored in the file ({where}).",
    ),
    "page_unreadable": (
        "Halaman {page} tidak dapat dibaca.",
        "Page {page} cannot be read.",
    ),
    "not_recorded": (
        "Berkas ini tidak tercatat di buku besar: hash-nya bukan hash dokumen yang diterbitkan atau ditandatangani.",
        "This file is not in the ledger: its hash is not that of any issued or signed document.",
    ),
    "recorded_otherwise": (
        "Buku besar mencatat hash angka lain untuk dokumen ini.",
        "The ledger records another hash of the figures for this document.",
    ),
    "outdated": (
        "Lembar ini sudah diganti versi {version}.",
        "This sheet was replaced by version {version}.",
    ),
}


def reason(code: str, **values: Any) -> Reason:
    """A reason of the list; values fill its places and are cut to something a person reads."""
    text_id, text_en = _TEXTS[code]
    shown = {name: _short(value) for name, value in values.items()}
    return Reason(code, text_id.format(**shown), text_en.format(**shown))


def _short(value: Any) -> str:
    text = "".join(c if c.isprintable() else "?" for c in str(value))
    return text if len(text) <= 120 else text[:119] + "…"
