"""Sign in and out."""

from __future__ import annotations

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from sirekap.web.access import anyone, signed_in_act
from sirekap.web.pages import render


def _target(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if safe else reverse("work")


@anyone
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """User name and password; what a person may do follows from the mandates."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(_target(request))
    error = ""
    username = request.POST.get("username", "").strip()
    if request.method == "POST":
        user = authenticate(request, username=username, password=request.POST.get("password", ""))
        if user is not None:
            login(request, user)
            return HttpResponseRedirect(_target(request))
        error = _("Nama pengguna atau kata sandi keliru. Periksa kartu tugas Anda, lalu coba lagi.")
    context = {"error": error, "username": username, "next": request.GET.get("next", request.POST.get("next", ""))}
    return render(request, "sign_in.html", context, 400 if error else 200)


@signed_in_act
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return HttpResponseRedirect(reverse("sign_in"))
