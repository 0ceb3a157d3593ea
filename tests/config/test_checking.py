from __future__ import annotations

import sqlite3
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from support import postgres

import sirekap
from sirekap import keys
from sirekap.config import Config, Mode, check, load

MIGRATIONS = sorted(p.stem for p in (Path(sirekap.__file__).parent / "records/migrations").glob("[0-9]*.py"))


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A node with nothing wrong: keys, folders, and a database whose migrations all ran."""
    keys.init(tmp_path / "keys")
    with sqlite3.connect(tmp_path / "x.sqlite3") as connection:
        connection.execute("CREATE TABLE django_migrations (app text, name text)")
        connection.executemany("INSERT INTO django_migrations VALUES ('records', ?)", [(m,) for m in MIGRATIONS])
    connection.close()
    return load(
        {
            "SIREKAP_DATABASE_URL": f"sqlite:///{tmp_path}/x.sqlite3",
            "SIREKAP_KEYS": f"{tmp_path}/keys",
            "SIREKAP_EVIDENCE": f"{tmp_path}/evidence",
            "SIREKAP_SITE": f"{tmp_path}/site",
        }
    )


def found(config: Config) -> list[tuple[str, str]]:
    return [(problem.severity.value, problem.code) for problem in check(config) if problem.code != "disk-low"]


def test_check_of_a_sound_node_finds_nothing(config: Config) -> None:
    assert found(config) == []


def test_check_changes_nothing(config: Config, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    check(config)
    assert sorted(tmp_path.rglob("*")) == before


def test_check_without_keys_names_each_missing_key(config: Config, tmp_path: Path) -> None:
    assert found(replace(config, keys=tmp_path / "none")) == [("error", f"key-{p}") for p in keys.Purpose]


def test_check_with_an_open_key_says_so(config: Config) -> None:
    (config.keys / "log.key").chmod(0o644)
    assert found(config) == [("error", "key-log")]


def test_check_with_demo_keys_in_production(config: Config, tmp_path: Path) -> None:
    keys.init(tmp_path / "demo", demo=True)
    demo = replace(config, keys=tmp_path / "demo")
    assert found(demo) == []
    production = replace(demo, mode=Mode.PRODUCTION, log_origin="kpu.example/3216/log")
    assert found(production) == [("error", f"key-{p}") for p in keys.Purpose]


def test_check_of_careless_production(config: Config) -> None:
    careless = replace(config, mode=Mode.PRODUCTION, debug=True, allowed_hosts=("*",))
    assert found(careless) == [("error", "debug-on"), ("error", "hosts-any"), ("error", "log-origin-default")]


def test_check_puts_errors_before_warnings(config: Config, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    mixed = replace(config, debug=True, site=tmp_path / "file", unknown=("SIREKAP_X",))
    assert found(mixed) == [("error", "site-not-writable"), ("warning", "debug-on"), ("warning", "setting-unknown")]


def test_check_of_a_file_that_is_no_database(config: Config, tmp_path: Path) -> None:
    (tmp_path / "x.sqlite3").write_bytes(b"not a database" * 100)
    assert found(config) == [("error", "database-unreachable")]


def test_check_with_low_disk_warns_once_per_disk(config: Config) -> None:
    assert [p.code for p in check(config, low_disk_bytes=2**60)] == ["disk-low"]


def test_check_of_an_unreachable_server_hides_the_password(config: Config) -> None:
    problems = check(replace(config, database_url="postgresql://app:rahasia@127.0.0.1:1/x"))
    assert [p.code for p in problems if p.code != "disk-low"] == ["database-unreachable"]
    assert "rahasia" not in repr(problems)


@pytest.mark.postgresql
def test_check_of_a_role_that_owns_tables(config: Config, postgresql_database: postgres.Database) -> None:
    with psycopg.connect(postgresql_database.owner_url) as owner:
        owner.execute("CREATE TABLE django_migrations (app text, name text)")
        owner.cursor().executemany("INSERT INTO django_migrations VALUES ('records', %s)", [(m,) for m in MIGRATIONS])
    assert found(replace(config, database_url=postgresql_database.app_url)) == []
    as_owner = replace(config, database_url=postgresql_database.owner_url)
    assert found(as_owner) == [("warning", "database-role-owns-tables")]
    strict = replace(as_owner, mode=Mode.PRODUCTION, log_origin="kpu.example/3216/log")
    assert found(strict) == [("error", "database-role-owns-tables")]


def test_check_warns_of_centroids_that_cannot_be_read(config: Config, tmp_path: Path) -> None:
    assert found(replace(config, centroids=tmp_path / "absent.csv")) == [("warning", "centroids-unreadable")]
