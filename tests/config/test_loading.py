from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sirekap.config import SETTINGS, Config, ConfigError, Kind, Mode, load, settings_reference_markdown

SECRET = "k3" * 30


def test_load_with_empty_environment_gives_safe_defaults() -> None:
    assert load({}) == Config(
        mode=Mode.DEVELOPMENT,
        debug=False,
        database_url="sqlite:///var/sirekap.sqlite3",
        database_owner_url=None,
        evidence=str(Path.cwd() / "var/evidence"),
        keys=Path.cwd() / "var/keys",
        site=Path.cwd() / "var/site",
        public_url=None,
        documents_trust=None,
        timestamp_url=None,
        centroids=None,
        commission_json=None,
        open_data_rows=400,
        secret_key="development-only-not-secret-" * 3,
        allowed_hosts=("localhost", "127.0.0.1", "[::1]"),
        trust_proxy=False,
        log_origin="sirekap.local/log",
        cut_seconds=60,
        receipt_minutes=5,
        reserve_permille=25,
        station_limit=600,
        quorum=3,
        mega_district=400,
        holidays=None,
        max_upload_bytes=16_777_216,
        sequencer_batch_ms=50,
        reading_processes=1,
    )


def test_load_with_empty_values_equals_unset() -> None:
    assert load({setting.name: " " for setting in SETTINGS}) == load({})


def test_load_with_holidays_gives_days_in_order() -> None:
    found = load({"SIREKAP_HOLIDAYS": "2024-12-26, 2024-12-25,"})
    assert found.holidays == (date(2024, 12, 25), date(2024, 12, 26))
    with pytest.raises(ConfigError) as caught:
        load({"SIREKAP_HOLIDAYS": "25 Desember"})
    assert [problem.code for problem in caught.value.problems] == ["setting-holidays"]


def test_load_with_many_faults_tells_them_all_at_once() -> None:
    environ = {
        "SIREKAP_MODE": "produksi",
        "SIREKAP_DATABASE_URL": "mysql://u:rahasia@h/x",
        "SIREKAP_DATABASE_OWNER_URL": "sqlite:///x",
        "SIREKAP_ALLOWED_HOSTS": "https://kpu.example",
        "SIREKAP_CUT_SECONDS": "-1",
        "SIREKAP_STATION_LIMIT": "6e2",
        "SIREKAP_TRUST_PROXY": "maybe",
    }
    with pytest.raises(ConfigError) as caught:
        load(environ)
    assert [problem.code for problem in caught.value.problems] == [
        "setting-mode",
        "setting-database-url",
        "setting-allowed-hosts",
        "setting-trust-proxy",
        "setting-cut-seconds",
        "setting-station-limit",
        "setting-database-owner-url",
    ]
    assert "rahasia" not in str(caught.value)


@pytest.mark.parametrize("secret", [None, "short", "development-only-not-secret-" * 3])
def test_load_in_production_demands_a_strong_secret(secret: str | None) -> None:
    environ = {"SIREKAP_MODE": "production", **({"SIREKAP_SECRET_KEY": secret} if secret else {})}
    with pytest.raises(ConfigError) as caught:
        load(environ)
    assert [problem.code for problem in caught.value.problems] == ["setting-secret-key"]


def test_load_in_production_with_a_strong_secret_hides_it() -> None:
    config = load({"SIREKAP_MODE": "production", "SIREKAP_SECRET_KEY": SECRET})
    assert (config.production, config.secret_key, SECRET in repr(config)) == (True, SECRET, False)


def test_load_notes_misspelt_names() -> None:
    assert load({"SIREKAP_DATABSE_URL": "x"}).unknown == ("SIREKAP_DATABSE_URL",)


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite:///var/a%20b.sqlite3", Path.cwd() / "var/a b.sqlite3"),
        ("sqlite:////srv/x.sqlite3", Path("/srv/x.sqlite3")),
        ("postgresql://app@h/x", None),
    ],
)
def test_sqlite_path_of_url(url: str, file: Path | None) -> None:
    assert load({"SIREKAP_DATABASE_URL": url}).sqlite_path == file


def test_settings_match_the_fields_of_config() -> None:
    fields = [name for name in Config.__dataclass_fields__ if name != "unknown"]
    assert fields == [setting.attribute for setting in SETTINGS]


def test_defaults_of_whole_numbers_lie_in_their_bounds() -> None:
    whole = [s for s in SETTINGS if s.kind is Kind.WHOLE]
    assert [s for s in whole if not s.minimum <= int(s.default or "x") <= s.maximum] == []


def test_reference_names_every_setting_once() -> None:
    page = settings_reference_markdown()
    assert {s.name: page.count(f"`{s.name}`") for s in SETTINGS} == {s.name: 1 for s in SETTINGS}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [("https://hasil.example", "https://hasil.example/"), ("http://hasil.example/a/", "http://hasil.example/a/")],
)
def test_public_address_ends_with_a_slash(text: str, wanted: str) -> None:
    assert load({"SIREKAP_PUBLIC_URL": text}).public_url == wanted


@pytest.mark.parametrize("text", ["hasil.example", "ftp://hasil.example/", "https://", "https://hasil.example/?a=1"])
def test_public_address_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load({"SIREKAP_PUBLIC_URL": text})
    assert [problem.code for problem in caught.value.problems] == ["setting-public-url"]
