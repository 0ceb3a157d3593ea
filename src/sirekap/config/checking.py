"""What is wrong with a configuration, looked at on this machine: database, keys, folders, disk. Changes nothing."""

from __future__ import annotations

import os
import shutil
import sqlite3
from pathlib import Path
from urllib.parse import unquote, urlsplit

import sirekap
from sirekap import keys
from sirekap.config.catalogue import BY_NAME
from sirekap.config.loading import Config
from sirekap.config.problems import Problem, Severity

LOW_DISK_BYTES = 2 * 1024**3
"""Below this much free space a warning is due: about 1,000 station-contests with phone photographs."""

CONNECT_SECONDS = 5


def check(config: Config, *, low_disk_bytes: int = LOW_DISK_BYTES) -> list[Problem]:
    """Every problem found, errors first; without an error this node may run."""
    found = [
        *_check_mode(config),
        *_check_database(config),
        *_check_keys(config),
        *_check_folders(config),
        *_check_centroids(config),
        *_check_disk(config, low_disk_bytes),
        *_check_names(config),
    ]
    return sorted(found, key=lambda problem: problem.severity is Severity.WARNING)


def _check_mode(config: Config) -> list[Problem]:
    found = []
    if config.debug:
        found.append(
            Problem(
                Severity.ERROR if config.production else Severity.WARNING,
                "debug-on",
                "SIREKAP_DEBUG menyala: rincian kesalahan, termasuk data, tampil kepada siapa saja.",
                "SIREKAP_DEBUG is on: error details, data included, are shown to anyone.",
                "Matikan dengan SIREKAP_DEBUG=no.",
                "Turn it off with SIREKAP_DEBUG=no.",
            )
        )
    if config.production and "*" in config.allowed_hosts:
        found.append(
            Problem(
                Severity.ERROR,
                "hosts-any",
                "SIREKAP_ALLOWED_HOSTS menerima nama apa saja.",
                "SIREKAP_ALLOWED_HOSTS accepts any name.",
                "Sebut nama host layar petugas.",
                "Name the hosts of the staff screens.",
            )
        )
    if config.production and config.log_origin == BY_NAME["SIREKAP_LOG_ORIGIN"].default:
        found.append(
            Problem(
                Severity.ERROR,
                "log-origin-default",
                "SIREKAP_LOG_ORIGIN masih nilai bawaan: dua simpul akan bernama sama.",
                "SIREKAP_LOG_ORIGIN is still the default: two nodes would share one name.",
                "Beri nama tetap simpul ini, misalnya kpu.example/3216/log.",
                "Give this node its lasting name, such as kpu.example/3216/log.",
            )
        )
    return found


def _check_database(config: Config) -> list[Problem]:
    file = config.sqlite_path
    try:
        if file is not None:
            return _check_sqlite(file)
        return _check_postgresql(config)
    except Exception as error:  # any driver error means the same to the reader: it cannot be used
        first_line = (str(error).strip() or type(error).__name__).splitlines()[0]
        return [
            Problem(
                Severity.ERROR,
                "database-unreachable",
                f"Basis data {_named(config.database_url)} tidak dapat dipakai ({first_line}).",
                f"The database {_named(config.database_url)} cannot be used ({first_line}).",
                "Periksa SIREKAP_DATABASE_URL dan apakah peladennya berjalan.",
                "Check SIREKAP_DATABASE_URL and whether its server is running.",
            )
        ]


def _check_sqlite(file: Path) -> list[Problem]:
    if not file.exists():
        return [*_check_writable("database", file.parent), *_pending(set())]
    if not os.access(file, os.W_OK):
        return [_not_writable("database", file)]
    connection = sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=CONNECT_SECONDS)
    try:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        query = "SELECT name FROM django_migrations WHERE app = 'records'"
        applied = {name for (name,) in connection.execute(query)} if "django_migrations" in tables else set()
    finally:
        connection.close()
    return [*_check_writable("database", file.parent), *_pending(applied)]


def _check_postgresql(config: Config) -> list[Problem]:
    import psycopg

    with psycopg.connect(_libpq(config.database_url), connect_timeout=CONNECT_SECONDS) as connection:
        role, superuser = connection.execute(
            "SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user"
        ).fetchone() or ("?", False)
        owned = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
            " AND pg_has_role(current_user, tableowner, 'USAGE')"
        ).fetchone()
        table = connection.execute("SELECT to_regclass('django_migrations')").fetchone()
        applied: set[str] = set()
        if table and table[0]:
            rows = connection.execute("SELECT name FROM django_migrations WHERE app = 'records'").fetchall()
            applied = {str(row[0]) for row in rows}
    found = _pending(applied)
    if superuser or (owned and owned[0]):
        found.insert(
            0,
            Problem(
                Severity.ERROR if config.production else Severity.WARNING,
                "database-role-owns-tables",
                f"Peran aplikasi {role} memiliki tabel atau superuser: ia dapat mematikan penjaga data.",
                f"The application role {role} owns tables or is a superuser: it could switch the data guards off.",
                "Pakai peran tanpa kepemilikan di SIREKAP_DATABASE_URL; pemilik hanya di SIREKAP_DATABASE_OWNER_URL.",
                "Use a role without ownership in SIREKAP_DATABASE_URL; the owner only in SIREKAP_DATABASE_OWNER_URL.",
            ),
        )
    return found


def _pending(applied: set[str]) -> list[Problem]:
    folder = Path(sirekap.__file__).parent / "records" / "migrations"
    missing = sorted({file.stem for file in folder.glob("[0-9]*.py")} - applied)
    if not missing:
        return []
    return [
        Problem(
            Severity.ERROR,
            "migrations-pending",
            f"Tabel basis data belum mutakhir: {len(missing)} langkah belum dijalankan ({missing[0]} ...).",
            f"The database tables are not up to date: {len(missing)} steps have not run ({missing[0]} ...).",
            "Jalankan: sirekap migrate",
            "Run: sirekap migrate",
        )
    ]


def _check_keys(config: Config) -> list[Problem]:
    found = []
    for purpose in keys.Purpose:
        try:
            keys.refuse_demo(keys.load(config.keys, purpose), config.mode)
        except keys.KeysError as error:
            found.append(Problem(Severity.ERROR, f"key-{purpose}", error.text_id, error.text_en, "", ""))
    if not found:
        try:
            keys.public(config.keys)
        except keys.KeysError as error:
            found.append(Problem(Severity.ERROR, "key-public", error.text_id, error.text_en, "", ""))
    return found


def _check_folders(config: Config) -> list[Problem]:
    evidence = _folder_of(config.evidence)
    found = _check_writable("site", config.site)
    return found if evidence is None else [*found, *_check_writable("evidence", evidence)]


def _check_centroids(config: Config) -> list[Problem]:
    if config.centroids is None or os.access(config.centroids, os.R_OK):
        return []
    return [
        Problem(
            Severity.WARNING,
            "centroids-unreadable",
            f"SIREKAP_CENTROIDS: {config.centroids} tidak dapat dibaca; peta lingkaran memakai letak bawaan.",
            f"SIREKAP_CENTROIDS: {config.centroids} cannot be read; the map of circles uses the positions shipped.",
            "Betulkan alamat berkasnya atau hapus pengaturan itu.",
            "Correct the path or unset it.",
        )
    ]


def _check_disk(config: Config, low_disk_bytes: int) -> list[Problem]:
    database = config.sqlite_path
    folders = (config.site, _folder_of(config.evidence), database.parent if database else None)
    low: dict[int, Path] = {}
    for folder in folders:
        if folder is not None and shutil.disk_usage(_existing(folder)).free < low_disk_bytes:
            low.setdefault(_existing(folder).stat().st_dev, folder)
    return [_low_disk(folder) for folder in low.values()]


def _low_disk(folder: Path) -> Problem:
    free = shutil.disk_usage(_existing(folder)).free // 1024**2
    return Problem(
        Severity.WARNING,
        "disk-low",
        f"Ruang disk untuk {folder} tinggal {free} MiB.",
        f"Only {free} MiB of disk space are left for {folder}.",
        "Kosongkan ruang atau pindahkan penyimpanan sebelum foto berdatangan.",
        "Free some space or move the storage before photographs arrive.",
    )


def _check_names(config: Config) -> list[Problem]:
    return [
        Problem(
            Severity.WARNING,
            "setting-unknown",
            f"{name} bukan pengaturan yang dikenal dan diabaikan.",
            f"{name} is not a known setting and is ignored.",
            "Periksa ejaannya dalam daftar pengaturan.",
            "Check its spelling in the list of settings.",
        )
        for name in config.unknown
    ]


def _check_writable(name: str, folder: Path) -> list[Problem]:
    place = _existing(folder)
    ok = place.is_dir() and os.access(place, os.W_OK | os.X_OK)
    return [] if ok else [_not_writable(name, folder)]


def _not_writable(name: str, place: Path) -> Problem:
    return Problem(
        Severity.ERROR,
        f"{name}-not-writable",
        f"{place} tidak dapat ditulis oleh pengguna ini.",
        f"{place} cannot be written by this user.",
        "Perbaiki pemilik dan izinnya, atau tunjuk folder lain.",
        "Mend its owner and permissions, or name another folder.",
    )


def _existing(folder: Path) -> Path:
    """The folder itself or the nearest parent that exists."""
    return next(place for place in (folder, *folder.parents) if place.exists())


def _folder_of(store: str) -> Path | None:
    parts = urlsplit(store)
    if "://" not in store:
        return Path(store)
    return Path(unquote(parts.path)) if parts.scheme == "folder" else None


def _libpq(url: str) -> str:
    return url.replace("postgres://", "postgresql://", 1)


def _named(url: str) -> str:
    """The address without its password."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
