"""The environment in, one frozen `Config` out, or one error that names everything wrong at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sirekap.config.catalogue import BY_NAME, SETTINGS, Kind, Setting
from sirekap.config.problems import Problem, Severity

DEVELOPMENT_SECRET_KEY = "development-only-not-secret-" * 3
"""Stands in while ``SIREKAP_SECRET_KEY`` is unset in development; refused in production."""

SECRET_KEY_LENGTH = 50
_SCHEMES = ("sqlite", "postgresql", "postgres")
_HOST = re.compile(r"\*|\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]+\]")
_SWITCH = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


class Mode(StrEnum):
    """How strict this node is."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class Config:
    """All settings, typed. Paths are absolute; secrets stay out of the repr. ``unknown``: misspelt names seen."""

    mode: Mode
    debug: bool
    database_url: str = field(repr=False)
    database_owner_url: str | None = field(repr=False)
    evidence: str
    keys: Path
    site: Path
    public_url: str | None
    documents_trust: Path | None
    timestamp_url: str | None
    centroids: Path | None
    secret_key: str = field(repr=False)
    allowed_hosts: tuple[str, ...]
    trust_proxy: bool
    log_origin: str
    cut_seconds: int
    commission_json: bool | None
    open_data_rows: int
    receipt_minutes: int
    reserve_permille: int
    station_limit: int
    quorum: int
    mega_district: int
    holidays: tuple[date, ...] | None
    max_upload_bytes: int
    sequencer_batch_ms: int
    reading_processes: int
    unknown: tuple[str, ...] = ()

    @property
    def production(self) -> bool:
        """Whether unsafe settings are refused."""
        return self.mode is Mode.PRODUCTION

    @property
    def sqlite_path(self) -> Path | None:
        """The SQLite file, or None for PostgreSQL."""
        return sqlite_path(self.database_url)


class ConfigError(Exception):
    """Settings that cannot be used; ``problems`` holds every one of them."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        super().__init__("\n".join(line for problem in problems for line in problem.lines()))


def sqlite_path(url: str) -> Path | None:
    """The file of ``sqlite:///relative`` or ``sqlite:////absolute``; None for another database."""
    parts = urlsplit(url)
    return Path.cwd() / unquote(parts.path.removeprefix("/")) if parts.scheme == "sqlite" else None


def load(environ: Mapping[str, str]) -> Config:
    """Read every setting; an empty variable counts as unset. Raises `ConfigError`."""
    problems: list[Problem] = []
    values: dict[str, Any] = {}
    for setting in SETTINGS:
        text = environ.get(setting.name, "").strip() or setting.default
        if text is None:
            values[setting.attribute] = None
            continue
        value, wrong = _READERS[setting.kind](setting, text)
        values[setting.attribute] = value
        if wrong is not None:
            problems.append(wrong)
    values["secret_key"] = _secret_key(values, problems)
    if values["database_owner_url"] and values["database_owner_url"].startswith("sqlite"):
        problems.append(
            _problem(
                BY_NAME["SIREKAP_DATABASE_OWNER_URL"],
                "hanya untuk PostgreSQL; SQLite tidak mengenal peran.",
                "is for PostgreSQL only; SQLite has no roles.",
                "Hapus variabel ini.",
                "Unset this variable.",
            )
        )
    if problems:
        raise ConfigError(tuple(problems))
    unknown = tuple(sorted(name for name in environ if name.startswith("SIREKAP_") and name not in BY_NAME))
    return Config(**values, unknown=unknown)


def _problem(setting: Setting, text_id: str, text_en: str, remedy_id: str, remedy_en: str) -> Problem:
    return Problem(
        Severity.ERROR,
        f"setting-{setting.attribute.replace('_', '-')}",
        f"{setting.name} {text_id}",
        f"{setting.name} {text_en}",
        remedy_id,
        remedy_en,
    )


def _shown(setting: Setting, text: str) -> str:
    return "" if setting.secret else f" ({text!r})"


def _secret_key(values: dict[str, Any], problems: list[Problem]) -> str:
    given: str | None = values["secret_key"]
    if values["mode"] is not Mode.PRODUCTION:
        return given or DEVELOPMENT_SECRET_KEY
    setting = BY_NAME["SIREKAP_SECRET_KEY"]
    remedy = 'python3 -c "import secrets; print(secrets.token_urlsafe(50))"'
    if given is None:
        problems.append(
            _problem(
                setting,
                "wajib diisi dalam mode produksi.",
                "is required in production mode.",
                f"Buat dengan: {remedy}",
                f"Make one with: {remedy}",
            )
        )
    elif len(given) < SECRET_KEY_LENGTH or given == DEVELOPMENT_SECRET_KEY:
        problems.append(
            _problem(
                setting,
                f"terlalu lemah untuk produksi (perlu {SECRET_KEY_LENGTH} karakter acak).",
                f"is too weak for production (needs {SECRET_KEY_LENGTH} random characters).",
                f"Buat dengan: {remedy}",
                f"Make one with: {remedy}",
            )
        )
    return given or ""


Read = tuple[Any, Problem | None]


def _text(_setting: Setting, text: str) -> Read:
    return text, None


def _mode(setting: Setting, text: str) -> Read:
    try:
        return Mode(text.lower()), None
    except ValueError:
        return None, _problem(
            setting,
            f"bukan development atau production{_shown(setting, text)}.",
            f"is neither development nor production{_shown(setting, text)}.",
            "Isi salah satu.",
            "Set one of the two.",
        )


def _switch(setting: Setting, text: str) -> Read:
    value = _SWITCH.get(text.lower())
    if value is not None:
        return value, None
    return None, _problem(
        setting,
        f"bukan yes atau no{_shown(setting, text)}.",
        f"is neither yes nor no{_shown(setting, text)}.",
        "Isi salah satu.",
        "Set one of the two.",
    )


def _path(_setting: Setting, text: str) -> Read:
    return Path.cwd() / Path(text).expanduser(), None


def _store(_setting: Setting, text: str) -> Read:
    return text if "://" in text else str(Path.cwd() / Path(text).expanduser()), None


def _url(setting: Setting, text: str) -> Read:
    try:
        parts = urlsplit(text)
        ok = parts.scheme in _SCHEMES and len(parts.path) > 1
    except ValueError:
        ok = False
    if ok:
        return text, None
    return None, _problem(
        setting,
        "bukan alamat basis data.",
        "is not a database address.",
        "Bentuknya sqlite:///var/sirekap.sqlite3 atau postgresql://peran:sandi@host/nama",
        "Its shape is sqlite:///var/sirekap.sqlite3 or postgresql://role:password@host/name",
    )


def _web(setting: Setting, text: str) -> Read:
    try:
        parts = urlsplit(text)
        ok = parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment)
    except ValueError:
        ok = False
    if ok:
        return text.rstrip("/") + "/", None
    return None, _problem(
        setting,
        f"bukan alamat web{_shown(setting, text)}.",
        f"is not a web address{_shown(setting, text)}.",
        "Bentuknya https://hasil.example/",
        "Its shape is https://result.example/",
    )


def _hosts(setting: Setting, text: str) -> Read:
    hosts = tuple(part.strip() for part in text.split(",") if part.strip())
    wrong = [host for host in hosts if not _HOST.fullmatch(host)]
    if hosts and not wrong:
        return hosts, None
    return None, _problem(
        setting,
        f"memuat nama host yang tidak sah: {', '.join(wrong) or text}.",
        f"holds a host name that is not valid: {', '.join(wrong) or text}.",
        "Tulis nama saja, tanpa https:// dan tanpa port, dipisah koma.",
        "Write names only, without https:// or port, separated by commas.",
    )


def _dates(setting: Setting, text: str) -> Read:
    try:
        return tuple(sorted({date.fromisoformat(part.strip()) for part in text.split(",") if part.strip()})), None
    except ValueError:
        return None, _problem(
            setting,
            f"memuat yang bukan tanggal{_shown(setting, text)}.",
            f"holds what is no date{_shown(setting, text)}.",
            "Tulis 2024-12-25,2024-12-26 dan seterusnya.",
            "Write 2024-12-25,2024-12-26 and so on.",
        )


def _whole(setting: Setting, text: str) -> Read:
    if re.fullmatch(r"[0-9]{1,16}", text) and setting.minimum <= int(text) <= setting.maximum:
        return int(text), None
    return None, _problem(
        setting,
        f"bukan bilangan bulat antara {setting.minimum} dan {setting.maximum}{_shown(setting, text)}.",
        f"is not a whole number between {setting.minimum} and {setting.maximum}{_shown(setting, text)}.",
        f"Nilai bawaan: {setting.default}.",
        f"The default is {setting.default}.",
    )


_READERS: dict[Kind, Callable[[Setting, str], Read]] = {
    Kind.TEXT: _text,
    Kind.MODE: _mode,
    Kind.SWITCH: _switch,
    Kind.PATH: _path,
    Kind.STORE: _store,
    Kind.URL: _url,
    Kind.HOSTS: _hosts,
    Kind.WHOLE: _whole,
    Kind.DATES: _dates,
    Kind.WEB: _web,
}
