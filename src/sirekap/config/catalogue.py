"""The one list of settings. Loading, the reference page and the check for misspelt names all read it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How the text of a variable is understood."""

    TEXT = "text"
    MODE = "development|production"
    PATH = "path"
    URL = "database URL"
    STORE = "folder or store URL"
    HOSTS = "comma-separated hosts"
    WHOLE = "whole number"
    SWITCH = "yes|no"
    WEB = "web address"
    DATES = "comma-separated dates"


@dataclass(frozen=True, slots=True)
class Setting:
    """One environment variable. ``default`` None: unset by default; ``minimum``/``maximum`` bound whole numbers."""

    name: str
    default: str | None
    kind: Kind
    help_id: str
    help_en: str
    secret: bool = False
    minimum: int = 0
    maximum: int = 2**53 - 1

    @property
    def attribute(self) -> str:
        """Name of the field in `sirekap.config.Config`."""
        return self.name.removeprefix("SIREKAP_").lower()


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "SIREKAP_MODE",
        "development",
        Kind.MODE,
        "Pengembangan (nilai bawaan, kunci demo boleh) atau produksi (menolak semua yang tidak aman).",
        "Development (defaults, demo keys allowed) or production (refuses everything unsafe).",
    ),
    Setting(
        "SIREKAP_DEBUG",
        "no",
        Kind.SWITCH,
        "Tampilkan rincian kesalahan di layar. Tidak boleh dalam produksi.",
        "Show error details on screen. Never in production.",
    ),
    Setting(
        "SIREKAP_DATABASE_URL",
        "sqlite:///var/sirekap.sqlite3",
        Kind.URL,
        "Basis data: sqlite:///berkas atau postgresql://... dengan peran aplikasi yang tidak memiliki tabel.",
        "The database: sqlite:///file or postgresql://... with the application role, which owns no table.",
        secret=True,
    ),
    Setting(
        "SIREKAP_DATABASE_OWNER_URL",
        None,
        Kind.URL,
        "PostgreSQL saja: peran pemilik tabel, hanya untuk migrasi.",
        "PostgreSQL only: the role that owns the tables, for migrations alone.",
        secret=True,
    ),
    Setting(
        "SIREKAP_EVIDENCE",
        "var/evidence",
        Kind.STORE,
        "Tempat foto dan dokumen: folder atau s3://ember?...",
        "Where photographs and documents live: a folder or s3://bucket?...",
    ),
    Setting(
        "SIREKAP_KEYS",
        "var/keys",
        Kind.PATH,
        "Folder kunci rahasia (izin 700), dibuat dengan: sirekap keys init",
        "Folder of the secret keys (mode 700), made with: sirekap keys init",
    ),
    Setting(
        "SIREKAP_SITE",
        "var/site",
        Kind.PATH,
        "Folder berkas publik yang dilayani ke siapa saja.",
        "Folder of the public files served to anyone.",
    ),
    Setting(
        "SIREKAP_PUBLIC_URL",
        None,
        Kind.WEB,
        "Alamat berkas publik bagi pembaca, mis. https://hasil.example/; untuk tautan lengkap (kartu bagikan).",
        "Where readers find the public files, e.g. https://result.example/; for whole links (share cards).",
    ),
    Setting(
        "SIREKAP_DOCUMENTS_TRUST",
        None,
        Kind.PATH,
        "PEM: sertifikat akar dan antara yang dipercaya untuk dokumen. Kosong: CA uji coba, tidak dalam produksi.",
        "PEM: root and intermediate certificates trusted for documents. Unset: the test CA, never in production.",
    ),
    Setting(
        "SIREKAP_TIMESTAMP_URL",
        None,
        Kind.WEB,
        "Layanan stempel waktu (RFC 3161) untuk tanda tangan dokumen. Kosong: tanpa stempel waktu.",
        "Time-stamping service (RFC 3161) for signatures on documents. Unset: no time stamp.",
    ),
    Setting(
        "SIREKAP_CENTROIDS",
        None,
        Kind.PATH,
        "CSV code,lat,lon: letak wilayah untuk peta lingkaran. Tanpa ini hanya kecamatan Bekasi berada di tempatnya.",
        "CSV code,lat,lon: where regions lie on the map of circles. Without it only Bekasi's districts stand in place.",
    ),
    Setting(
        "SIREKAP_SECRET_KEY",
        None,
        Kind.TEXT,
        "Rahasia sesi dan formulir, paling sedikit 50 karakter. Wajib dalam produksi.",
        "Secret for sessions and forms, at least 50 characters. Required in production.",
        secret=True,
    ),
    Setting(
        "SIREKAP_ALLOWED_HOSTS",
        "localhost,127.0.0.1,[::1]",
        Kind.HOSTS,
        "Nama host layar petugas.",
        "Host names of the staff screens.",
    ),
    Setting(
        "SIREKAP_TRUST_PROXY",
        "no",
        Kind.SWITCH,
        "Percayai X-Forwarded-Proto dari proksi di depan. Hanya jika proksi itu milik sendiri.",
        "Trust X-Forwarded-Proto from the proxy in front. Only if that proxy is yours.",
    ),
    Setting(
        "SIREKAP_LOG_ORIGIN",
        "sirekap.local/log",
        Kind.TEXT,
        "Nama log simpul ini pada checkpoint; setiap simpul punya nama sendiri dan tidak pernah berubah.",
        "Name of this node's log on checkpoints; every node has its own and it never changes.",
    ),
    Setting(
        "SIREKAP_CUT_SECONDS",
        "60",
        Kind.WHOLE,
        "Jarak antarpublikasi, detik; hanya bila ada yang berubah.",
        "Time between publications, seconds; only when something changed.",
        minimum=1,
        maximum=86_400,
    ),
    Setting(
        "SIREKAP_COMMISSION_JSON",
        None,
        Kind.SWITCH,
        "Terbitkan juga berkas JSON menurut bentuk KPU (wilayah/, pilkada/). Kosong: ya untuk ukuran satu kabupaten.",
        "Publish the commission's own JSON too (wilayah/, pilkada/). Unset: yes at the size of one regency.",
    ),
    Setting(
        "SIREKAP_OPEN_DATA_ROWS",
        "400",
        Kind.WHOLE,
        "Situs besar saja: baris TPS yang tabelnya diperbarui per potongan; 0: hanya pada potongan lengkap.",
        "Large sites only: station rows whose open-data tables a cut renews; 0 leaves them to whole cuts.",
        maximum=1_000_000,
    ),
    Setting(
        "SIREKAP_RECEIPT_MINUTES",
        "5",
        Kind.WHOLE,
        "Batas waktu pada tanda terima: sesudahnya foto harus ada di log, menit.",
        "Deadline on a receipt: after it the photo must be in the log, minutes.",
        minimum=1,
        maximum=1_440,
    ),
    Setting(
        "SIREKAP_RESERVE_PERMILLE",
        "25",
        Kind.WHOLE,
        "Surat suara cadangan per seribu pemilih DPT, dibulatkan ke atas.",
        "Reserve ballots per thousand voters on the roll, rounded up.",
        maximum=1_000,
    ),
    Setting(
        "SIREKAP_STATION_LIMIT",
        "600",
        Kind.WHOLE,
        "Pemilih terbanyak per TPS; lebih dari ini menjadi peringatan.",
        "Most voters per station; more becomes a warning.",
        minimum=1,
        maximum=999,
    ),
    Setting(
        "SIREKAP_QUORUM",
        "3",
        Kind.WHOLE,
        "Anggota (termasuk ketua) yang harus hadir agar rapat pleno kuorum. Kurang dari ini menjadi peringatan.",
        "Members, the chair among them, that a plenary needs for its quorum. Fewer become a warning.",
        minimum=1,
        maximum=9,
    ),
    Setting(
        "SIREKAP_MEGA_DISTRICT",
        "400",
        Kind.WHOLE,
        "Mulai sekian TPS sebuah kecamatan ditandai raksasa: bagi menjadi panel sejak awal.",
        "From so many stations a district is called out as mega: split it into panels from the start.",
        minimum=1,
    ),
    Setting(
        "SIREKAP_HOLIDAYS",
        None,
        Kind.DATES,
        "Hari libur yang tidak dihitung dalam 3 hari kerja pengajuan perkara ke MK: tanggal YYYY-MM-DD dipisah koma.",
        "Holidays left out of the 3 working days for a petition to the court: dates YYYY-MM-DD, separated by commas.",
    ),
    Setting(
        "SIREKAP_MAX_UPLOAD_BYTES",
        "16777216",
        Kind.WHOLE,
        "Ukuran terbesar satu foto, bita.",
        "Largest single photograph, bytes.",
        minimum=65_536,
        maximum=268_435_456,
    ),
    Setting(
        "SIREKAP_SEQUENCER_BATCH_MS",
        "50",
        Kind.WHOLE,
        "Waktu terlama satu kelompok pengurutan memegang basis data, milidetik.",
        "Longest time one sequencing batch holds the database, milliseconds.",
        minimum=1,
        maximum=5_000,
    ),
    Setting(
        "SIREKAP_READING_PROCESSES",
        "1",
        Kind.WHOLE,
        "Proses pembaca foto dalam `sirekap work` dan `sirekap serve`; 0 berarti foto menunggu pembaca di tempat lain.",
        "Processes that read photographs in `sirekap work` and `sirekap serve`; 0 leaves them to readers elsewhere.",
        maximum=64,
    ),
)

BY_NAME: dict[str, Setting] = {setting.name: setting for setting in SETTINGS}


def settings_reference_markdown() -> str:
    """The reference page of all settings, generated from `SETTINGS`."""
    lines = [
        "# Pengaturan / Settings",
        "",
        "Dibaca dari lingkungan saat mulai. / Read from the environment at start.",
        "",
        "| variable | default | kind | arti | meaning |",
        "|---|---|---|---|---|",
    ]
    for setting in SETTINGS:
        default = f"`{setting.default}`" if setting.default is not None else "(none)"
        kind = setting.kind.replace("|", " or ")
        if setting.kind is Kind.WHOLE:
            kind = f"{kind}, {setting.minimum}..{setting.maximum}"
        if setting.secret:
            kind += ", secret"
        lines.append(f"| `{setting.name}` | {default} | {kind} | {setting.help_id} | {setting.help_en} |")
    return "\n".join(lines) + "\n"
