"""Migrations, run as the owner of the tables, and the application role's rights afterwards."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections

from sirekap.records import triggers


class OwnerIsApplication(Exception):
    """Owner and application are one role, so the data guards would not bind it."""

    def __init__(self, role: str) -> None:
        self.text_id = (
            f"Peran aplikasi {role} adalah pemilik tabel atau superuser, jadi penjaga data tidak berlaku baginya. "
            "Pakai peran lain dalam SIREKAP_DATABASE_URL."
        )
        self.text_en = (
            f"The application's role {role} owns the tables or is a superuser, so the data guards do not bind it. "
            "Use another role in SIREKAP_DATABASE_URL."
        )
        super().__init__(self.text_en)


OWNER = "owner"
"""Database alias of ``SIREKAP_DATABASE_OWNER_URL``."""


def migrate_database(verbosity: int = 0) -> str:
    """Bring the database up to date and put the insert-only triggers back; safe to repeat.

    With an owner's address the migrations run as the owner, and the application's role may then
    only insert facts. Returns the alias that was migrated. Raises `OwnerIsApplication` when
    owner and application are the same role.
    """
    if connections[DEFAULT_DB_ALIAS].vendor == "sqlite":
        Path(settings.DATABASES[DEFAULT_DB_ALIAS]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    alias = OWNER if OWNER in settings.DATABASES else DEFAULT_DB_ALIAS
    role = application_role() if alias == OWNER else ""
    call_command("migrate", database=alias, interactive=False, verbosity=verbosity)
    if role:
        triggers.grant(connections[OWNER], role)
    return alias


def application_role() -> str:
    """The role the application signs in with; refuses the owner itself and any superuser."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user")
        role, superuser = cursor.fetchone()
    with connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT pg_has_role(%s, current_user, 'MEMBER')", [role])
        owns = bool(cursor.fetchone()[0])
    if superuser or owns:
        raise OwnerIsApplication(str(role))
    return str(role)
