"""The administrator's screens: stations and rolls, the import, people and mandates."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from sirekap.election.roles import LABEL_ID as ROLE_LABEL
from sirekap.election.roles import Capability, Role
from sirekap.records import clock, queries
from sirekap.records.models import Account, Mandate, Person, Region, Station
from sirekap.records.ranges import within
from sirekap.web import lookups
from sirekap.web.access import allow
from sirekap.web.pages import render
from sirekap.workflow import people as acts
from sirekap.workflow import register
from sirekap.workflow.errors import Refused
from sirekap.workflow.register import ImportRefused

FILES = ("regions.csv", "pairs.csv", "stations.csv")
SHOWN = 200


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(
            "date", "Tanggal berlaku wajib diisi (tahun-bulan-hari).", "The effective date is required.", 400
        ) from None


def _number(text: str) -> int:
    cleaned = text.strip()
    return int(cleaned) if cleaned.isascii() and cleaned.isdigit() and len(cleaned) < 7 else -1


def _change(request: HttpRequest) -> None:
    data = request.POST
    code, reason, day = data.get("code", "").strip(), data.get("reason", ""), _date(data.get("effective", ""))
    men, women = _number(data.get("men", "")), _number(data.get("women", ""))
    changes: dict[str, Callable[[], None]] = {
        "add": lambda: register.add_station(request.actor, code, men, women, reason, day, clock.now()),
        "amend": lambda: register.amend_roll(request.actor, code, men, women, reason, day, clock.now()),
        "close": lambda: register.close_station(request.actor, code, reason, day, clock.now()),
        "merge": lambda: register.merge_station(
            request.actor, code, data.get("into", "").strip(), reason, day, clock.now()
        ),
    }
    act = changes.get(data.get("change", ""))
    if act is None:
        raise Refused("change", "Pilih jenis perubahan.", "Choose the kind of change.", 400)
    act()


@allow(Capability.MANAGE_STATIONS)
def stations(request: HttpRequest) -> HttpResponse:
    """Stations of a village with their rolls, and the form of a dated change."""
    refused = None
    if request.method == "POST":
        try:
            _change(request)
            messages.success(request, _("Perubahan tercatat."))
            return HttpResponseRedirect(f"{reverse('stations')}?desa={request.POST.get('code', '')[:10]}")
        except Refused as why:
            refused = why
    village = request.GET.get("desa", "")
    names = ("code", "men", "women", "into", "reason", "effective", "change")
    context = {
        "refused": refused,
        "village": village,
        "trail": lookups.trail(village) if len(village) == 10 else [],
        "stations": _stations(request, village),
        "villages": _villages(request),
        "typed": {name: request.POST.get(name, "") for name in names},
        "changes": [
            ("add", _("Tambah TPS")),
            ("amend", _("Ubah daftar pemilih")),
            ("close", _("Tutup TPS")),
            ("merge", _("Gabung ke TPS lain")),
        ],
    }
    return render(request, "register.html", context, refused.status if refused else 200)


def _villages(request: HttpRequest) -> list[tuple[str, str]]:
    out = []
    for code, name in Region.objects.order_by("pk").values_list("code", "name"):
        if len(code) == 10 and request.actor.may(Capability.MANAGE_STATIONS, code):
            out.append((code, name))
    return out


def _stations(request: HttpRequest, village: str) -> list[dict[str, Any]]:
    known = len(village) == 10 and village.isascii() and village.isdigit()
    if not known or not request.actor.may(Capability.MANAGE_STATIONS, village):
        return []
    found = Station.objects.filter(within("code", village)).order_by("pk").prefetch_related("changes", "rows")
    rolls = queries.rolls(s.pk for s in found)
    return [
        {
            "code": s.pk,
            "roll": rolls.get(s.pk, (0, 0)),
            "closed": all(r.closed for r in s.rows.all()),
            "changes": sorted(s.changes.all(), key=lambda c: c.entry_id),
        }
        for s in found
    ]


@allow(Capability.MANAGE_ELECTION)
def import_register(request: HttpRequest) -> HttpResponse:
    """Import the register from CSV files: all or nothing, every complaint shown."""
    refused: Refused | None = None
    if request.method == "POST":
        try:
            done = register.import_register(
                request.actor, _texts(request), _date(request.POST.get("effective", "")), clock.now()
            )
            text = _("%s TPS diimpor.") % done.stations if done.changed else _("Isi yang sama sudah pernah diimpor.")
            messages.success(request, text)
            return HttpResponseRedirect(reverse("import"))
        except Refused as why:
            refused = why
    complaints = [c.sentence() for c in refused.complaints] if isinstance(refused, ImportRefused) else []
    context = {
        "refused": refused,
        "complaints": complaints,
        "files": FILES,
        "effective": request.POST.get("effective", ""),
    }
    return render(request, "import.html", context, refused.status if refused else 200)


def _texts(request: HttpRequest) -> dict[str, str]:
    out = {}
    for name in FILES:
        file = request.FILES.get(name)
        if file is None:
            raise Refused("file", f"Berkas {name} belum dipilih.", f"The file {name} was not chosen.", 400)
        try:
            out[name] = file.read().decode("utf-8")
        except UnicodeDecodeError:
            raise Refused(
                "encoding",
                f"Berkas {name} bukan teks UTF-8. Simpan ulang sebagai CSV UTF-8.",
                f"The file {name} is not UTF-8 text. Save it again as UTF-8 CSV.",
                400,
            ) from None
    return out


@allow(Capability.MANAGE_PEOPLE)
def people(request: HttpRequest) -> HttpResponse:
    """People and their mandates: search, appoint, end."""
    refused = None
    if request.method == "POST":
        try:
            _act(request)
            return HttpResponseRedirect(reverse("people"))
        except Refused as why:
            refused = why
    search = request.GET.get("cari", "").strip()
    context = {
        "refused": refused,
        "search": search,
        "mandates": _mandates(request, search),
        "shown": SHOWN,
        "roles": [(r.value, ROLE_LABEL[r]) for r in Role],
        "typed": {name: request.POST.get(name, "") for name in ("name", "username", "role", "region")},
    }
    return render(request, "people.html", context, refused.status if refused else 200)


def _mandates(request: HttpRequest, search: str) -> list[tuple[Mandate, str]]:
    found = Mandate.objects.filter(lookups.within_any("region", request.actor.regions(Capability.MANAGE_PEOPLE)))
    found = found.filter(end__isnull=True)
    if search:
        named = Person.objects.filter(name__icontains=search).values("pk")
        found = found.filter(person_id__in=named) | found.filter(region__startswith=search)
    mandates = list(found.order_by("region", "role")[:SHOWN])
    names = lookups.person_names(m.person_id for m in mandates)
    return [(m, names.get(m.person_id, _("(dihapus)"))) for m in mandates]


def _act(request: HttpRequest) -> None:
    if request.POST.get("mandate"):
        acts.end_mandate(request.actor, _uuid(request.POST["mandate"]), request.POST.get("reason", ""), clock.now())
        messages.success(request, _("Mandat diakhiri."))
        return
    _appoint(request)
    messages.success(request, _("Petugas diangkat."))


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Refused("mandate", "Mandat itu tidak dikenal.", "That mandate is unknown.", 404) from None


def _appoint(request: HttpRequest) -> None:
    name, username = request.POST.get("name", "").strip(), request.POST.get("username", "").strip()
    role = next((r for r in Role if r.value == request.POST.get("role", "")), None)
    if not 3 <= len(name) <= 120 or role is None:
        raise Refused("person", "Isi nama (3 sampai 120 huruf) dan peran.", "Give a name and a role.", 400)
    if username and Account.objects.filter(username=username).exists():
        raise Refused("username", f"Nama pengguna {username} sudah dipakai.", "This user name is taken.", 400)
    password = _password(request, username)
    at = clock.now()
    with transaction.atomic():
        person = acts.register_person(name, at)
        acts.appoint(request.actor, person, role, request.POST.get("region", "").strip(), at)
        if username:
            Account.objects.create_account(username, person.pk, password)


def _password(request: HttpRequest, username: str) -> str:
    text = request.POST.get("password", "")
    if not username:
        return text
    try:
        validate_password(text)
    except ValidationError as error:
        reasons = " ".join(error.messages)
        raise Refused(
            "password", f"Kata sandi ditolak: {reasons}", f"The password was refused: {reasons}", 400
        ) from None
    return text
