"""What can go wrong while a document is prepared or signed."""

from __future__ import annotations


class SigningError(Exception):
    """A document that cannot be signed like this; ``text_id`` and ``text_en`` say what to do."""

    def __init__(self, code: str, text_id: str, text_en: str) -> None:
        super().__init__(f"{code}: {text_en}")
        self.code = code
        self.text_id = text_id
        self.text_en = text_en


def wrong_file() -> SigningError:
    """The file is none of our prepared documents, or was written by another program since."""
    return SigningError(
        "not_prepared",
        "Berkas ini bukan dokumen yang disiapkan Sirekap untuk ditandatangani. Ambil lagi dokumen aslinya.",
        "This file is no document that Sirekap prepared for signing. Fetch the original document again.",
    )


def no_field(name: str) -> SigningError:
    """The document has no box of this name."""
    return SigningError(
        "no_field",
        f"Dokumen ini tidak punya kotak tanda tangan “{name}”.",
        f"This document has no signature box “{name}”.",
    )


def signed_already(name: str) -> SigningError:
    """The box holds a signature."""
    return SigningError(
        "signed_already",
        f"Kotak “{name}” sudah ditandatangani. Satu kotak hanya satu kali.",
        f"The box “{name}” is signed already. Each box is signed once.",
    )
