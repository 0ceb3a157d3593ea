"""People. Names are erasable and stay out of the ledger, which holds only salted commitments."""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from sirekap.records.models.base import OfEntry


class Person(models.Model):
    """Personal data, erasable. ``SHA-256(salt || canonical JSON of {name})`` is in the ledger."""

    id = models.UUIDField(primary_key=True)
    salt = models.BinaryField(max_length=32)
    name = models.CharField(max_length=120)


class Mandate(OfEntry):
    """A role in a region, given to a person."""

    id = models.UUIDField(primary_key=True)
    person_id = models.UUIDField(db_index=True)
    role = models.CharField(max_length=20)
    region = models.CharField(max_length=13)
    commitment = models.CharField(max_length=64)


class MandateEnd(OfEntry):
    """The end of a mandate, with its reason."""

    mandate = models.OneToOneField(Mandate, on_delete=models.PROTECT, primary_key=True, related_name="end")
    reason = models.CharField(max_length=500)


class AccountManager(BaseUserManager["Account"]):
    """Creates sign-ins."""

    def create_account(self, username: str, person_id: object, password: str | None = None) -> Account:
        """A sign-in for a person; without a password it cannot be used until one is set."""
        account = self.model(username=username, person_id=person_id)
        account.set_password(password) if password else account.set_unusable_password()
        account.save(using=self._db)
        return account


class Account(AbstractBaseUser):
    """A sign-in. What it may do follows from its person's mandates, never from flags here."""

    username = models.CharField(max_length=60, unique=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="accounts")
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: list[str] = []

    objects = AccountManager()
