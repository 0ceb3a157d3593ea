"""Django's admin for lookup only: it can add, change and delete nothing."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from sirekap.election.roles import Role
from sirekap.workflow.errors import out_of_scope
from sirekap.workflow.people import actor_of

READERS = (Role.ADMINISTRATOR, Role.AUDITOR)
BLIND = (Role.KPPS, Role.OPERATOR, Role.MEMBER)
"""Who may still verify must not see figures here, where no disclosure is recorded."""
HIDDEN = {"password", "salt"}


def may_look(request: HttpRequest) -> bool:
    """Whether the signed-in person holds a mandate as administrator or auditor."""
    if not request.user.is_authenticated:
        return False
    if not hasattr(request, "_looker"):
        roles = {role for role, _ in actor_of(request.user.person_id).mandates}
        request._looker = bool(roles & set(READERS)) and not roles & set(BLIND)
    return bool(request._looker)


class LookupSite(admin.AdminSite):
    """The admin site under /petugas/admin/."""

    site_header = site_title = "Sirekap: penelusuran data"
    index_title = "Hanya baca"
    site_url = "/petugas/"
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        """Administrators and auditors only."""
        return may_look(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Sign in on the staff screen; a signed-in person without the mandate is refused."""
        if may_look(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise out_of_scope("admin")
        return redirect(f"{reverse('sign_in')}?next={request.GET.get('next', '/petugas/admin/')}")


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """One model, to be read."""

    list_per_page = 50
    show_full_result_count = False

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """The key and the first plain columns."""
        names = [f.name for f in self.opts.fields if not f.is_relation and not _hidden(f)]
        return tuple(names[:7]) or ("__str__",)

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        """Every column except secrets and raw bytes."""
        return [f.name for f in self.opts.fields if not _hidden(f)]

    get_readonly_fields = get_fields  # type: ignore[assignment]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        """Never: filters in the address would tell hidden columns letter by letter."""
        return False

    def has_module_permission(self, request: HttpRequest) -> bool:
        """As the site."""
        return may_look(request)

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """As the site."""
        return may_look(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never."""
        return False


def _hidden(field: Any) -> bool:
    return field.name in HIDDEN or isinstance(field, models.BinaryField)


site = LookupSite(name="admin")
for _model in apps.get_app_config("records").get_models():
    site.register(_model, ReadOnly)
