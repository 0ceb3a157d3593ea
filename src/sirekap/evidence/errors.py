"""Typed errors of the evidence store, each with Indonesian and English text."""

from __future__ import annotations


class EvidenceError(Exception):
    """Base of all errors of the store; ``text_id`` and ``text_en`` are for people."""

    def __init__(self, text_id: str, text_en: str) -> None:
        super().__init__(text_en)
        self.text_id = text_id
        self.text_en = text_en


class EvidenceAddressError(EvidenceError):
    """A hash, or the address of a store, is not well-formed."""

    @classmethod
    def of_hash(cls, sha256: object) -> EvidenceAddressError:
        """``sha256`` is not 64 lower-case hexadecimal characters."""
        return cls(
            f"{str(sha256)[:80]!r} bukan SHA-256: harus 64 karakter heksadesimal huruf kecil. Periksa sumber hash-nya.",
            f"{str(sha256)[:80]!r} is no SHA-256: it must be 64 lower-case hex characters. Check where it came from.",
        )

    @classmethod
    def of_store(cls, address: str) -> EvidenceAddressError:
        """``address`` is not one `open_store` understands."""
        form = "folder:///path | /path | s3://bucket[/prefix]?endpoint=URL&region=NAME"
        return cls(
            f"Alamat penyimpanan bukti {address!r} tidak dikenal. Setel SIREKAP_EVIDENCE menjadi: {form}",
            f"The evidence address {address!r} is not understood. Set SIREKAP_EVIDENCE to: {form}",
        )


class EvidenceMissing(EvidenceError):
    """No file with this hash is in the store."""

    def __init__(self, sha256: str) -> None:
        super().__init__(
            f"Berkas bukti {sha256} tidak ada di penyimpanan. Jangan hapus catatannya; pulihkan berkas dari cadangan.",
            f"Evidence file {sha256} is not in the store. Keep its record; restore the file from a backup.",
        )
        self.sha256 = sha256


class EvidenceCorrupt(EvidenceError):
    """A stored file no longer has the hash it is stored under."""

    def __init__(self, sha256: str) -> None:
        super().__init__(
            f"Berkas bukti {sha256} rusak: isinya tidak cocok dengan hash-nya. Pulihkan dari cadangan; periksa disk.",
            f"Evidence file {sha256} is damaged: it does not match its hash. Restore it from a backup; check the disk.",
        )
        self.sha256 = sha256


class EvidenceUnavailable(EvidenceError):
    """The store cannot be reached or cannot take the file (full disk, refused permission, dead server)."""

    def __init__(self, cause: object) -> None:
        super().__init__(
            f"Penyimpanan bukti tidak dapat dipakai ({cause}). Berkas belum tersimpan; perbaiki lalu kirim ulang.",
            f"The evidence store cannot be used ({cause}). The file is not stored; fix this, then send it again.",
        )
